//! Numbers as people read them.

/// A whole number with its digits in groups of three.
///
/// ```
/// assert_eq!(overt_model::grouped(1_234_567), "1,234,567");
/// ```
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many of something: the word for one, or for several.
///
/// ```
/// assert_eq!(overt_model::counted(1, "party", "parties"), "1 party");
/// assert_eq!(overt_model::counted(14_770, "account", "accounts"), "14,770 accounts");
/// ```
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}
