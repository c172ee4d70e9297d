//! `overt-verify`: verifies a bundle with as little as possible.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use overt_verify::{Policy, verify};

const USAGE: &str = "overt-verify BUNDLE [--policy FILE]

Verifies a bundle offline. The policy names whom you trust: logs, witnesses and how many of them, in the form of
c2sp.org/tlog-policy. Without one it is not verified who signed.

Exit codes: 0 verified; 2 wrong use; 3 not verified; 4 a file cannot be read.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (bundle, policy) = match arguments[..] {
        [bundle] if !bundle.starts_with('-') => (bundle, None),
        [bundle, "--policy", policy] | ["--policy", policy, bundle] => (bundle, Some(policy)),
        _ => {
            let _ = std::io::stderr().write_all(USAGE.as_bytes());
            return ExitCode::from(2);
        }
    };
    match run(bundle, policy) {
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

fn run(bundle: &str, policy: Option<&str>) -> Result<String, (u8, String)> {
    let read = |path: &str| fs::read(path).map_err(|e| (4, format!("{path}: {e}")));
    let policy = policy
        .map(|path| {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            Policy::read(&text)
                .map_err(|line| (3, format!("{path}: line {line} is no line of a policy")))
        })
        .transpose()?;
    let report = verify(&read(bundle)?, policy.as_ref())
        .map_err(|broken| (3, format!("NOT VERIFIED: {bundle}: {broken}")))?;
    let mut said = String::from("Proven:\n");
    report
        .proven()
        .iter()
        .for_each(|line| said.push_str(&format!("  {line}\n")));
    said.push_str("Not proven:\n");
    report
        .not_proven()
        .iter()
        .for_each(|line| said.push_str(&format!("  {line}\n")));
    if !report.replayed.flagged.is_empty() {
        said.push_str("Flagged, for it rests on what no longer counts:\n");
        report
            .replayed
            .flagged
            .iter()
            .for_each(|line| said.push_str(&format!("  {line}\n")));
    }
    Ok(said)
}
