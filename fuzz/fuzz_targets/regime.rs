//! Any text as a regime: it is read, or each fault is told with its line. And the order's own regime with one line changed,
//! so that what looks at single fields is reached.
#![no_main]

use libfuzzer_sys::fuzz_target;
use overt_attribution::Regime;

const ORDER: &str = include_str!("../../regimes/eo13848/regime.toml");

fuzz_target!(|data: (u16, &str)| {
    let (line, text) = data;
    let _ = Regime::read(text).map_err(|faults| assert!(!faults.to_string().is_empty()));
    let lines: Vec<&str> = ORDER.lines().collect();
    let line = usize::from(line) % lines.len();
    let mut changed = lines.clone();
    changed[line] = text;
    if let Err(faults) = Regime::read(&changed.join("\n")) {
        assert!(!faults.to_string().is_empty());
    }
});
