//! Every command in the tutorials is run, and says what the tutorial shows.
//!
//! In a tutorial's block of `console`, a line that begins with `$ ` is typed, and what follows is what it says. `…` stands
//! for anything within a line, and a line of nothing else for any lines.

use std::path::Path;
use std::process::Command;

use crate::run::Bench;

/// A command and what it should say.
struct Step {
    line: usize,
    typed: String,
    said: Vec<String>,
}

/// The steps of a page.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut inside, mut continued) = (false, false);
    for (line, text) in (1..).zip(page.lines()) {
        match text {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => {
                let typed = text.strip_prefix("$ ");
                if let Some(typed) = typed {
                    steps.push(Step {
                        line,
                        typed: typed.to_owned(),
                        said: Vec::new(),
                    });
                } else if let Some(step) = steps.last_mut() {
                    if continued {
                        step.typed.push('\n');
                        step.typed.push_str(text);
                    } else {
                        step.said.push(text.to_owned());
                    }
                }
                continued = text.ends_with('\\');
            }
        }
    }
    steps
}

/// What a command says on a terminal once its progress is gone: results, and notes and errors before them.
fn run(bench: &Bench, typed: &str) -> Vec<String> {
    let overt = assert_cmd::cargo::cargo_bin("overt");
    let folder = overt.parent().unwrap().to_string_lossy().into_owned();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let out = Command::new("bash")
        .args(["-c", typed])
        .current_dir(bench.path("."))
        .env("PATH", path)
        .env("HOME", bench.path("home"))
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_STATE_HOME")
        .env_remove("OVERT_KEYS")
        .env_remove("COLUMNS")
        .env("OVERT_PASSPHRASE", "a passphrase for tests")
        .output()
        .expect("bash");
    let errors = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{typed}: {errors}");
    let told = errors.lines().skip_while(|l| !is_told(l));
    let told = told.filter(|l| is_told(l) || l.starts_with("  "));
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    told.chain(said.lines()).map(str::to_owned).collect()
}

fn is_told(line: &str) -> bool {
    line.starts_with("note: ") || line.starts_with("overt: ")
}

/// Whether a line is as shown, with `…` for anything.
fn is_line(shown: &str, said: &str) -> bool {
    let Some((before, after)) = shown.split_once('…') else {
        return shown.trim_end() == said.trim_end();
    };
    let Some(rest) = said.strip_prefix(before) else {
        return false;
    };
    let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.into_iter().any(|at| is_line(after, &rest[at..]))
}

/// Whether lines are as shown, with a line `…` for any lines.
fn is_as_shown(shown: &[String], said: &[String]) -> bool {
    match shown.split_first() {
        None => said.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=said.len()).any(|skipped| is_as_shown(rest, &said[skipped..]))
        }
        Some((first, rest)) => said
            .split_first()
            .is_some_and(|(line, left)| is_line(first, line) && is_as_shown(rest, left)),
    }
}

fn check(name: &str, fewest: usize) {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let page = std::fs::read_to_string(docs.join(name)).unwrap();
    let steps = steps(&page);
    assert!(steps.len() >= fewest, "{name} has {} commands", steps.len());
    let bench = Bench::new();
    for step in steps {
        let said = run(&bench, &step.typed);
        assert!(
            is_as_shown(&step.said, &said),
            "{name}:{}: $ {}\nshown:\n{}\nsaid:\n{}",
            step.line,
            step.typed,
            step.said.join("\n"),
            said.join("\n")
        );
    }
}

#[test]
fn a_first_investigation() {
    check("tutorial.md", 8);
}

#[test]
fn from_a_finding_to_a_case() {
    check("tutorial-case.md", 15);
}

#[test]
fn screening_customers() {
    check("tutorial-screening.md", 8);
}

#[test]
fn what_differs_from_what_is_shown_is_noticed() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let said = lines("a 12 b\nc\nd\ne");
    assert!(is_as_shown(&lines("a … b\n…\ne"), &said));
    for wrong in ["a … b\n…\nf", "a 12 b\nc\nd", "a … c\n…", "…\nc"] {
        assert!(!is_as_shown(&lines(wrong), &said), "{wrong}");
    }
    let page = "```console\n$ overt x \\\n    y\nsaid\n$ z\n```\nno\n";
    let steps = steps(page);
    assert_eq!(
        (steps.len(), steps[0].said.len(), steps[1].said.len()),
        (2, 1, 0)
    );
}
