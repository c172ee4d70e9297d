//! Which sides posts name, against everybody's accounts.
//!
//! Ordinary accounts are partisans: that an operator names one side more than the average of everybody means little. So each
//! operator is held against *accounts* of everybody, whose shares spread as a beta distribution around the mean: the tail is
//! beta-binomial (J. G. Skellam, Journal of the Royal Statistical Society B 10, 1948), with the correlation within accounts
//! estimated from them (analysis of variance; M. S. Ridout et al., Biometrics 55, 1999). Where everybody is divided, no
//! operator stands out, and that is said. Naming is not stance: what is said *of* a side is counted only by phrases that the
//! election's file gives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use crate::actor::Actor;
use crate::chance::pass;
use crate::count::Counted;
use crate::election::Election;
use crate::ratio::{Interval, share};
use crate::words::Sentence;

/// Fewest posts that name a side, of an operator that is asked.
const LEAST: u64 = 5;
/// Fewest accounts of everybody with two such posts, from which a spread is estimated.
const ACCOUNTS: usize = 20;
/// The most accounts of everybody of which counts are kept.
pub const MOST_ACCOUNTS: usize = 1_000_000;

/// One side of an election.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// A short name without spaces.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// Its candidates, parties, hashtags.
    pub words: Vec<String>,
    /// Phrases that speak for it, where somebody has made such a list.
    #[serde(default, rename = "for")]
    pub pro: Vec<String>,
    /// Phrases that speak against it.
    #[serde(default, rename = "against")]
    pub contra: Vec<String>,
}

/// Posts by the sides that they name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sided {
    /// Posts that name a side.
    pub any: u64,
    /// Those that name each.
    pub names: Vec<u64>,
    /// Those that name it and have a phrase for it.
    pub pro: Vec<u64>,
    /// Those that name it and have a phrase against it.
    pub contra: Vec<u64>,
}

impl Sided {
    /// Counts a post: by side, whether it names it, has a phrase for it, and one against it.
    pub fn add(&mut self, sides: &[[bool; 3]]) {
        if !sides.iter().any(|[names, ..]| *names) {
            return;
        }
        self.any += 1;
        for counts in [&mut self.names, &mut self.pro, &mut self.contra] {
            counts.resize(sides.len().max(counts.len()), 0);
        }
        for (at, [names, pro, contra]) in sides.iter().enumerate() {
            self.names[at] += u64::from(*names);
            self.pro[at] += u64::from(*names && *pro);
            self.contra[at] += u64::from(*names && *contra);
        }
    }

    fn of(&self, counts: fn(&Self) -> &[u64], side: usize) -> u64 {
        counts(self).get(side).copied().unwrap_or(0)
    }

    fn naming(&self, side: usize) -> u64 {
        self.of(|s| &s.names, side)
    }

    fn join(&mut self, other: &Self) {
        self.any += other.any;
        let pairs = [
            (&mut self.names, &other.names),
            (&mut self.pro, &other.pro),
            (&mut self.contra, &other.contra),
        ];
        for (sum, more) in pairs {
            sum.resize(sum.len().max(more.len()), 0);
            sum.iter_mut().zip(more).for_each(|(a, b)| *a += b);
        }
    }
}

/// How much an actor's posts name one side, and everybody's.
#[derive(Clone, Debug, Serialize)]
pub struct Naming {
    /// The side.
    pub side: String,
    /// Of the actor's posts that name any side, those that name this one, and their share with its exact 95 % interval, as if
    /// posts were independent.
    pub posts: u64,
    /// See `posts`.
    pub share: Interval,
    /// Of everybody's posts that name any side, the share that names this one.
    pub everybodys_share: Option<f64>,
    /// Of the posts that name it, those with a phrase for it and against it: the actor's, then everybody's. None where the
    /// election's file gives no phrases.
    pub phrases: Option<[[u64; 2]; 2]>,
    /// Operators (groups, accounts) that name it more than accounts of everybody do.
    pub operators: Vec<String>,
}

/// One actor's sides before one vote.
#[derive(Clone, Debug, Serialize)]
pub struct Sides {
    /// The actor.
    pub actor: String,
    /// The election.
    pub election: String,
    /// Posts of the actor that name any side.
    pub posts: u64,
    /// Operators that were asked.
    pub asked: usize,
    /// Each side.
    pub naming: Vec<Naming>,
    /// Which sentence this allows.
    pub sentence: Sentence,
    /// Its words.
    pub says: String,
}

/// What the sides of one actor amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaning {
    /// Different operators on different sides.
    Both,
    /// Operators on one side.
    One,
    /// As everybody's accounts.
    AsEverybody,
    /// Too few posts or accounts to say.
    TooFew,
}

/// The sides of an actor; none where the election names none. `acts` says which accounts count.
#[must_use]
pub fn sides(
    actor: &Actor,
    election: &Election,
    counted: &Counted,
    counts: impl Fn(&str) -> bool,
) -> Option<Sides> {
    if election.sides.len() < 2 {
        return None;
    }
    let mut units: BTreeMap<&str, Sided> = BTreeMap::new();
    let mut all = Sided::default();
    for account in actor.accounts.iter().filter(|a| counts(a.handle())) {
        if let Some(acts) = counted.accounts.get(account.handle()) {
            units.entry(account.unit()).or_default().join(&acts.sided);
            all.join(&acts.sided);
        }
    }
    let beyond = beyond(&units, counted, election.sides.len());
    let naming: Vec<Naming> = (election.sides.iter().enumerate())
        .map(|(at, side)| naming(at, side, &all, counted, beyond.iter().flatten()))
        .collect();
    let sentence = Sentence::of_leaning(leaning(beyond.as_deref()));
    let mut most: Vec<(&Naming, usize)> = naming.iter().map(|n| (n, n.operators.len())).collect();
    most.sort_by_key(|(_, operators)| std::cmp::Reverse(*operators));
    let name = |at: usize| {
        election
            .sides
            .iter()
            .find(|s| s.id == most[at].0.side)
            .map_or("", |s| &s.name)
    };
    let says = sentence.fill(&[
        ("actor", actor.name.clone()),
        ("later", election.name.clone()),
        ("one", name(0).to_owned()),
        ("other", name(1).to_owned()),
        ("operators", most[0].1.to_string()),
        ("others", most[1].1.to_string()),
    ]);
    Some(Sides {
        actor: actor.id.clone(),
        election: election.id.clone(),
        posts: all.any,
        asked: units.values().filter(|sided| sided.any >= LEAST).count(),
        naming,
        sentence,
        says,
    })
}

/// An operator that names a side beyond everybody's accounts.
type Beyond<'a> = (&'a str, usize);

/// What operators beyond everybody amount to; none where nobody could be asked.
fn leaning(beyond: Option<&[Beyond<'_>]>) -> Leaning {
    let Some(beyond) = beyond else {
        return Leaning::TooFew;
    };
    let apart = (beyond.iter()).any(|a| beyond.iter().any(|b| a.0 != b.0 && a.1 != b.1));
    match beyond {
        [] => Leaning::AsEverybody,
        _ if apart => Leaning::Both,
        _ => Leaning::One,
    }
}

fn naming<'a>(
    at: usize,
    side: &Side,
    all: &Sided,
    counted: &Counted,
    beyond: impl Iterator<Item = &'a Beyond<'a>>,
) -> Naming {
    let everybody = &counted.everybodys_sides;
    let phrases = |sided: &Sided| [sided.of(|s| &s.pro, at), sided.of(|s| &s.contra, at)];
    let given = !side.pro.is_empty() || !side.contra.is_empty();
    Naming {
        side: side.id.clone(),
        posts: all.naming(at),
        share: share(all.naming(at), all.any),
        everybodys_share: (everybody.any > 0)
            .then(|| everybody.naming(at) as f64 / everybody.any as f64),
        phrases: given.then(|| [phrases(all), phrases(everybody)]),
        operators: beyond
            .filter(|(_, s)| *s == at)
            .map(|(unit, _)| (*unit).to_owned())
            .collect(),
    }
}

/// Every operator and side where its posts name the side more than accounts of everybody do; none where nobody can be asked.
fn beyond<'a>(
    units: &BTreeMap<&'a str, Sided>,
    counted: &Counted,
    sides: usize,
) -> Option<Vec<Beyond<'a>>> {
    let asked: Vec<(&str, &Sided)> = (units.iter())
        .filter(|(_, sided)| sided.any >= LEAST)
        .map(|(unit, sided)| (*unit, sided))
        .collect();
    if asked.is_empty() {
        return None;
    }
    let spreads: Vec<Spread> = (0..sides)
        .map(|side| Spread::of(&counted.everybodys_accounts, side))
        .collect::<Option<_>>()?;
    let mut tests: Vec<(Beyond<'a>, f64)> = Vec::new();
    for (unit, sided) in asked {
        for (side, spread) in spreads.iter().enumerate() {
            tests.push(((unit, side), spread.tail(sided.naming(side), sided.any)));
        }
    }
    let p: Vec<f64> = tests.iter().map(|(_, p)| *p).collect();
    let passed = pass(&p, p.len() as f64);
    let found = tests.into_iter().zip(passed).filter(|(_, passed)| *passed);
    Some(found.map(|((which, _), _)| which).collect())
}

/// How the shares of everybody's accounts spread.
#[derive(Clone, Copy, Debug)]
struct Spread {
    mean: f64,
    /// The correlation of two posts of one account.
    within: f64,
}

impl Spread {
    /// None where too few accounts have two posts that name a side.
    fn of(accounts: &BTreeMap<String, Sided>, side: usize) -> Option<Self> {
        let counts: Vec<(f64, f64)> = (accounts.values())
            .filter(|sided| sided.any >= 2)
            .map(|sided| (sided.naming(side) as f64, sided.any as f64))
            .collect();
        if counts.len() < ACCOUNTS {
            return None;
        }
        let groups = counts.len() as f64;
        let all: f64 = counts.iter().map(|(_, n)| n).sum();
        let mean = counts.iter().map(|(x, _)| x).sum::<f64>() / all;
        let between = counts
            .iter()
            .map(|(x, n)| n * (x / n - mean).powi(2))
            .sum::<f64>()
            / (groups - 1.0);
        let inside = counts.iter().map(|(x, n)| x * (1.0 - x / n)).sum::<f64>() / (all - groups);
        let size = (all - counts.iter().map(|(_, n)| n * n).sum::<f64>() / all) / (groups - 1.0);
        let whole = between + (size - 1.0) * inside;
        let within = if whole > 0.0 {
            (between - inside) / whole
        } else {
            0.0
        };
        Some(Self {
            // A side that nobody names, or everybody: half a post keeps the tail from being certain.
            mean: mean.clamp(0.5 / (all + 1.0), 1.0 - 0.5 / (all + 1.0)),
            within: within.clamp(1e-6, 0.999),
        })
    }

    /// The chance that an account of everybody with `all` posts names the side in `naming` or more.
    fn tail(self, naming: u64, all: u64) -> f64 {
        let size = (1.0 - self.within) / self.within;
        let (a, b) = (self.mean * size, (1.0 - self.mean) * size);
        // Beyond this many posts the share itself is what is asked; more of them only cost time.
        let (naming, all) = if all > MOST_SUMMED {
            (
                (naming as f64 * MOST_SUMMED as f64 / all as f64).floor() as u64,
                MOST_SUMMED,
            )
        } else {
            (naming, all)
        };
        let beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
        let n = all as f64;
        let chance = |k: u64| {
            let k = k as f64;
            let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
            (ways + beta(k + a, n - k + b) - beta(a, b)).exp()
        };
        (naming..=all).map(chance).sum::<f64>().min(1.0)
    }
}

/// Posts beyond which an operator's tail is taken as of this many with the same share.
const MOST_SUMMED: u64 = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(of: &[(u64, u64)]) -> BTreeMap<String, Sided> {
        let sided = |&(naming, any): &(u64, u64)| Sided {
            any,
            names: vec![naming, any - naming],
            ..Sided::default()
        };
        of.iter()
            .enumerate()
            .map(|(n, counts)| (n.to_string(), sided(counts)))
            .collect()
    }

    #[test]
    fn where_accounts_are_alike_the_tail_is_binomial() {
        let alike = Spread::of(&accounts(&[(5, 10); 50]), 0).unwrap();
        assert!((alike.tail(10, 10) - 0.5_f64.powi(10)).abs() < 1e-4);
        assert!((alike.tail(0, 10) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn where_everybody_is_a_partisan_a_partisan_is_nothing_special() {
        let divided = [(20, 20), (0, 20)].repeat(50);
        let divided = Spread::of(&accounts(&divided), 0).unwrap();
        assert!(divided.tail(40, 40) > 0.3, "{divided:?}");
    }

    #[test]
    fn too_few_accounts_have_no_spread() {
        assert!(Spread::of(&accounts(&[(5, 10); 19]), 0).is_none());
    }

    #[test]
    fn a_post_that_names_nobody_is_of_no_side() {
        let mut sided = Sided::default();
        sided.add(&[[false, true, false], [false; 3]]);
        assert_eq!(sided, Sided::default());
        sided.add(&[[true, false, true], [false, true, false]]);
        assert_eq!(
            (sided.any, sided.names, sided.pro, sided.contra),
            (1, vec![1, 0], vec![0, 0], vec![1, 0])
        );
    }
}
