//! How much a match weighs: a range of likelihood ratios, with what it rests on.
//!
//! ```text
//! b  share of ordinary days on which the same is seen, Jeffreys 5–95 %
//! g  chance that the source is right, by its grade, halved every 180 days for addresses
//! a  share of the actor's doing that shows it
//! ratio = (g a + (1 − g) b) / b = 1 − g + g a / b, least and most over all of them, within 10⁻³ … 10³
//! ```
//!
//! What only clients say of themselves, as a referrer is, anybody can send: it weighs no more than what many share.
//!
//! What many share on that day lies within ⅓ … 3 whatever the list is worth. Where no list of what is shared held on that
//! day, both may be: the range is the hull of the two, and so holds 1.

use overt_model::Grade;
use statrs::distribution::{Beta, ContinuousCDF};

use crate::sighting::Sharing;

/// No match weighs more, or less than one over it.
const MOST: f64 = 1e3;
/// What is shared weighs at most this.
const SHARED: f64 = 3.0;
/// Days in which the trust in an address is halved.
const HALVED: f64 = 180.0;
/// The share of the actor's doing that shows an indicator, from and to.
const SHOWS: (f64, f64) = (0.2, 1.0);

/// What is known of a match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Ordinary days that were looked at.
    pub days: u32,
    /// On how many of them the same was seen.
    pub seen: u32,
    /// How reliable the source is.
    pub grade: Grade,
    /// Days since it was last seen by whoever lists it; `None` where that is not said.
    pub age: Option<f64>,
    /// Whether it is an address, whose holders change.
    pub is_address: bool,
    /// Whether many share it.
    pub sharing: Sharing,
    /// Whether the list has a network it lies in, and not the address itself.
    pub is_within: bool,
    /// Whether only clients said it of themselves: a referrer, an agent, an address in a parameter.
    pub is_said: bool,
}

/// A range of likelihood ratios.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// What it rests on.
    pub reasons: Vec<String>,
}

/// The weight of a match.
pub fn weight(found: &Match) -> Weight {
    let (b_low, b_high) = base_rate(found.days, found.seen);
    let (g_low, g_high) = trust(found);
    // Where less of the actor's doing shows it than of ordinary days, trusting the source more lowers the ratio.
    let ratio = |g: f64, a: f64, b: f64| 1.0 - g + g * a / b;
    let alone = (
        ratio(g_low, SHOWS.0, b_high).min(ratio(g_high, SHOWS.0, b_high)),
        ratio(g_high, SHOWS.1, b_low),
    );
    let alone = (
        alone.0.clamp(1.0 / MOST, MOST),
        alone.1.clamp(1.0 / MOST, MOST),
    );
    let shared = (alone.0.clamp(1.0 / SHARED, 1.0), alone.1.clamp(1.0, SHARED));
    let (low, high) = match found.sharing {
        _ if found.is_said => shared,
        Sharing::No => alone,
        Sharing::Yes => shared,
        Sharing::Unknown => (alone.0.min(shared.0), alone.1.max(shared.1)),
    };
    Weight {
        low,
        high,
        reasons: reasons(found, (b_low, b_high), (g_low, g_high)),
    }
}

/// The share of ordinary days on which the same is seen, from and to.
pub fn base_rate(days: u32, seen: u32) -> (f64, f64) {
    let seen = f64::from(seen.min(days));
    let Ok(beta) = Beta::new(seen + 0.5, f64::from(days) - seen + 0.5) else {
        return (0.0, 1.0);
    };
    let low = beta.inverse_cdf(0.05).clamp(1e-6, 1.0);
    (low, beta.inverse_cdf(0.95).clamp(low, 1.0))
}

fn trust(found: &Match) -> (f64, f64) {
    let (low, high) = match found.grade {
        Grade::A => (0.9, 0.99),
        Grade::B => (0.7, 0.95),
        Grade::C => (0.5, 0.85),
        Grade::D => (0.3, 0.7),
        Grade::E => (0.1, 0.5),
        Grade::F => (0.0, 1.0),
    };
    if !found.is_address {
        return (low, high);
    }
    // With age it becomes less sure that the address is still the actor's: the lower end falls, the upper end stays.
    let kept = found
        .age
        .map_or(0.0, |age| 0.5f64.powf(age.max(0.0) / HALVED));
    let within = if found.is_within { 0.1 } else { 1.0 };
    (low * kept * within, high)
}

fn reasons(found: &Match, base: (f64, f64), trust: (f64, f64)) -> Vec<String> {
    let mut reasons = vec![
        format!(
            "seen on {} of {} ordinary days: {:.2} to {:.2} % of days",
            found.seen,
            found.days,
            base.0 * 100.0,
            base.1 * 100.0
        ),
        format!(
            "source of grade {:?}: right with {:.0} to {:.0} %",
            found.grade,
            trust.0 * 100.0,
            trust.1 * 100.0
        ),
    ];
    reasons.push(match found.age {
        Some(age) => format!("last reported {age:.0} days before"),
        None => "its list does not say when it was seen".to_owned(),
    });
    reasons.push(
        match found.sharing {
            Sharing::Yes => "many shared it on that day: never more than 3",
            Sharing::No => "on no list of shared addresses of that day",
            Sharing::Unknown => {
                "whether many shared it is unknown on that date: the range holds both"
            }
        }
        .to_owned(),
    );
    if found.is_said {
        reasons
            .push("whoever asks for a page writes this themselves: never more than 3".to_owned());
    }
    if found.is_within {
        reasons.push("the list has a network it lies in, not the address itself".to_owned());
    }
    reasons
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_match() -> impl Strategy<Value = Match> {
        let grades = [Grade::A, Grade::B, Grade::C, Grade::D, Grade::E, Grade::F];
        let sharing = [Sharing::Yes, Sharing::No, Sharing::Unknown];
        (
            0u32..400,
            0u32..400,
            0..6usize,
            proptest::option::of(0.0..4_000.0f64),
            any::<bool>(),
            0..3usize,
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(
                move |(days, seen, grade, age, is_address, shared, is_within, is_said)| Match {
                    days,
                    seen: seen.min(days),
                    grade: grades[grade],
                    age,
                    is_address,
                    sharing: sharing[shared],
                    is_within,
                    is_said,
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_shared_or_not_known_never_excludes_one(found in any_match()) {
            prop_assume!(found.sharing != Sharing::No || found.is_said);
            let weight = weight(&found);
            prop_assert!(weight.low <= 1.0 && weight.high >= 1.0);
            prop_assert!(!found.is_said || weight.high <= SHARED);
        }

        #[test]
        fn it_falls_with_the_base_rate(found in any_match()) {
            prop_assume!(found.seen < found.days);
            let (more, less) = (weight(&Match { seen: found.seen + 1, ..found }), weight(&found));
            prop_assert!(more.low <= less.low + 1e-9 && more.high <= less.high + 1e-9);
        }

        #[test]
        fn it_widens_with_age(found in any_match(), older in 1.0..3_000.0f64) {
            let age = found.age.unwrap_or(0.0);
            let (young, old) = (weight(&Match { age: Some(age), ..found }), weight(&Match { age: Some(age + older), ..found }));
            prop_assert!(old.low <= young.low + 1e-9 && old.high >= young.high - 1e-9);
        }

        #[test]
        fn it_stays_within_bounds(found in any_match()) {
            let weight = weight(&found);
            prop_assert!(weight.low >= 1e-3 && weight.high <= 1e3 && weight.low <= weight.high);
        }
    }

    #[test]
    fn it_rises_with_the_grade() {
        let of = |grade| {
            weight(&Match {
                days: 365,
                seen: 0,
                grade,
                age: Some(0.0),
                is_address: true,
                sharing: Sharing::No,
                is_within: false,
                is_said: false,
            })
        };
        let lows: Vec<f64> = [Grade::A, Grade::B, Grade::C, Grade::D, Grade::E]
            .map(|g| of(g).low)
            .to_vec();
        assert!(lows.windows(2).all(|pair| pair[0] > pair[1]), "{lows:?}");
        // Never seen in a year, from the best source: about twenty and more.
        assert!(of(Grade::A).low > 15.0 && of(Grade::A).high == 1e3);
    }
}
