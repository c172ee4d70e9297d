//! A case from the command line: from evidence to a designation, withdrawn from, exported and verified.
#![expect(
    clippy::too_many_lines,
    reason = "a conversation reads better in one piece"
)]

use crate::run::Bench;

pub(crate) const PARTY: &str = "company:Example Agency";

/// A case with two people and three items of evidence of three origins.
pub(crate) fn opened() -> Bench {
    let bench = Bench::new();
    for name in ["alice", "bob", "office.example/ledger"] {
        bench.well(&format!("key new '{name}'"));
    }
    let opened = bench.well(
        "case new midterms --regime eo13848 --election 2026-11-03 --by alice --purpose 'a test' \
         --legal-basis none --keep-until 2031-12-31",
    );
    assert!(
        opened
            .out
            .contains("secrets of its entries: midterms.secrets"),
        "{}",
        opened.out
    );
    bench.well("person add midterms bob --role signer --key bob --by alice");
    for (name, origin) in [
        ("forensics.txt", "laboratory"),
        ("court.txt", "court"),
        ("bank.txt", "bank"),
    ] {
        bench.file(name, format!("what {origin} found"));
        bench.well(&format!(
            "evidence add midterms '{name}' --source B2 --origin '{origin}' --tlp green \
             --by alice"
        ));
    }
    bench
}

/// What has to be shown of the party, each weighed by the three items and judged.
pub(crate) fn claim_all(bench: &Bench) {
    let claims = [
        "is-foreign-person",
        "engaged-in campaign:1",
        "acted-for 'public-body:Example Ministry'",
        "used-covert-means",
        "meant-to-interfere",
    ];
    for (number, claim) in (1..).zip(claims) {
        bench.well(&format!("claim add midterms '{PARTY}' {claim} --by alice"));
        for (item, category) in [(1, "technical"), (2, "behavioural"), (3, "contextual")] {
            bench.well(&format!(
                "weigh midterms claim:{number} evidence:{item} --for H1 15..30 --category {category} \
                 --why 'it says so' --by alice"
            ));
        }
        bench.well(&format!("judge midterms claim:{number} --by alice"));
    }
}

pub(crate) fn claimed() -> Bench {
    let bench = opened();
    claim_all(&bench);
    bench
}

#[test]
fn from_evidence_to_a_verified_bundle() {
    let bench = claimed();
    let judged = bench.well("judge midterms claim:3").out;
    assert!(
        judged.contains(
            "It is almost certain (99–100 %) that Example Agency acted for Example Ministry."
        ),
        "{judged}"
    );
    assert!(
        judged.contains("Confidence in this judgement is high."),
        "{judged}"
    );
    let gate = bench.overt(&format!("gate midterms '{PARTY}' --criterion i"));
    assert_eq!(gate.code, 1);
    assert!(
        gate.out.contains("may be signed") && gate.out.contains("0 of 2 signed"),
        "{}",
        gate.out
    );
    assert!(
        gate.out.contains("The law asks for: reason to believe"),
        "{}",
        gate.out
    );
    let early = bench.overt(&format!(
        "designate midterms '{PARTY}' --why 'criterion (i)' --by bob"
    ));
    assert_eq!(early.code, 1, "{}", early.err);
    let sign = |who| {
        bench.overt(&format!(
            "determine midterms '{PARTY}' --criterion i --sign '{who}'"
        ))
    };
    assert!(sign("alice").out.contains("1 of 2 signed"));
    let twice = sign("alice");
    assert!(
        twice.code == 1 && twice.err.contains("signed it already"),
        "{}",
        twice.err
    );
    assert!(sign("bob").out.contains("determination 1 is made"));
    bench.well(&format!(
        "designate midterms '{PARTY}' --why 'criterion (i)' --by bob"
    ));
    let status = bench
        .well("status midterms --evidence --claims --people")
        .out;
    for expected in [
        "assessment",
        "2 refusals",
        "1   designate company:Example Agency, by bob",
        "almost certain",
    ] {
        assert!(status.contains(expected), "{expected}: {status}");
    }
    let export = "export midterms --bundle case.overt --log office.example/ledger --by alice";
    let made = bench.well(export).out;
    let log = made
        .lines()
        .last()
        .unwrap()
        .strip_prefix("to verify it, others need: ")
        .unwrap()
        .to_owned();
    bench.file("policy.txt", format!("{log}\nquorum none\n"));
    let verified = bench.well("verify case.overt --policy policy.txt").out;
    assert!(
        verified.contains("5 judgements and 3 gates were made again"),
        "{verified}"
    );
    assert!(
        verified.contains("2 signatures under determinations hold; 1 determination has"),
        "{verified}"
    );
    assert!(
        verified.contains("The bytes of 3 items of evidence are here"),
        "{verified}"
    );
    assert!(
        verified.contains("No witness outside saw this history"),
        "{verified}"
    );
    // One byte further.
    let mut bytes = std::fs::read(bench.path("case.overt")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.file("changed.overt", bytes);
    let broken = bench.overt("verify changed.overt --policy policy.txt");
    assert!(
        broken.code == 3 && broken.err.contains("NOT VERIFIED"),
        "{}",
        broken.err
    );
    // Withdrawing flags, and the bundle says so.
    let withdrawn = bench
        .well("withdraw midterms evidence:2 --why 'a forgery' --by alice")
        .out;
    assert!(
        withdrawn.contains("determination 1 of company:Example Agency: under review since entry"),
        "{withdrawn}"
    );
    std::fs::rename(bench.path("case.overt"), bench.path("older.overt")).unwrap();
    bench.well(export);
    let verified = bench
        .well("verify case.overt --policy policy.txt --older older.overt")
        .out;
    for expected in [
        "Flagged, for it no longer stands as it was made",
        "Changed since the older bundle (",
        "evidence:2 was withdrawn: a forgery",
        "claim:3 was judged otherwise and now reads: It is ",
        "flagged, and was not: determination 1 of company:Example Agency",
    ] {
        assert!(verified.contains(expected), "{expected}: {verified}");
    }
    let backwards = bench.overt("verify older.overt --policy policy.txt --older case.overt");
    assert!(
        backwards.code == 3 && backwards.err.contains("does not continue the older bundle"),
        "{}",
        backwards.err
    );
    bench.well("case check midterms");
}

/// A bundle of which nothing that was judged is open verifies as a history, and clears nobody.
#[test]
fn a_bundle_that_shows_nothing_does_not_pass() {
    let bench = opened();
    bench.well(&format!(
        "claim add midterms '{PARTY}' acted-for public-body:B --tlp red --by alice"
    ));
    bench.well(
        "weigh midterms claim:1 evidence:1 --for H1 3..10 --category technical --why 'it says so' --by alice",
    );
    bench.well("judge midterms claim:1 --by alice");
    for (audience, code) in [("green", 1), ("red", 0)] {
        let made = bench.well(&format!(
            "export midterms --bundle {audience}.overt --audience {audience} --log office.example/ledger --by alice"
        ));
        let is_closed = made.err.contains(" closed, marked above TLP:GREEN");
        assert_eq!(is_closed, audience == "green", "{}", made.err);
        let log = made.out.lines().last().unwrap().to_owned();
        let log = log.strip_prefix("to verify it, others need: ").unwrap();
        bench.file("policy.txt", format!("{log}\nquorum none\n"));
        let verified = bench.overt(&format!("verify {audience}.overt --policy policy.txt"));
        assert_eq!(verified.code, code, "{audience}: {}", verified.err);
        assert_eq!(verified.err.contains("[verify.undisclosed]"), code == 1);
    }
}

#[test]
fn two_analysts_weigh_an_item_blind() {
    let bench = opened();
    bench.well("key new carol");
    bench.well("person add midterms carol --role analyst --key carol --by alice");
    bench.well(&format!(
        "claim add midterms '{PARTY}' acted-for public-body:B --by alice"
    ));
    let seal = |by: &str, ratio: &str| {
        bench.well(&format!(
            "weigh midterms claim:1 evidence:1 --for H1 {ratio} --category technical --why 'it says so' \
             --seal {by}.json --by {by}"
        ))
    };
    let open = |by: &str| bench.overt(&format!("weigh midterms --open {by}.json --by {by}"));
    assert!(seal("alice", "3..10").out.contains("for you alone"));
    let alone = open("alice");
    assert_eq!(alone.code, 2, "{}", alone.out);
    assert!(
        alone.err.contains("1 of 2 analysts sealed"),
        "{}",
        alone.err
    );
    assert!(alone.err.contains("--alone"), "{}", alone.err);
    seal("carol", "2..8");
    let status = bench.well("status midterms").out;
    assert!(
        status.contains("evidence:1 for claim:1, by carol"),
        "{status}"
    );
    assert!(open("alice").out.contains("claim:1 is now"));
    assert!(open("carol").out.contains("claim:1 is now"));
    let status = bench.well("status midterms").out;
    assert!(!status.contains("to be opened"), "{status}");
}

#[test]
fn slips_of_the_hand_are_told() {
    let bench = opened();
    bench.well(&format!(
        "claim add midterms '{PARTY}' acted-for public-body:B --by alice"
    ));
    let said = |words: &str, code: i32| {
        let ran = bench.overt(words);
        assert_eq!(ran.code, code, "{words:?}: {}", ran.err);
        ran.err
    };
    let weigh = |ratio: &str, expected: &str| {
        let said = said(
            &format!(
                "weigh midterms claim:1 evidence:1 {ratio} --category technical --why 'it says so' \
                 --by alice"
            ),
            2,
        );
        assert!(said.contains(expected), "{said}");
    };
    weigh("--for H1 0.1..0.5", "use --against");
    weigh("--for H1 10..3", "the wrong way round");
    weigh("--for H1 0..3", "cannot be a likelihood ratio");
    weigh("", "--for or --against");
    assert!(said("status elsewhere", 2).contains("is not a case"));
    assert!(said("key show nobody", 2).contains("overt key new nobody"));
    bench.file("policy.txt", "log nothing\n");
    assert!(
        said("verify nowhere --policy policy.txt", 3).contains("line 1 is not a line of a policy")
    );
    assert!(said("judge midterms claim:9", 2).contains("overt status midterms --claims"));
    assert!(said("gate midterms 'Example Agency'", 2).contains("is not a party or thing"));
    assert!(
        said(
            "evidence add midterms nowhere.pdf --source B2 --by alice",
            4
        )
        .contains("nowhere.pdf")
    );
    assert!(
        said("evidence add midterms bank.txt --source Q9 --by alice", 2).contains("is not a grade")
    );
    assert!(
        said(&format!("claim add midterms '{PARTY}' hates --by alice"), 2)
            .contains("the regime has attributed-to")
    );
    assert!(
        said("person add midterms carol --role analyst --by bob", 1)
            .contains("it takes administrator")
    );
    bench.well("key new mallory");
    assert!(
        said(
            "case event midterms election 2020-11-03 --corrects --by mallory",
            1
        )
        .contains("does not work on this case")
    );
    let past = bench.well("case event midterms election 2020-11-03 --corrects --by alice");
    assert!(
        past.out.contains("assessment was due on 2020-12-18"),
        "{}",
        past.out
    );
    bench.file("wrong.toml", "schema = 1\nid = \"x\"\nwhat = 3\n");
    let opening = "case new other --regime wrong.toml --by alice --purpose p --legal-basis b \
                   --keep-until 2030-01-01";
    assert!(said(opening, 3).contains("line 3"), "the line of the fault");
    assert!(!bench.path("other").exists(), "nothing is left behind");
}

#[test]
fn a_folder_is_one_item_and_comes_back_as_it_was() {
    let bench = opened();
    std::fs::create_dir(bench.path("findings")).unwrap();
    // Which names the other file by its hash, as the record of a run does.
    let of_it = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    bench.file(
        "findings/run.json",
        format!("{{\"files\": {{\"accounts.csv\": \"{of_it}\"}}}}"),
    );
    bench.file("findings/accounts.csv", "{}");
    let added = bench
        .well("evidence add midterms findings --source B2 --by alice")
        .out;
    assert!(added.starts_with("evidence:4: findings"), "{added}");
    let listed = bench.well("status midterms --evidence").out;
    assert!(listed.contains("coordination, findings"), "{listed}");
    let again = bench
        .well("evidence add midterms findings --source B2 --by alice")
        .out;
    assert!(again.contains("on file already"), "{again}");
    bench.well("evidence get midterms evidence:1 -o back.txt");
    assert_eq!(bench.read("back.txt"), "what laboratory found");
    bench.well("erase midterms evidence:1 --why 'asked for' --by alice");
    let gone = bench.overt("evidence get midterms evidence:1 -o gone.txt");
    assert!(
        gone.code == 2 && gone.err.contains("is not in this case"),
        "{}",
        gone.err
    );
    bench.well("case check midterms");
}

#[test]
fn a_table_takes_in_evidence_claims_and_weights_in_one_go() {
    let bench = opened();
    bench.file("register.txt", "the register says so");
    let table = r#"
[[evidence]]
id = "register"
file = "register.txt"
source = "B2"
origin = "a register"
tlp = "green"

[[evidence]]
id = "ruling"
text = "what the court found, in words"
source = "A1"
origin = "another court"

[[claim]]
id = "foreign"
subject = "company:Example Agency"
relation = "is-foreign-person"

[[weight]]
claim = "foreign"
evidence = "register"
category = "contextual"
ratios = { H1 = "5..10", us-person = "less likely" }
why = "the register says so"

[[weight]]
claim = "foreign"
evidence = "ruling"
category = "behavioural"
ratios = { H1 = "more likely" }
why = "the court found so"

[[fact]]
claim = "foreign"
what = "It was founded abroad."
when = "2014"
at = [{ evidence = "ruling", place = "line 1", quote = "the court found" }]
"#;
    bench.file("table.toml", table);
    let taken = bench.well("case import midterms table.toml --by alice").out;
    assert!(
        taken.contains("2 items of evidence, 1 claim, 2 weights, 1 fact; 0 were there already"),
        "{taken}"
    );
    assert!(taken.contains("claim:1 (foreign): "), "{taken}");
    // Again: what is there is there, and nothing counts twice.
    let again = bench.well("case import midterms table.toml --by alice").out;
    assert!(again.contains("0 facts; 3 were there already"), "{again}");
    let said = |table: &str, code: i32| {
        bench.file("wrong.toml", table);
        let ran = bench.overt("case import midterms wrong.toml --by alice");
        assert_eq!(ran.code, code, "{}", ran.err);
        ran.err
    };
    let before = bench.well("case check midterms").out;
    assert!(
        said(
            "[[evidence]]\nid = \"a\"\nsource = \"Z9\"\ntext = \"b\"\n",
            3
        )
        .contains("line 3")
    );
    let outside = "[[evidence]]\nid = \"a\"\nsource = \"B2\"\nfile = \"../midterms.secrets\"\n";
    assert!(said(outside, 3).contains("not beside the table"));
    let unknown = table.replace("evidence = \"ruling\"", "evidence = \"rulling\"");
    assert!(said(&unknown, 3).contains("no such item"));
    let misquoted = table.replace("quote = \"the court found\"", "quote = \"the court held\"");
    assert!(said(&misquoted, 3).contains("do not stand there"));
    let to_come = table.replace("when = \"2014\"", "when = \"2999\"");
    assert!(said(&to_come, 3).contains("has not come yet"));
    let alike =
        "[[evidence]]\nid = \"a\"\nsource = \"B2\"\norigin = \"A Register.\"\ntext = \"b\"\n";
    assert!(said(alike, 2).contains("overt origin add"));
    assert_eq!(
        bench.well("case check midterms").out,
        before,
        "nothing was entered"
    );
}

/// Statement and assessment lead with what was done, and a bundle with bytes proves where it stands.
#[test]
fn what_was_done_leads_the_statement_and_is_verified() {
    let bench = claimed();
    let told = bench.well(
        "fact add midterms claim:4 'It ran accounts in other names.' --when 2026-08..2026-09 \
         --quoting evidence:2 'line 1' 'what court found' --at evidence:3 'page 2' --by alice",
    );
    assert!(
        told.out.contains("held against the bytes") && told.out.contains("for a reader to check"),
        "{}",
        told.out
    );
    let misquoted = bench.overt(
        "fact add midterms claim:4 'It did.' --quoting evidence:2 'line 1' 'what nobody found' --by alice",
    );
    assert_eq!(misquoted.code, 2, "{}", misquoted.err);
    let nothing = bench.overt("fact add midterms claim:4 'It did.' --by alice");
    assert_eq!(nothing.code, 2, "{}", nothing.err);
    for who in ["alice", "bob"] {
        bench.well(&format!(
            "determine midterms '{PARTY}' --criterion i --sign {who}"
        ));
    }
    bench.well("publish midterms --package package --documents documents --by alice");
    let statement = bench.read("package/statement-1.md");
    let place = |words: &str| statement.find(words).unwrap_or_else(|| panic!("{words}"));
    assert!(place("2026-08 to 2026-09: It ran accounts") < place("Annex A"));
    assert!(
        place("It ran accounts") < place("×15"),
        "figures come after"
    );
    let assessment = bench.read("documents/assessment.md");
    assert!(assessment.contains("It ran accounts"), "{assessment}");
    bench.well("export midterms --bundle bundle.overt --by alice --log office.example/ledger --evidence all");
    let proven = bench.overt("verify bundle.overt");
    assert!(
        proven
            .out
            .contains("What facts quote or cite in 1 place stands"),
        "{}",
        proven.out
    );
    assert!(
        proven.out.contains("That 1 citation of facts"),
        "{}",
        proven.out
    );
    let listed = bench.well("fact list midterms").out;
    let entry = listed
        .lines()
        .find(|line| line.contains("It ran accounts"))
        .and_then(|line| line.split_whitespace().next())
        .unwrap();
    bench.well(&format!(
        "fact withdraw midterms {entry} --why 'another office' --by alice"
    ));
    bench.well("publish midterms --package package --by alice");
    assert!(
        !bench
            .read("package/statement-1.md")
            .contains("It ran accounts")
    );
}

#[test]
fn a_run_stays_a_run_whatever_it_is_called() {
    let bench = opened();
    bench.well("simulate --events 20k --seed 7 -o posts");
    bench.well("detect posts/posts.csv --trace repost,url,text -o findings");
    bench.well("evidence add midterms findings --source B2 --by alice");
    std::fs::copy(
        bench.path("findings/report.html"),
        bench.path("a-document.html"),
    )
    .unwrap();
    let report = bench.well("evidence add midterms a-document.html --source A1 --by alice");
    assert!(report.out.contains("evidence:5"), "{}", report.out);
    let listed = bench.well("status midterms --evidence").out;
    let of = |id: &str| {
        listed
            .lines()
            .find(|l| l.contains(id))
            .unwrap_or_default()
            .to_owned()
    };
    for item in ["evidence:4", "evidence:5"] {
        assert!(of(item).contains("coordination"), "{item}: {}", of(item));
    }
    let ran = bench.overt(
        "evidence add midterms findings/accounts.csv --source A1 --kind document --by alice",
    );
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("part of a run"), "{}", ran.err);
    // Nor is it anything else where a part of it lies in a folder by itself, or is cut.
    std::fs::create_dir(bench.path("statement")).unwrap();
    let accounts = bench.read("findings/accounts.csv");
    let cut: Vec<&str> = accounts.lines().take(2).collect();
    bench.file("statement/said.txt", cut.join("\n"));
    for part in ["statement", "statement/said.txt"] {
        let ran = bench.overt(&format!(
            "evidence add midterms {part} --source A1 --kind document --by alice"
        ));
        assert!(ran.err.contains("part of a run"), "{part} {}", ran.err);
    }
}

/// A platform's own rules are a file: the election, the form of the list and what is filed under what are in it.
#[test]
fn a_platforms_rules_are_a_file() {
    let bench = Bench::new();
    for name in ["alice", "bob", "office.example/ledger"] {
        bench.well(&format!("key new '{name}'"));
    }
    let rules = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../regimes/platform-policy/regime.toml"
    );
    bench.well(&format!(
        "case new vote --regime {rules} --election 2026-11-03 --by alice --purpose 'a test' \
         --legal-basis terms --keep-until 2031-12-31"
    ));
    bench.well("person add vote bob --role reviewer --key bob --by alice");
    for (name, origin) in [("logs.txt", "the platform"), ("desk.txt", "a newsroom")] {
        bench.file(name, format!("what {origin} found"));
        bench.well(&format!(
            "evidence add vote {name} --source B2 --origin '{origin}' --tlp clear --by alice"
        ));
    }
    let claims = ["ran campaign:1", "hid-who-it-was", "aimed-at-an-election"];
    for (number, claim) in (1..).zip(claims) {
        bench.well(&format!("claim add vote '{PARTY}' {claim} --by alice"));
        for (item, category) in [(1, "technical"), (2, "behavioural")] {
            bench.well(&format!(
                "weigh vote claim:{number} evidence:{item} --for H1 50..100 --category {category} --why 'it says so' --by alice"
            ));
        }
        bench.well(&format!("judge vote claim:{number} --by alice"));
    }
    bench.well("fact add vote claim:1 'It ran sixty accounts.' --when 2026-10 --at evidence:1 whole --by alice");
    for who in ["alice", "bob"] {
        bench.well(&format!(
            "determine vote '{PARTY}' --criterion covert-influence-on-an-election --sign {who}"
        ));
    }
    bench.well(&format!(
        "designate vote '{PARTY}' --why 'its rules' --by bob"
    ));
    bench.well("publish vote --list list --documents documents --sign alice --by alice");
    let list = bench.read("list/list.md");
    for said in [
        "Parties that ran covert influence operations",
        "| Party | Rule | What it did | Since |",
        "Example Agency",
        "It ran sixty accounts",
        "Unofficial variant",
    ] {
        assert!(list.contains(said), "{said}: {list}");
    }
    assert!(
        bench
            .read("documents/report.md")
            .contains("It ran sixty accounts")
    );
    // The floor holds, whatever the file says.
    let text = std::fs::read_to_string(rules).expect("the rules");
    bench.file("lower.toml", text.replace("signers = 2", "signers = 1"));
    let refused = bench.fails(
        "case new lower --regime lower.toml --election 2026-11-03 --by alice --purpose 'a test' \
         --legal-basis terms --keep-until 2031-12-31",
        3,
    );
    assert!(refused.contains("at least 2 people"), "{refused}");
}
