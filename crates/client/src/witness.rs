//! Asking witnesses for their cosignatures, as c2sp.org/tlog-witness has it.

use overt_case::{Case, CaseError};
use overt_ledger::{AddCheckpoint, Checkpoint, NoteError, SignatureLine, SignedNote};

/// Most bytes of a witness's answer.
const MAX_ANSWER: u64 = 1 << 16;

/// Adds the cosignatures of witnesses, by their addresses, to a checkpoint of a case.
/// # Errors
/// When a witness cannot be reached, refuses, or answers with something else than a cosignature.
pub fn cosign(
    case: &Case,
    mut note: SignedNote,
    witnesses: &[String],
) -> Result<SignedNote, CaseError> {
    let checkpoint = Checkpoint::read(&note.text)?;
    let plain = note.clone();
    for address in witnesses {
        let line = ask(case, &checkpoint, &plain, address)?;
        note.signatures.push(line);
    }
    Ok(note)
}

/// Asks one witness. It answers with the size that it saw last where that is another than it was told.
fn ask(
    case: &Case,
    checkpoint: &Checkpoint,
    note: &SignedNote,
    address: &str,
) -> Result<SignatureLine, CaseError> {
    let wrong = |what: String| CaseError::Witness {
        address: address.to_owned(),
        what,
    };
    let client = crate::agent();
    let mut old = 0;
    for _ in 0..2 {
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
        let url = format!("{}/add-checkpoint", address.trim_end_matches('/'));
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
            (200, _) => {
                let line: Result<SignatureLine, NoteError> = body.trim_end().parse();
                return line
                    .map_err(|e| wrong(format!("it does not answer with a cosignature: {e}")));
            }
            (409, Ok(size)) if size != old => old = size,
            _ => {
                let said: String = body.chars().filter(|c| !c.is_control()).take(200).collect();
                return Err(wrong(format!("it refuses ({status}): {said}")));
            }
        }
    }
    Err(wrong("it says something else each time".to_owned()))
}
