//! Which comes first where a day is written in numbers: `05/06/2025`.

/// Which of two numbers that could both be a month is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// Nothing has told yet.
    #[default]
    Untold,
    /// As in most of the world.
    DayFirst,
    /// As in the United States.
    MonthFirst,
}

impl Order {
    /// Whether the first of two numbers is the day; `None` if nothing tells.
    pub(super) fn of(self, first: i32, second: i32, between: Option<char>) -> Option<bool> {
        // Dots are of languages that all write the day first.
        if between == Some('.') || first > 12 || first == second {
            return Some(true);
        }
        if second > 12 {
            return Some(false);
        }
        match self {
            Self::Untold => None,
            Self::DayFirst => Some(true),
            Self::MonthFirst => Some(false),
        }
    }

    /// What one time of a column tells: the order, that it could be both, or nothing.
    pub(crate) fn told_by(text: &str) -> Option<Self> {
        let day = text.trim().split([' ', 'T', ',']).next()?;
        let between = ['/', '-'].into_iter().find(|c| day.contains(*c))?;
        let mut numbers = day.split(between);
        let mut small = || {
            let text = numbers.next()?;
            (text.len() <= 2)
                .then(|| text.parse::<u32>().ok())
                .flatten()
        };
        let (first, second) = (small()?, small()?);
        let year = numbers.next()?;
        if !matches!(year.len(), 2 | 4)
            || !year.bytes().all(|b| b.is_ascii_digit())
            || numbers.next().is_some()
        {
            return None;
        }
        match (first, second) {
            (13..=31, 1..=12) => Some(Self::DayFirst),
            (1..=12, 13..=31) => Some(Self::MonthFirst),
            (1..=12, 1..=12) => Some(Self::Untold),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_above_twelve_is_the_day() {
        for (text, want) in [
            ("27/06/2025 03:58", Some(Order::DayFirst)),
            ("06/27/25", Some(Order::MonthFirst)),
            ("5-6-2025", Some(Order::Untold)),
            ("2025-06-27", None),
            ("27.06.2025", None),
            ("soon", None),
            ("99/99/2025", None),
        ] {
            assert_eq!(Order::told_by(text), want, "{text}");
        }
    }
}
