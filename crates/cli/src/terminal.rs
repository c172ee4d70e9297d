//! The one voice on the terminal: what is said, where, and how progress looks.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use overt_intake::Watch;
use overt_model::visible;
use overt_model::visible::hides;

use crate::error::CliError;

/// Speaks to the user: results on standard output, everything else on standard error.
pub(crate) struct Terminal {
    json: bool,
    quiet: bool,
    is_terminal: bool,
}

impl Terminal {
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self {
            json,
            quiet,
            is_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// Says a result: words for people, or a value for machines.
    pub(crate) fn result(&self, words: &str, value: &serde_json::Value) {
        if self.json {
            self.print(&escape(&format!("{value:#}\n")));
        } else if !self.quiet {
            self.print(&format!("{}\n", visible(words.trim_end())));
        }
    }

    /// Prints text that was asked for, as it is.
    #[allow(clippy::unused_self)] // All that is said goes through the voice.
    pub(crate) fn print(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) else {
            return;
        };
        if error.kind() == ErrorKind::BrokenPipe {
            // Whoever read it has seen enough.
            std::process::exit(0);
        }
        let error = CliError::Environment(format!("[output.failed] standard output: {error}"));
        eprintln!("overt: {error}");
        std::process::exit(i32::from(error.exit_code()));
    }

    /// Something worth knowing that does not stop the work.
    pub(crate) fn warn(&self, words: &str) {
        if !self.quiet {
            eprintln!("note: {}", visible(words));
        }
    }

    /// Ends with an error.
    #[allow(clippy::unused_self)]
    pub(crate) fn fail(&self, error: &CliError) -> ExitCode {
        if !matches!(error, CliError::NobodyReads) {
            eprintln!("overt: {}", visible(&error.to_string()));
        }
        ExitCode::from(error.exit_code())
    }

    /// A bar over the bytes read, fed from the watch's counters until dropped.
    pub(crate) fn reading(&self, total: u64, watch: &Watch) -> Reading {
        if total > 0 && !self.quiet && !self.is_terminal {
            eprintln!("reading {} MB", total.div_ceil(1 << 20));
        }
        self.following("reading", total, watch)
    }

    /// A bar over the bytes of a file that are worked through, fed from the watch's counters until dropped.
    pub(crate) fn following(&self, what: &'static str, total: u64, watch: &Watch) -> Reading {
        let bar = if self.quiet || !self.is_terminal {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(total)
        };
        let style = "{prefix} {wide_bar} {bytes}/{total_bytes}  {msg}  {bytes_per_sec}, {eta} left";
        bar.set_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_prefix(what);
        let (done, look) = (bar.clone(), watch.clone());
        let worker = (self.is_terminal && !self.quiet).then(|| {
            std::thread::spawn(move || {
                while !done.is_finished() {
                    done.set_position(look.bytes.load(Ordering::Relaxed));
                    let posts = look.posts.load(Ordering::Relaxed);
                    if posts > 0 {
                        done.set_message(format!("{posts} posts"));
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
            })
        });
        Reading { bar, worker }
    }

    /// A bar over the bytes of a file that is worked through.
    pub(crate) fn working(&self, what: &'static str, total: u64) -> ProgressBar {
        if self.quiet || !self.is_terminal {
            return ProgressBar::hidden();
        }
        let style = "{msg} {wide_bar} {percent} %, {eta} left";
        let style = ProgressStyle::with_template(style);
        let bar = ProgressBar::new(total).with_message(what);
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }

    /// A spinner for work whose length is not known, or a plain line.
    pub(crate) fn stage(&self) -> Stage {
        let bar = if self.quiet || !self.is_terminal {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        bar.enable_steady_tick(Duration::from_millis(100));
        bar.set_style(
            ProgressStyle::with_template("{spinner} {msg}  {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        Stage {
            bar,
            plain: !self.is_terminal && !self.quiet,
        }
    }
}

/// A bar over bytes read.
pub(crate) struct Reading {
    bar: ProgressBar,
    worker: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        if let Some(worker) = self.worker.take() {
            // It only draws; if it fell over, nothing is lost.
            let _ = worker.join();
        }
    }
}

/// Stages of work.
pub(crate) struct Stage {
    bar: ProgressBar,
    plain: bool,
}

impl Stage {
    pub(crate) fn say(&self, what: &str) {
        if self.plain {
            eprintln!("{}", visible(what));
        }
        self.bar.set_message(visible(what));
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// JSON that says the same without characters that a terminal obeys: where they stand, in strings, JSON can spell them.
fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if hides(c) {
            let units = &mut [0; 2];
            for unit in c.encode_utf16(units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_without_what_terminals_obey() {
        let value = serde_json::json!({"a\u{9b}": "b\u{1b}[2J\u{202e}c\u{e0041}\td"});
        let json = escape(&format!("{value:#}"));
        assert!(!json.chars().any(hides), "{json}");
        let back: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back, value);
    }
}
