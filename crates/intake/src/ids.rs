//! Ids that went through a program that takes them for numbers.

/// Whether a spreadsheet wrote an id as a number with an exponent: `1.47E+18`.
#[inline]
pub(crate) fn is_rounded(id: &str) -> bool {
    // The sign alone tells nearly all apart.
    matches!(id.as_bytes(), [.., b'E' | b'e', b'+', _, _]) && is_exponential(id.as_bytes())
        || fraction(id).is_some_and(|number| number.len() > EXACT)
}

/// Digits of numbers that a fraction in binary keeps whole.
const EXACT: usize = 15;

/// An id that a program took for a number with a fraction, `700017.0`, without it; nothing where it is none, or where digits
/// were lost.
#[inline]
pub fn without_fraction(id: &str) -> Option<&str> {
    fraction(id).filter(|number| number.len() <= EXACT)
}

#[inline]
fn fraction(id: &str) -> Option<&str> {
    let number = id.strip_suffix(".0")?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(number)
}

fn is_exponential(bytes: &[u8]) -> bool {
    let [number @ .., _, _, a, b] = bytes else {
        return false;
    };
    let mut dots = 0;
    bytes.len() <= 24
        && a.is_ascii_digit()
        && b.is_ascii_digit()
        && number.first().is_some_and(u8::is_ascii_digit)
        && number.iter().all(|c| {
            dots += u8::from(*c == b'.' || *c == b',');
            c.is_ascii_digit() || *c == b'.' || *c == b','
        })
        && dots <= 1
}

/// How often ids of many digits end in two noughts: one in a hundred, unless their last digits were lost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ends {
    long: u64,
    round: u64,
}

impl Ends {
    #[inline]
    pub(crate) fn see(&mut self, id: &str) {
        let bytes = id.as_bytes();
        if bytes.len() >= 17 && bytes.len() <= 20 && bytes[0].is_ascii_digit() {
            self.long += 1;
            self.round += u64::from(bytes.ends_with(b"00"));
        }
    }

    /// A warning where most end so.
    pub(crate) fn warning(self) -> Option<String> {
        (self.long >= 20 && 2 * self.round > self.long).then(|| {
            format!(
                "{} of {} ids of 17 digits or more end in 00: a program took them for numbers and lost their last digits, so \
                 different posts may pass for one; export again with ids as text",
                overt_model::grouped(self.round),
                overt_model::grouped(self.long)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_ids_are_told_from_others() {
        for id in ["1.47E+18", "9,06E+17", "1E+18", "1.234567e+20"] {
            assert!(is_rounded(id), "{id}");
        }
        for id in [
            "",
            "1470000000000000000",
            "E+18",
            "3E8",
            "abcE+18",
            "1.2.3E+18",
            "at://did/3ke+18x",
            "E+12",
            "700017.0",
            "v1.0",
        ] {
            assert!(!is_rounded(id), "{id}");
        }
    }

    #[test]
    fn a_fraction_of_nothing_is_left_out_where_no_digit_was_lost() {
        assert_eq!(without_fraction("700017.0"), Some("700017"));
        for id in ["", ".0", "v1.0", "1.0.0", "700017", "1470000000000000000.0"] {
            assert_eq!(without_fraction(id), None, "{id}");
        }
        assert!(is_rounded("1470000000000000000.0"));
    }

    #[test]
    fn ids_that_lost_their_last_digits_are_warned_of() {
        let ends = |last: &str| {
            let mut ends = Ends::default();
            (0..50).for_each(|n| ends.see(&format!("14700000000{n:05}{last}")));
            ends.warning()
        };
        assert!(ends("00").is_some() && ends("17").is_none());
    }
}
