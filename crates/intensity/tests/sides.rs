//! Both sides are told of an actor whose operators stand on both, and not of one that is like everybody.

mod sided;

use overt_intensity::words::Sentence;
use sided::{Actor, said};

fn count(actor: Actor, within: f64, which: Sentence) -> usize {
    (0..40)
        .filter(|&seed| said(actor, within, seed) == which)
        .count()
}

#[test]
fn operators_on_both_sides_are_recovered() {
    assert!(count(Actor::Both(0.9), 0.02, Sentence::BothSides) >= 38);
}

#[test]
fn operators_on_one_side_are_not_called_two_sided() {
    assert!(count(Actor::One(0.9), 0.02, Sentence::OneSide) >= 38);
}

#[test]
fn an_actor_as_everybody_is_called_two_sided_in_at_most_5_of_100() {
    for within in [0.02, 0.6] {
        assert!(count(Actor::Everybody, within, Sentence::BothSides) <= 2);
    }
}
