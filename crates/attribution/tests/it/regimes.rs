//! Regimes' files: the two that come with Overt, and what is said of faults.

use overt_attribution::{Regime, Stage};

use crate::story::{EO13848, EU, eo13848};

#[test]
fn two_of_different_shapes() {
    let order = eo13848();
    assert_eq!(order.criteria.len(), 3);
    assert_eq!(
        (order.standard.words.as_str(), order.gate.signers),
        ("reason to believe", 2)
    );
    assert_eq!(order.bands.all()[order.gate.band].words, "almost certain");
    assert_eq!(order.recommendation.unwrap().sectors.len(), 5);
    assert_eq!(order.steps[0].within_days, Some(45));
    let union = Regime::read(EU).unwrap();
    assert_eq!((union.gate.signers, union.criteria.len()), (3, 4));
    assert!(union.recommendation.is_none());
    assert!(
        union.sources.iter().all(|s| !s.verified),
        "it is from memory, and says so"
    );
    assert_eq!(
        union.relation("could-interfere").unwrap().stage,
        Some(Stage::Capability)
    );
}

/// What is said of the order's file with something replaced.
fn said(old: &str, new: &str) -> String {
    assert!(EO13848.contains(old), "{old}");
    let error = Regime::read(&EO13848.replacen(old, new, 1)).unwrap_err();
    error.to_string()
}

fn line_of(text: &str) -> usize {
    let at = EO13848.find(text).unwrap();
    EO13848[..at].lines().count() + 1
}

#[test]
#[allow(clippy::too_many_lines)] // A table of faults.
fn faults_name_line_and_field() {
    let line = line_of("elements = [\"foreign-person\", \"support\"]");
    assert_eq!(
        said(
            "\"foreign-person\", \"support\"]",
            "\"foreign-person\", \"suport\"]"
        ),
        format!(
            "line {line}: criterion.elements: \"suport\" names no element of this file, which has foreign-person, for-a-government, covert-means, purpose, conduct, support, owned-or-acting"
        )
    );
    let cases = [
        (
            "relations = [\"used-covert-means\", \"uses-technique\"]",
            "relations = [\"used-means\"]",
            "document.section.relations: \"used-means\" names no relation",
        ),
        (
            "id = \"report\"\ntitle",
            "id = \"assessment\"\ntitle",
            "document.id: \"assessment\" is defined already",
        ),
        (
            "id = \"loans\"",
            "id = \"blocking\"",
            "recommendation.measure.id: \"blocking\" is defined already",
        ),
        (
            "[hearing]",
            "[list]\ntitle = \"t\"\ntext = \"t\"\n[[list.column]]\nheading = \"h\"\nholds = \"date\"\n[hearing]",
            "list.column: no column holds the name",
        ),
        (
            "[hearing]",
            "[takedown]\ncategory = \"politics\"\n[hearing]",
            "takedown.category: \"politics\" is no category",
        ),
        (
            "never-alone = [\"coordination\", \"viewpoint\"]",
            "never-alone = [\"viewpoint\"]",
            "gate.never-alone: coordination alone is never enough",
        ),
        (
            "signers = 2",
            "signers = 1",
            "gate.signers: at least 2 people sign",
        ),
        (
            "signers = 2",
            "signers = 2\nreadings = 0",
            "gate.readings: somebody weighs",
        ),
        (
            "pooling = \"average\"",
            "pooling = \"mine\"",
            "unknown variant `mine`",
        ),
        (
            "at-most = 0.20",
            "at-most = 0.9",
            "never.at-most: whoever is more likely such than not",
        ),
        (
            "elements = [\"foreign-person\", \"support\"]",
            "elements = []",
            "criterion.elements: a criterion that needs nothing",
        ),
        (
            "beside = [\"us-person\", \"wrong-party\"]",
            "beside = []",
            "relation.beside: a claim that decides something",
        ),
        (
            "schema = 1",
            "schema = 2",
            "schema: 2 is not known here, 1 is",
        ),
        (
            "id = \"order\"",
            "id = \"the order\"",
            "source.id: \"the order\" is not a word",
        ),
        (
            "signers = 2",
            "signers = 0",
            "gate.signers: at least 2 people sign",
        ),
        (
            "rebuttal = 2",
            "rebuttal = 1",
            "gate.rebuttal: give a number above 1",
        ),
        (
            "likelihood = \"almost certain\"",
            "likelihood = \"certain\"",
            "gate.likelihood: \"certain\" is none of the bands",
        ),
        ("from = 0.45", "from = 0.46", "band: bands rise from 0 to 1"),
        (
            "grade = \"B2\"",
            "grade = \"G2\"",
            "confidence.grade: \"G2\" is not a grade",
        ),
        (
            "ratio = [10, 100]",
            "ratio = [100, 10]",
            "phrase.ratio: the range 100..10 is the wrong way round",
        ),
        (
            "own = [0.1, 0.5]",
            "own = [0.5, 0.1]",
            "prior.own: the range 0.5..0.1 is the wrong way round",
        ),
        (
            "own = [0.1, 0.5]",
            "own = [0.99, 1]",
            "relation.prior: priors from",
        ),
        (
            "at-most = 0.05",
            "at-most = 2",
            "never.at-most: give a probability below 1",
        ),
        (
            "id = \"unknown\"",
            "id = \"unkown\"",
            "hypothesis: \"unknown\" is missing",
        ),
        (
            "after = \"election\"",
            "after = \"elections\"",
            "step.after: \"elections\" names no event or step",
        ),
        (
            "claim = \"{object} is behind {subject}\"",
            "claim = \"{subject} is behind\"",
            "relation.claim: {object} stands in the claim",
        ),
        (
            "may = [\"administer\"]",
            "may = [\"collect\"]",
            "role.may: no role may Administer",
        ),
        (
            "reaches = [\"person\", \"company\", \"organisation\", \"public-body\"]",
            "reaches = []",
            "reaches: name whom",
        ),
        (
            "reaches = [\"person\", \"company\", \"organisation\", \"public-body\"]",
            "reaches = [\"person\", \"organization\"]",
            "reaches: \"organization\" is not a kind of party; expected one of person",
        ),
    ];
    for (old, new, expected) in cases {
        let text = said(old, new);
        assert!(text.contains(expected), "{new}: {text}");
        assert!(text.starts_with("line "), "{text}");
    }
    // What the reader of the format says: an unknown field, a wrong type, no TOML.
    assert!(said("signers = 2", "signatories = 2").contains("signatories"));
    assert!(said("signers = 2", "signers = \"two\"").contains("line"));
    assert!(said("[gate]", "[gate").starts_with("line "));
}

#[test]
fn whom_it_never_reaches_cannot_be_left_out() {
    let (before, after) = EO13848.split_once("[[never]]").unwrap();
    let (_, gate) = after.split_once("[gate]").unwrap();
    let without = format!("{before}[gate]{gate}");
    let said = Regime::read(&without).unwrap_err().to_string();
    assert!(said.contains("never: name whom it never reaches"), "{said}");
}

#[test]
fn a_file_that_comes_with_the_program_is_told_from_every_other() {
    for text in [EO13848, EU] {
        let own = Regime::read(text).unwrap();
        assert!(own.is_pinned() && own.variant().is_none(), "{}", own.sha256);
        let changed = text.replacen("width = 0.10", "width = 0.2", 1);
        assert_ne!(changed, text);
        let said = Regime::read(&changed).unwrap().variant().unwrap();
        assert!(said.starts_with("Unofficial variant"), "{said}");
    }
    let asks = Regime::read(&EO13848.replacen(
        "likelihood = \"almost certain\"",
        "likelihood = \"likely\"",
        1,
    ));
    let asks = asks.unwrap().asks();
    assert!(asks.contains("likely or more (all of it at 55 %"), "{asks}");
    assert!(asks.contains("2 people who sign"), "{asks}");
}

#[test]
fn all_faults_are_told_at_once_in_the_files_order() {
    let text = EO13848.replacen("signers = 2", "signers = 0", 1).replacen(
        "rebuttal = 2",
        "rebuttal = 0",
        1,
    );
    let error = Regime::read(&text).unwrap_err();
    let fields: Vec<&str> = error.faults.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(fields, ["gate.rebuttal", "gate.signers"]);
}
