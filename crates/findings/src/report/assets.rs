//! Script and style of the page, and the policy that lets in these and nothing else.

use sha2::Digest;

use crate::graph::palette::hue;

/// Sorting tables, finding accounts, drawing a network, and what puts them together on this page.
const SCRIPTS: [&str; 4] = [
    include_str!("web/table.js"),
    include_str!("web/finder.js"),
    include_str!("web/network.js"),
    include_str!("web/page.js"),
];
const STYLES: [&str; 2] = [
    include_str!("web/page.css"),
    include_str!("web/network.css"),
];

/// The script of the page.
pub(super) fn script() -> String {
    SCRIPTS.concat()
}

/// The style of the page, with the colours of so many campaigns.
pub(super) fn style(campaigns: usize) -> String {
    let colour = |n| format!(".k{n}{{--k:{}}}", hue(n));
    let colours: Vec<String> = (0..campaigns).map(colour).collect();
    STYLES.concat() + &colours.concat()
}

/// The content policy: nothing is loaded from anywhere, and no other script or style runs. Pictures that are saved are made
/// in the page itself.
pub(super) fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data: blob:; base-uri 'none'; form-action 'none'",
        sha256_base64(style),
        sha256_base64(script)
    )
}

fn sha256_base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = sha2::Sha256::digest(text.as_bytes());
    let mut out = String::new();
    for chunk in digest.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for k in 0..4 {
            let digit = if k <= chunk.len() {
                char::from(DIGITS[(n >> (18 - 6 * k) & 63) as usize])
            } else {
                '='
            };
            out.push(digit);
        }
    }
    out
}
