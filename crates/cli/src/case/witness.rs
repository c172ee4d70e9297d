//! `overt witness`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use overt_case::keys::PublicKey;
use overt_server::witness::{Witness as Serving, serve_witness};
use serde_json::json;

use super::keys::Folder;
use crate::error::CliError;
use crate::terminal::Terminal;

/// Cosign others' checkpoints, once each is verified to continue the one before
#[derive(Args)]
#[command(
    after_help = "Speaks c2sp.org/tlog-witness. A witness keeps what it cosigned last of each log: losing that folder means \
    that it could be shown another history.\n\n\
    Examples:\n  overt key new --witness watchdog.example\n  \
    overt witness --key watchdog.example --cosign-for office.example+1234abcd+AQ… --state witness/\n  \
    overt export midterms-2026 --bundle case.overt --log office.example \\\n    --witness watchdog.pub http://127.0.0.1:8100 --by alice"
)]
pub(crate) struct Witness {
    /// The witness's key, made with: overt key new --witness NAME
    #[arg(long, value_name = "KEY")]
    key: String,
    /// A log that it knows: a public key as `overt key show` prints it, or a file with one
    #[arg(long, value_name = "KEY", required = true)]
    cosign_for: Vec<String>,
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
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let key = self.keys.open(&self.key)?;
        let logs = self.cosign_for.iter().map(|given| match given.parse() {
            Ok(key) => Ok(key),
            Err(_) => self.keys.public(given),
        });
        let logs: Vec<PublicKey> = logs.collect::<Result<_, _>>()?;
        let public = key.public();
        let witness = Serving::new(key, logs, &self.state).map_err(|e| {
            CliError::Environment(format!("[case.file] {}: {e}", self.state.display()))
        })?;
        serve_witness(&witness, self.listen, |at| {
            terminal.result(
                &format!(
                    "cosigning at http://{at}\nto rely on it, others need: witness {} {public}\n",
                    public.name()
                ),
                &json!({ "serving": format!("http://{at}"), "public": public.to_string() }),
            );
        })
        .map_err(|e| {
            CliError::Environment(format!(
                "[serve.address] {e}\n  name another address with --listen"
            ))
        })
    }
}
