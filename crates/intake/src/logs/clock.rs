//! Lines whose clock was wrong: a few that lie far out of the time of the lines before and after them in their file.
//!
//! Days are judged in order, so that one line of 2034 would end all days after it. But logs may truly be silent for long.
//! What tells the two apart is whether time comes back: records after a jump are held until it is known.
//!
//! ```text
//! … 2 April, 2 April, [9 June 2034], 2 April …          rejected
//! … 2 April, 2 April, [5 June], 5 June, 5 June …        a silence
//! ```

use overt_model::log::{LogPlace, LogRecord};

/// A step between two records that is no jump, in milliseconds: two days.
const STEP: i64 = 2 * 86_400_000;
/// A jump further than this is one of a year or more, as far as anybody can tell, and is held for longer.
const FAR: i64 = 300 * 86_400_000;
/// Records in step before a jump that is not far, without which the file may simply not be in order of time.
const STEADY: usize = 50;
/// A first record so long before the second has the time of a clock that nobody had set: two years.
const UNSET: i64 = 730 * 86_400_000;
/// As many records after a jump show that time went on there.
const FEW: usize = 3;
/// The same after a far one: a machine may take some lines to set its clock.
const MANY: usize = 100;

/// A record with its place.
pub(super) type Placed = (LogRecord<'static>, LogPlace);

/// Records that are held until it is known whether their clock was right.
#[derive(Default)]
pub(super) struct Held {
    /// The time before them, unless the file begins with them.
    before: Option<i64>,
    /// Records in step since the last jump.
    steady: usize,
    records: Vec<Placed>,
}

/// What is known of records that were held.
#[derive(Debug, PartialEq)]
pub(super) enum Earlier {
    /// There are none, or it is not known yet.
    Wait,
    /// Their clock was right.
    Right(Vec<Placed>),
    /// It was wrong.
    Wrong(Vec<Placed>),
}

impl Held {
    /// Looks at the time of the next record: what is known now of those that are held, and whether it goes on itself,
    /// after them, or is to be held.
    pub(super) fn next(&mut self, time: i64) -> (Earlier, bool) {
        let earlier = self.known(time);
        let goes = self.records.is_empty() && self.before.is_some_and(|b| is_step(time - b));
        if goes {
            self.before = Some(time);
            self.steady += 1;
        }
        (earlier, goes)
    }

    fn known(&mut self, time: i64) -> Earlier {
        let Some((last, _)) = self.records.last() else {
            return Earlier::Wait;
        };
        if !is_step(time - last.time.0) {
            return if self.came_back(time) {
                Earlier::Wrong(std::mem::take(&mut self.records))
            } else {
                self.release()
            };
        }
        if self.is_enough() {
            self.release()
        } else {
            Earlier::Wait
        }
    }

    /// Holds a record.
    pub(super) fn hold(&mut self, record: Placed) {
        self.records.push(record);
    }

    /// The file is over.
    pub(super) fn end(mut self) -> Earlier {
        let is_out = self.jump().is_some_and(|jump| jump.abs() > FAR) && self.records.len() <= FEW;
        if is_out {
            return Earlier::Wrong(self.records);
        }
        self.release()
    }

    /// Whether what is held is known to be right if the next one is no jump.
    fn is_enough(&self) -> bool {
        let far = self.jump().is_some_and(|jump| jump.abs() > FAR);
        self.records.len() >= if far { MANY } else { FEW }
    }

    /// From the record before to the first that is held.
    fn jump(&self) -> Option<i64> {
        let first = self.records.first()?.0.time.0;
        Some(first - self.before?)
    }

    /// Whether time comes back to where it was before the jump, or to before the first records of a file.
    fn came_back(&self, time: i64) -> bool {
        let (Some(first), Some(last)) = (self.records.first(), self.records.last()) else {
            return false;
        };
        let (first, last) = (first.0.time.0, last.0.time.0);
        let Some(before) = self.before else {
            // A file may begin long before it goes on; a first line of another decade is a clock that was not set yet.
            return last - time > FAR && self.records.len() <= FEW
                || time - last > UNSET && self.records.len() == 1;
        };
        let jump = first - before;
        let is_back = if jump > 0 {
            time < first - STEP && time >= before - STEP
        } else {
            time > last + STEP && time >= before - STEP
        };
        let is_few = self.records.len() <= FEW && self.steady >= STEADY;
        is_back && !is_step(jump) && (is_few || jump.abs() > FAR)
    }

    fn release(&mut self) -> Earlier {
        if self.jump().is_some_and(|jump| !is_step(jump)) {
            self.steady = 0;
        }
        if let Some((last, _)) = self.records.last() {
            self.before = Some(last.time.0);
        }
        Earlier::Right(std::mem::take(&mut self.records))
    }
}

fn is_step(apart: i64) -> bool {
    apart.abs() <= STEP
}

#[cfg(test)]
mod tests {
    use overt_model::Timestamp;
    use overt_model::log::{Logged, Lookup};

    use super::*;

    /// The days of the records that go on and that are rejected, each in order.
    fn judged(days: &[i64]) -> (Vec<i64>, Vec<i64>) {
        let day = |placed: &Placed| placed.0.time.0 / 86_400_000;
        let (mut held, mut right, mut wrong) = (Held::default(), Vec::new(), Vec::new());
        let mut take = |earlier: Earlier, right: &mut Vec<i64>| match earlier {
            Earlier::Wait => {}
            Earlier::Right(all) => right.extend(all.iter().map(day)),
            Earlier::Wrong(all) => wrong.extend(all.iter().map(day)),
        };
        for n in days {
            let time = n * 86_400_000;
            let record = LogRecord {
                time: Timestamp(time),
                what: Logged::Lookup(Lookup::default()),
            };
            let (earlier, goes) = held.next(time);
            take(earlier, &mut right);
            if goes {
                right.push(*n);
            } else {
                held.hold((record, LogPlace::default()));
            }
        }
        take(held.end(), &mut right);
        (right, wrong)
    }

    fn ordinary() -> Vec<i64> {
        (0..60).map(|n| 19_800 + n / 4).collect()
    }

    #[test]
    fn a_few_lines_out_of_their_time_are_rejected_wherever_they_stand() {
        for (at, out) in [
            (30, vec![23_000]),
            (30, vec![10_000]),
            (55, vec![19_900]),
            (0, vec![23_000]),
            (0, vec![10_000]),
            (60, vec![23_000]),
            (60, vec![10_000]),
            (30, vec![23_000; 40]),
            (2, vec![23_000; 2]),
        ] {
            let mut days = ordinary();
            days.splice(at..at, out.clone());
            assert_eq!(judged(&days), (ordinary(), out), "at {at}");
        }
        let mut two = ordinary();
        two.insert(40, 23_000);
        two.insert(20, 24_000);
        assert_eq!(judged(&two), (ordinary(), vec![24_000, 23_000]));
    }

    #[test]
    fn silences_and_steps_back_are_none() {
        let silent = |gap: i64| -> Vec<i64> {
            let after = ordinary().iter().map(|day| day + gap).collect::<Vec<_>>();
            [ordinary(), after].concat()
        };
        let seldom: Vec<i64> = (0..40).map(|n| 19_000 + n * 30).collect();
        let two_servers = [ordinary(), ordinary()].concat();
        let newest_first: Vec<i64> = ordinary().into_iter().rev().collect();
        for days in [
            silent(20),
            silent(400),
            seldom,
            two_servers,
            newest_first,
            vec![19_000],
        ] {
            assert_eq!(judged(&days), (days.clone(), vec![]));
        }
    }
}
