//! Every change to a bundle by somebody without the log's key is found.
#![expect(
    clippy::print_stdout,
    reason = "how many changes were tried is part of what is shown"
)]

use overt_case::Share;
use overt_ledger::{Purpose, SecretKey};
use overt_verify::{Trust, VerifyError, verify};

use crate::{Desk, joined, key, of, place, policy, sections, trusting};

/// One byte of every place below 64 KB, and of 10,000 others above, in turn.
#[test]
fn every_flipped_byte_is_found() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let bundle = desk.bundle(Share::ALL);
    of(&bundle).unwrap();
    let mut places: Vec<usize> = (0..bundle.len().min(65_536)).collect();
    let mut state: u64 = 1;
    while bundle.len() > 65_536 && places.len() < 65_536 + 10_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        places.push(65_536 + (state >> 33) as usize % (bundle.len() - 65_536));
    }
    let policy = policy();
    let mut changed = bundle.clone();
    for (n, at) in places.iter().enumerate() {
        let flip = 1 << (n % 8);
        changed[*at] ^= flip;
        assert!(
            verify(&changed, trusting(&policy)).is_err(),
            "byte {at}, bit {}",
            n % 8
        );
        changed[*at] ^= flip;
    }
    println!(
        "{} flipped bytes of a bundle of {} bytes, all found",
        places.len(),
        bundle.len()
    );
}

#[test]
fn everything_left_out_put_elsewhere_doubled_or_exchanged_is_found() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let older = sections(&desk.bundle(Share::ALL));
    desk.party("Sample Bureau");
    let whole = sections(&desk.bundle(Share::ALL));
    assert_eq!(of(&joined(&whole)).map(|_| ()), Ok(()));
    let mut tried = 0;
    let mut found = |sections: &[(String, Vec<u8>)], what: &str| {
        let answer = of(&joined(sections));
        assert!(answer.is_err(), "{what}");
        tried += 1;
    };
    for at in 0..whole.len() {
        let mut without = whole.clone();
        without.remove(at);
        found(&without, "a part left out");
        let mut doubled = whole.clone();
        doubled.insert(at, whole[at].clone());
        found(&doubled, "a part doubled");
        for other in at + 1..whole.len() {
            let mut swapped = whole.clone();
            swapped.swap(at, other);
            found(&swapped, "two parts exchanged");
        }
        let mut emptied = whole.clone();
        emptied[at].1.clear();
        found(&emptied, "a part emptied");
        // A part of another bundle that verifies by itself.
        if let Some(other) = older
            .iter()
            .find(|(name, bytes)| *name == whole[at].0 && *bytes != whole[at].1)
        {
            let mut exchanged = whole.clone();
            exchanged[at] = other.clone();
            found(&exchanged, "a part of another bundle");
        }
    }
    // Manifest and checkpoint of the older bundle together: the ledger cut off.
    let mut cut = whole.clone();
    for part in ["manifest", "checkpoint"] {
        let at = place(&cut, part);
        cut[at] = older[place(&older, part)].clone();
    }
    found(&cut, "manifest and checkpoint of an older bundle");
    // Headers and bodies: each line left out, doubled, exchanged with its neighbour.
    for part in ["headers", "bodies"] {
        let at = place(&whole, part);
        let lines: Vec<Vec<u8>> = whole[at]
            .1
            .split_inclusive(|b| *b == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        for n in 0..lines.len() {
            let with = |lines: Vec<Vec<u8>>| {
                let mut sections = whole.clone();
                sections[at].1 = lines.concat();
                sections
            };
            let mut without = lines.clone();
            without.remove(n);
            found(&with(without), "a line left out");
            let mut doubled = lines.clone();
            doubled.insert(n, lines[n].clone());
            found(&with(doubled), "a line doubled");
            if n > 0 {
                let mut swapped = lines.clone();
                swapped.swap(n, n - 1);
                found(&with(swapped), "two lines exchanged");
            }
        }
    }
    // Signatures: left out, doubled, a stranger's beside them.
    let checkpoint = place(&whole, "checkpoint");
    let note = String::from_utf8(whole[checkpoint].1.clone()).unwrap();
    let (text, lines) = note.rsplit_once("\n\n").unwrap();
    let stranger = key("mallory").sign(&format!("{text}\n"), 0);
    let lines: Vec<&str> = lines.lines().collect();
    let variants = [
        format!("{text}\n\n{}\n", lines[0]),
        format!("{text}\n\n{}\n", lines[1]),
        format!("{note}{}\n", lines[1]),
        format!("{note}{}\n", lines[0]),
        format!("{text}\n\n{stranger}\n"),
    ];
    for variant in variants {
        let mut sections = whole.clone();
        sections[checkpoint].1 = variant.into_bytes();
        found(&sections, "other signatures");
    }
    // What others sign beside is passed over, and said.
    let mut beside = whole.clone();
    beside[checkpoint].1 = format!("{note}{stranger}\n").into_bytes();
    let report = of(&joined(&beside)).unwrap();
    assert_eq!(report.vouched.as_ref().unwrap().strangers, 1);
    let said = report.not_proven().join("\n");
    assert!(
        said.contains("1 signature of the checkpoint by keys that your policy does not name"),
        "{said}"
    );
    println!("{tried} deletions, doublings, exchanges and substitutions, all found");
}

/// A bundle by somebody else, with their own log key: everything in it is right but who vouches for it.
#[test]
fn a_bundle_of_anothers_log() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let path = desk.folder.path().join("forged.overt");
    let actor = desk.actor("alice");
    let forger = SecretKey::new("log.example/overt", Purpose::Note, &[9; 32]).unwrap();
    desk.case
        .export(actor, &path, Share::ALL, &forger, &mut |_, note| Ok(note))
        .unwrap();
    let bundle = std::fs::read(path).unwrap();
    assert!(verify(&bundle, Trust::default()).is_ok());
    assert_eq!(of(&bundle), Err(VerifyError::NoLog));
}
