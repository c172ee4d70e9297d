//! Another front-end than the command line: detects in a file of posts, and writes the same folder as `overt detect`.
//!
//! usage: cargo run -p overt-detection --example detect -- POSTS FOLDER [REGISTER]

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use overt_detection::{Error, Findings, Inputs, Progress, Settings, run};

/// Says what is under way, a line each.
struct Lines;

impl Progress for Lines {
    fn stage(&self, what: &str) {
        eprintln!("{what}");
    }

    fn warn(&self, what: &str) {
        eprintln!("note: {what}");
    }
}

fn detect(posts: &str, folder: &Path, register: Option<&String>) -> Result<Findings, Error> {
    let settings = Settings {
        output: folder.to_owned(),
        // What a reader types to repeat it.
        command: ["overt", "detect", posts].map(str::to_owned).to_vec(),
        register: register.map(PathBuf::from),
        ..Settings::default()
    };
    run(
        &settings,
        &Inputs::expand(&[posts.to_owned()], &[])?,
        &Lines,
    )
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [posts, folder, register @ ..] = words.as_slice() else {
        eprintln!("usage: detect POSTS FOLDER [REGISTER]");
        return ExitCode::from(2);
    };
    match detect(posts, folder.as_ref(), register.first()) {
        Ok(findings) => {
            println!(
                "{} edges in {}",
                findings.run.edges_reported,
                findings.folder.display()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("[{}] {error}", error.code());
            ExitCode::FAILURE
        }
    }
}
