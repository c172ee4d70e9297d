//! Small drawings in the page itself: they print, and need no script. Their words stand beside them as HTML, so that they
//! are as large on a telephone as everywhere.

use overt_model::grouped;

use super::markup::moment;

/// Bars at most.
const BARS: i64 = 120;
/// Steps of a time line, in milliseconds, with their names.
const STEPS: [(i64, &str); 8] = [
    (60_000, "minute"),
    (600_000, "10 minutes"),
    (3_600_000, "hour"),
    (6 * 3_600_000, "6 hours"),
    (86_400_000, "day"),
    (7 * 86_400_000, "week"),
    (28 * 86_400_000, "4 weeks"),
    (364 * 86_400_000, "52 weeks"),
];

/// Numbers as bars, each with its name; those that matter stand out.
pub(super) fn bars(label: &str, bars: &[(String, u64, bool)]) -> String {
    let most = bars.iter().map(|b| b.1).max().unwrap_or(0).max(1);
    let rows: Vec<String> = bars
        .iter()
        .map(|(name, n, stands_out)| {
            format!(
                "<div{}><span>{name}</span><svg viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
                 <rect width=\"{:.1}\" height=\"1\"/></svg><span>{}</span></div>",
                if *stands_out { " class=\"own\"" } else { "" },
                100.0 * *n as f64 / most as f64,
                grouped(*n)
            )
        })
        .collect();
    format!(
        "<div class=\"bars\" role=\"group\" aria-label=\"{label}\">{}</div>",
        rows.concat()
    )
}

/// Moments on a line of time, in as many steps as can be told apart.
pub(super) struct Line {
    from: i64,
    step: i64,
    unit: &'static str,
    steps: i64,
}

impl Line {
    pub(super) fn over(first: i64, last: i64) -> Self {
        let fits = |step: i64| (last - first) / step < BARS;
        let known = STEPS.iter().find(|(step, _)| fits(*step));
        let (step, unit) = known
            .copied()
            .unwrap_or((((last - first) / BARS).max(1), "step"));
        let from = first.div_euclid(step) * step;
        Self {
            from,
            step,
            unit,
            steps: (last - from).div_euclid(step) + 1,
        }
    }

    fn place(&self, time: i64) -> usize {
        ((time - self.from).div_euclid(self.step)).clamp(0, self.steps - 1) as usize
    }

    /// So many posts in each step, as bars.
    pub(super) fn bars(&self, times: impl Iterator<Item = i64>) -> String {
        let mut counts = vec![0u64; self.steps as usize];
        times.for_each(|t| counts[self.place(t)] += 1);
        let most = counts.iter().max().copied().unwrap_or(0).max(1);
        let bars: Vec<String> = (0..)
            .zip(&counts)
            .filter(|(_, n)| **n > 0)
            .map(|(k, n)| {
                let height = 100.0 * *n as f64 / most as f64;
                format!(
                    "<rect x=\"{k}.08\" y=\"{:.1}\" width=\".84\" height=\"{height:.1}\"><title>{}: {}</title></rect>",
                    100.0 - height,
                    moment(self.from + i64::from(k) * self.step),
                    grouped(*n)
                )
            })
            .collect();
        format!(
            "<figure class=\"line\"><figcaption>Posts in step per {}, at most {}</figcaption>\
             <svg class=\"high\" viewBox=\"0 0 {} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Posts in step per {}\">{}</svg>{}</figure>",
            self.unit,
            grouped(most),
            self.steps,
            self.unit,
            bars.concat(),
            self.ends()
        )
    }

    /// When each of a few posted, in rows one under the other.
    pub(super) fn rows(&self, rows: &[(String, Vec<i64>)]) -> String {
        let rows: Vec<String> = rows
            .iter()
            .map(|(name, times)| {
                let places: std::collections::BTreeSet<usize> =
                    times.iter().map(|t| self.place(*t)).collect();
                let ticks: Vec<String> = places.iter().map(|k| format!("M{k}.5 0v1")).collect();
                format!(
                    "<div><span>{name}</span><svg viewBox=\"0 0 {} 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
                     <path d=\"{}\"/></svg></div>",
                    self.steps,
                    ticks.concat()
                )
            })
            .collect();
        format!("<div class=\"rows\">{}</div>", rows.concat())
    }

    fn ends(&self) -> String {
        format!(
            "<p class=\"ends\"><span>{}</span><span>{}</span></p>",
            moment(self.from),
            moment(self.from + self.steps * self.step)
        )
    }
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Posts by weekday and hour as a heat map, in UTC.
pub(super) fn hours(hours: &[[u64; 24]; 7]) -> String {
    let most = hours.iter().flatten().max().copied().unwrap_or(0).max(1);
    let mut svg =
        "<svg class=\"hours\" viewBox=\"0 0 430 132\" role=\"img\" aria-label=\"Posts by weekday and hour, UTC\">".to_owned();
    for (d, day) in hours.iter().enumerate() {
        svg.push_str(&format!(
            "<text x=\"0\" y=\"{}\">{}</text>",
            d * 16 + 13,
            DAYS[d]
        ));
        for (h, n) in day.iter().enumerate() {
            svg.push_str(&format!(
                "<rect x=\"{}\" y=\"{}\" width=\"15\" height=\"15\" fill-opacity=\"{:.2}\"><title>{} {h}:00 UTC: {}</title></rect>",
                34 + h * 16,
                d * 16,
                0.06 + 0.94 * *n as f64 / most as f64,
                DAYS[d],
                grouped(*n)
            ));
        }
    }
    for h in [0, 6, 12, 18] {
        svg.push_str(&format!(
            "<text x=\"{}\" y=\"128\">{h}:00</text>",
            34 + h * 16
        ));
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_few_steps_and_loses_nothing() {
        for span in [
            0,
            1,
            59_999,
            3_600_000,
            86_400_000 * 40,
            86_400_000 * 4_000,
            i64::from(i32::MAX) * 100_000,
        ] {
            let line = Line::over(1_600_000_000_123, 1_600_000_000_123 + span);
            assert!(
                line.steps >= 1 && line.steps <= BARS + 1,
                "{span}: {}",
                line.steps
            );
            assert_eq!(
                line.place(1_600_000_000_123 + span),
                line.steps as usize - 1
            );
        }
    }
}
