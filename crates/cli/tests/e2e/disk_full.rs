//! A case on a disk that is really full: a small file system in memory, in a mount namespace of its own.
#![expect(clippy::print_stderr, reason = "a test that is passed over says so")]

use std::process::{Command, Output};

use crate::case::opened;
use crate::run::Bench;

/// Fills the disk with claims until one is refused, then tries to bring evidence, then makes room and goes on.
const SCRIPT: &str = r#"
mkdir small && mount -t tmpfs -o size=400k tmpfs small || exit 77
cp -r midterms midterms.secrets small/ && head -c 60000 /dev/zero >small/filler && cd small
claims=0
while "$OVERT" -q claim add midterms "company:Number $claims" is-foreign-person --by alice; do
    claims=$((claims + 1))
    [ $claims -lt 2000 ] || exit 1
done
echo "claims $claims"
"$OVERT" case check midterms
"$OVERT" evidence add midterms ../large.bin --source B2 --by alice
echo "evidence $?"
"$OVERT" case check midterms
find midterms/blobs -type f | wc -l
rm filler
"$OVERT" -q claim add midterms "company:With room" is-foreign-person --by alice
echo "with room $?"
"$OVERT" case check midterms
"#;

fn on_a_small_disk(bench: &Bench) -> Output {
    Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", SCRIPT])
        .current_dir(bench.path(""))
        .env("OVERT", env!("CARGO_BIN_EXE_overt"))
        .env("OVERT_KEYS", bench.path("keys"))
        .env("OVERT_PASSPHRASE", "a passphrase for tests")
        .output()
        .expect("unshare runs")
}

#[test]
fn what_was_acknowledged_is_there_and_the_rest_is_not() {
    let bench = opened();
    bench.file("large.bin", vec![7; 500_000]);
    let ended = on_a_small_disk(&bench);
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    if ended.status.code() == Some(77) || told.contains("unshare failed") {
        // A machine that lets nobody mount anything, even for themselves.
        eprintln!("skipped: no file system could be mounted: {told}");
        return;
    }
    assert!(ended.status.success(), "{said}{told}");
    assert_eq!(told.matches("[case.disk-full]").count(), 2, "{told}");
    let number = |of: &str| -> u64 {
        let line = said.lines().find_map(|line| line.strip_prefix(of));
        line.and_then(|n| n.split(' ').next()?.parse().ok())
            .unwrap_or_else(|| panic!("{of}: {said}"))
    };
    // The opening, two people, the election and three items were there before.
    let (claims, before) = (number("claims "), 4 + 3);
    assert!(claims > 10, "{said}");
    let entries: Vec<&str> = said
        .lines()
        .filter(|l| l.contains("what was entered"))
        .collect();
    let all = |n: u64| {
        format!("all {n} entries are what was entered, and so are the bytes of 3 items of evidence")
    };
    assert_eq!(
        entries,
        [
            all(before + claims),
            all(before + claims),
            all(before + claims + 1)
        ]
    );
    assert_eq!((number("evidence "), number("with room ")), (4, 0));
    assert!(
        said.lines().any(|line| line.trim() == "3"),
        "no more blobs than items: {said}"
    );
}
