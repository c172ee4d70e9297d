//! Withdrawing an item flags everything that rests on it, and nothing else; the rest is judged again.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{Category, ClaimId, EvidenceId};
use overt_case::entry::Action;
use proptest::prelude::*;

use crate::Desk;

#[test]
fn what_rests_on_it_is_flagged_and_the_other_party_is_not() {
    let mut desk = Desk::new();
    let (first, items) = desk.party("Example Agency");
    let (second, _) = desk.party("Sample Bureau");
    for party in [&first, &second] {
        desk.sign("alice", party).unwrap();
        desk.sign("bob", party).unwrap();
        let actor = desk.actor("bob");
        desk.case
            .decide(actor, Action::Designate, party, "criterion (i)")
            .unwrap();
    }
    assert_eq!(desk.case.state().blocked("ELECTION-EO13848").len(), 2);
    let judged = desk.case.state().judgements().len();
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, items[0], "a forgery").unwrap();
    let state = desk.case.state();
    assert_eq!(
        state.lost(state.determinations()[&1].rests_on()),
        [items[0]]
    );
    assert!(state.lost(state.determinations()[&2].rests_on()).is_empty());
    assert_eq!(
        state.lost(&state.decisions()[&1].decided.rests_on),
        [items[0]]
    );
    assert!(
        state
            .lost(&state.decisions()[&2].decided.rests_on)
            .is_empty()
    );
    // It is no longer blocked by that decision, and the five claims were judged again without being asked.
    assert_eq!(state.blocked("ELECTION-EO13848"), BTreeSet::from([second]));
    assert_eq!(state.judgements().len(), judged + 5);
    assert!(
        state.judgements()[judged..]
            .iter()
            .all(|(_, j)| j.because.is_some() && !j.rests_on.contains(&items[0]))
    );
    let actor = desk.actor("bob");
    let said = desk
        .case
        .decide(actor, Action::Designate, &first, "again")
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("determination 1 of company:Example Agency is under review"),
        "{said}"
    );
}

/// Which items were weighed for which claims, and which claims were judged.
fn cases() -> impl Strategy<Value = (Vec<BTreeSet<u64>>, BTreeSet<u64>, u64)> {
    let weighed = prop::collection::vec(prop::collection::btree_set(1..6_u64, 0..4), 1..5);
    (
        weighed,
        prop::collection::btree_set(1..5_u64, 0..4),
        1..6_u64,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn exactly_what_rests_on_it((weighed, to_judge, lost) in cases()) {
        let mut desk = Desk::new();
        for n in 1..6 {
            desk.collect(&format!("item {n}"), &format!("origin {n}"));
        }
        let mut judged: BTreeMap<ClaimId, BTreeSet<EvidenceId>> = BTreeMap::new();
        for (n, items) in weighed.iter().enumerate() {
            let party = format!("company:{n}").parse().unwrap();
            let claim = desk.claim(&party, "is-foreign-person", None);
            for item in items {
                desk.weigh(claim, EvidenceId(*item), Category::Technical);
            }
            if to_judge.contains(&claim.0) && !items.is_empty() {
                let actor = desk.actor("alice");
                desk.case.judge(actor, claim).unwrap();
                judged.insert(claim, items.iter().map(|i| EvidenceId(*i)).collect());
            }
        }
        let before: BTreeMap<ClaimId, _> =
            judged.keys().map(|c| (*c, desk.case.judgement(*c).unwrap())).collect();
        let actor = desk.actor("alice");
        desk.case.withdraw(actor, EvidenceId(lost), "a forgery").unwrap();
        let state = desk.case.state();
        for (claim, items) in &judged {
            let of_claim: Vec<_> =
                state.judgements().iter().filter(|(_, j)| j.judgement.claim == *claim).collect();
            let rested = items.contains(&EvidenceId(lost));
            prop_assert_eq!(!state.lost(&of_claim[0].1.rests_on).is_empty(), rested);
            prop_assert_eq!(of_claim.len(), 1 + usize::from(rested));
            let now = desk.case.judgement(*claim).unwrap();
            prop_assert_eq!(&of_claim.last().unwrap().1.judgement, &now, "the last is as things stand");
            if !rested {
                prop_assert_eq!(&now, &before[claim]);
            }
        }
    }
}
