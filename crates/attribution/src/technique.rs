//! Techniques by the frameworks' own numbers: DISARM's of influence operations, ATT&CK's of intrusions.
//!
//! The table of DISARM's is made from the framework's own bundle by `scripts/techniques.py`; the framework is the DISARM
//! Foundation's, under CC-BY-4.0. Of ATT&CK's numbers only the shape is known here.

/// A framework of techniques.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framework {
    /// Of influence operations (DISARM Foundation).
    Disarm,
    /// Of intrusions (MITRE).
    Attack,
}

/// A technique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Technique<'t> {
    /// Whose it is.
    pub framework: Framework,
    /// Its number: `T0049`, `T1566.002`.
    pub number: &'t str,
    /// What it is called there; as it was written where that is not known here.
    pub name: &'t str,
    /// The framework's own STIX object of it, and when that was made; none where it is not known here.
    pub stix: Option<(&'static str, &'static str)>,
}

/// Why a name is no technique.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TechniqueError {
    /// It has no number.
    #[error(
        "{0:?} does not begin with the number of a technique, as T0049 of DISARM or T1566.002 of ATT&CK"
    )]
    NoNumber(String),
    /// DISARM has none of that number.
    #[error("DISARM has no technique {0}")]
    Unknown(String),
    /// It is called otherwise.
    #[error("{number} is called {known:?} in DISARM, and not {given:?}")]
    OtherName {
        /// The number.
        number: String,
        /// What it is called.
        known: &'static str,
        /// What it was called.
        given: String,
    },
}

const DISARM: &str = include_str!("technique/disarm.tsv");

/// A technique by its number, with or without its name behind it: `T0049 Flood Information Space`.
///
/// # Errors
///
/// When it has no number, or its framework has no technique of that number or another name for it.
pub fn technique(text: &str) -> Result<Technique<'_>, TechniqueError> {
    let (number, given) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let given = given.trim();
    if !is_number(number) {
        return Err(TechniqueError::NoNumber(text.to_owned()));
    }
    if !number.starts_with("T0") {
        return Ok(Technique {
            framework: Framework::Attack,
            number,
            name: if given.is_empty() { number } else { given },
            stix: None,
        });
    }
    let (stix, created, name) =
        of_disarm(number).ok_or_else(|| TechniqueError::Unknown(number.to_owned()))?;
    if !given.is_empty() && crate::spelling::folded(given) != crate::spelling::folded(name) {
        return Err(TechniqueError::OtherName {
            number: number.to_owned(),
            known: name,
            given: given.to_owned(),
        });
    }
    Ok(Technique {
        framework: Framework::Disarm,
        number,
        name,
        stix: Some((stix, created)),
    })
}

/// `T` and four digits, perhaps a point and three more.
fn is_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('T') else {
        return false;
    };
    let (main, sub) = digits.split_once('.').unwrap_or((digits, "000"));
    let all = |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    all(main, 4) && all(sub, 3)
}

/// STIX id, time and name of a technique.
fn of_disarm(number: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let mut rows = DISARM.lines().skip(1);
    rows.find_map(|row| {
        let mut cells = row.split('\t');
        (cells.next() == Some(number))
            .then(|| Some((cells.next()?, cells.next()?, cells.next()?)))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_frameworks_own_numbers() {
        let flooding = technique("T0049 Flood Information Space").unwrap();
        assert_eq!(flooding, technique("T0049").unwrap());
        assert_eq!(flooding.framework, Framework::Disarm);
        assert!(flooding.stix.unwrap().0.starts_with("attack-pattern--"));
        let phishing = technique("T1566.002 Spearphishing Link").unwrap();
        assert_eq!(
            (phishing.framework, phishing.stix),
            (Framework::Attack, None)
        );
        for wrong in [
            "T0999",
            "T49",
            "flooding",
            "T0049x",
            "T0049 Phishing",
            "T0049.999",
        ] {
            assert!(technique(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_row_is_a_technique() {
        let rows: Vec<&str> = DISARM.lines().skip(1).collect();
        assert_eq!(rows.len(), 391);
        for row in rows {
            let number = row.split('\t').next().unwrap();
            let found = technique(number).unwrap();
            assert!(!found.name.is_empty(), "{row}");
        }
    }
}
