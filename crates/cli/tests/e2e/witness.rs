//! A witness as others meet it: over HTTP, and alone in its folder.

use crate::case::claimed;
use crate::run::Bench;
use crate::serving::Server;

/// SHA-256 in hex, by another program.
fn hash_of(text: &str) -> String {
    let script = format!("printf %s '{text}' | sha256sum | cut -d' ' -f1");
    let said = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[test]
fn anybody_can_ask_what_it_saw_last() {
    let bench = claimed();
    let (witness, address) = Server::witness(&bench);
    let hex = hash_of("office.example/ledger");
    let asked = |path: &str| witness.text("GET", path, "");
    assert!(
        asked(&format!("/{hex}/checkpoint")).starts_with("HTTP/1.1 404"),
        "it saw none yet"
    );
    for bundle in ["one.overt", "two.overt"] {
        bench.well(&format!(
            "export midterms --bundle '{bundle}' --log office.example/ledger --witness watchdog.example '{address}' --by alice"
        ));
        let seen = asked(&format!("/{hex}/checkpoint"));
        let text = bench.read_lossy(bundle);
        let at = text.rfind("\ncheckpoint ").unwrap();
        let mut lines = text[at + 1..].lines().skip(1);
        let (origin, size, root) = (
            lines.next().unwrap(),
            lines.next().unwrap(),
            lines.next().unwrap(),
        );
        assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
        assert!(
            seen.contains(&format!("{origin}\n{size}\n{root}\n")),
            "{seen}"
        );
        assert!(
            seen.contains("\u{2014} watchdog.example ")
                && seen.contains("\u{2014} office.example/ledger "),
            "{seen}"
        );
    }
    for path in ["/checkpoint", "/00/checkpoint", "/add-checkpoint"] {
        assert!(!asked(path).starts_with("HTTP/1.1 200"), "{path}");
    }
}

#[test]
fn two_do_not_share_a_folder() {
    let bench = Bench::new();
    bench.well("key new office.example/ledger");
    let _first = Server::witness(&bench);
    let mut words = vec!["witness", "--listen", "127.0.0.1:0"];
    words.extend(Server::WITNESS);
    let second = bench.overt(&words);
    assert!(
        second.code == 4 && second.err.contains("another"),
        "{}: {}",
        second.code,
        second.err
    );
}
