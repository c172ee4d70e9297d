//! Small drawings in the page itself: they print, and need no script.

use overt_model::{Timestamp, grouped};

/// Posts per day as bars; long spans are summed so that there are at most 120.
pub(super) fn timeline(days: &[u64], first: i64) -> String {
    let step = days.len().div_ceil(120).max(1);
    let bars: Vec<u64> = days.chunks(step).map(|c| c.iter().sum()).collect();
    let most = bars.iter().max().copied().unwrap_or(0).max(1);
    let width = (720.0 / bars.len().max(1) as f64).min(40.0);
    let mut svg = format!(
        "<svg class=\"timeline\" viewBox=\"0 0 {} 96\" role=\"img\" aria-label=\"Posts in step per {}\">",
        (width * bars.len() as f64).max(300.0).ceil(),
        if step == 1 {
            "day".to_owned()
        } else {
            format!("{step} days")
        }
    );
    for (n, bar) in bars.iter().enumerate() {
        let height = 70.0 * *bar as f64 / most as f64;
        let date = Timestamp(first + (n * step) as i64 * 86_400_000).to_string();
        svg.push_str(&format!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>{}: {}</title></rect>",
            n as f64 * width,
            74.0 - height,
            (width - 1.0).max(0.5),
            &date[..10],
            grouped(*bar)
        ));
    }
    let last =
        Timestamp(first + (bars.len().saturating_sub(1) * step) as i64 * 86_400_000).to_string();
    let end = (width * bars.len() as f64).max(300.0);
    svg.push_str(&format!(
        "<text x=\"0\" y=\"90\">{}</text><text x=\"{end:.0}\" y=\"90\" text-anchor=\"end\">{}, at most {}</text></svg>",
        &Timestamp(first).to_string()[..10],
        &last[..10],
        grouped(most)
    ));
    svg
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Posts by weekday and hour as a heat map, in UTC.
pub(super) fn hours(hours: &[[u64; 24]; 7]) -> String {
    let most = hours.iter().flatten().max().copied().unwrap_or(0).max(1);
    let mut svg =
        "<svg class=\"hours\" viewBox=\"0 0 430 130\" role=\"img\" aria-label=\"Posts by weekday and hour, UTC\">".to_owned();
    for (d, day) in hours.iter().enumerate() {
        svg.push_str(&format!(
            "<text x=\"0\" y=\"{}\">{}</text>",
            d * 16 + 12,
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
            "<text x=\"{}\" y=\"126\">{h}:00</text>",
            34 + h * 16
        ));
    }
    svg + "</svg>"
}
