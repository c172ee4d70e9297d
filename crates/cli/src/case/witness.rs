//! `overt witness`, and asking witnesses for their cosignatures.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use overt_case::{Case, CaseError};
use overt_ledger::{AddCheckpoint, Checkpoint, NoteError, PublicKey, SignatureLine, SignedNote};
use overt_server::witness::{Witness as Serving, serve_witness};
use serde_json::json;

use super::keys::Folder;
use crate::failure::Failure;
use crate::voice::Voice;

/// Cosign others' checkpoints, once each is verified to continue the one before
#[derive(Args)]
#[command(
    after_help = "Speaks c2sp.org/tlog-witness. A witness keeps what it cosigned last of each log: losing that folder means \
    that it could be shown another history.\n\n\
    Examples:\n  overt key new --witness watchdog.example\n  \
    overt witness --key watchdog.example --log office.example+1234abcd+AQ… --state witness/\n  \
    overt export midterms-2026 --bundle case.overt --log office.example --witness http://127.0.0.1:8100 --by alice"
)]
pub(crate) struct Witness {
    /// The witness's key, made with: overt key new --witness NAME
    #[arg(long, value_name = "KEY")]
    key: String,
    /// A log that it knows: a public key as `overt key show` prints it, or a file with one
    #[arg(long, value_name = "KEY", required = true)]
    log: Vec<String>,
    /// A folder for what was cosigned last
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8100")]
    listen: SocketAddr,
    #[command(flatten)]
    keys: Folder,
}

impl Witness {
    pub(crate) fn run(self, voice: &Voice) -> Result<(), Failure> {
        let key = self.keys.open(&self.key)?;
        let logs = self.log.iter().map(|given| match given.parse() {
            Ok(key) => Ok(key),
            Err(_) => self.keys.public(given),
        });
        let logs: Vec<PublicKey> = logs.collect::<Result<_, _>>()?;
        let public = key.public();
        let witness = Serving::new(key, logs, &self.state).map_err(|e| {
            Failure::Environment(format!("[case.file] {}: {e}", self.state.display()))
        })?;
        serve_witness(&witness, self.listen, |at| {
            voice.result(
                &format!(
                    "cosigning at http://{at}\nwhoever relies on it needs: witness {} {public}\n",
                    public.name()
                ),
                &json!({ "serving": format!("http://{at}"), "public": public.to_string() }),
            );
        })
        .map_err(|e| Failure::Environment(format!("[serve.address] {e}")))
    }
}

/// Adds the cosignatures of witnesses, by their addresses, to a checkpoint of a case.
pub(super) fn cosigned(
    case: &Case,
    mut note: SignedNote,
    witnesses: &[String],
) -> Result<SignedNote, CaseError> {
    let checkpoint = Checkpoint::read(&note.text)?;
    let plain = note.clone();
    for address in witnesses {
        let line = asked(case, &checkpoint, &plain, address)?;
        note.signatures.push(line);
    }
    Ok(note)
}

/// Asks one witness. It answers with the size that it saw last where that is another than it was told.
fn asked(
    case: &Case,
    checkpoint: &Checkpoint,
    note: &SignedNote,
    address: &str,
) -> Result<SignatureLine, CaseError> {
    let wrong = |what: String| CaseError::Witness {
        address: address.to_owned(),
        what,
    };
    let client: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
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
            .limit(1 << 16)
            .read_to_string();
        let body = body.map_err(|e| wrong(e.to_string()))?;
        match (status, body.trim().parse()) {
            (200, _) => {
                let line: Result<SignatureLine, NoteError> = body.trim_end().parse();
                return line.map_err(|e| wrong(format!("it answers with no cosignature: {e}")));
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
