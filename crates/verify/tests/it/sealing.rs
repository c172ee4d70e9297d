//! Weights that two analysts sealed before either could read the other's, and a gate that asks for it.

use overt_case::Share;
use overt_case::entry::{EntryBody, EntryKind, Opens};

use crate::forger::{Forged, Forger, Stays};
use crate::{Desk, EO13848};

/// A party that is determined under a gate that asks for two blind readings.
fn determined() -> Desk {
    let regime = EO13848.replace("signers = 2", "signers = 2\nreadings = 2");
    let mut desk = Desk::under(&regime);
    desk.admit("erin", &["analyst"]);
    desk.blind = true;
    desk.party("Example LLC");
    desk
}

fn refused(forged: &Forger) -> String {
    forged.verified().unwrap_err().to_string()
}

/// What an entry opens.
fn opens(entry: &mut Forged) -> &mut Option<Opens> {
    let EntryBody::Weighed(weighed) = &mut entry.body else {
        unreachable!("it weighs")
    };
    &mut weighed.opens
}

#[test]
fn blind_weights_verify_and_what_was_not_sealed_does_not() {
    let honest = Forger::of_bundle(&determined().bundle(Share::HASHES));
    let report = honest
        .verified()
        .expect("two analysts weighed everything blind");
    assert_eq!(report.replayed.determinations, 1, "{}", report.describe());

    // As if it had been weighed in the open all along.
    let open = honest.with_last(EntryKind::Weighed, |entry| *opens(entry) = None);
    assert!(refused(&open).contains("gate"), "{}", refused(&open));

    // Another weight than was sealed.
    let other = honest.with_first(EntryKind::Weighed, |entry| {
        if let EntryBody::Weighed(weighed) = &mut entry.body {
            weighed.assessment.reason.push('x');
        }
    });
    assert!(
        refused(&other).contains("was not sealed so"),
        "{}",
        refused(&other)
    );
}

/// Where entries of a kind stand.
fn places(forger: &Forger, kind: EntryKind) -> Vec<usize> {
    let all = forger.entries.iter().enumerate();
    all.filter(|(_, e)| e.header.kind == kind)
        .map(|(at, _)| at)
        .collect()
}

#[test]
fn a_seal_is_opened_once_by_its_author_and_for_what_it_seals() {
    let honest = Forger::of_bundle(&determined().bundle(Share::HASHES));
    let opened = places(&honest, EntryKind::Weighed);
    // Alice's of the first item beside erin's of it, and beside her own of the second: each opens the other's seal. Where the
    // seals are not open, their hashes tell nothing.
    for (one, other) in [(opened[0], opened[1]), (opened[0], opened[2])] {
        let mut forged = honest.clone();
        let of = |forged: &mut Forger, at: usize| opens(&mut forged.entries[at]).clone();
        let (first, second) = (of(&mut forged, one), of(&mut forged, other));
        for seal in [&first, &second].into_iter().flatten() {
            forged.entries[seal.entry as usize].stays = Stays::Closed;
        }
        *opens(&mut forged.entries[one]) = second;
        *opens(&mut forged.entries[other]) = first;
        assert!(refused(&forged).contains("was not sealed so"));
    }
    let mut twice = honest.clone();
    let weighed = twice.place_of(EntryKind::Weighed);
    let again = twice.entries[weighed].body.clone();
    let before = twice.entries.len() - 1;
    twice.insert(before, 1, again);
    assert!(
        refused(&twice).contains("was not sealed so"),
        "{}",
        refused(&twice)
    );
}

/// Whoever seals once another's weight could be read does not weigh blind, whatever the gate is said to have found.
#[test]
fn what_was_sealed_too_late_is_not_blind() {
    let mut forged = Forger::of_bundle(&determined().bundle(Share::HASHES));
    // Of the last claim: erin's seal of the last item comes to stand behind what alice opened of it.
    let late = *places(&forged, EntryKind::SealedWeight).last().unwrap();
    let mut seal = forged.entries.remove(late);
    let last = forged
        .entries
        .iter()
        .rposition(|e| e.header.kind == EntryKind::Weighed)
        .unwrap();
    seal.header.at = forged.entries[last - 1].header.at;
    forged.entries.insert(last, seal);
    opens(&mut forged.entries[last + 1]).as_mut().unwrap().entry = last as u64;
    assert!(refused(&forged).contains("gate"), "{}", refused(&forged));
}
