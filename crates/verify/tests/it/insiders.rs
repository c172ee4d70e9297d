//! Insiders at random: honest histories by up to four writers, all of which verify whatever of them is undisclosed; and
//! attacks on them by somebody who holds the log's key and some people's, none of which does.
#![expect(
    clippy::print_stdout,
    reason = "how many were tried is part of what is shown"
)]

use std::collections::BTreeSet;

use overt_attribution::{Category, ClaimId, EvidenceId};
use overt_case::entry::{Action, Described, EntryBody, EntryKind, Listed, Outcome};
use overt_case::{Erasable, NewWeight, Share};
use overt_verify::verify_since;

use crate::forger::{Forged, Forger, Stays};
use crate::{Desk, of, plan, policy, trusting};

/// Numbers that look random and are the same each time: Vigna's splitmix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn of<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.roll(from.len())].clone())
    }
}

/// As many as `OVERT_INSIDERS` says, of those that the long proof makes.
fn share(of: u64) -> u64 {
    let percent = std::env::var("OVERT_INSIDERS")
        .ok()
        .and_then(|n| n.parse().ok());
    of * percent.unwrap_or(10) / 100
}

/// A case with four writers, in which things are done at random. What cannot be done is refused and changes nothing.
fn history(dice: &mut Dice) -> Desk {
    let mut desk = Desk::new();
    desk.admit("carol", &["collector", "analyst"]);
    desk.admit("dave", &["signer", "analyst", "administrator"]);
    let writers = ["alice", "bob", "carol", "dave"];
    let names = ["Example Agency", "Sample Bureau", "Third Office"];
    for name in &names[..=dice.roll(2)] {
        desk.claimed(name);
    }
    for step in 0..20 + dice.roll(30) {
        let by = writers[dice.roll(writers.len())];
        let party = format!("company:{}", names[dice.roll(names.len())])
            .parse()
            .unwrap();
        let items: Vec<EvidenceId> = desk.case.state().evidence().keys().copied().collect();
        let claims: Vec<ClaimId> = desk.case.state().claims().keys().copied().collect();
        let (item, claim) = (dice.of(&items), dice.of(&claims));
        let actor = desk.actor(by);
        let what = dice.roll(17);
        let _ = match (what, item, claim) {
            (0, ..) => {
                let name = format!("item {step}");
                let speaks = [vec![], vec![], vec![party]][dice.roll(3)].clone();
                let new = Desk::item(&name, "an origin", &speaks);
                desk.case
                    .collect(actor, &mut name.as_bytes(), &new)
                    .map(drop)
            }
            (1..=3, Some(evidence), Some(claim)) => {
                let ratio = ["15..30", "2..5", "0.1..0.3"][dice.roll(3)];
                let new = NewWeight {
                    claim,
                    evidence,
                    category: Category::ALL[dice.roll(3)],
                    weights: vec![("H1".to_owned(), ratio.to_owned())],
                    reason: "it says so",
                    marking: overt_attribution::Marking::Clear,
                };
                desk.case.weigh(actor, &new)
            }
            (4, _, Some(claim)) => desk.case.judge(actor, claim).map(drop),
            (5, Some(item), _) => desk.case.withdraw(actor, item, "a forgery"),
            (6, Some(item), _) => desk.case.reinstate(actor, item, "it was not"),
            (7, Some(item), _) if dice.roll(3) == 0 => desk
                .case
                .erase(actor, &[Erasable::Item(item)], "asked for")
                .map(drop),
            (7, ..) => {
                let entry = dice.roll(desk.case.size() as usize) as u64;
                let kind = desk.case.state().erased().contains(&entry);
                if kind {
                    Ok(())
                } else {
                    desk.erase_some(actor, entry)
                }
            }
            (8, Some(item), _) => desk.case.listed(
                actor,
                Listed {
                    party,
                    entry: "a list".to_owned(),
                    programme: "ELECTION-EO13848".to_owned(),
                    evidence: item,
                },
            ),
            (9, Some(item), _) => desk.case.describe(
                actor,
                Described {
                    party,
                    properties: [("alias".to_owned(), vec!["Specimen".to_owned()])].into(),
                    evidence: item,
                },
            ),
            (10 | 11, ..) => desk.case.sign(actor, &party, "i").map(drop),
            (12, ..) => desk
                .case
                .decide(actor, Action::Designate, &party, "because")
                .map(drop),
            (14, ..) => desk.case.seal_plan(actor, plan()).map(drop),
            (15, Some(item), Some(claim)) => {
                let outcome = [Outcome::Confirmed, Outcome::Annulled, Outcome::Corrected];
                let outcome = outcome[dice.roll(3)];
                let scored = desk.case.score(actor, claim, outcome, item, "it came out");
                scored.map(drop)
            }
            (13, ..) => desk
                .case
                .decide(actor, Action::Delist, &party, "because")
                .map(drop),
            _ => desk
                .case
                .decide(actor, Action::Decline, &party, "because")
                .map(drop),
        };
    }
    desk
}

#[test]
fn honest_histories_verify_whatever_is_undisclosed() {
    let (mut determined, mut reviewed, mut closed, many) = (0, 0, 0, share(500));
    for seed in 0..many {
        let mut dice = Dice(seed);
        let mut desk = history(&mut dice);
        let bundle = desk.bundle(Share::HASHES);
        let forger = Forger::of_bundle(&bundle);
        let report = of(&bundle);
        let report = report.unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        determined += report.replayed.determinations;
        reviewed += report
            .replayed
            .determined
            .iter()
            .filter(|d| d.under_review)
            .count();
        // Any bodies left out.
        let mut fewer = forger.clone();
        let last = fewer.entries.len() - 1;
        for entry in &mut fewer.entries[..last] {
            if entry.stays == Stays::Open && dice.roll(4) == 0 {
                entry.stays = Stays::Closed;
                closed += 1;
            }
        }
        let said = fewer
            .verified()
            .unwrap_or_else(|e| panic!("seed {seed}, closed: {e}"));
        assert!(said.replayed.judgements <= report.replayed.judgements);
        assert!(said.replayed.decisions <= report.replayed.decisions);
    }
    println!(
        "{many} honest histories, {determined} determinations, {reviewed} under review, {closed} bodies left out: all verify"
    );
    assert!(determined > 0 && reviewed > 0);
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of attacks reads better in one piece"
)]
/// What an attacker does to a history; none where there is nothing to do it to.
fn attacked(dice: &mut Dice, honest: &Forger, other: &Forger) -> Option<(&'static str, Forger)> {
    let mut forged = honest.clone();
    let last = forged.entries.len() - 1;
    let at = 2 + dice.roll(last - 2);
    // One of those who entered something after it, whose key is not held: the history is theirs too.
    let later: BTreeSet<u64> = forged.entries[at..].iter().map(|e| e.header.by.0).collect();
    let later: Vec<u64> = later.into_iter().collect();
    let victim = dice.of(&later)?;
    let name = ["alice", "bob", "carol", "dave"][victim as usize - 1];
    forged.held.remove(name);
    let ends: Vec<usize> = (1..last)
        .filter(|n| forged.entries[*n].signature.is_some())
        .collect();
    let what = match dice.roll(9) {
        0 => {
            // Two goes of entries in the other order.
            let n = dice.roll(ends.len() - 2);
            let (a, b, c) = (ends[n] + 1, ends[n + 1] + 1, ends[n + 2] + 1);
            if !forged.entries[a..].iter().any(|e| e.header.by.0 == victim) {
                return None;
            }
            forged.entries[a..c].rotate_left(b - a);
            "reordered"
        }
        1 => {
            let entry = forged.entries[at].clone();
            let to = 2 + dice.roll(last - 2);
            forged.entries.insert(to, entry);
            let after = to.min(at);
            if !forged.entries[after..]
                .iter()
                .any(|e| e.header.by.0 == victim)
            {
                return None;
            }
            "doubled"
        }
        2 => {
            let removed = forged.entries.remove(at);
            if !forged.entries[at..].iter().any(|e| e.header.by.0 == victim) {
                return None;
            }
            if removed.signature.is_some() && forged.entries[at - 1].signature.is_none() {
                forged.entries[at - 1].signature = removed.signature;
            }
            "left out"
        }
        3 => {
            regrade(dice, &mut forged.entries[at])?;
            "regraded"
        }
        4 => {
            // The body of another history's entry of the same kind.
            let kind = forged.entries[at].header.kind;
            let others = other
                .entries
                .iter()
                .filter(|e| e.header.kind == kind && e.body != forged.entries[at].body);
            let others: Vec<Forged> = others.cloned().collect();
            forged.entries[at].body = dice.of(&others)?.body;
            "body of another"
        }
        5 => {
            forged.entries[at].header.at.0 += 1;
            "another time"
        }
        6 => {
            // In the victim's name, by a key that is held.
            let body = forged.entries[at].body.clone();
            forged.insert(last, victim, body);
            forged.entries[last].signed_by = Some("erin".to_owned());
            "in another's name"
        }
        7 => {
            let signed = |e: &&mut Forged| e.header.kind == EntryKind::Signed;
            let theirs: Vec<_> = other
                .entries
                .iter()
                .filter_map(|e| match &e.body {
                    EntryBody::Signed(s) if e.header.by.0 == victim => Some(s.clone()),
                    _ => None,
                })
                .collect();
            let moved = dice.of(&theirs)?;
            let entry = forged
                .entries
                .iter_mut()
                .find(|e| signed(e) && e.header.by.0 == victim)?;
            let EntryBody::Signed(own) = &mut entry.body else {
                return None;
            };
            if own.line == moved.line {
                return None;
            }
            (own.text, own.line) = (moved.text, moved.line);
            entry.keeps_text = true;
            "signature of another history"
        }
        _ => {
            let people: Vec<usize> = (2..last)
                .filter(|n| forged.entries[*n].header.kind == EntryKind::Person)
                .filter(|n| {
                    let admits = forged.entries[*n].header.admits.as_ref();
                    admits.is_some_and(|a| a.person.0 == victim)
                })
                .collect();
            let entry = &mut forged.entries[dice.of(&people)?];
            let key = crate::key("erin").public();
            if let EntryBody::Person(person) = &mut entry.body {
                person.key = Some(key.to_string());
            }
            let admits = entry.header.admits.as_mut()?;
            admits.key = Some(overt_model::key::hex(&key.bytes()));
            "another key"
        }
    };
    Some((what, forged))
}

/// Something of an entry that is not as it was.
fn regrade(dice: &mut Dice, entry: &mut Forged) -> Option<()> {
    match &mut entry.body {
        EntryBody::Evidence(item) => match dice.roll(3) {
            0 if item.grade != "A1".parse().unwrap() => item.grade = "A1".parse().unwrap(),
            1 if !item.speaks_for.is_empty() => item.speaks_for.clear(),
            _ => item.origin.push('x'),
        },
        EntryBody::Weighed(weighed) => {
            let ratio = serde_json::from_str("[40,90]").ok()?;
            let weights = &mut weighed.assessment.weights;
            if weights.first()?.ratio == ratio {
                return None;
            }
            weights[0].ratio = ratio;
        }
        EntryBody::Claim(claim) => claim.hypotheses[0].text.push('x'),
        EntryBody::Withdrawn(withdrawn) => withdrawn.why.push('x'),
        EntryBody::Decided(decided) => decided.why.push('x'),
        EntryBody::Judged(judged) => judged.judgement.evidenced ^= true,
        EntryBody::Signed(signed) => signed.passage.conditions.truncate(1),
        _ => return None,
    }
    Some(())
}

#[test]
fn no_attack_is_accepted() {
    let many = share(2_000);
    let (mut tried, mut of_kind) = (0, std::collections::BTreeMap::<&str, u64>::new());
    let mut seed = 10_000;
    while tried < many {
        seed += 1;
        let mut dice = Dice(seed);
        let honest = Forger::of_bundle(&history(&mut dice).bundle(Share::HASHES));
        let other = Forger::of_bundle(&history(&mut dice).bundle(Share::HASHES));
        for _ in 0..20 {
            let Some((what, mut forged)) = attacked(&mut dice, &honest, &other) else {
                continue;
            };
            // Half of them with what they did to it undisclosed as far as that may be.
            if dice.roll(2) == 0 {
                let last = forged.entries.len() - 1;
                forged.entries[..last].iter_mut().for_each(|e| {
                    if e.stays == Stays::Open && dice.roll(6) == 0 {
                        e.stays = Stays::Closed;
                    }
                });
            }
            let answer = of(&forged.bundle());
            assert!(answer.is_err(), "seed {seed}, {what}: it verifies");
            tried += 1;
            *of_kind.entry(what).or_default() += 1;
        }
    }
    println!("{tried} attacks, none accepted: {of_kind:?}");
}

#[test]
fn a_ledger_that_is_rolled_back_does_not_continue_what_was_seen() {
    let policy = policy();
    for seed in 0..share(100) {
        let mut dice = Dice(seed + 50_000);
        let mut desk = history(&mut dice);
        let older = desk.bundle(Share::HASHES);
        let older_report = of(&older).unwrap();
        desk.collect("a note", "this office");
        let newer = desk.bundle(Share::HASHES);
        let seen = of(&newer).unwrap();
        assert!(verify_since(&newer, &older_report, trusting(&policy)).is_ok());
        assert!(verify_since(&older, &seen, trusting(&policy)).is_err());
    }
}
