//! What was done, as claims tell it.

use overt_attribution::{Category, ClaimId, EvidenceId, Marking};
use overt_case::{CaseError, NewFact, NewPinpoint};

use crate::Desk;

fn fact(claim: ClaimId, what: &str, evidence: EvidenceId, place: &str) -> NewFact {
    NewFact {
        claim,
        what: what.to_owned(),
        when: None,
        by: None,
        at: vec![NewPinpoint {
            evidence,
            place: place.parse().unwrap(),
            quote: None,
        }],
        marking: Marking::Clear,
    }
}

fn quoting(claim: ClaimId, evidence: EvidenceId, place: &str, words: &str) -> NewFact {
    let mut new = fact(claim, "It did.", evidence, place);
    new.at[0].quote = Some(words.to_owned());
    new
}

fn tell(desk: &mut Desk, new: NewFact) -> Result<u64, CaseError> {
    let actor = desk.actor("alice");
    desk.case.tell_all(actor, &[new]).map(|told| told[0])
}

fn claimed(desk: &mut Desk) -> (ClaimId, EvidenceId) {
    let party = "company:Example Agency".parse().unwrap();
    let claim = desk.claim(&party, "is-foreign-person", None);
    let item = desk.collect("founded in 2014\nin the port", "register");
    (claim, item)
}

#[test]
fn facts_are_told_in_the_order_of_time() {
    let mut desk = Desk::new();
    let (claim, item) = claimed(&mut desk);
    for (what, when) in [
        ("no time", None),
        ("later", Some("2016-05..2016-07")),
        ("first", Some("2014")),
    ] {
        let mut new = fact(claim, what, item, "whole");
        new.when = when.map(str::to_owned);
        tell(&mut desk, new).unwrap();
    }
    let told = desk.case.state().narrative(claim);
    let told: Vec<&str> = told.iter().map(|r| r.fact.what.as_str()).collect();
    assert_eq!(told, ["first", "later", "no time"]);
}

/// Less than a few words may stand in anything, and say the contrary of what stands around them.
#[test]
fn a_quotation_says_something_and_a_fact_hides_nothing() {
    let mut desk = Desk::new();
    let (claim, item) = claimed(&mut desk);
    for words in [".", "in", "port"] {
        let refused = tell(&mut desk, quoting(claim, item, "whole", words)).unwrap_err();
        assert!(
            refused.to_string().contains("fewer than"),
            "{words}: {refused}"
        );
    }
    let hidden = fact(claim, "It p\u{202e}aid.", item, "whole");
    let refused = tell(&mut desk, hidden).unwrap_err().to_string();
    assert!(refused.contains("U+202E"), "{refused}");
}

#[test]
fn words_that_do_not_stand_there_are_no_quotation() {
    let mut desk = Desk::new();
    let (claim, item) = claimed(&mut desk);
    tell(&mut desk, quoting(claim, item, "line 1", "founded in 2014")).unwrap();
    for new in [
        quoting(claim, item, "line 2", "founded in 2014"),
        quoting(claim, item, "line 1", "founded in 2015"),
        fact(claim, "It did.", item, "line 3"),
        fact(claim, "It did.", item, "bytes 5-5000"),
        fact(claim, "It did.", item, "post 201"),
    ] {
        let said = tell(&mut desk, new).unwrap_err().to_string();
        assert!(said.starts_with("evidence:1, "), "{said}");
    }
    // A page is for a reader, and that is entered.
    let page = tell(&mut desk, fact(claim, "It did.", item, "page 2")).unwrap();
    let at = &desk.case.state().fact(page).unwrap().fact.at[0];
    assert!(at.unchecked.is_some());
}

#[test]
fn a_fact_is_no_opinion_and_no_forecast() {
    let mut desk = Desk::new();
    let (claim, item) = claimed(&mut desk);
    let mut nothing = fact(claim, "It did.", item, "whole");
    nothing.at.clear();
    let mut to_come = fact(claim, "It will.", item, "whole");
    to_come.when = Some("2999-01-01".to_owned());
    let mut backwards = fact(claim, "It did.", item, "whole");
    backwards.when = Some("2016..2014".to_owned());
    let mut no_time = fact(claim, "It did.", item, "whole");
    no_time.when = Some("last spring".to_owned());
    let mixed = "It very likely did, with high confidence.";
    for new in [
        nothing,
        to_come,
        backwards,
        no_time,
        fact(claim, " ", item, "whole"),
        fact(claim, mixed, item, "whole"),
        fact(ClaimId(7), "It did.", item, "whole"),
        fact(claim, "It did.", EvidenceId(7), "whole"),
    ] {
        assert!(tell(&mut desk, new.clone()).is_err(), "{new:?}");
    }
    assert!(desk.case.state().narrative(claim).is_empty());
}

#[test]
fn a_fact_falls_with_all_that_shows_it_and_comes_back_with_it() {
    let mut desk = Desk::new();
    let (claim, item) = claimed(&mut desk);
    let told = tell(&mut desk, fact(claim, "It did.", item, "whole")).unwrap();
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, item, "a forgery").unwrap();
    let state = desk.case.state();
    assert!(state.narrative(claim).is_empty());
    assert_eq!(state.unshown(claim)[0].seq, told);
    let actor = desk.actor("alice");
    desk.case.reinstate(actor, item, "it was none").unwrap();
    assert_eq!(desk.case.state().narrative(claim)[0].seq, told);
    let actor = desk.actor("alice");
    desk.case
        .withdraw_fact(actor, told, "the date was wrong")
        .unwrap();
    assert!(desk.case.state().narrative(claim).is_empty());
    let actor = desk.actor("alice");
    assert!(desk.case.withdraw_fact(actor, told, "again").is_err());
}

#[test]
fn a_fact_moves_no_judgement() {
    let mut desk = Desk::new();
    let (claim, item) = claimed(&mut desk);
    desk.weigh(claim, item, Category::Technical);
    let before = desk.case.judgement(claim).unwrap();
    tell(&mut desk, fact(claim, "It did.", item, "whole")).unwrap();
    assert_eq!(desk.case.judgement(claim).unwrap(), before);
}

/// What is read again from the ledger is what was told.
#[test]
fn what_was_told_is_there_when_the_case_is_opened_again() {
    let mut desk = Desk::new();
    let (claim, item) = claimed(&mut desk);
    let mut new = quoting(claim, item, "line 2", "the port");
    new.by = Some("person:Somebody Else".parse().unwrap());
    tell(&mut desk, new).unwrap();
    let before = desk.case.state().narrative(claim)[0].clone();
    let folder = desk.case.folder().to_owned();
    drop(desk.case);
    let again = overt_case::Case::open(&folder, None).unwrap();
    assert_eq!(again.state().narrative(claim)[0], &before);
}

/// A table that is brought again tells nothing that was taken back.
#[test]
fn what_was_taken_back_is_not_told_again_because_it_was_brought_again() {
    let mut desk = Desk::new();
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.toml");
    let text = "[[evidence]]\nid = \"a\"\nsource = \"B2\"\ntext = \"it did\"\n\
                [[claim]]\nid = \"c\"\nsubject = \"company:X\"\nrelation = \"is-foreign-person\"\n\
                [[fact]]\nclaim = \"c\"\nwhat = \"It did.\"\nat = [{ evidence = \"a\", place = \"line 1\" }]\n";
    std::fs::write(&table, text).unwrap();
    let import = |desk: &mut Desk| {
        let actor = desk.actor("alice");
        desk.case.import_table(actor, &table, "2026-09-01").unwrap()
    };
    let done = import(&mut desk);
    assert_eq!(done.facts, 1);
    let told = desk.case.state().narrative(done.claims["c"])[0].seq;
    let actor = desk.actor("alice");
    desk.case.withdraw_fact(actor, told, "it did not").unwrap();
    assert_eq!(import(&mut desk).facts, 0);
    assert!(desk.case.state().narrative(done.claims["c"]).is_empty());
}

/// A table is taken in whole or not at all: a row that the case does not take leaves nothing behind, and is told by its line.
#[cfg(unix)]
#[test]
fn a_table_is_taken_in_whole_or_not_at_all() {
    let mut desk = Desk::new();
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.toml");
    let good = "[[origin]]\nname = \"a court\"\nwhy = \"it is one\"\n\
                [[evidence]]\nid = \"a\"\nsource = \"B2\"\ntext = \"it did\"\n\
                [[claim]]\nid = \"c\"\nsubject = \"company:X\"\nrelation = \"is-foreign-person\"\n\
                [[weight]]\nclaim = \"c\"\nevidence = \"a\"\ncategory = \"contextual\"\nwhy = \"so\"\n";
    let import = |desk: &mut Desk, text: &str| {
        std::fs::write(&table, text).unwrap();
        let actor = desk.actor("alice");
        desk.case.import_table(actor, &table, "2026-09-01")
    };
    let size = desk.case.size();
    let nothing_left = |desk: &Desk| {
        assert_eq!(desk.case.size(), size);
        assert_eq!(desk.again().size(), size);
        assert!(desk.case.state().evidence().is_empty());
    };
    for (row, line, named) in [
        ("ratios = { H1 = \"3..10\", H9 = \"2\" }\n", 12, "weight of"),
        ("ratios = { H1 = \"10..3\" }\n", 12, "weight of"),
        (
            "ratios = { H1 = \"3..10\" }\n[[claim]]\nid = \"d\"\nsubject = \"company:Y\"\nrelation = \"acted-for\"\n",
            18,
            "claim \"d\"",
        ),
        (
            "ratios = { H1 = \"3..10\" }\n[[evidence]]\nid = \"b\"\nsource = \"B2\"\nfile = \"link\"\n",
            18,
            "evidence \"b\"",
        ),
    ] {
        let link = folder.path().join("link");
        let _ = std::os::unix::fs::symlink("/etc/hostname", link);
        let said = import(&mut desk, &format!("{good}{row}"))
            .unwrap_err()
            .to_string();
        let place = format!("line {line}: {named}");
        assert!(said.contains(&place), "{said}");
        nothing_left(&desk);
    }
    let ratios = "ratios = { H1 = \"3..10\" }\n";
    let done = import(&mut desk, &format!("{good}{ratios}")).unwrap();
    assert_eq!((done.weights, done.known), (1, 0));
    let red = format!("{good}{ratios}").replace("\"B2\"", "\"B2\"\ntlp = \"red\"");
    let said = import(&mut desk, &red).unwrap_err().to_string();
    assert!(
        said.contains("evidence:1 already") && said.contains("line 4"),
        "{said}"
    );
    let graded = format!("{good}{ratios}").replace("B2", "A1");
    let done = import(&mut desk, &graded).unwrap();
    assert_eq!(done.known, 2);
    assert!(
        done.warnings[0].contains("is graded B2, not A1"),
        "{:?}",
        done.warnings
    );
    desk.case.check().unwrap();
}
