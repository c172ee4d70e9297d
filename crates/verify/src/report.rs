//! What was proven of a bundle, and what was not, in plain words.

use overt_model::Timestamp;

use crate::replay::Replayed;
use crate::signatures::Vouched;
use crate::since::Since;
use crate::stamp::Seen;

/// Somebody who works on the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Their number.
    pub number: u64,
    /// What they are called; none where that is undisclosed.
    pub name: Option<String>,
    /// Their Ed25519 key in hex, as they were admitted last.
    pub key: Option<String>,
    /// What they may do, in the regime's words.
    pub roles: Vec<String>,
    /// How many entries they made and signed.
    pub entries: u64,
}

/// Something that was determined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Determined {
    /// Its number.
    pub number: u64,
    /// The party.
    pub party: String,
    /// The criterion.
    pub criterion: String,
    /// Who signed.
    pub signers: Vec<String>,
    /// Whether enough people signed while the entries say that the gate let it pass.
    pub made: bool,
    /// Whether that was gone through again.
    pub proven: bool,
    /// Whether it no longer passes the gate.
    pub under_review: bool,
    /// Whether it rests on something that no longer counts.
    pub lost: bool,
}

impl Determined {
    /// How far it came, in words.
    fn standing(&self) -> &'static str {
        match self {
            _ if self.under_review => "under review, for it no longer passes the gate",
            _ if self.lost => "rests on what no longer counts",
            Self { proven: true, .. } => "made, as the regime asks",
            Self { made: true, .. } => "said to be made, on what is undisclosed",
            _ => "waits for signatures",
        }
    }
}

/// Something that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub number: u64,
    /// To do what.
    pub action: String,
    /// About whom.
    pub subject: String,
    /// The determination that it rests on.
    pub determination: Option<u64>,
    /// Whether it has lost nothing that it rests on.
    pub stands: bool,
    /// Of a designation, whether the party is on the list.
    pub in_force: bool,
}

/// The regime that everything was gone through under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegimeOf {
    /// Its word.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// SHA-256 of its file, in hex.
    pub sha256: String,
    /// That the file does not come with the program, if it does not.
    pub variant: Option<String>,
}

/// What was proven of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The log, as the checkpoint names it.
    pub log: String,
    /// How many entries it covers.
    pub entries: u64,
    /// The root of the tree over them.
    pub root: [u8; 32],
    /// How many of them are undisclosed: their contents are not in the bundle, or were erased.
    pub undisclosed: u64,
    /// When the last entry was made, by the clock of those who made it.
    pub until: Timestamp,
    /// Who vouches for the checkpoint; none where the reader named nobody.
    pub vouched: Option<Vouched>,
    /// The regime that everything was gone through under.
    pub regime: RegimeOf,
    /// How many items have their bytes in it, all of which are what was entered.
    pub items: usize,
    /// What was gone through again.
    pub replayed: Replayed,
    /// What changed since the older bundle, where one was given.
    pub since: Option<Since>,
    /// How many tokens of time-stamping authorities are in it.
    pub tokens: usize,
    /// Those that hold, with how many entries each saw; none where the reader named no authority.
    pub stamps: Vec<(u64, Seen)>,
}

impl Report {
    /// All of it in plain words: what it says, what was proven, what was not, what is flagged.
    pub fn describe(&self) -> String {
        let mut said = String::new();
        let mut part = |heading: &str, lines: &[String]| {
            said.push_str(heading);
            lines
                .iter()
                .for_each(|line| said.push_str(&format!("  {line}\n")));
        };
        part("What it says:\n", &self.said());
        part("Proven:\n", &self.proven());
        part("Not proven:\n", &self.not_proven());
        let flagged = &self.replayed.flagged;
        if !flagged.is_empty() {
            part(
                "Flagged, for it no longer stands as it was made:\n",
                flagged,
            );
        }
        if let Some(since) = &self.since {
            let heading = format!(
                "Changed since the older bundle ({} entries, until {}):\n",
                since.entries, since.until
            );
            part(&heading, &since.describe());
        }
        said
    }

    /// Under which regime, who works on it, what was determined and decided, in plain words. Whether that is proven, the
    /// rest says.
    pub fn said(&self) -> Vec<String> {
        let regime = &self.regime;
        let mut said = vec![format!(
            "The regime: {} ({}), SHA-256 {}",
            regime.name, regime.id, regime.sha256
        )];
        said.extend(regime.variant.clone());
        for author in &self.replayed.authors {
            let name = author
                .name
                .as_deref()
                .unwrap_or("a name that is undisclosed");
            let key = author.key.as_deref().unwrap_or("none");
            let roles = match author.roles.join(", ") {
                none if none.is_empty() => "nothing any more".to_owned(),
                roles => roles,
            };
            said.push(format!(
                "Person {}: {name}, {roles}; key {key}; {} made and signed",
                author.number,
                counted(author.entries, "entry", "entries")
            ));
        }
        for determined in &self.replayed.determined {
            let criterion = match determined.criterion.as_str() {
                "" => "a criterion that is undisclosed".to_owned(),
                id => format!("criterion ({id})"),
            };
            said.push(format!(
                "Determination {}: {}, {criterion}: {}; signed by {}",
                determined.number,
                determined.party,
                determined.standing(),
                match determined.signers.join(", ") {
                    none if none.is_empty() => "nobody".to_owned(),
                    signers => signers,
                }
            ));
        }
        for decision in &self.replayed.decided {
            let on = decision.determination;
            let on = on.map_or_else(String::new, |n| format!(", on determination {n}"));
            let standing = match (decision.stands, decision.in_force) {
                (false, _) => "; it no longer stands as it was made",
                (true, false) => "; taken back since",
                (true, true) => "",
            };
            said.push(format!(
                "Decision {}: to {} {}{on}{standing}",
                decision.number, decision.action, decision.subject
            ));
        }
        said
    }

    /// Whether something was judged, signed or decided, and none of it could be gone through again, for what it rests on is
    /// undisclosed or erased: then nothing is known but that it is there.
    pub fn nothing_was_made_again(&self) -> bool {
        let replayed = &self.replayed;
        replayed.judgements == 0 && replayed.passages == 0 && !replayed.undisclosed.is_empty()
    }

    /// What was proven, in plain words.
    pub fn proven(&self) -> Vec<String> {
        let replayed = &self.replayed;
        let mut said = vec![
            format!(
                "All {} entries of the log {} are here as commitments, in their order; none was changed, left out, added or moved since the checkpoint.",
                self.entries, self.log
            ),
            format!(
                "Every entry was signed by its author after this very history: {} hold.",
                counted(replayed.batches, "signature", "signatures")
            ),
            format!(
                "{} entries are open, and are what was committed to; of the others what they refer to is known.",
                self.entries - self.undisclosed
            ),
            format!(
                "The bytes of {} are here, and are what was entered.",
                counted(self.items as u64, "item of evidence", "items of evidence")
            ),
            format!(
                "{} and {} were made again from what is open, and came out the same to the last digit.",
                counted(replayed.judgements, "judgement", "judgements"),
                counted(replayed.passages, "gate", "gates")
            ),
            format!(
                "{} under determinations hold; {} as many distinct signers as the regime asks for; {}, each resting on what it needs; {}.",
                counted(replayed.signatures, "signature", "signatures"),
                counted(
                    replayed.determinations,
                    "determination has",
                    "determinations have"
                ),
                counted(replayed.decisions, "decision", "decisions"),
                counted(replayed.refusals, "refusal", "refusals")
            ),
        ];
        if replayed.places_held > 0 {
            said.push(format!(
                "What facts quote or cite in {} stands in the items' bytes there.",
                counted(replayed.places_held, "place", "places")
            ));
        }
        if let Some(vouched) = &self.vouched {
            said.push(format!(
                "The checkpoint is signed by {}, whom you named.",
                vouched.log
            ));
            for (witness, time) in &vouched.witnesses {
                let seen = Timestamp((*time as i64).saturating_mul(1000));
                said.push(format!(
                    "The witness {witness} saw this history, and no other, by {seen}."
                ));
            }
        }
        for (size, seen) in &self.stamps {
            let at = Timestamp((seen.at as i64).saturating_mul(1000));
            said.push(format!(
                "The first {size} entries were there by {at}: {} says so, whom you named.",
                seen.authority
            ));
        }
        said
    }

    /// What was not proven, in plain words.
    pub fn not_proven(&self) -> Vec<String> {
        let mut said = Vec::new();
        match &self.vouched {
            None => said.push(
                "Who signed the checkpoint was not checked: no policy says whom you trust. Without one, all of this could have been made up by anybody.".to_owned(),
            ),
            Some(vouched) if vouched.witnesses.is_empty() => said.push(
                "No witness outside saw this history: those who made it could show others another one.".to_owned(),
            ),
            Some(_) => {}
        }
        let strangers = self.vouched.as_ref().map_or(0, |v| v.strangers);
        if strangers > 0 {
            said.push(format!(
                "{} of the checkpoint by keys that your policy does not name: nothing is known of them.",
                counted(strangers as u64, "signature", "signatures")
            ));
        }
        if self.tokens > self.stamps.len() {
            said.push(format!(
                "{} timestamps were not checked: no authority was named that you trust.",
                self.tokens - self.stamps.len()
            ));
        }
        if self.tokens == 0 {
            said.push(
                "When things were entered: the times are those of the clock of the people who made this."
                    .to_owned(),
            );
        }
        if self.undisclosed > 0 {
            said.push(format!(
                "What {} {}.",
                counted(self.undisclosed, "undisclosed entry", "undisclosed entries"),
                if self.undisclosed == 1 { "says" } else { "say" }
            ));
        }
        let sealed = &self.replayed.sealed;
        if !sealed.is_empty() {
            said.push(format!(
                "What {} never opened: {}.",
                match sealed.len() {
                    1 => "a sealed weight says that was".to_owned(),
                    n => format!("{n} sealed weights say that were"),
                },
                sealed.join("; ")
            ));
        }
        if self.replayed.places_open > 0 {
            said.push(format!(
                "That {} of facts stand where they say: the items' bytes are not here, or only a reader can tell.",
                counted(self.replayed.places_open, "citation", "citations")
            ));
        }
        said.extend(self.replayed.undisclosed.iter().map(|what| {
            format!("Not gone through again, for it rests on what is undisclosed: {what}.")
        }));
        said.push(
            "That everything was entered, and that nothing was decided outside of it.".to_owned(),
        );
        said.push("That what the items say is true, and that the analysts' weights are right: only that this is what they were, and what follows from them.".to_owned());
        said.push(format!(
            "Anything after {}: true as of the checkpoint of {} entries; later withdrawals were not checked.",
            self.until, self.entries
        ));
        said
    }
}

fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
