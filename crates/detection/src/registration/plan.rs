//! Plans: what is to be tested, and how, written down before there is anything to test.
//!
//! ```text
//! plan.toml ─► sealed as an entry of a case's ledger ─► checkpoint, cosigned by witnesses ─► a tlog-proof with the entry
//! ```

use overt_ledger::{Checkpoint, Hash, Policy, TlogProof, commitment};
use overt_model::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A plan as somebody writes it, in TOML.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What is asked.
    pub question: String,
    /// Posts of earlier times are not of the plan.
    pub from: Timestamp,
    /// Nor are posts of later ones.
    pub until: Timestamp,
    /// At how many sets of data may be looked.
    pub looks: u64,
    /// Settings by the names of a settings file.
    pub settings: toml::Table,
    /// All of it, as it was written.
    pub text: String,
}

/// The longest plan that is read, in bytes.
const LONGEST: usize = 64 << 10;
/// The longest sealed plan: it holds the plan, its settings, and signatures.
const LONGEST_SEALED: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    question: String,
    from: toml::Value,
    until: toml::Value,
    #[serde(default = "one")]
    looks: u64,
    /// In words: who is watched, what is usual, when it is stopped.
    #[serde(default, rename = "actors")]
    _actors: Vec<String>,
    #[serde(default, rename = "baselines")]
    _baselines: String,
    #[serde(default, rename = "stop")]
    _stop: String,
    detect: toml::Table,
}

fn one() -> u64 {
    1
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("is longer than {} KB", LONGEST >> 10));
        }
        let file: PlanFile = toml::from_str(text).map_err(|e| e.to_string())?;
        let from = time("from", &file.from, "T00:00:00Z")?;
        let until = time("until", &file.until, "T23:59:59.999Z")?;
        if file.question.trim().is_empty() {
            return Err("its question is empty".to_owned());
        }
        if until <= from {
            return Err("it ends before it begins".to_owned());
        }
        if file.looks == 0 {
            return Err("it allows no look at the data".to_owned());
        }
        Ok(Self {
            question: file.question,
            from,
            until,
            looks: file.looks,
            settings: file.detect,
            text: text.to_owned(),
        })
    }
}

/// A time, or a day of which the first or last moment is meant.
fn time(what: &str, value: &toml::Value, of_day: &str) -> Result<Timestamp, String> {
    let text = match value {
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::String(text) => text.clone(),
        _ => String::new(),
    };
    let whole = if text.contains(['T', ' ']) {
        text.clone()
    } else {
        format!("{text}{of_day}")
    };
    let parsed = whole.parse::<jiff::Timestamp>();
    let parsed = parsed.map_err(|_| {
        format!("{what} is not a time: {text:?}; write it as 2026-11-03 or 2026-11-03T12:00:00Z")
    })?;
    Ok(Timestamp(parsed.as_millisecond()))
}

/// A plan that was sealed in a ledger.
#[derive(Debug, Clone)]
pub struct SealedPlan {
    /// The plan.
    pub plan: Plan,
    /// The settings as they were understood when it was sealed, with the hashes of the files they name.
    pub settings: Value,
    /// What the ledger's leaf holds.
    pub entry: Hash,
    /// The ledger's name.
    pub log: String,
    proof: TlogProof,
}

/// The entry, as it goes with its proof.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    header: String,
    nonce: String,
    body: String,
}

#[derive(Deserialize)]
struct Header {
    kind: String,
    body: String,
    seq: u64,
}

#[derive(Deserialize)]
struct Body {
    planned: Planned,
}

#[derive(Deserialize)]
struct Planned {
    text: String,
    settings: String,
}

impl SealedPlan {
    /// Reads a sealed plan and verifies that its entry is in the tree of its checkpoint. Who signed that is another
    /// question: [`seen`](Self::seen).
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > LONGEST_SEALED {
            return Err("is too long to be a sealed plan".to_owned());
        }
        let proof = TlogProof::read(bytes).map_err(|_| "it is no sealed plan".to_owned())?;
        let extra = proof.extra.as_deref().unwrap_or_default();
        let extra: Extra =
            serde_json::from_slice(extra).map_err(|_| "it comes without its entry".to_owned())?;
        let header: Header = serde_json::from_str(&extra.header)
            .map_err(|_| "its entry has no header".to_owned())?;
        let entry = Hash::of(extra.header.as_bytes());
        if !proof.includes(&entry.0) || header.seq != proof.index {
            return Err("its entry is not in the ledger of its checkpoint".to_owned());
        }
        let nonce = unhex(&extra.nonce).ok_or("its nonce is not 32 bytes in hex")?;
        let is_its = unhex(&header.body) == Some(commitment(&nonce, extra.body.as_bytes()).0);
        if header.kind != "planned" || !is_its {
            return Err("its entry does not commit to this plan".to_owned());
        }
        let wrong = |_| "its entry is no plan".to_owned();
        let body: Body = serde_json::from_str(&extra.body).map_err(wrong)?;
        let checkpoint = Checkpoint::read(&proof.checkpoint.text).map_err(|e| e.to_string())?;
        Ok(Self {
            plan: Plan::read(&body.planned.text)?,
            settings: serde_json::from_str(&body.planned.settings).map_err(wrong)?,
            entry,
            log: checkpoint.origin,
            proof,
        })
    }

    /// Its place in the ledger.
    pub fn place(&self) -> u64 {
        self.proof.index
    }

    /// Which witnesses saw it there and the latest of their times, milliseconds since 1970. None when the policy asks for
    /// none, or for others: then nobody outside says when it was sealed.
    ///
    /// # Errors
    /// When no log of the policy signed the checkpoint, or a signature does not hold.
    pub fn seen(&self, policy: &Policy) -> Result<Option<(Vec<String>, Timestamp)>, String> {
        let trusted = policy.verify(&self.proof.checkpoint);
        let trusted = trusted.map_err(|e| format!("its checkpoint {e}"))?;
        let latest = trusted.witnesses.iter().map(|(_, at)| *at).max();
        let names = trusted.witnesses.into_iter().map(|(name, _)| name);
        Ok(latest
            .filter(|_| trusted.quorum)
            .and_then(|at| i64::try_from(at).ok()?.checked_mul(1000))
            .map(|at| (names.collect(), Timestamp(at))))
    }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "question = \"q\"\nfrom = 2026-11-03\nuntil = 2026-11-04T12:00:00Z\n[detect]\ntrace = [\"url\"]\n";

    #[test]
    fn days_are_whole() {
        let plan = Plan::read(PLAN).unwrap();
        assert_eq!(plan.from.to_string(), "2026-11-03T00:00:00Z");
        assert_eq!(plan.until.to_string(), "2026-11-04T12:00:00Z");
        let day = PLAN.replace("2026-11-04T12:00:00Z", "\"2026-11-04\"");
        assert_eq!(
            Plan::read(&day).unwrap().until.to_string(),
            "2026-11-04T23:59:59.999Z"
        );
        assert_eq!(plan.looks, 1);
    }

    #[test]
    fn what_makes_no_plan_is_said() {
        for (from, to, said) in [
            ("2026-11-03", "2026-12-03", "ends before"),
            ("2026-11-03", "true", "from is not a time"),
            ("\"q\"", "\" \"", "question is empty"),
            ("[detect]", "looks = 0\n[detect]", "allows no look"),
            ("[detect]", "look = 1\n[detect]", "unknown field"),
        ] {
            let refused = Plan::read(&PLAN.replace(from, to)).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
        assert!(Plan::read(&"#".repeat(LONGEST + 1)).is_err());
    }

    #[test]
    fn what_is_no_sealed_plan_is_refused() {
        for bytes in [
            &b""[..],
            b"c2sp.org/tlog-proof@v1\nindex 0\n\nx",
            PLAN.as_bytes(),
        ] {
            SealedPlan::read(bytes).unwrap_err();
        }
    }
}
