//! How finely the data tells time, whatever the form it is written in.

use overt_model::{Precision, Timestamp};

/// Watches times go by and keeps the finest step among them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Finest {
    step: Option<Precision>,
    seen: u64,
}

impl Finest {
    pub(crate) fn see(&mut self, time: Timestamp) {
        self.seen += 1;
        // The finest possible step cannot be bettered.
        if self.step != Some(Precision::Millisecond) {
            let step = Precision::of(time);
            self.step = Some(self.step.map_or(step, |s| s.min(step)));
        }
    }

    /// The precision, once enough times were seen that whole minutes are no accident.
    pub(crate) fn known(self) -> Option<Precision> {
        if self.seen >= 20 { self.step } else { None }
    }
}
