//! Witnesses: what they cosign, and that a log with two histories cannot show both.

use overt_ledger::{
    AddCheckpoint, Checkpoint, Hash, Policy, Purpose, Refusal, SecretKey, SignatureLine,
    SignedNote, cosign,
};

use crate::{Log, log_key, witness_key};

/// A witness with what it remembers.
#[derive(Default)]
struct Witness {
    number: u8,
    last: Option<Checkpoint>,
}

impl Witness {
    fn new(number: u8) -> Self {
        Self { number, last: None }
    }

    fn ask(&mut self, request: &AddCheckpoint) -> Result<SignedNote, Refusal> {
        let key = witness_key(self.number);
        let logs = [log_key().public()];
        let last = self.last.clone();
        let cosigned = cosign(&key, &logs, |_| last, request, 1_700_000_000)?;
        self.last = Some(cosigned.checkpoint);
        Ok(cosigned.note)
    }
}

fn request(log: &Log, old: u64) -> AddCheckpoint {
    AddCheckpoint {
        old,
        proof: log.prover().consistency(old).unwrap(),
        checkpoint: log.checkpoint().sign(&log_key(), 0),
    }
}

#[test]
fn it_follows_a_log_as_it_grows() {
    let mut log = Log::default();
    let mut witness = Witness::new(1);
    let mut old = 0;
    for size in [0, 1, 3, 3, 256, 1000] {
        log.grow(size);
        let asked = request(&log, old);
        let asked = AddCheckpoint::read(asked.to_string().as_bytes()).unwrap();
        let note = witness.ask(&asked).unwrap();
        let signed = note.signed_by(&witness_key(1).public()).unwrap();
        assert_eq!(signed.time, Some(1_700_000_000));
        old = size;
    }
    // It says what it knows to whoever asks from elsewhere.
    assert_eq!(
        witness.ask(&request(&log, 256)),
        Err(Refusal::Conflict(1000))
    );
}

/// A log with two histories: each witness sees one of them, and neither cosigns the other's.
#[test]
fn a_forked_log_gets_no_two_witnesses_to_agree() {
    let honest = Log::of(500);
    let mut fork = Log::of(400);
    for n in 0..100 {
        fork.edge.append(Hash::of_leaf(&[n]));
    }
    fork.tiles.extend(fork.edge.take_tiles());
    let (mut first, mut second) = (Witness::new(1), Witness::new(2));
    let start = Log::of(300);
    first.ask(&request(&start, 0)).unwrap();
    second.ask(&request(&start, 0)).unwrap();
    // Each fork continues what was seen, so each finds one witness.
    let shown_to_first = first.ask(&request(&honest, 300)).unwrap();
    let shown_to_second = second.ask(&request(&fork, 300)).unwrap();
    // A witness that saw one refuses the other: of the same size, and of any later size.
    assert_eq!(first.ask(&request(&fork, 500)), Err(Refusal::Forked(500)));
    let mut later = fork.clone();
    later.grow(600);
    assert_eq!(first.ask(&request(&later, 500)), Err(Refusal::Inconsistent));
    assert_eq!(
        second.ask(&request(
            &{
                let mut l = honest.clone();
                l.grow(600);
                l
            },
            500
        )),
        Err(Refusal::Inconsistent)
    );
    // A reader who asks for two witnesses believes neither.
    let policy = format!(
        "log {}\nwitness a {}\nwitness b {}\ngroup both all a b\nquorum both\n",
        log_key().public(),
        witness_key(1).public(),
        witness_key(2).public()
    );
    let policy = Policy::read(policy.as_bytes()).unwrap();
    for note in [shown_to_first, shown_to_second] {
        assert!(!policy.verify(&note).unwrap().quorum);
    }
}

#[test]
fn what_it_refuses() {
    let log = Log::of(10);
    let good = request(&log, 0);
    let mut unsigned = good.clone();
    unsigned.checkpoint.signatures.clear();
    assert_eq!(Witness::new(1).ask(&unsigned).unwrap_err().status(), 403);
    let mut changed = good.clone();
    changed.checkpoint.text = changed.checkpoint.text.replace("\n10\n", "\n11\n");
    assert_eq!(Witness::new(1).ask(&changed).unwrap_err().status(), 403);
    let mut unknown = good.clone();
    unknown.checkpoint.text = unknown
        .checkpoint
        .text
        .replace("log.example", "other.example");
    assert_eq!(Witness::new(1).ask(&unknown).unwrap_err().status(), 404);
    // The same size with another root, and the empty tree with one that is not its own.
    assert_eq!(Refusal::Forked(10).status(), 422);
    let mut not_empty = request(&Log::default(), 0);
    let text = not_empty.checkpoint.text.replace(
        &Hash::of_nothing().to_string(),
        &Hash::of(b"something").to_string(),
    );
    not_empty.checkpoint = SignedNote {
        signatures: vec![log_key().sign(&text, 0)],
        text,
    };
    assert_eq!(Witness::new(1).ask(&not_empty).unwrap_err().status(), 422);
    // A line of the log's key that does not hold, beside one of its other key that does.
    let other = SecretKey::new(log_key().name(), Purpose::Note, &[77; 32]).unwrap();
    let mut beside = good.clone();
    beside.checkpoint.signatures = vec![
        other.sign(&good.checkpoint.text, 0),
        SignatureLine {
            bytes: vec![0; 64],
            ..log_key().sign(&good.checkpoint.text, 0)
        },
    ];
    let logs = [log_key().public(), other.public()];
    for logs in [&logs[..], &[logs[1].clone(), logs[0].clone()]] {
        let said = cosign(&witness_key(1), logs, |_| None, &beside, 1);
        assert_eq!(said.unwrap_err().status(), 403);
    }
    let mut backwards = good.clone();
    backwards.old = 11;
    assert_eq!(Witness::new(1).ask(&backwards).unwrap_err().status(), 400);
    for wrong in [
        "",
        "old",
        "old 1\n\n",
        "old 01\n\nx",
        "old 1\nx\n\ny\n\n— a b\n",
        "new 1\n\n",
    ] {
        assert_eq!(
            AddCheckpoint::read(wrong.as_bytes()).unwrap_err().status(),
            400,
            "{wrong}"
        );
    }
}
