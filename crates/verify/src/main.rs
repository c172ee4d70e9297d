//! `overt-verify`: verifies a bundle with as little as possible.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use overt_verify::{Authorities, Policy, Trust, verify};

const USAGE: &str = "overt-verify BUNDLE [--policy FILE] [--tsa FILE]

Verifies a bundle offline. The policy names whom you trust: logs, witnesses and how many of them, in the form of
c2sp.org/tlog-policy; --tsa the certificates of the authorities for time that you trust, in PEM. Without them it is not
verified who signed and when.

Exit codes: 0 verified; 2 wrong use; 3 not verified; 4 a file cannot be read.
";

fn main() -> ExitCode {
    let Some(asked) = Asked::read(std::env::args().skip(1)) else {
        let _ = std::io::stderr().write_all(USAGE.as_bytes());
        return ExitCode::from(2);
    };
    match asked.run() {
        Ok(said) => {
            let _ = std::io::stdout().write_all(said.as_bytes());
            ExitCode::SUCCESS
        }
        Err((code, said)) => {
            let _ = std::io::stderr().write_all(format!("{said}\n").as_bytes());
            ExitCode::from(code)
        }
    }
}

#[derive(Default)]
struct Asked {
    bundle: String,
    policy: Option<String>,
    tsa: Option<String>,
}

impl Asked {
    fn read(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let mut asked = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--policy" if asked.policy.is_none() => asked.policy = Some(words.next()?),
                "--tsa" if asked.tsa.is_none() => asked.tsa = Some(words.next()?),
                bundle if asked.bundle.is_empty() && !bundle.starts_with('-') => {
                    asked.bundle = word;
                }
                _ => return None,
            }
        }
        (!asked.bundle.is_empty()).then_some(asked)
    }

    fn run(&self) -> Result<String, (u8, String)> {
        let read = |path: &str| fs::read(path).map_err(|e| (4, format!("{path}: {e}")));
        let policy = self.policy.as_ref().map(|path| {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            Policy::read(&text)
                .map_err(|line| (3, format!("{path}: line {line} is no line of a policy")))
        });
        let authorities = self.tsa.as_ref().map(|path| {
            Authorities::read(&read(path)?).map_err(|wrong| (3, format!("{path}: {wrong}")))
        });
        let (policy, authorities) = (policy.transpose()?, authorities.transpose()?);
        let trust = Trust {
            policy: policy.as_ref(),
            authorities: authorities.as_ref(),
        };
        let report = verify(&read(&self.bundle)?, trust);
        let broken = |broken| (3, format!("NOT VERIFIED: {}: {broken}", self.bundle));
        Ok(report.map_err(broken)?.told())
    }
}
