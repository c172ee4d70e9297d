//! `overt-verify`: verifies a bundle with as little as possible.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use overt_model::visible;
use overt_verify::{Authorities, Policy, Report, Trust, verify, verify_since};

const USAGE: &str = "overt-verify BUNDLE [--policy FILE] [--tsa FILE] [--older BUNDLE] [--regime SHA256]… [--signer KEY]…

Verifies a bundle offline. The policy names whom you trust: logs, witnesses and how many of them, in the form of
c2sp.org/tlog-policy; --tsa the certificates of the time-stamping authorities that you trust, in PEM. Without them it is not
verified who signed and when. --older names an older bundle of the same case: it is verified that this one continues it,
and told what was withdrawn, judged otherwise, determined and decided since. --regime and --signer name the regimes' files and
the keys of people that you accept; anything else is refused.

Exit codes: 0 verified; 1 verified but for who signed, for no policy was given, or but for all that was judged and decided,
for what it rests on is undisclosed; 2 wrong use; 3 not verified; 4 a file
cannot be read.
";

fn main() -> ExitCode {
    let Some(asked) = Arguments::read(std::env::args().skip(1)) else {
        let _ = std::io::stderr().write_all(USAGE.as_bytes());
        return ExitCode::from(2);
    };
    match asked.run() {
        Ok(report) => {
            let said = visible(&report.describe());
            let _ = std::io::stdout().write_all(said.as_bytes());
            // Without a policy anybody could have made all of it; and of what is closed nothing is known.
            let short = asked.policy.is_none() || report.nothing_was_made_again();
            ExitCode::from(u8::from(short))
        }
        Err((code, said)) => {
            let _ = std::io::stderr().write_all(visible(&format!("{said}\n")).as_bytes());
            ExitCode::from(code)
        }
    }
}

#[derive(Default)]
struct Arguments {
    bundle: String,
    policy: Option<String>,
    tsa: Option<String>,
    older: Option<String>,
    regimes: Vec<String>,
    signers: Vec<String>,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let mut asked = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--policy" if asked.policy.is_none() => asked.policy = Some(words.next()?),
                "--tsa" if asked.tsa.is_none() => asked.tsa = Some(words.next()?),
                "--regime" => asked.regimes.push(words.next()?),
                "--signer" => asked.signers.push(words.next()?),
                "--older" if asked.older.is_none() => asked.older = Some(words.next()?),
                bundle if asked.bundle.is_empty() && !bundle.starts_with('-') => {
                    asked.bundle = word;
                }
                _ => return None,
            }
        }
        (!asked.bundle.is_empty()).then_some(asked)
    }

    fn run(&self) -> Result<Report, (u8, String)> {
        let read = |path: &str| fs::read(path).map_err(|e| (4, format!("{path}: {e}")));
        let policy = self.policy.as_ref().map(|path| {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            Policy::read(&text).map_err(|wrong| (3, format!("{path}: {wrong}")))
        });
        let authorities = self.tsa.as_ref().map(|path| {
            Authorities::read(&read(path)?).map_err(|wrong| (3, format!("{path}: {wrong}")))
        });
        let (policy, authorities) = (policy.transpose()?, authorities.transpose()?);
        let trust = Trust {
            policy: policy.as_ref(),
            authorities: authorities.as_ref(),
            regimes: &self.regimes,
            signers: &self.signers,
        };
        let broken = |path: &str| {
            let path = path.to_owned();
            move |broken| (3, format!("NOT VERIFIED: {path}: {broken}"))
        };
        let bundle = read(&self.bundle)?;
        let report = match &self.older {
            None => verify(&bundle, trust),
            Some(path) => {
                let older = verify(&read(path)?, trust).map_err(broken(path))?;
                verify_since(&bundle, &older, trust)
            }
        };
        report.map_err(broken(&self.bundle))
    }
}
