//! Signing through an agent that keeps the keys.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::run::Bench;

/// An agent that ends with the test.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Agent {
    fn start(bench: &Bench) -> Self {
        let socket = bench.path("agent");
        let agent = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .spawn();
        let agent = Self(agent.expect("ssh-agent, of the package openssh-client"));
        let until = Instant::now() + Duration::from_secs(10);
        while !socket.exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        agent
    }
}

const OPEN: &str = "case new midterms --regime eo13848 --by alice --purpose p --legal-basis b --keep-until 2031-12-31";

#[test]
fn a_passphrase_is_typed_once() {
    let bench = Bench::new();
    let _agent = Agent::start(&bench);
    let socket = bench.path("agent").to_string_lossy().into_owned();
    let forgotten = [
        ("SSH_AUTH_SOCK", socket.as_str()),
        ("OVERT_PASSPHRASE", "another one"),
    ];
    bench.well("key new alice");
    let refused = bench.overt_with(&forgotten, OPEN);
    assert_ne!(refused.code, 0, "{}", refused.out);
    let lent = bench.overt_with(&forgotten[..1], "key unlock alice --time 1h");
    assert!(
        lent.code == 0 && lent.out.contains("ssh-agent signs for alice for 3600s"),
        "{}{}",
        lent.out,
        lent.err
    );
    let opened = bench.overt_with(&forgotten, OPEN);
    assert_eq!(opened.code, 0, "{}", opened.err);
    bench.file("note", "a note");
    let added = bench.overt_with(
        &forgotten,
        "evidence add midterms note --source B2 --by alice",
    );
    assert_eq!(added.code, 0, "{}", added.err);
    bench.well("case check midterms");
    // Without the agent the passphrase is asked for again.
    let without = bench.overt_with(
        &forgotten[1..],
        "withdraw midterms evidence:1 --why w --by alice",
    );
    assert_ne!(without.code, 0);
    let none = bench.fails("key unlock alice", 4);
    assert!(none.contains("ssh-agent"), "{none}");
}

#[test]
fn a_key_that_only_an_agent_has_signs_for_somebody() {
    let bench = Bench::new();
    let _agent = Agent::start(&bench);
    let socket = bench.path("agent").to_string_lossy().into_owned();
    let agent = [("SSH_AUTH_SOCK", socket.as_str())];
    let ran = |program: &str, words: &[&str]| {
        let ran = Command::new(program)
            .args(words)
            .env("SSH_AUTH_SOCK", &socket)
            .current_dir(bench.path("."))
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
    };
    let none = bench.overt_with(&agent, "key adopt bob");
    assert!(
        none.code == 2 && none.err.contains("none of that kind"),
        "{}",
        none.err
    );
    ran(
        "ssh-keygen",
        &[
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "bob's token",
            "-f",
            "token",
        ],
    );
    ran("ssh-add", &["-q", "token"]);
    let adopted = bench.overt_with(&agent, "key adopt bob");
    assert!(
        adopted.code == 0 && adopted.out.contains("bob's token"),
        "{}{}",
        adopted.out,
        adopted.err
    );
    // Of two it has to be said which.
    ran(
        "ssh-keygen",
        &[
            "-q", "-t", "ed25519", "-N", "", "-C", "another", "-f", "other",
        ],
    );
    ran("ssh-add", &["-q", "other"]);
    let which = bench.overt_with(&agent, "key adopt carol");
    assert!(
        which.code == 2 && which.err.contains("another") && which.err.contains("bob's token"),
        "{}",
        which.err
    );
    bench.well("key new alice");
    bench.well(OPEN);
    bench.well("person add midterms bob --role collector --key bob --by alice");
    bench.file("note", "a note");
    let added = bench.overt_with(&agent, "evidence add midterms note --source B2 --by bob");
    assert_eq!(added.code, 0, "{}", added.err);
    assert_ne!(
        bench
            .overt("evidence add midterms token.pub --source B2 --by bob")
            .code,
        0,
        "nobody has the key without the agent"
    );
    bench.well("key new office.example/log");
    bench.well("export midterms --bundle case.overt --log office.example/log --by alice");
    let log = bench.well("key show office.example/log").out;
    bench.file("policy.txt", format!("log {}\nquorum none\n", log.trim()));
    let verified = bench.well("verify case.overt --policy policy.txt").out;
    assert!(verified.contains("bob"), "{verified}");
}
