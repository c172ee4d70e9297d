//! The 50 percent rule: whether an entity is blocked because blocked parties together own half of it or more.
//!
//! Ownership, not control. Stakes of blocked parties add up, whatever they are blocked under. An intermediary that is
//! itself blocked counts with its whole stake, one that is not counts with nothing (31 CFR 501 ff. and OFAC's frequently
//! asked questions 398, 399, 401). Where stakes go round in circles, an entity is blocked only if that follows from
//! somebody who is listed: the least fixed point.
//!
//! A stake may be a range or unknown. Blocking only grows with stakes, and the stakes in one company do not bound those
//! in another, except that the stakes in one are at most 100 % together. So an entity is blocked for certain if it is
//! when every stake is at its least; and it can be blocked if it is when each company gives as much to blocked owners as
//! its ranges allow. Between the two the data cannot tell.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A share of a company in ten-thousandths of a percent, so that thirds add up as people write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Percent(pub u32);

impl Percent {
    /// All of it.
    pub const WHOLE: Self = Self(1_000_000);
    /// Half of it, from which on the rule applies.
    pub const HALF: Self = Self(500_000);
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", f64::from(self.0) / 10_000.0)
    }
}

/// How much of a company somebody owns, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Share {
    /// At least.
    pub least: Percent,
    /// At most.
    pub most: Percent,
}

impl Share {
    /// Of which nothing is known.
    pub const UNKNOWN: Self = Self {
        least: Percent(0),
        most: Percent::WHOLE,
    };

    /// Exactly so many percent.
    pub fn exactly(percent: Percent) -> Self {
        Self {
            least: percent,
            most: percent,
        }
    }

    fn is_open(self) -> bool {
        self.least < self.most
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (least, most) if least == most => write!(f, "{least} %"),
            (Percent(0), Percent::WHOLE) => f.write_str("an unknown stake"),
            (least, Percent::WHOLE) => write!(f, "at least {least} %"),
            (Percent(0), most) => write!(f, "at most {most} %"),
            (least, most) => write!(f, "{least} to {most} %"),
        }
    }
}

/// A text that is no share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no share; write 50, 33.3333, 25-50, >50, >=50, <25, or leave it empty where it is not known"
)]
pub struct ShareError(String);

impl FromStr for Share {
    type Err = ShareError;

    /// `50`, `50 %`, `33.3333`, `25-50`, `25 to 50`, `>50`, `>=50`, `<25`, or nothing for an unknown stake.
    fn from_str(text: &str) -> Result<Self, ShareError> {
        let plain = text
            .trim()
            .to_lowercase()
            .replace("more than", ">")
            .replace(" to ", "-")
            .replace(['%', ' '], "");
        let refuse = || ShareError(text.to_owned());
        if matches!(plain.as_str(), "" | "unknown" | "?" | "n/a") {
            return Ok(Self::UNKNOWN);
        }
        let share = if let Some(rest) = plain.strip_prefix(">=").or_else(|| plain.strip_prefix('>'))
        {
            Self {
                least: percent(rest).ok_or_else(refuse)?,
                most: Percent::WHOLE,
            }
        } else if let Some(rest) = plain.strip_prefix("<=").or_else(|| plain.strip_prefix('<')) {
            Self {
                least: Percent(0),
                most: percent(rest).ok_or_else(refuse)?,
            }
        } else if let Some((least, most)) = plain.split_once(['-', '–']) {
            Self {
                least: percent(least).ok_or_else(refuse)?,
                most: percent(most).ok_or_else(refuse)?,
            }
        } else {
            Self::exactly(percent(&plain).ok_or_else(refuse)?)
        };
        if share.least <= share.most {
            Ok(share)
        } else {
            Err(refuse())
        }
    }
}

/// A number of percent with up to four decimals, from 0 to 100.
fn percent(text: &str) -> Option<Percent> {
    let text = text.replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !digits(whole) || !digits(decimals) {
        return None;
    }
    let decimals: String = decimals.chars().chain("0000".chars()).take(4).collect();
    let value = whole.parse::<u32>().ok()? * 10_000 + decimals.parse::<u32>().ok()?;
    (value <= Percent::WHOLE.0).then_some(Percent(value))
}

/// Who owns how much of whom.
#[derive(Debug, Clone, Default)]
pub struct Holdings {
    /// By company: its owners and their shares.
    owners: BTreeMap<String, BTreeMap<String, Share>>,
}

/// Whether an entity is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Blocked {
    /// It is, whatever the open stakes are.
    Yes,
    /// It is not, whatever they are.
    No,
    /// It depends on stakes that are open.
    Undetermined,
}

/// An answer with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ownership {
    /// The answer.
    pub blocked: Blocked,
    /// What blocked owners have for certain, and what they can have at most.
    pub held: Share,
    /// Every step from those who are listed to the entity, in an order in which each follows from those before.
    pub path: Vec<Step>,
    /// Of an undetermined answer: the open stakes each of which, once known, can decide it alone; or all that bear on it.
    pub deciding: Vec<Stake>,
}

/// A company that is blocked because of its owners.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The company.
    pub company: String,
    /// The blocked owners and their shares.
    pub owners: Vec<(String, Share)>,
    /// What they have together: for certain, and at most.
    pub together: Share,
}

/// A stake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stake {
    /// Who owns.
    pub owner: String,
    /// What is owned.
    pub company: String,
    /// How much.
    pub share: Share,
}

impl Holdings {
    /// Adds what a source says of a stake. Of several that speak of the same owner and company none is preferred: the
    /// share is anywhere between what they say.
    pub fn add(&mut self, stake: Stake) {
        // Nobody owns himself into anything.
        if stake.owner == stake.company {
            return;
        }
        self.owners
            .entry(stake.company)
            .or_default()
            .entry(stake.owner)
            .and_modify(|known| {
                known.least = known.least.min(stake.share.least);
                known.most = known.most.max(stake.share.most);
            })
            .or_insert(stake.share);
    }

    /// Whether a company is blocked by its owners, given who is listed. Who is listed himself needs no owners: `Yes`.
    pub fn of(&self, company: &str, listed: &BTreeSet<String>) -> Ownership {
        let certain = self.blocked(listed, Bound::Least);
        let possible = self.blocked(listed, Bound::Most);
        let blocked = match (
            certain.contains_key(company),
            possible.contains_key(company),
        ) {
            (true, _) => Blocked::Yes,
            (false, true) => Blocked::Undetermined,
            (false, false) => Blocked::No,
        };
        let steps = if blocked == Blocked::Yes {
            &certain
        } else {
            &possible
        };
        Ownership {
            blocked,
            held: Share {
                least: self.together(company, &certain, Bound::Least),
                most: self.together(company, &possible, Bound::Most),
            },
            path: if blocked == Blocked::No {
                Vec::new()
            } else {
                self.path(company, steps, &certain)
            },
            deciding: if blocked == Blocked::Undetermined {
                self.deciding(company, listed)
            } else {
                Vec::new()
            },
        }
    }

    /// Everybody who is blocked, with the round in which it followed; those listed in round 0.
    fn blocked(&self, listed: &BTreeSet<String>, bound: Bound) -> BTreeMap<String, usize> {
        let mut blocked: BTreeMap<String, usize> = listed.iter().map(|l| (l.clone(), 0)).collect();
        for round in 1.. {
            let follow: Vec<String> = self
                .owners
                .keys()
                .filter(|c| {
                    !blocked.contains_key(*c) && self.together(c, &blocked, bound) >= Percent::HALF
                })
                .cloned()
                .collect();
            if follow.is_empty() {
                break;
            }
            blocked.extend(follow.into_iter().map(|c| (c, round)));
        }
        blocked
    }

    /// What some owners of a company have together, at least or at most. At most is bounded by what the others have at
    /// least: nobody owns more than 100 % together.
    fn together(&self, company: &str, owners: &BTreeMap<String, usize>, bound: Bound) -> Percent {
        let Some(all) = self.owners.get(company) else {
            return Percent(0);
        };
        let sum = |mine: bool, of: fn(&Share) -> Percent| -> u64 {
            let shares = all.iter().filter(|(o, _)| owners.contains_key(*o) == mine);
            shares.map(|(_, s)| u64::from(of(s).0)).sum()
        };
        let whole = u64::from(Percent::WHOLE.0);
        let together = match bound {
            Bound::Least => sum(true, |s| s.least),
            // What the data says for certain stands, even where it adds up to more than there is.
            Bound::Most => sum(true, |s| s.most)
                .min(whole.saturating_sub(sum(false, |s| s.least)))
                .max(sum(true, |s| s.least)),
        };
        Percent(together.min(whole) as u32)
    }

    /// The steps to a company, each after those it rests on.
    fn path(
        &self,
        company: &str,
        blocked: &BTreeMap<String, usize>,
        certain: &BTreeMap<String, usize>,
    ) -> Vec<Step> {
        let mut needed: BTreeSet<(usize, String)> = BTreeSet::new();
        let mut open = vec![company.to_owned()];
        while let Some(next) = open.pop() {
            let round = blocked.get(&next).copied().unwrap_or(0);
            if round == 0 || !needed.insert((round, next.clone())) {
                continue;
            }
            open.extend(
                self.owners_before(&next, round, blocked)
                    .map(|(o, _)| o.clone()),
            );
        }
        needed
            .into_iter()
            .map(|(round, company)| {
                let owners: Vec<(String, Share)> = self
                    .owners_before(&company, round, blocked)
                    .map(|(o, s)| (o.clone(), *s))
                    .collect();
                let before: BTreeMap<String, usize> =
                    owners.iter().map(|(o, _)| (o.clone(), 0)).collect();
                let surely: BTreeMap<String, usize> = before
                    .iter()
                    .filter(|(o, _)| certain.contains_key(*o))
                    .map(|(o, r)| (o.clone(), *r))
                    .collect();
                Step {
                    together: Share {
                        least: self.together(&company, &surely, Bound::Least),
                        most: self.together(&company, &before, Bound::Most),
                    },
                    company,
                    owners,
                }
            })
            .collect()
    }

    /// The owners of a company that were blocked before it.
    fn owners_before<'a>(
        &'a self,
        company: &str,
        round: usize,
        blocked: &'a BTreeMap<String, usize>,
    ) -> impl Iterator<Item = (&'a String, &'a Share)> {
        let owners = self.owners.get(company).into_iter().flatten();
        owners.filter(move |(o, _)| blocked.get(*o).is_some_and(|r| *r < round))
    }

    /// Open stakes that decide alone; if none does, all open stakes upstream of the company.
    fn deciding(&self, company: &str, listed: &BTreeSet<String>) -> Vec<Stake> {
        let upstream = self.upstream(company);
        let open: Vec<Stake> = upstream
            .iter()
            .flat_map(|c| {
                self.owners
                    .get(c)
                    .into_iter()
                    .flatten()
                    .map(move |(o, s)| (c, o, s))
            })
            .filter(|(_, _, share)| share.is_open())
            .map(|(company, owner, share)| Stake {
                owner: owner.clone(),
                company: company.clone(),
                share: *share,
            })
            .collect();
        let alone: Vec<Stake> = open
            .iter()
            .filter(|stake| self.decides(stake, company, listed))
            .cloned()
            .collect();
        if alone.is_empty() { open } else { alone }
    }

    /// Whether knowing a stake can decide: at its most the company is blocked, or at its least it cannot be.
    fn decides(&self, stake: &Stake, company: &str, listed: &BTreeSet<String>) -> bool {
        let with = |share: Percent| {
            let mut holdings = self.clone();
            if let Some(known) = holdings
                .owners
                .get_mut(&stake.company)
                .and_then(|o| o.get_mut(&stake.owner))
            {
                *known = Share::exactly(share);
            }
            holdings
        };
        with(stake.share.most)
            .blocked(listed, Bound::Least)
            .contains_key(company)
            || !with(stake.share.least)
                .blocked(listed, Bound::Most)
                .contains_key(company)
    }

    /// A company and everybody who owns of it, directly or not.
    fn upstream(&self, company: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let mut open = vec![company.to_owned()];
        while let Some(next) = open.pop() {
            if all.insert(next.clone()) {
                open.extend(
                    self.owners
                        .get(&next)
                        .into_iter()
                        .flat_map(|o| o.keys().cloned()),
                );
            }
        }
        all
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Least,
    Most,
}
