//! How posts are read, of commands that count no pairs of accounts.

use std::path::PathBuf;

use clap::Args;
use overt_intake::Settings;

use crate::error::CliError;
use crate::options::{FormatWord, Options};

/// What exports are and how they are written, where that shall not be told from them.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct Reading {
    /// The format, if it shall not be recognised
    #[arg(long, value_name = "FORMAT", value_parser = FormatWord::parser())]
    pub(crate) format: Option<FormatWord>,
    /// What a column says, as role=name, such as account=user
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',')]
    pub(crate) column: Vec<String>,
    /// The form of times, such as %d/%m/%Y %H:%M
    #[arg(long, value_name = "FORM")]
    pub(crate) time_format: Option<String>,
    /// The zone of times that name none, such as Europe/Berlin or +02:00
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// The encoding of text, such as latin1
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
    /// Largest share of rows that may be rejected [default: 0.05]
    #[arg(long, value_name = "SHARE")]
    pub(crate) max_rejects: Option<f64>,
    /// Quotes mean nothing in delimited text
    #[arg(long)]
    pub(crate) no_quotes: bool,
}

impl Reading {
    /// How posts are read, with a mapping of one's own and the platform of those that name none.
    pub(crate) fn intake(
        &self,
        map: Option<PathBuf>,
        platform: Option<String>,
    ) -> Result<Settings, CliError> {
        let options = Options {
            format: self.format,
            column: self.column.clone(),
            map,
            time_format: self.time_format.clone(),
            time_zone: self.time_zone.clone(),
            encoding: self.encoding.clone(),
            max_rejects: self.max_rejects,
            no_quotes: self.no_quotes,
            platform,
            ..Options::default()
        };
        options.intake()
    }
}
