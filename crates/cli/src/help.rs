//! The overview of the commands: grouped by what people come for, from the one definition of the command line.

use std::fmt::Write;

use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};

/// What people come for, and the commands for it.
const GROUPS: [(&str, &[&str]); 6] = [
    (
        "Find who posts in step",
        &[
            "inspect",
            "detect",
            "evaluate",
            "intensity",
            "convert",
            "simulate",
        ],
    ),
    ("Find break-ins in logs", &["sift", "indicators"]),
    (
        "Screen names, customers and owners",
        &[
            "lists",
            "screen",
            "rescreen",
            "alerts",
            "compare",
            "ownership",
            "serve",
        ],
    ),
    (
        "Decide on a case",
        &[
            "key",
            "case",
            "person",
            "evidence",
            "origin",
            "claim",
            "plan",
            "weigh",
            "judge",
            "fact",
            "dissent",
            "gate",
            "determine",
            "designate",
            "delist",
            "takedown",
            "recommend",
            "decline",
            "notify",
            "publish",
            "status",
            "withdraw",
            "erase",
        ],
    ),
    (
        "Verify what others say",
        &["export", "verify", "timestamp", "witness"],
    ),
    ("Set up the shell", &["completions", "man"]),
];

/// The command line's arguments; an overview of the commands where it is asked for.
pub(crate) fn parse<C: CommandFactory + FromArgMatches>() -> C {
    let command = grouped(C::command());
    let matches: ArgMatches = command.clone().get_matches();
    C::from_arg_matches(&matches).unwrap_or_else(|error| {
        error.format(&mut command.clone()).exit();
    })
}

fn grouped(command: Command) -> Command {
    let overview = overview(&command);
    command.help_template(format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{overview}Options:\n{{options}}\n\n{{after-help}}"
    ))
}

fn overview(command: &Command) -> String {
    let mut text = String::new();
    for (title, names) in GROUPS {
        let _ = writeln!(text, "{title}:");
        for name in names {
            let about = command
                .find_subcommand(name)
                .and_then(Command::get_about)
                .map(ToString::to_string)
                .unwrap_or_default();
            let _ = writeln!(text, "  {name:<12} {about}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        let command = crate::Cli::command();
        let there: BTreeSet<&str> = command.get_subcommands().map(Command::get_name).collect();
        let grouped: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        let once: BTreeSet<&str> = grouped.iter().copied().collect();
        assert_eq!(grouped.len(), once.len());
        assert_eq!(there, once);
    }
}
