//! The life of campaigns over runs, in sentences of the one table.

use std::collections::BTreeSet;

use overt_model::key;
use serde::Serialize;

use crate::identity::{Identities, Life};
use crate::words::Sentence;

/// The campaigns of one run.
#[derive(Clone, Debug)]
pub struct RunSeen {
    /// What to call the run.
    pub name: String,
    /// Each campaign: what the run calls it, and its members, as `platform:account` where the platform is known.
    pub campaigns: Vec<(String, BTreeSet<String>)>,
    /// The platforms it read; none where that is not known.
    pub platforms: BTreeSet<String>,
}

impl RunSeen {
    /// Whether it read a platform of some members, or may have.
    fn reads(&self, members: &BTreeSet<String>) -> bool {
        let platform = |member: &String| key::split(member).0.to_owned();
        self.platforms.is_empty()
            || members
                .iter()
                .map(platform)
                .any(|of| of.is_empty() || self.platforms.contains(&of))
    }
}

/// What became of one campaign in one run.
#[derive(Clone, Debug, Serialize)]
pub struct Lived {
    /// The campaign, by its number over all runs.
    pub campaign: u64,
    /// The run.
    pub run: String,
    /// What that run calls it; none where it was not seen.
    pub called: Option<String>,
    /// Its members in that run.
    pub members: u64,
    /// Its members in the run in which it was last seen.
    pub before: u64,
    /// Which sentence this allows.
    pub sentence: Sentence,
    /// Its words.
    pub says: String,
}

/// What became of whom, run by run; and of each run the number of each of its campaigns.
#[must_use]
pub fn lives(runs: &[RunSeen]) -> (Vec<Lived>, Vec<Vec<u64>>) {
    let mut identities = Identities::default();
    let mut sizes = std::collections::BTreeMap::new();
    let (mut lived, mut numbers) = (Vec::new(), Vec::new());
    for run in runs {
        let members: Vec<BTreeSet<String>> = run.campaigns.iter().map(|(_, m)| m.clone()).collect();
        let (named, lives) = identities.run_over(&members, |of| run.reads(of));
        for life in &lives {
            let number = life.whose();
            let at = named.iter().position(|n| *n == number);
            lived.push(Lived {
                campaign: number,
                run: run.name.clone(),
                called: at.map(|at| run.campaigns[at].0.clone()),
                members: at.map_or(0, |at| members[at].len() as u64),
                before: sizes.get(&number).copied().unwrap_or(0),
                sentence: Sentence::Born,
                says: String::new(),
            });
            if let Some(lived) = lived.last_mut() {
                lived.sentence = life.sentence(lived.members > lived.before);
                lived.says = life.says(lived);
            }
        }
        for (number, members) in named.iter().zip(&members) {
            sizes.insert(*number, members.len() as u64);
        }
        numbers.push(named);
    }
    (lived, numbers)
}

impl Life {
    /// Whose life it is.
    #[must_use]
    pub fn whose(&self) -> u64 {
        match self {
            // Of a split it is the part that is new, of a merger the one that is no more.
            Self::Born(whose)
            | Self::GoesOn(whose)
            | Self::Asleep(whose, _)
            | Self::NotLookedFor(whose)
            | Self::Back(whose, _)
            | Self::Split(_, whose)
            | Self::Merged(whose, _) => *whose,
        }
    }

    /// Which sentence it allows.
    #[must_use]
    pub fn sentence(&self, has_grown: bool) -> Sentence {
        match self {
            Self::Born(_) => Sentence::Born,
            Self::GoesOn(_) if has_grown => Sentence::Grown,
            Self::GoesOn(_) => Sentence::GoesOn,
            Self::Asleep(..) => Sentence::Asleep,
            Self::NotLookedFor(_) => Sentence::NotLookedFor,
            Self::Back(..) => Sentence::Back,
            Self::Split(..) => Sentence::Split,
            Self::Merged(..) => Sentence::Merged,
        }
    }

    fn says(&self, lived: &Lived) -> String {
        let (runs, other) = match self {
            Self::Asleep(_, runs) | Self::Back(_, runs) => (*runs, 0),
            Self::Split(other, _) | Self::Merged(_, other) => (0, *other),
            Self::Born(_) | Self::GoesOn(_) | Self::NotLookedFor(_) => (0, 0),
        };
        lived.sentence.fill(&[
            ("campaign", lived.campaign.to_string()),
            ("other", other.to_string()),
            ("run", lived.run.clone()),
            ("runs", runs.to_string()),
            ("members", lived.members.to_string()),
            ("before", lived.before.to_string()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, members: std::ops::Range<u32>) -> RunSeen {
        let members: BTreeSet<String> = members.map(|n| format!("m{n}")).collect();
        let campaigns = if members.is_empty() {
            Vec::new()
        } else {
            vec![("1".to_owned(), members)]
        };
        RunSeen {
            name: name.to_owned(),
            campaigns,
            platforms: BTreeSet::new(),
        }
    }

    #[test]
    fn a_life_is_told_run_by_run() {
        let (lived, numbers) = lives(&[
            run("May", 0..20),
            run("June", 2..24),
            run("July", 0..0),
            run("August", 4..24),
        ]);
        let says: Vec<&str> = lived.iter().map(|l| l.says.as_str()).collect();
        assert_eq!(says[0], "Campaign 1 was seen for the first time in May.");
        assert_eq!(
            says[1],
            "Campaign 1 goes on in June and has grown: 22 members, 20 in the run before."
        );
        assert!(says[2].starts_with("Campaign 1 was not seen in July"));
        assert_eq!(
            says[3],
            "Campaign 1 was seen again in August; runs without it before that: 1."
        );
        assert_eq!(numbers, [vec![1], vec![1], vec![], vec![1]]);
    }

    #[test]
    fn a_run_over_another_platform_says_nothing_of_sleep() {
        let on = |platform: &str, name: &str, members: std::ops::Range<u32>| {
            let seen = run(name, members);
            let named = seen.campaigns.into_iter().map(|(id, members)| {
                let members = members.iter().map(|m| format!("{platform}:{m}"));
                (id, members.collect())
            });
            RunSeen {
                name: seen.name,
                campaigns: named.collect(),
                platforms: [platform.to_owned()].into(),
            }
        };
        let (lived, _) = lives(&[
            on("x", "May", 0..20),
            on("telegram", "June", 0..0),
            on("x", "July", 0..20),
        ]);
        let sentences: Vec<Sentence> = lived.iter().map(|l| l.sentence).collect();
        assert_eq!(
            sentences,
            [Sentence::Born, Sentence::NotLookedFor, Sentence::GoesOn]
        );
    }
}
