//! Asking witnesses for their cosignatures, as c2sp.org/tlog-witness has it.

use overt_case::{Case, CaseError};
use overt_ledger::{AddCheckpoint, Checkpoint, NoteError, PublicKey, SignatureLine, SignedNote};

/// Most bytes of a witness's answer.
const MAX_ANSWER: u64 = 1 << 18;

/// A witness, as whoever asks it knows it.
#[derive(Debug, Clone)]
pub struct WitnessAt {
    /// Its key.
    pub key: PublicKey,
    /// Where it is asked.
    pub address: String,
}

/// Adds the cosignatures of witnesses to a checkpoint of a case. Each is verified before it is kept.
///
/// # Errors
///
/// When a witness cannot be reached, refuses, or answers without a cosignature of its key that holds.
pub fn cosign(
    case: &Case,
    mut note: SignedNote,
    witnesses: &[WitnessAt],
) -> Result<SignedNote, CaseError> {
    let checkpoint = Checkpoint::read(&note.text)?;
    let plain = note.clone();
    for witness in witnesses {
        let line = ask(case, &checkpoint, &plain, witness)?;
        // Who is asked twice has signed once.
        let same = |known: &SignatureLine| known.name == line.name && known.id == line.id;
        note.signatures.retain(|known| !same(known));
        note.signatures.push(line);
    }
    Ok(note)
}

/// How often a witness is asked that says each time that it has seen something else: others may be asking it too.
const TRIES: usize = 3;

/// Asks one witness. It answers with the size that it saw last where that is another than it was told.
fn ask(
    case: &Case,
    checkpoint: &Checkpoint,
    note: &SignedNote,
    witness: &WitnessAt,
) -> Result<SignatureLine, CaseError> {
    let wrong = |what: String| CaseError::Witness {
        address: witness.address.clone(),
        what,
    };
    let client = crate::agent();
    let mut old = 0;
    for _ in 0..TRIES {
        let mut prover = case.prover(checkpoint.size)?;
        let proof = prover.consistency(old).map_err(|_| {
            wrong(format!(
                "it saw {old} entries, and there are {}",
                checkpoint.size
            ))
        })?;
        let request = AddCheckpoint {
            old,
            proof,
            checkpoint: note.clone(),
        };
        let url = format!("{}/add-checkpoint", witness.address.trim_end_matches('/'));
        let answer = client.post(&url).send(request.to_string());
        let mut answer = answer.map_err(|e| wrong(e.to_string()))?;
        let status = answer.status().as_u16();
        let body = answer
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER)
            .read_to_string();
        let body = body.map_err(|e| wrong(e.to_string()))?;
        match (status, body.trim().parse()) {
            (200, _) => return its_cosignature(&note.text, &body, &witness.key).map_err(wrong),
            (409, Ok(size)) if size != old => old = size,
            _ => {
                let said: String = body.chars().filter(|c| !c.is_control()).take(200).collect();
                return Err(wrong(format!("it refuses ({status}): {said}")));
            }
        }
    }
    Err(wrong("it says something else each time".to_owned()))
}

/// The cosignature of a key among the lines of an answer. A witness may have several keys, and lines of others are passed
/// over.
fn its_cosignature(text: &str, body: &str, key: &PublicKey) -> Result<SignatureLine, String> {
    for line in body.lines() {
        let Ok(line) = line.parse::<SignatureLine>() else {
            return Err("it does not answer with cosignatures".to_owned());
        };
        let alone = SignedNote {
            text: text.to_owned(),
            signatures: vec![line.clone()],
        };
        match alone.signed_by(key) {
            Ok(_) => return Ok(line),
            Err(NoteError::Unsigned) => {}
            Err(error) => return Err(format!("its cosignature does not hold: {error}")),
        }
    }
    Err(format!(
        "it answers without a cosignature of {}",
        key.name()
    ))
}

#[cfg(test)]
mod tests {
    use overt_ledger::{Purpose, SecretKey};

    use super::*;

    #[test]
    fn the_line_of_the_key_among_others() {
        let key =
            |name: &str, seed| SecretKey::new(name, Purpose::Cosignature, &[seed; 32]).unwrap();
        let (own, old, stranger) = (
            key("w.example", 1),
            key("w.example", 2),
            key("x.example", 3),
        );
        let text = "log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
        let line = |key: &SecretKey| key.sign(text, 7).to_string();
        let answer = format!("{}\n{}\n{}\n", line(&stranger), line(&old), line(&own));
        let found = its_cosignature(text, &answer, &own.public()).unwrap();
        assert_eq!(found.to_string(), line(&own));
        for (answer, expected) in [
            (String::new(), "without a cosignature of w.example"),
            (
                format!("{}\n", line(&old)),
                "without a cosignature of w.example",
            ),
            ("nonsense\n".to_owned(), "does not answer with cosignatures"),
            (
                format!("{}\n", own.sign("another\n", 7)),
                "its cosignature does not hold",
            ),
            (
                format!("{}\n", own.sign(text, 0)),
                "its cosignature does not hold",
            ),
        ] {
            let said = its_cosignature(text, &answer, &own.public()).unwrap_err();
            assert!(said.contains(expected), "{said}");
        }
    }
}
