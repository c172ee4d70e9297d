//! Walking along ordered times with a window.

/// The part of some ordered times within a window of one. Ask of one time after another, in order: it only moves on.
#[derive(Debug, Default)]
pub(crate) struct Around {
    from: usize,
    to: usize,
}

impl Around {
    /// How many of the times are within the window of `t`.
    pub(crate) fn count(&mut self, times: &[i64], t: i64, window: i64) -> usize {
        while self.from < times.len() && t - times[self.from] > window {
            self.from += 1;
        }
        self.to = self.to.max(self.from);
        while self.to < times.len() && times[self.to] - t <= window {
            self.to += 1;
        }
        self.to - self.from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_within_the_window_are_counted_as_time_goes_by() {
        let times = [0, 5, 9, 30];
        let mut around = Around::default();
        let counts = [-9, 0, 4, 7, 12, 31, 90].map(|t| around.count(&times, t, 5));
        assert_eq!(counts, [0, 2, 3, 2, 1, 1, 0]);
    }
}
