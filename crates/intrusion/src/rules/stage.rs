//! What a hit is evidence of.

use super::{Level, RuleHit};
use crate::sighting::Stage;

/// Tactics of somebody who only looks.
const LOOKS: [&str; 3] = ["reconnaissance", "resource-development", "discovery"];
/// Logs whose every line is a change that was made.
const CHANGES: [&str; 8] = [
    "file_change",
    "file_delete",
    "file_event",
    "file_rename",
    "registry_add",
    "registry_delete",
    "registry_event",
    "registry_set",
];

/// What a hit is evidence of, and why of no more than that.
///
/// A rule sees one event and knows neither what came of it nor whether an administrator did it. So its tactics make it an
/// attempt at most, however far along an attack they stand: whoever runs a program *may* be inside. Access is for what shows
/// it by an answer or a session. Only damage (ATT&CK's impact) is taken at its word, if the rule is grave and the log writes
/// down changes after they were made. Nothing a rule sees counts the bytes that left, so it never speaks of exfiltration.
pub(super) fn stage(hit: &RuleHit) -> (Stage, &'static str) {
    let is_change = hit
        .log_source
        .category
        .as_deref()
        .is_some_and(|category| CHANGES.contains(&category));
    let is_grave = hit.level >= Some(Level::High);
    if hit.tactics.iter().any(|tactic| tactic == "impact") && is_change && is_grave {
        return (
            Stage::Alteration,
            "the log writes down changes that were made, and the rule is for damage; whether somebody was allowed to do \
             it is not in it",
        );
    }
    if hit.tactics.is_empty() {
        return (
            Stage::Scanning,
            "the rule does not say what the event would serve, so the least is assumed",
        );
    }
    if hit.tactics.iter().all(|tactic| LOOKS.contains(&&**tactic)) {
        return (
            Stage::Scanning,
            "the rule is for somebody who looks what there is",
        );
    }
    (
        Stage::Attempt,
        "a rule sees one event: what it looks like, and neither whether it succeeded nor who meant it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::LogSource;

    fn of(tactics: &[&str], category: &str, level: Level) -> Stage {
        let hit = RuleHit {
            tactics: tactics.iter().map(|&tactic| tactic.to_owned()).collect(),
            level: Some(level),
            log_source: LogSource {
                category: Some(category.to_owned()),
                ..LogSource::default()
            },
            ..RuleHit::default()
        };
        stage(&hit).0
    }

    #[test]
    fn a_rule_alone_never_says_that_somebody_was_in() {
        let critical = Level::Critical;
        assert_eq!(
            of(&["discovery"], "process_creation", critical),
            Stage::Scanning
        );
        assert_eq!(of(&[], "process_creation", critical), Stage::Scanning);
        for tactic in [
            "initial-access",
            "credential-access",
            "lateral-movement",
            "exfiltration",
            "impact",
        ] {
            assert_eq!(
                of(&["discovery", tactic], "process_creation", critical),
                Stage::Attempt
            );
        }
        assert_eq!(
            of(&["impact"], "file_event", Level::High),
            Stage::Alteration
        );
        assert_eq!(of(&["impact"], "file_event", Level::Medium), Stage::Attempt);
    }
}
