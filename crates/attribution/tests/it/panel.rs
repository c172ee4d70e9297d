//! Several analysts: work that is shared out is put together, and what is left apart is averaged.

use std::collections::BTreeMap;

use overt_attribution::{
    Assessment, CLAIMED, Category, Claim, ClaimId, Evidence, EvidenceId, Hypothesis, Interval,
    Judgement, Kind, Marking, Pooling, Ratio, Regime, UNKNOWN, Weighed, Weight, halved, judge,
};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::story::{eo13848, party};

const ANALYSTS: [&str; 4] = ["alice", "bob", "carol", "dan"];

/// A claim with items, and who weighed which how.
#[derive(Debug, Clone)]
struct Case {
    claim: Claim,
    evidence: Vec<Evidence>,
    assessments: Vec<Assessment>,
    weights: BTreeMap<String, f64>,
}

impl Case {
    fn judge(&self) -> Judgement {
        self.pooled(Pooling::Average)
    }

    fn pooled(&self, pooling: Pooling) -> Judgement {
        let regime = Regime {
            pooling,
            ..eo13848()
        };
        judge(&self.claim, &self.weighed(), &self.weights, &regime).unwrap()
    }

    fn weighed(&self) -> Vec<Weighed<'_>> {
        let of = |assessment: &'_ Assessment| {
            let id = assessment.evidence;
            self.evidence.iter().find(|e| e.id == id).unwrap()
        };
        self.assessments
            .iter()
            .map(|assessment| Weighed {
                evidence: of(assessment),
                assessment,
                blind: false,
            })
            .collect()
    }
}

/// A random claim of `hypotheses` answers and `items` items of up to four origins, weighed by nobody.
fn question(rng: &mut ChaCha8Rng, hypotheses: usize, items: u64) -> Case {
    let name = |i: usize| match i {
        0 => UNKNOWN.to_owned(),
        1 => CLAIMED.to_owned(),
        other => format!("H{other}"),
    };
    let prior = |rng: &mut ChaCha8Rng| {
        let low = rng.random_range(0.01..0.9 / hypotheses as f64);
        let high = rng.random_range(1.0 / hypotheses as f64..0.9);
        Interval::new(low, high).unwrap()
    };
    let hypotheses = (0..hypotheses).map(|i| Hypothesis {
        id: name(i),
        text: name(i),
        prior: prior(rng),
    });
    let claim = Claim {
        id: ClaimId(1),
        subject: party(),
        relation: "acted-for".to_owned(),
        object: None,
        marking: Marking::Green,
        hypotheses: hypotheses.collect(),
    };
    let evidence = (1..=items).map(|id| Evidence {
        id: EvidenceId(id),
        grade: "B2".parse().unwrap(),
        origin: format!("origin {}", rng.random_range(0..4)),
        kind: Kind::Document,
        speaks_for: Vec::new(),
    });
    Case {
        claim,
        evidence: evidence.collect(),
        assessments: Vec::new(),
        weights: BTreeMap::new(),
    }
}

fn assessment(rng: &mut ChaCha8Rng, case: &Case, id: EvidenceId, analyst: &str) -> Assessment {
    let category = Category::ALL[rng.random_range(0..3)];
    let ratio = |rng: &mut ChaCha8Rng| {
        let low = 10_f64.powf(rng.random_range(-1.5..1.5));
        Ratio::new(low, low * rng.random_range(1.0..4.0)).unwrap()
    };
    let weights = case.claim.hypotheses[1..].iter().map(|h| Weight {
        hypothesis: h.id.clone(),
        ratio: ratio(rng),
    });
    Assessment {
        claim: case.claim.id,
        evidence: id,
        analyst: analyst.to_owned(),
        category,
        weights: weights.collect(),
        reason: "because".to_owned(),
        marking: Marking::Clear,
    }
}

/// Priors at which a hypothesis's probability can be greatest or least: all but one coordinate at an end.
fn vertices(priors: &[Interval]) -> Vec<Vec<f64>> {
    let count = priors.len();
    let mut found = Vec::new();
    for free in 0..count {
        for ends in 0..1_u32 << count {
            let end = |i: usize| {
                if ends >> i & 1 == 0 {
                    priors[i].low()
                } else {
                    priors[i].high()
                }
            };
            let mut point: Vec<f64> = (0..count).map(end).collect();
            point[free] = 0.0;
            point[free] = 1.0 - point.iter().sum::<f64>();
            let (low, high) = (priors[free].low() - 1e-12, priors[free].high() + 1e-12);
            if (low..=high).contains(&point[free]) {
                found.push(point);
            }
        }
    }
    found
}

/// The least and the most that the claim can come to, over every vertex of the priors and every end of the ratios.
fn enumerated(priors: &[Interval], products: &[(f64, f64)]) -> (f64, f64) {
    let (mut least, mut most) = (f64::MAX, f64::MIN);
    for prior in vertices(priors) {
        for ends in 0..1_u32 << products.len() {
            let end = |(i, p): (usize, &(f64, f64))| if ends >> i & 1 == 0 { p.0 } else { p.1 };
            let ends: Vec<f64> = products.iter().enumerate().map(end).collect();
            let sum: f64 = prior.iter().zip(&ends).map(|(p, l)| p * l).sum();
            let own = prior[1] * ends[1] / sum;
            (least, most) = (least.min(own), most.max(own));
        }
    }
    (least, most)
}

/// What an analyst makes of each origin, spelt out: their own reading of an item, else the hull of the others'.
fn products_of(case: &Case, analyst: &str) -> Vec<(f64, f64)> {
    let count = case.claim.hypotheses.len();
    let mut origins: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for item in &case.evidence {
        let of_item = case.assessments.iter().filter(|a| a.evidence == item.id);
        let own: Vec<&Assessment> = of_item.clone().filter(|a| a.analyst == analyst).collect();
        let counted = if own.is_empty() {
            of_item.collect()
        } else {
            own
        };
        for assessment in counted {
            let ratios = assessment.ratios(&case.claim);
            let hull = origins
                .entry(&item.origin)
                .or_insert_with(|| vec![(f64::MAX, f64::MIN); count]);
            for (hull, ratio) in hull.iter_mut().zip(ratios) {
                *hull = (hull.0.min(ratio.low()), hull.1.max(ratio.high()));
            }
        }
    }
    let one = vec![(1.0, 1.0); count];
    origins.values().fold(one, |all, hull| {
        let pairs = all.iter().zip(hull);
        pairs.map(|(a, h)| (a.0 * h.0, a.1 * h.1)).collect()
    })
}

#[test]
fn two_hundred_cases_beside_their_enumeration() {
    let mut rng = ChaCha8Rng::seed_from_u64(13_848);
    let mut tried = 0;
    while tried < 200 {
        let (hypotheses, items) = (rng.random_range(2..6), rng.random_range(1..7));
        let mut case = question(&mut rng, hypotheses, items);
        let analysts = &ANALYSTS[..rng.random_range(1..=4)];
        for analyst in analysts {
            for id in (1..=items).map(EvidenceId) {
                if rng.random_bool(0.5) {
                    let weighed = assessment(&mut rng, &case, id, analyst);
                    case.assessments.push(weighed);
                }
            }
            case.weights
                .insert((*analyst).to_owned(), rng.random_range(0.5..3.0));
        }
        let took_part: Vec<&str> = analysts
            .iter()
            .copied()
            .filter(|a| case.assessments.iter().any(|w| w.analyst == **a))
            .collect();
        if took_part.is_empty() {
            continue;
        }
        tried += 1;
        let judgement = case.judge();
        let priors: Vec<Interval> = judgement.answers.iter().map(|a| a.prior).collect();
        let all: f64 = took_part.iter().map(|a| case.weights[*a]).sum();
        let (mut low, mut high) = (0.0, 0.0);
        let (mut lowest, mut highest) = (1.0_f64, 0.0_f64);
        for analyst in &took_part {
            let ends = enumerated(&priors, &products_of(&case, analyst));
            low += case.weights[*analyst] / all * ends.0;
            high += case.weights[*analyst] / all * ends.1;
            (lowest, highest) = (lowest.min(ends.0), highest.max(ends.1));
        }
        let own = judgement.own().posterior;
        assert!((own.low() - low).abs() < 1e-9, "{own:?} {low} {case:?}");
        assert!((own.high() - high).abs() < 1e-9, "{own:?} {high} {case:?}");
        let own = case.pooled(Pooling::Widest).own().posterior;
        assert!(
            (own.low() - lowest).abs() < 1e-9,
            "{own:?} {lowest} {case:?}"
        );
        assert!(
            (own.high() - highest).abs() < 1e-9,
            "{own:?} {highest} {case:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// To share out the work does not weaken it: whoever weighs which item, it is the judgement of one who weighed them all.
    #[test]
    fn work_that_is_shared_out_is_one_analysts_work(seed: u64, hypotheses in 2..6_usize, items in 1..9_u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut shared = question(&mut rng, hypotheses, items);
        for id in (1..=items).map(EvidenceId) {
            let analyst = ANALYSTS[rng.random_range(0..4)];
            let weighed = assessment(&mut rng, &shared, id, analyst);
            shared.assessments.push(weighed);
        }
        let mut alone = shared.clone();
        for assessment in &mut alone.assessments {
            "alice".clone_into(&mut assessment.analyst);
        }
        let (shared, alone) = (shared.judge(), alone.judge());
        for (a, b) in shared.answers.iter().zip(&alone.answers) {
            prop_assert!((a.posterior.low() - b.posterior.low()).abs() < 1e-12);
            prop_assert!((a.posterior.high() - b.posterior.high()).abs() < 1e-12);
            prop_assert_eq!(a.bands, b.bands);
        }
        prop_assert_eq!(shared.confidence, alone.confidence);
        prop_assert_eq!(shared.origins.len(), alone.origins.len());
        prop_assert!(shared.analysts.iter().all(|a| !a.dissents), "nobody disagrees");
    }

    /// The weakest pair: no other leaves less, and each origin told half is each ratio's square root.
    #[test]
    fn any_two_origins_told_half(seed: u64, items in 1..6_u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut case = question(&mut rng, 3, items);
        for id in (1..=items).map(EvidenceId) {
            let weighed = assessment(&mut rng, &case, id, "alice");
            case.assessments.push(weighed);
        }
        let regime = eo13848();
        let found = halved(&case.claim, &case.weighed(), &case.weights, &regime).unwrap().unwrap();
        let mut origins: Vec<&str> = case.evidence.iter().map(|e| e.origin.as_str()).collect();
        origins.sort_unstable();
        origins.dedup();
        let mut least = f64::MAX;
        for (n, a) in origins.iter().enumerate() {
            for b in &origins[n..] {
                if a == b && origins.len() > 1 {
                    continue;
                }
                let mut half = case.clone();
                for assessment in &mut half.assessments {
                    let origin = &case.evidence[assessment.evidence.0 as usize - 1].origin;
                    if origin == a || origin == b {
                        for weight in &mut assessment.weights {
                            let (low, high) = (weight.ratio.low().sqrt(), weight.ratio.high().sqrt());
                            weight.ratio = Ratio::new(low, high).unwrap();
                        }
                    }
                }
                least = least.min(half.judge().own().posterior.low());
            }
        }
        prop_assert!((found.posterior.low() - least).abs() < 1e-9, "{found:?} {least}");
        prop_assert_eq!(found.origins.len(), origins.len().min(2));
    }
}

#[test]
fn nothing_weighed_has_nothing_to_halve() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let case = question(&mut rng, 3, 2);
    let found = halved(&case.claim, &[], &case.weights, &eo13848());
    assert_eq!(found.unwrap(), None);
}
