//! The 50 percent rule: the published examples, circles, open stakes, and random graphs against a slow solver.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use overt_screening::{Blocked, Holdings, Ownership, Share, Stake};
use proptest::prelude::*;

/// `A 50 B` says that A owns 50 % of B.
fn holdings(stakes: &str) -> Holdings {
    let mut holdings = Holdings::default();
    for stake in stakes.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        let words: Vec<&str> = stake.split_whitespace().collect();
        holdings.add(Stake {
            owner: words[0].to_owned(),
            share: words[1].parse().unwrap(),
            company: words[2].to_owned(),
        });
    }
    holdings
}

fn asked(stakes: &str, listed: &str, company: &str) -> Ownership {
    let listed: BTreeSet<String> = listed.split_whitespace().map(str::to_owned).collect();
    holdings(stakes).of(company, &listed)
}

fn blocked(stakes: &str, listed: &str, company: &str) -> Blocked {
    asked(stakes, listed, company).blocked
}

/// The examples of OFAC's question 401 and of the comments on it.
#[test]
fn the_published_examples() {
    let cases = [
        ("X 50 A; A 50 B", "X", "B", Blocked::Yes),
        ("X 50 A; X 50 B; A 25 C; B 25 C", "X", "C", Blocked::Yes),
        ("X 25 A; X 25 B; A 50 C; B 50 C", "X", "C", Blocked::No),
        ("X 25 A; Y 25 A", "X Y", "A", Blocked::Yes),
        ("X 50 A; X 10 B; A 40 B", "X", "B", Blocked::Yes),
        // Control without ownership.
        ("X 0 A; Z 100 A", "X", "A", Blocked::No),
        ("X 49.9999 A", "X", "A", Blocked::No),
        ("X 50 A", "", "A", Blocked::No),
        ("", "A", "A", Blocked::Yes),
    ];
    for (stakes, listed, company, expected) in cases {
        assert_eq!(blocked(stakes, listed, company), expected, "{stakes}");
    }
}

#[test]
fn circles_block_nobody_by_themselves() {
    assert_eq!(blocked("A 60 B; B 60 A", "", "A"), Blocked::No);
    assert_eq!(blocked("A 60 B; B 60 A; X 40 A", "X", "A"), Blocked::No);
    // X and the blocked B together.
    assert_eq!(
        blocked("X 50 B; B 30 A; X 20 A; A 40 B", "X", "A"),
        Blocked::Yes
    );
}

#[test]
fn what_is_not_known_is_said_with_what_would_decide() {
    let found = asked("X ? A; Y 30 A", "X", "A");
    assert_eq!(found.blocked, Blocked::Undetermined);
    assert_eq!(found.deciding.len(), 1);
    assert_eq!(found.held.to_string(), "at most 70 %");
    // Others have too much for it to matter.
    assert_eq!(blocked("X ? A; Y 60 A", "X", "A"), Blocked::No);
    assert_eq!(blocked("X 25-60 A", "X", "A"), Blocked::Undetermined);
    assert_eq!(blocked("X >=50 A", "X", "A"), Blocked::Yes);
    // Two ranges in one company cannot both be at their most.
    assert_eq!(blocked("X 10-40 A; Y 60-80 A", "X", "A"), Blocked::No);
    let found = asked("X 60 A; A 20-40 C; X 20-40 C", "X", "C");
    assert_eq!(
        (found.blocked, found.deciding.len()),
        (Blocked::Undetermined, 2)
    );
}

#[test]
fn the_path_proves_it() {
    let found = asked("X 50 A; A 50 B; Z 50 B; B 100 C", "X", "C");
    let steps: Vec<&str> = found.path.iter().map(|s| s.company.as_str()).collect();
    assert_eq!(steps, ["A", "B", "C"]);
    assert_eq!(found.path[1].owners.len(), 1);
}

#[test]
fn shares_as_people_write_them() {
    let share = |text: &str| text.parse::<Share>().map(|s| s.to_string());
    for (text, want) in [
        ("33.3333 %", "33.3333 %"),
        ("16.66666667", "16.66666667 %"),
        ("12,5", "12.5 %"),
        ("25 - 50%", "25 to 50 %"),
        ("75 to 100", "at least 75 %"),
        (">50", "more than 50 %"),
        (">=50", "at least 50 %"),
        ("<25", "less than 25 %"),
        ("", "an unknown stake"),
    ] {
        assert_eq!(share(text).as_deref(), Ok(want), "{text}");
    }
    for wrong in [
        "120",
        "-5",
        "x",
        "50-25",
        "1e9",
        "5_0",
        "<0",
        "0.000000000000000000001",
    ] {
        assert!(share(wrong).is_err(), "{wrong}");
    }
}

/// All ways to fill ranges in steps of a quarter so that no company gives more than all of itself.
fn fillings(stakes: &[(usize, usize, u32, u32)]) -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<u32>> = vec![Vec::new()];
    for (_, _, least, most) in stakes {
        all = all
            .into_iter()
            .flat_map(|f| (*least..=*most).map(move |v| [f.clone(), vec![v]].concat()))
            .collect();
    }
    let fits = |filling: &Vec<u32>| {
        (0..6).all(|company| {
            stakes
                .iter()
                .zip(filling)
                .filter(|(s, _)| s.1 == company)
                .map(|(_, v)| v)
                .sum::<u32>()
                <= 4
        })
    };
    all.into_iter().filter(fits).collect()
}

/// Who is blocked when every stake is known, by going round until nothing changes.
fn slow(stakes: &[(usize, usize, u32, u32)], filling: &[u32]) -> [bool; 6] {
    let mut blocked = [true, false, false, false, false, false];
    for _ in 0..6 {
        for company in 1..6 {
            let held: u32 = stakes
                .iter()
                .zip(filling)
                .filter(|(s, _)| s.1 == company && blocked[s.0])
                .map(|(_, v)| v)
                .sum();
            blocked[company] |= held >= 2;
        }
    }
    blocked
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Random holdings of six parties, the first listed, stakes in quarters, some of them ranges: certain is what every
    /// filling gives, possible what any gives.
    #[test]
    fn as_a_slow_solver_says(edges in prop::collection::btree_map((0usize..6, 1usize..6), (0u32..=4, 0u32..=4), 1..7)) {
        let stakes: Vec<(usize, usize, u32, u32)> = edges
            .into_iter()
            .filter(|((o, c), _)| o != c)
            .map(|((o, c), (a, b))| (o, c, a.min(b), a.max(b)))
            .collect();
        let fillings = fillings(&stakes);
        prop_assume!(!fillings.is_empty());
        let mut holdings = Holdings::default();
        for (owner, company, least, most) in &stakes {
            let share = format!("{}-{}", least * 25, most * 25).parse().unwrap();
            holdings.add(Stake { owner: owner.to_string(), company: company.to_string(), share });
        }
        let listed = BTreeSet::from(["0".to_owned()]);
        let all: Vec<[bool; 6]> = fillings.iter().map(|f| slow(&stakes, f)).collect();
        for company in 0..6 {
            let expected = match (all.iter().all(|b| b[company]), all.iter().any(|b| b[company])) {
                (true, _) => Blocked::Yes,
                (_, true) => Blocked::Undetermined,
                _ => Blocked::No,
            };
            prop_assert_eq!(holdings.of(&company.to_string(), &listed).blocked, expected, "{} {:?}", company, stakes);
        }
    }
}
