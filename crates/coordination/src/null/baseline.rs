//! What is kept of accounts and objects whatever the window.

use overt_model::ParseError;
use serde::{Deserialize, Serialize};

use super::blocks::{Blocks, TopicSettings};
use super::habit::Habit;
use crate::events::Events;

/// A null model by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum NullModel {
    /// Blocks and habit.
    #[default]
    Blocks,
    /// One block, no habit: activity × popularity × time profile.
    Plain,
    /// Participation from the bipartite configuration model.
    Bicm,
}

impl NullModel {
    /// The name in settings and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Plain => "plain",
            Self::Bicm => "bicm",
        }
    }
}

impl std::str::FromStr for NullModel {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        [Self::Blocks, Self::Plain, Self::Bicm]
            .into_iter()
            .find(|m| m.name() == text)
            .ok_or_else(|| ParseError {
                what: "null model",
                given: text.to_owned(),
                hint: "use blocks, plain or bicm",
            })
    }
}

/// How rates are estimated from encounters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RateModel {
    /// By near shares drawn towards what is seen elsewhere, what chance does not explain kept out.
    #[default]
    Shared,
    /// As they are: every encounter of a block over the square of its events, those in question too.
    Raw,
}

/// What is kept of accounts and objects whatever the window: blocks and habits.
pub struct Baseline {
    /// Blocks and activity in them.
    pub blocks: Blocks,
    /// Latency bins and habits.
    pub habit: Habit,
    pub(super) model: NullModel,
    /// How rates are estimated from encounters.
    pub(super) rates: RateModel,
}

impl Baseline {
    /// Estimates the baseline of a null model from the events.
    pub fn estimate(
        events: &Events,
        model: NullModel,
        rates: RateModel,
        topics: &TopicSettings,
    ) -> Self {
        match model {
            NullModel::Blocks => Self {
                rates,
                ..Self::with_blocks(events, Blocks::find(events, topics))
            },
            NullModel::Plain | NullModel::Bicm => Self {
                blocks: Blocks::one(events),
                habit: Habit::none(events),
                model,
                rates: RateModel::Raw,
            },
        }
    }

    /// The same for a copy in which accounts changed places within latency bins.
    pub(crate) fn of_copy(&self, events: &Events) -> Self {
        Self {
            blocks: self.blocks.of_copy(events),
            habit: self.habit.clone(),
            model: self.model,
            rates: self.rates,
        }
    }

    /// Blocks known from elsewhere, with habit, every encounter counted as it is.
    pub fn with_blocks(events: &Events, blocks: Blocks) -> Self {
        Self {
            blocks,
            habit: Habit::estimate(events),
            model: NullModel::Blocks,
            rates: RateModel::Raw,
        }
    }
}
