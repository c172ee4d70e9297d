//! Another front-end than the command line: gives out what a case comes to, in the same files as `overt publish`.
//!
//! usage: cargo run -p overt-publication --example publish -- CASE KEY OWN-KEY PASSPHRASE NAME FOLDER
//!
//! `KEY` is the file of the key that signs the list, without its ending; `NAME` who publishes, and `OWN-KEY` the file of their
//! own.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use overt_case::{Actor, Case, keys};
use overt_model::Timestamp;
use overt_publication::{Release, Released};

fn publish(words: &[String]) -> Result<Vec<Released>, Box<dyn Error>> {
    let [case, key, own, passphrase, name, folder] = words else {
        return Err("usage: publish CASE KEY OWN-KEY PASSPHRASE NAME FOLDER".into());
    };
    let folder = Path::new(folder);
    let key = keys::open(Path::new(key), passphrase)?;
    let own = keys::open(Path::new(own), passphrase)?;
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let mut case = Case::open(Path::new(case), None)?;
    let actor = Actor {
        by: name,
        key: &own,
        clock: &|| Timestamp(jiff::Timestamp::now().as_millisecond()),
    };
    let mut release = Release::new(&mut case, actor);
    Ok(vec![
        release.list(&folder.join("list"), &key)?,
        release.takedowns(&folder.join("takedowns"))?,
        release.package(&folder.join("package"), Some(&key))?,
        release.oversight(&folder.join("oversight"), today)?,
        release.stix(&folder.join("case.stix.json"), false)?,
        release.misp(&folder.join("case.misp.json"), false)?,
    ])
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match publish(&words) {
        Ok(all) => {
            for released in all {
                println!("{}: {} files", released.what, released.files);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
