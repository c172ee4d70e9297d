//! Names in Chinese characters: where a family name ends and a given name begins, and how people write both.

use super::known;

/// Readings of a word that may be a person's whole name, of which `syllables` are those of today's standard Chinese, one a
/// character: as it and its parts are known to be written, in standard Chinese, and as it was transcribed before (Wade and
/// Giles), which Taiwan and families abroad keep to.
pub(super) fn whole(word: &str, syllables: &str) -> Vec<String> {
    let places: Vec<usize> = word.char_indices().map(|(at, _)| at).skip(1).collect();
    let characters = places.len() + 1;
    let each: Vec<&str> = syllables.split_whitespace().collect();
    if characters != each.len() || !(2..=MAX_CHARACTERS).contains(&characters) {
        return part(word, syllables);
    }
    let compound = characters > 2 && COMPOUND.iter().any(|c| word.starts_with(c));
    let (family, given) = each.split_at(if characters > 3 || compound { 2 } else { 1 });
    let older = |part: &[&str]| part.iter().map(|s| wade_giles(s)).collect::<String>();
    let mut all: Vec<String> = known::spellings(word).map(str::to_owned).collect();
    all.push(format!("{} {}", family.concat(), given.concat()));
    all.extend(known_parts(word, &places).into_iter().take(MOST));
    all.push(format!("{} {}", older(family), older(given)));
    all
}

/// Readings of a word that is one of several, as foreign names are written.
pub(super) fn part(word: &str, syllables: &str) -> Vec<String> {
    let mut all: Vec<String> = known::spellings(word).map(str::to_owned).collect();
    let standard: String = syllables.split_whitespace().collect();
    if !all.contains(&standard) {
        all.push(standard);
    }
    all
}

/// The longest whole names that are parted.
const MAX_CHARACTERS: usize = 5;
const MAX_FAMILY: usize = 3;
/// Readings by known parts that are kept.
const MOST: usize = 6;

/// Chinese family names of two characters.
const COMPOUND: [&str; 14] = [
    "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "司徒", "上官", "夏侯", "皇甫", "东方", "東方",
    "慕容", "令狐",
];

/// A family name of up to three characters and a given name that are both known.
fn known_parts(word: &str, places: &[usize]) -> Vec<String> {
    let characters = places.len() + 1;
    let mut splits: Vec<(usize, &str, &str)> = places
        .iter()
        .enumerate()
        .take(MAX_FAMILY)
        .map(|(before, at)| {
            let (family, given) = word.split_at(*at);
            // Evenly parted names are the likeliest: two and two, one and two.
            let uneven = (before + 1).abs_diff(characters.div_ceil(2));
            (2 * uneven + usize::from(before > 0), family, given)
        })
        .collect();
    splits.sort_unstable();
    let mut all = Vec::new();
    for (_, family, given) in splits {
        for given in known::spellings(given).take(2) {
            let families = known::spellings(family).take(3);
            all.extend(families.map(|family| format!("{family} {given}")));
        }
    }
    all
}

/// Syllables that are transcribed as a whole.
const WHOLE: [(&str, &str); 12] = [
    ("zi", "tzu"),
    ("ci", "tzu"),
    ("si", "szu"),
    ("zhi", "chih"),
    ("chi", "chih"),
    ("shi", "shih"),
    ("ri", "jih"),
    ("er", "erh"),
    ("you", "yu"),
    ("ye", "yeh"),
    ("yan", "yen"),
    ("e", "o"),
];

/// What syllables begin with, the longest first.
const BEGINNINGS: [(&str, &str); 15] = [
    ("zh", "ch"),
    ("ch", "ch"),
    ("sh", "sh"),
    ("b", "p"),
    ("d", "t"),
    ("g", "k"),
    ("j", "ch"),
    ("q", "ch"),
    ("x", "hs"),
    ("z", "ts"),
    ("c", "ts"),
    ("r", "j"),
    ("k", "k"),
    ("h", "h"),
    ("t", "t"),
];

/// A syllable of standard Chinese as Wade and Giles transcribed it, without its signs.
fn wade_giles(syllable: &str) -> String {
    if let Some((_, whole)) = WHOLE.iter().find(|(s, _)| *s == syllable) {
        return (*whole).to_owned();
    }
    let begun = BEGINNINGS
        .iter()
        .find(|(from, _)| syllable.starts_with(from));
    let (begin, rest) = begun.map_or(("", syllable), |(from, to)| (*to, &syllable[from.len()..]));
    let end = match rest {
        "ong" => "ung",
        "ian" => "ien",
        "ie" => "ieh",
        "ue" => "ueh",
        "uo" if !matches!(begin, "k" | "h" | "sh") => "o",
        "e" if matches!(begin, "k" | "h") => "o",
        "ui" if begin == "k" => "uei",
        other => other,
    };
    format!("{begin}{end}")
}

#[cfg(test)]
mod tests {
    use super::{part, whole};

    #[test]
    fn family_names_are_found() {
        for (word, syllables, expected) in [
            ("岸田文雄", "an tian wen xiong", "kisida fumio"),
            ("奥巴马", "ao ba ma", "obama"),
            ("习近平", "xi jin ping", "xi jinping"),
            ("董建華", "dong jian hua", "tung chienhua"),
            ("贝鲁斯科尼尼", "bei lu si ke ni ni", "beilusikenini"),
        ] {
            let readings = whole(word, syllables);
            assert!(
                readings.iter().any(|r| r == expected),
                "{word}: {readings:?}"
            );
        }
        assert_eq!(part("贝鲁", "bei lu"), ["beilu"]);
    }
}
