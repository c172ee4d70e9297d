//! A case in a database: opened, joined from another machine, worked on from both, moved there from a folder, and refused.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::case::{PARTY, claim_all, opened};
use crate::run::Bench;

/// A server that ends with the test.
struct Server {
    folder: String,
    port: String,
}

fn script(words: &[&str]) -> Output {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres.sh");
    Command::new(script).args(words).output().unwrap()
}

impl Server {
    /// Starts one; none where PostgreSQL is not installed, which fails where everything is required.
    fn start() -> Option<Self> {
        let output = script(&["start"]);
        if output.status.code() == Some(77) {
            assert!(
                std::env::var_os("OVERT_REQUIRE_SHARED").is_none(),
                "PostgreSQL is not installed"
            );
            return None;
        }
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let folder = said.lines().find_map(|l| l.strip_prefix("folder="));
        let folder = folder.unwrap_or_else(|| panic!("{output:?}")).to_owned();
        let port = std::fs::read_to_string(format!("{folder}/port")).unwrap();
        Some(Self {
            folder,
            port: port.trim().to_owned(),
        })
    }

    /// Its address, without the password.
    fn address(&self, more: &str) -> String {
        format!("postgresql://overt@127.0.0.1:{}/postgres?{more}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        script(&["end", &self.folder]);
    }
}

const PASSWORD: [(&str, &str); 1] = [("PGPASSWORD", "a password for tests")];

/// Runs a command that knows the password, which must end well.
fn well(bench: &Bench, words: &str) -> String {
    let ran = bench.overt_with(&PASSWORD, words);
    assert_eq!(ran.code, 0, "{words}\n{}{}", ran.out, ran.err);
    ran.out
}

/// What a command says that knows the password and fails.
fn fails(bench: &Bench, words: &str, code: i32) -> String {
    let ran = bench.overt_with(&PASSWORD, words);
    assert_eq!(ran.code, code, "{words}\n{}{}", ran.out, ran.err);
    ran.err
}

/// Each gives out a bundle, and each verifies the other's.
fn each_verifies_the_others(alices: &Bench, bobs: &Bench) {
    for (bench, case, by, log, bundle) in [
        (
            alices,
            "midterms",
            "alice",
            "office.example/ledger",
            "alices.overt",
        ),
        (
            bobs,
            "elsewhere",
            "bob",
            "bobs.example/ledger",
            "bobs.overt",
        ),
    ] {
        well(
            bench,
            &format!("export {case} --bundle {bundle} --log {log} --by {by}"),
        );
        well(bench, &format!("case check {case}"));
    }
    std::fs::copy(alices.path("alices.overt"), bobs.path("alices.overt")).unwrap();
    std::fs::copy(bobs.path("bobs.overt"), alices.path("bobs.overt")).unwrap();
    for (bench, bundle) in [(bobs, "alices.overt"), (alices, "bobs.overt")] {
        let verified = bench.overt(&format!("verify {bundle}"));
        assert!(
            [0, 1].contains(&verified.code),
            "{}{}",
            verified.out,
            verified.err
        );
        assert!(verified.out.contains("judgement"), "{}", verified.out);
    }
}

#[test]
fn two_machines_work_on_one_case() {
    let Some(server) = Server::start() else {
        return;
    };
    // Two machines: folders, keys and all of their own.
    let (alices, bobs) = (Bench::new(), Bench::new());
    for name in ["alice", "office.example/ledger"] {
        alices.well(&format!("key new '{name}'"));
    }
    bobs.well("key new bob");
    bobs.well("key new bobs.example/ledger");
    let address = server.address("schema=shared");
    let said = well(
        &alices,
        &format!(
            "case new midterms --regime eo13848 --election 2026-11-03 --by alice --purpose 'a test' \
             --legal-basis none --keep-until 2031-12-31 --database '{address}'"
        ),
    );
    assert!(said.contains(&format!("kept in {address}")), "{said}");
    assert!(!alices.read("midterms/store.toml").contains("password for"));
    std::fs::copy(bobs.path("keys/bob.pub"), alices.path("bob.pub")).unwrap();
    well(
        &alices,
        "person add midterms bob --role analyst,collector,signer,publisher --key bob.pub --by alice",
    );
    well(&alices, "case secret midterms -o handed.secret");
    let again = fails(&alices, "case secret midterms -o handed.secret", 2);
    assert!(again.contains("[case.not-empty]"), "{again}");
    std::fs::copy(alices.path("handed.secret"), bobs.path("handed.secret")).unwrap();
    let join = format!("case join elsewhere --database '{address}' --secret-of-case handed.secret");
    let said = well(&bobs, &join);
    assert!(said.contains("joined elsewhere with 4 entries"), "{said}");
    assert!(fails(&bobs, &join, 2).contains("[case.not-empty]"));
    // One brings evidence, the other weighs it.
    for (name, origin) in [
        ("forensics.txt", "laboratory"),
        ("court.txt", "court"),
        ("bank.txt", "bank"),
    ] {
        bobs.file(name, format!("what {origin} found"));
        well(
            &bobs,
            &format!(
                "evidence add elsewhere {name} --source B2 --origin {origin} --tlp green --by bob"
            ),
        );
    }
    well(
        &alices,
        &format!("claim add midterms '{PARTY}' is-foreign-person --by alice"),
    );
    for (item, by, place, bench) in [
        (1, "alice", "midterms", &alices),
        (2, "bob", "elsewhere", &bobs),
        (3, "bob", "elsewhere", &bobs),
    ] {
        well(
            bench,
            &format!(
                "weigh {place} claim:1 evidence:{item} --for H1 15..30 --category technical --why 'it says so' --by {by}"
            ),
        );
    }
    well(&alices, "judge midterms claim:1 --by alice");
    let seen = |bench: &Bench, case: &str| {
        well(bench, &format!("status {case} --claims")).replace(case, "CASE")
    };
    assert_eq!(seen(&alices, "midterms"), seen(&bobs, "elsewhere"));
    well(&bobs, "evidence get elsewhere evidence:1 -o got.txt");
    assert_eq!(bobs.read("got.txt"), "what laboratory found");
    each_verifies_the_others(&alices, &bobs);
    // What is erased on one machine is gone on the other.
    let said = well(
        &alices,
        "erase midterms evidence:3 --why 'they asked' --by alice",
    );
    assert!(said.contains("backups of the database"), "{said}");
    fails(&bobs, "evidence get elsewhere evidence:3 -o back.txt", 2);
}

#[test]
fn a_case_moves_from_its_folder_into_a_database() {
    let Some(server) = Server::start() else {
        return;
    };
    let bench = opened();
    claim_all(&bench);
    let before = bench.well("status midterms --claims").out;
    let refused = bench.fails("case secret midterms -o handed.secret", 2);
    assert!(refused.contains("kept in its folder"), "{refused}");
    let said = well(
        &bench,
        &format!("case move midterms --database '{}'", server.address("")),
    );
    assert!(said.contains("schema=midterms"), "{said}");
    assert!(!bench.path("midterms/case.sqlite").exists());
    assert_eq!(well(&bench, "status midterms --claims"), before);
    well(&bench, "case check midterms");
    well(
        &bench,
        "claim add midterms 'company:Another' is-foreign-person --by alice",
    );
    // Nothing is written over the case's own files, here too.
    let refused = fails(
        &bench,
        "export midterms --bundle midterms/store.toml --log office.example/ledger --force --by alice",
        2,
    );
    assert!(refused.contains("store.toml"), "{refused}");
}

#[test]
fn what_is_wrong_with_a_database_is_told() {
    let Some(server) = Server::start() else {
        return;
    };
    let bench = opened();
    let moves = |address: &str| format!("case move midterms --database '{address}'");
    let address = server.address("");
    let none = bench.fails(&moves(&address), 4);
    assert!(
        none.contains("[case.denied]") && none.contains("PGPASSWORD"),
        "{none}"
    );
    let wrong = address.replace("overt@", "overt:not-it@");
    let refused = fails(&bench, &moves(&wrong), 4);
    assert!(
        refused.contains("[case.denied]") && !refused.contains("not-it"),
        "{refused}"
    );
    let refused = fails(&bench, &moves("postgresql://overt@127.0.0.1:1/overt"), 4);
    assert!(refused.contains("[case.unreachable]"), "{refused}");
    let refused = fails(&bench, &moves("mysql://localhost/overt"), 2);
    assert!(refused.contains("write it as postgresql://"), "{refused}");
    let refused = fails(
        &bench,
        &moves("postgresql://db.example.org/overt?sslmode=prefer"),
        2,
    );
    assert!(refused.contains("in the open"), "{refused}");
    // The password in a file that others read is not used; in one's own it is.
    bench.file("pgpass", "*:*:*:overt:a password for tests\n");
    let pass = bench.path("pgpass");
    let file = [("PGPASSFILE", pass.to_str().unwrap())];
    std::process::Command::new("chmod")
        .args(["644", file[0].1])
        .status()
        .unwrap();
    let refused = bench.overt_with(&file, &moves(&address));
    assert!(
        refused.code == 2 && refused.err.contains("chmod 600"),
        "{}",
        refused.err
    );
    std::process::Command::new("chmod")
        .args(["600", file[0].1])
        .status()
        .unwrap();
    let moved = bench.overt_with(&file, &moves(&address));
    assert_eq!(moved.code, 0, "{}", moved.err);
    // Another case's secret, a schema without a case, no secret at all.
    well(&bench, "case secret midterms -o handed.secret");
    let join = |more: &str, secret: &str| {
        format!(
            "case join other --database '{}' --secret-of-case {secret}",
            server.address(more)
        )
    };
    let refused = fails(&bench, &join("schema=nowhere", "handed.secret"), 3);
    assert!(
        refused.contains("[case.other-store]") && refused.contains("midterms"),
        "{refused}"
    );
    bench.file(
        "other.secret",
        format!("overt-secret-of-case-1 {}=\n", "A".repeat(43)),
    );
    let refused = fails(&bench, &join("schema=midterms", "other.secret"), 3);
    assert!(refused.contains("another case's"), "{refused}");
    bench.file("no.secret", "\u{0}not one");
    let refused = fails(&bench, &join("schema=midterms", "no.secret"), 2);
    assert!(refused.contains("not the secret of a case"), "{refused}");
    assert!(fails(&bench, &join("schema=midterms", "missing"), 2).contains("missing"));
    // Nothing of what failed is in the way.
    well(&bench, &join("schema=midterms", "handed.secret"));
    script(&["kill", &server.folder]);
    let refused = fails(&bench, "status midterms", 4);
    assert!(refused.contains("[case.unreachable]"), "{refused}");
}
