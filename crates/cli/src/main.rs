//! `overt`: coordinated posting and break-ins found and shown, names screened, cases kept and verified, from the command line.
//!
//! This file is the table of subcommands; each has a file of its own and only translates between the user and the
//! crates that do the work.

mod alerts;
mod case;
mod compare;
mod convert;
mod detect;
mod error;
mod evaluate;
mod help;
mod hints;
mod indicators;
mod inspect;
mod intensity;
mod interrupt;
mod lists;
mod options;
mod output;
mod ownership;
mod pages;
mod progress;
mod reading;
mod screen;
mod serve;
mod sift;
mod simulate;
mod sources;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use overt_case::entry::Action;

#[derive(Parser)]
#[command(
    name = "overt",
    version,
    about = "Find accounts that post in step more often than chance explains and break-ins in logs, screen names against sanctions lists, and keep the case",
    after_help = "Start with:\n  overt inspect posts.csv\n  overt detect posts.csv -o findings/\n  overt sift logs/ -o sightings/\n  overt lists load sdn.csv un.xml --store lists/\n  overt screen --name \"Yevgeniy Prigozhin\" --lists lists/\n  overt serve --lists lists/\n  overt case new midterms-2026 --regime eo13848 --by alice …\n  overt verify case.overt --policy policy.txt\n\nExit codes: 0 done; 1 done, but something that was asked for was not met; 2 wrong use; 3 input refused;\n4 environment (disk full, permission); 70 a bug of ours; 130 interrupted."
)]
struct Cli {
    /// Print a machine-readable summary on standard output
    #[arg(long, global = true)]
    json: bool,
    /// Print nothing but errors
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find coordinated networks in exports of posts
    Detect(Box<detect::Detect>),
    /// Say what is in a file: its format, its span, the traces it can carry
    Inspect(inspect::Inspect),
    /// Compare findings with known labels
    Evaluate(evaluate::Evaluate),
    /// Simulate an election's posts with planted groups
    Simulate(simulate::Simulate),
    /// Say what stands out in an office's logs
    Sift(Box<sift::Sift>),
    Intensity(intensity::Intensity),
    /// Load lists of indicators, and say what they have on an address, a name, a link or a digest
    Indicators(indicators::IndicatorCommand),
    /// Write findings in another format
    Convert(convert::Convert),
    /// Load sanctions lists into a store, show what is there, say what changed
    Lists(lists::Lists),
    /// Screen names and identifiers against lists
    Screen(Box<screen::Screen>),
    /// Say what newer lists change for customers who were screened already
    Rescreen(Box<screen::Rescreen>),
    /// Look at the matches of screened customers, and decide on them
    Alerts(alerts::Alerts),
    /// Put another screener's recorded answers beside ours
    Compare(compare::Compare),
    /// Say whether a company is blocked by who owns it
    Ownership(ownership::OwnershipOf),
    /// Serve screening over HTTP, with yente's API
    Serve(Box<serve::Serve>),
    /// Make keys for people, logs and witnesses; they never leave this machine
    Key(case::KeyCommand),
    /// Open a case, and enter what happened
    Case(case::CaseCommand),
    /// Admit people to a case
    Person(case::PersonCommand),
    /// Take evidence in, and give it out
    Evidence(case::EvidenceCommand),
    /// Say what evidence goes back to, under which names
    Origin(case::OriginCommand),
    /// Claim something, to be judged by evidence
    Claim(case::ClaimCommand),
    /// Seal what is to be tested, and how, before the data exist; say later how judgements came out
    Plan(case::PlanCommand),
    /// Say how much an item of evidence speaks for and against a claim's hypotheses
    Weigh(Box<case::Weigh>),
    /// Tell what was done, when and by whom, and where in which items it stands
    Fact(case::FactCommand),
    /// Disagree with the judgement of a claim, and say why
    Dissent(case::DissentOn),
    /// Judge a claim by its evidence: how likely it is, how firm that is, what it rests on
    Judge(case::Judge),
    /// Ask whether a party may be determined to meet a criterion, and what is missing
    Gate(case::GateOf),
    /// Sign that a party meets a criterion; it takes as many people as the regime says
    Determine(case::Determine),
    /// Decide to designate a party that was determined
    Designate(case::Decide),
    /// Decide to take a party off the list
    Delist(case::Decide),
    /// Decide to ask platforms to close the established accounts of a campaign
    Takedown(case::Takedown),
    /// Decide to recommend further measures on a determination
    Recommend(case::Recommend),
    /// Decide to do nothing about a party
    Decline(case::Decide),
    /// Write the notice to a party, and enter until when it may reply
    Notify(case::Notify),
    /// Give out lists, takedowns, statements of reasons, STIX, MISP and the ledger
    Publish(Box<case::Publish>),
    /// Say where a case stands: clocks, steps, what is due, what is flagged
    Status(case::Status),
    /// Withdraw an item: what rests on it is flagged, and its claims are judged again
    Withdraw(case::Withdraw),
    /// Make an item unreadable for ever, here and in every copy of the case folder
    Erase(case::Erase),
    /// Write a bundle of a case, for somebody to verify who trusts nobody here
    Export(case::Export),
    /// Verify a bundle offline: hashes, proofs, signatures, and every judgement again
    Verify(case::Verify),
    /// Have a time-stamping authority say that it saw the ledger (RFC 3161)
    Timestamp(case::StampCommand),
    /// Cosign others' checkpoints, once each is verified to continue the one before
    Witness(case::Witness),
    /// Print shell completions
    Completions(pages::Completions),
    /// Write the manual pages into a folder
    Man(pages::Man),
}

/// A server logs lines of JSON and lives through bugs in a request; everything else ends with them.
fn log(command: &Command) {
    let said = std::env::var("OVERT_LOG").ok();
    let subscriber = tracing_subscriber::fmt().with_writer(std::io::stderr);
    if let Command::Serve(serve) = command {
        let filter = said.as_deref().unwrap_or(serve.log_filter());
        subscriber.json().with_env_filter(filter).init();
        error::watch_for_bugs_in_requests();
    } else {
        error::watch_for_bugs();
        subscriber.with_env_filter(said.unwrap_or_default()).init();
    }
}

fn main() -> ExitCode {
    let cli: Cli = help::parse();
    log(&cli.command);
    let terminal = terminal::Terminal::new(cli.json, cli.quiet);
    let done = match cli.command {
        Command::Detect(command) => command.run(&terminal),
        Command::Inspect(command) => command.run(&terminal),
        Command::Evaluate(command) => command.run(&terminal),
        Command::Indicators(command) => command.run(&terminal),
        Command::Simulate(command) => command.run(&terminal),
        Command::Sift(command) => command.run(&terminal),
        Command::Intensity(command) => command.run(&terminal),
        Command::Convert(command) => command.run(&terminal),
        Command::Lists(command) => command.run(&terminal),
        Command::Screen(command) => command.run(&terminal),
        Command::Rescreen(command) => command.run(&terminal),
        Command::Alerts(command) => command.run(&terminal),
        Command::Compare(command) => command.run(&terminal),
        Command::Ownership(command) => command.run(&terminal),
        Command::Serve(command) => command.run(&terminal),
        Command::Key(command) => command.run(&terminal),
        Command::Case(command) => command.run(&terminal),
        Command::Person(command) => command.run(&terminal),
        Command::Evidence(command) => command.run(&terminal),
        Command::Origin(command) => command.run(&terminal),
        Command::Claim(command) => command.run(&terminal),
        Command::Plan(command) => command.run(&terminal),
        Command::Weigh(command) => command.run(&terminal),
        Command::Fact(command) => command.run(&terminal),
        Command::Dissent(command) => command.run(&terminal),
        Command::Judge(command) => command.run(&terminal),
        Command::Gate(command) => command.run(&terminal),
        Command::Determine(command) => command.run(&terminal),
        Command::Designate(command) => command.run(Action::Designate, &terminal),
        Command::Delist(command) => command.run(Action::Delist, &terminal),
        Command::Takedown(command) => command.run(&terminal),
        Command::Notify(command) => command.run(&terminal),
        Command::Publish(command) => command.run(&terminal),
        Command::Timestamp(command) => command.run(&terminal),
        Command::Witness(command) => command.run(&terminal),
        Command::Recommend(command) => command.run(&terminal),
        Command::Decline(command) => command.run(Action::Decline, &terminal),
        Command::Status(command) => command.run(&terminal),
        Command::Withdraw(command) => command.run(&terminal),
        Command::Erase(command) => command.run(&terminal),
        Command::Export(command) => command.run(&terminal),
        Command::Verify(command) => command.run(&terminal),
        Command::Completions(command) => command.run::<Cli>(&terminal),
        Command::Man(command) => command.run::<Cli>(&terminal),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => terminal.fail(&error),
    }
}
