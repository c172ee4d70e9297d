//! Policies: the syntax of the specification, and quorums.

use overt_ledger::{NoteError, Policy, SignedNote};

use crate::{Log, log_key, witness_key};

fn text(rest: &str) -> String {
    let mut text = format!(
        "# whom we trust\nlog {} https://log.example/\n",
        log_key().public()
    );
    for n in 1..=6 {
        text.push_str(&format!("  witness W{n}\t{}\n", witness_key(n).public()));
    }
    text + rest
}

fn cosigned_by(witnesses: &[u8]) -> SignedNote {
    let mut note = Log::of(20).checkpoint().sign(&log_key(), 0);
    for n in witnesses {
        note.signatures
            .push(witness_key(*n).sign(&note.text, 1_700_000_000 + u64::from(*n)));
    }
    note
}

const NESTED: &str =
    "group X 2 W1 W2 W3\ngroup Y any W4 W5 W6\n\ngroup X-and-Y all X Y\nquorum X-and-Y\n";

#[test]
fn groups_of_groups() {
    let policy = Policy::read(text(NESTED).as_bytes()).unwrap();
    let enough = |witnesses: &[u8]| policy.verify(&cosigned_by(witnesses)).unwrap().quorum;
    assert!(enough(&[1, 2, 4]) && enough(&[2, 3, 5, 6]));
    assert!(!enough(&[1, 2, 3]) && !enough(&[1, 4, 5, 6]) && !enough(&[]));
    let none = Policy::read(text("quorum none\n").as_bytes()).unwrap();
    let trusted = none.verify(&cosigned_by(&[3])).unwrap();
    assert_eq!(
        (trusted.quorum, trusted.witnesses),
        (true, vec![("W3".to_owned(), 1_700_000_003)])
    );
}

#[test]
fn a_signature_that_does_not_hold_spoils_the_note() {
    let policy = Policy::read(text(NESTED).as_bytes()).unwrap();
    let mut note = cosigned_by(&[1, 2, 4]);
    note.signatures[2].bytes[20] ^= 1;
    assert!(matches!(policy.verify(&note), Err(NoteError::Invalid(_))));
    let mut note = cosigned_by(&[1, 2, 4]);
    note.signatures.remove(0);
    assert_eq!(policy.verify(&note), Err(NoteError::Unsigned));
}

#[test]
fn what_is_no_policy() {
    let key = witness_key(1).public();
    let other = witness_key(7).public();
    let log = log_key().public();
    let wrong = [
        String::new(),
        "quorum W1\n".to_owned(),
        text("quorum none\nquorum none\n"),
        text("quorum W9\n"),
        text("group none any W1\nquorum none\n"),
        text("group A 3 W1 W2\nquorum A\n"),
        text("group A 0 W1 W2\nquorum A\n"),
        text("group A 02 W1 W2\nquorum A\n"),
        text("group A any W1\ngroup B any W1\nquorum A\n"),
        text("group A any A\nquorum A\n"),
        text("group A any\nquorum none\n"),
        text(&format!("witness W1 {other}\nquorum none\n")),
        text(&format!("witness W8 {key}\nquorum none\n")),
        text(&format!("log {log}\nquorum none\n")),
        text(&format!("log {other}\nquorum none\n")),
        text(&format!("witness W8 {log}\nquorum none\n")),
        text("trust me\nquorum none\n"),
        text("quorum none\r\n"),
    ];
    for policy in wrong {
        assert!(Policy::read(policy.as_bytes()).is_err(), "{policy}");
    }
    let error = Policy::read(text("quorum W9\n").as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 9: \"W9\" is not a witness or group of a line before"
    );
}
