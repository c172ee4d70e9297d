//! Techniques by the frameworks' own numbers: DISARM's of influence operations, ATT&CK's of intrusions.
//!
//! The tables are made by `scripts/techniques.py`: DISARM's from the framework's own bundle (DISARM Foundation, CC-BY-4.0);
//! ATT&CK's from what its groups and campaigns are said to use, as MITRE publishes it. DISARM's is whole. ATT&CK has numbers
//! that no group uses, so one that is not there may be one of its, and is not given out as such.

/// A framework of techniques.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framework {
    /// Of influence operations (DISARM Foundation).
    Disarm,
    /// Of intrusions (MITRE).
    Attack,
    /// It has the shape of a number of ATT&CK's, and is not in the table.
    Unknown,
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
    /// No framework has numbers so high.
    #[error("there is no technique {0}: DISARM's numbers begin with T0, and ATT&CK's with T1")]
    Beyond(String),
    /// It is called otherwise.
    #[error("{number} is called {known:?} in its framework, and not {given:?}")]
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
const ATTACK: &str = include_str!("technique/attack.tsv");

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
    if number.starts_with("T1") {
        return of_intrusions(number, given);
    }
    if !number.starts_with("T0") {
        return Err(TechniqueError::Beyond(number.to_owned()));
    }
    let (stix, created, name) =
        of_disarm(number).ok_or_else(|| TechniqueError::Unknown(number.to_owned()))?;
    is_called(number, name, given)?;
    Ok(Technique {
        framework: Framework::Disarm,
        number,
        name,
        stix: Some((stix, created)),
    })
}

/// A technique of ATT&CK's, or what has the shape of one.
fn of_intrusions<'t>(number: &'t str, given: &'t str) -> Result<Technique<'t>, TechniqueError> {
    let rows = ATTACK.lines().skip(1);
    let mut rows = rows.filter_map(|row| row.split_once('\t'));
    let known = rows.find(|(of, _)| *of == number).map(|(_, name)| name);
    // Of a technique within another the name may be said with the other's before it.
    let last = given.rsplit(": ").next().unwrap_or(given);
    let named = known.filter(|name| !name.is_empty());
    if let Some(name) = named {
        is_called(number, name, last)?;
    }
    let as_given = if given.is_empty() { number } else { given };
    Ok(Technique {
        framework: known.map_or(Framework::Unknown, |_| Framework::Attack),
        number,
        name: named.unwrap_or(as_given),
        stix: None,
    })
}

/// What is given as a technique's name, if anything is, is its name.
fn is_called(number: &str, known: &'static str, given: &str) -> Result<(), TechniqueError> {
    if given.is_empty() || crate::spelling::folded(given) == crate::spelling::folded(known) {
        return Ok(());
    }
    Err(TechniqueError::OtherName {
        number: number.to_owned(),
        known,
        given: given.to_owned(),
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
        let same = technique("T1566.002 Phishing: Spearphishing Link").unwrap();
        assert_eq!(same, phishing);
        let unknown = technique("T1999 Something").unwrap();
        assert_eq!(
            (unknown.framework, unknown.name),
            (Framework::Unknown, "Something")
        );
        for wrong in [
            "T1566.002 Flooding",
            "T0999",
            "T49",
            "flooding",
            "T0049x",
            "T0049 Phishing",
            "T0049.999",
            "T9999",
            "T2001 Something",
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
