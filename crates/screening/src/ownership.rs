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

use rust_decimal::Decimal;
use serde::Serialize;

/// What an answer on ownership is by, and what it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// What it asks.
    pub asks: &'static str,
    /// Rules of others under which the answer may be another, and which were not examined.
    pub not_examined: &'static str,
}

/// OFAC's rule, as its guidance of 13 August 2014 has it. The EU's (Council document 8519/18) and the UK's (Sanctions and
/// Anti-Money Laundering Act 2018 and the regulations under it) ask for more than half, or for control.
pub const RULE: Rule = Rule {
    name: "OFAC's 50 percent rule",
    asks: "whether blocked parties together own 50 percent or more, directly or through companies that they own so; \
           control does not count",
    not_examined: "the EU's and the UK's rules, which ask for more than 50 percent or for control by other means",
};

/// A share of a company in percent, exact to the last decimal that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(Decimal);

impl Percent {
    /// Nothing.
    pub const NONE: Self = Self(Decimal::ZERO);
    /// Half of it, from which on the rule applies.
    pub const HALF: Self = Self(Decimal::from_parts(50, 0, 0, false, 0));
    /// All of it.
    pub const WHOLE: Self = Self(Decimal::ONE_HUNDRED);
    /// Decimals of a share: thirds in use are written with fewer, and sums of any number of stakes stay exact.
    const MAX_DECIMALS: u32 = 20;

    /// From 0 to 100, with a comma or a point.
    fn read(text: &str) -> Option<Self> {
        let text = text.replace(',', ".");
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if !plain || !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let value = Decimal::from_str_exact(&text).ok()?;
        let fits = value.scale() <= Self::MAX_DECIMALS && value <= Self::WHOLE.0;
        fits.then(|| Self(value.normalize()))
    }

    fn plus(self, other: Self) -> Self {
        // A thousand million stakes of 100 % with 20 decimals are within what a decimal holds; beyond, nobody has less.
        Self(self.0.saturating_add(other.0))
    }

    fn minus(self, other: Self) -> Self {
        Self((self.0 - other.0).max(Decimal::ZERO))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.normalize())
    }
}

impl Serialize for Percent {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// How much of a company somebody owns, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Share {
    /// At least.
    pub least: Percent,
    /// At most.
    pub most: Percent,
    /// Whether it is more than the least.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more_than_least: bool,
    /// Whether it is less than the most.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub less_than_most: bool,
}

impl Share {
    /// Of which nothing is known.
    pub const UNKNOWN: Self = Self::between(Percent::NONE, Percent::WHOLE);

    /// Exactly so many percent.
    pub const fn exactly(percent: Percent) -> Self {
        Self::between(percent, percent)
    }

    /// From so many percent to so many, both included.
    pub const fn between(least: Percent, most: Percent) -> Self {
        Self {
            least,
            most,
            more_than_least: false,
            less_than_most: false,
        }
    }

    /// Makes it hold whatever another says as well.
    fn widen(&mut self, other: Self) {
        if other.least < self.least {
            (self.least, self.more_than_least) = (other.least, other.more_than_least);
        } else if other.least == self.least {
            self.more_than_least &= other.more_than_least;
        }
        if other.most > self.most {
            (self.most, self.less_than_most) = (other.most, other.less_than_most);
        } else if other.most == self.most {
            self.less_than_most &= other.less_than_most;
        }
    }

    fn is_open(self) -> bool {
        self.least < self.most
    }

    /// What it is at one end, and whether it is only approached.
    fn end(self, bound: Bound) -> End {
        match bound {
            Bound::Least => End {
                percent: self.least,
                excluded: self.more_than_least,
            },
            Bound::Most => End {
                percent: self.most,
                excluded: self.less_than_most,
            },
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (self.least, self.most);
        let over = if self.more_than_least {
            "more than"
        } else {
            "at least"
        };
        let under = if self.less_than_most {
            "less than"
        } else {
            "at most"
        };
        match (least == Percent::NONE, most == Percent::WHOLE) {
            _ if least == most => write!(f, "{least} %"),
            (true, true) => f.write_str("an unknown stake"),
            (false, true) => write!(f, "{over} {least} %"),
            (true, false) => write!(f, "{under} {most} %"),
            (false, false) if self.less_than_most || self.more_than_least => {
                write!(f, "{over} {least} % and {under} {most} %")
            }
            (false, false) => write!(f, "{least} to {most} %"),
        }
    }
}

/// A text that is not a share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a share; write 50, 33.3333, 25-50, >50, >=50, <25, or leave it empty where it is not known"
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
            .replace("less than", "<")
            .replace(" to ", "-")
            .replace(['%', ' '], "");
        let refuse = || ShareError(text.to_owned());
        let percent = |text: &str| Percent::read(text).ok_or_else(refuse);
        if matches!(plain.as_str(), "" | "unknown" | "?" | "n/a") {
            return Ok(Self::UNKNOWN);
        }
        let share = if let Some(rest) = plain.strip_prefix(">=") {
            Self::between(percent(rest)?, Percent::WHOLE)
        } else if let Some(rest) = plain.strip_prefix('>') {
            Self {
                more_than_least: true,
                ..Self::between(percent(rest)?, Percent::WHOLE)
            }
        } else if let Some(rest) = plain.strip_prefix("<=") {
            Self::between(Percent::NONE, percent(rest)?)
        } else if let Some(rest) = plain.strip_prefix('<') {
            Self {
                less_than_most: true,
                ..Self::between(Percent::NONE, percent(rest)?)
            }
        } else if let Some((least, most)) = plain.split_once(['-', '–']) {
            Self::between(percent(least)?, percent(most)?)
        } else {
            Self::exactly(percent(&plain)?)
        };
        let empty = share.least > share.most
            || share.least == share.most && (share.more_than_least || share.less_than_most);
        if empty { Err(refuse()) } else { Ok(share) }
    }
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    percent: Percent,
    /// Whether it is approached and not reached.
    excluded: bool,
}

impl End {
    const NONE: Self = Self {
        percent: Percent::NONE,
        excluded: false,
    };

    fn min(self, percent: Percent) -> Self {
        if self.percent > percent {
            return Self {
                percent,
                excluded: false,
            };
        }
        self
    }

    fn plus(self, other: Self) -> Self {
        Self {
            percent: self.percent.plus(other.percent),
            excluded: self.excluded || other.excluded,
        }
    }

    /// Whether half is reached, if it is the most that somebody can have.
    fn can_be_half(self) -> bool {
        self.percent > Percent::HALF || self.percent == Percent::HALF && !self.excluded
    }
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
    /// Companies upstream whose stakes add up to more than there is, with what they come to at least: something in the
    /// data is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub impossible: Vec<(String, Percent)>,
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
                known.widen(stake.share);
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
            held: self.held(company, &certain, &possible),
            impossible: self.impossible(company),
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
                .filter(|c| !blocked.contains_key(*c) && self.is_half(c, &blocked, bound))
                .cloned()
                .collect();
            if follow.is_empty() {
                break;
            }
            blocked.extend(follow.into_iter().map(|c| (c, round)));
        }
        blocked
    }

    fn is_half(&self, company: &str, owners: &BTreeMap<String, usize>, bound: Bound) -> bool {
        let together = self.together(company, owners, bound);
        match bound {
            // More than half is half and more.
            Bound::Least => together.percent >= Percent::HALF,
            Bound::Most => together.can_be_half(),
        }
    }

    /// What some owners of a company have together, at least or at most. At most is bounded by what the others have at
    /// least: nobody owns more than 100 % together.
    fn together(&self, company: &str, owners: &BTreeMap<String, usize>, bound: Bound) -> End {
        let Some(all) = self.owners.get(company) else {
            return End::NONE;
        };
        let sum = |mine: bool, bound: Bound| {
            let shares = all.iter().filter(|(o, _)| owners.contains_key(*o) == mine);
            shares.fold(End::NONE, |sum, (_, share)| sum.plus(share.end(bound)))
        };
        let least = sum(true, Bound::Least);
        if bound == Bound::Least {
            return least.min(Percent::WHOLE);
        }
        let others = sum(false, Bound::Least);
        let left = End {
            percent: Percent::WHOLE.minus(others.percent),
            excluded: others.excluded,
        };
        let most = sum(true, Bound::Most);
        let most = if most.percent < left.percent || most.percent == left.percent && most.excluded {
            most
        } else {
            left
        };
        // What the data says for certain stands, even where it adds up to more than there is.
        if least.percent >= most.percent {
            return End {
                excluded: false,
                ..least
            }
            .min(Percent::WHOLE);
        }
        most.min(Percent::WHOLE)
    }

    /// What blocked owners have of a company: those who are for certain, and those who can be.
    fn held(
        &self,
        company: &str,
        certain: &BTreeMap<String, usize>,
        possible: &BTreeMap<String, usize>,
    ) -> Share {
        let least = self.together(company, certain, Bound::Least);
        let most = self.together(company, possible, Bound::Most);
        let equal = least.percent == most.percent;
        Share {
            least: least.percent,
            most: most.percent,
            more_than_least: least.excluded && !equal,
            less_than_most: most.excluded && !equal,
        }
    }

    /// Companies upstream of one whose stakes are more than 100 % together at least.
    fn impossible(&self, company: &str) -> Vec<(String, Percent)> {
        let sum = |company: &String| {
            let shares = self.owners.get(company).into_iter().flatten();
            shares.fold(Percent::NONE, |sum, (_, share)| sum.plus(share.least))
        };
        let sums = self.upstream(company).into_iter();
        sums.map(|c| (sum(&c), c))
            .filter(|(sum, _)| *sum > Percent::WHOLE)
            .map(|(sum, c)| (c, sum))
            .collect()
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
                    together: self.held(&company, &surely, &before),
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
    pub(crate) fn upstream(&self, company: &str) -> BTreeSet<String> {
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
