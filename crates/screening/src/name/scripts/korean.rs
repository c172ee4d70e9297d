//! Korean syllables in Latin letters, as both Korean states write them in passports.

/// Readings of a word that is one of several: a family name of one syllable, or a given name.
pub(super) fn part(word: &str) -> Vec<String> {
    let syllables: Vec<char> = word.chars().collect();
    match syllables.as_slice() {
        all if !all.iter().all(|c| is_syllable(*c)) => Vec::new(),
        [_] => family_names(&syllables),
        _ => given_names(&syllables),
    }
}

/// Readings of a word that may be a whole name without a space, the family name apart.
pub(super) fn whole(word: &str) -> Vec<String> {
    let syllables: Vec<char> = word.chars().collect();
    if !syllables.iter().all(|c| is_syllable(*c)) {
        return Vec::new();
    }
    let mut all = Vec::new();
    if let 2..=4 = syllables.len() {
        let family = if syllables.len() > 3
            || COMPOUND.iter().any(|c| word.starts_with(c)) && syllables.len() > 2
        {
            2
        } else {
            1
        };
        let (family, given) = syllables.split_at(family);
        let family = family_names(family);
        let given = given_names(given);
        // The customs of one state beside one another first, then the other spellings of the family name.
        for (place, given) in given.iter().enumerate() {
            let its = family.get(place).or(family.first());
            all.extend(its.map(|family| format!("{family} {given}")));
        }
        for family in family.iter().skip(1) {
            all.extend(
                given
                    .iter()
                    .take(2)
                    .map(|given| format!("{family} {given}")),
            );
        }
    } else if syllables.len() == 1 {
        all.extend(family_names(&syllables));
    }
    if all.is_empty() {
        all.extend([Style::South, Style::North].map(|style| spelled(&syllables, style)));
    }
    let mut seen: Vec<String> = Vec::new();
    for reading in all {
        if !seen.contains(&reading) {
            seen.push(reading);
        }
    }
    seen
}

/// Family names of two syllables.
const COMPOUND: [&str; 8] = [
    "남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방",
];

/// How common family names are written, the commonest first.
const FAMILIES: [(char, &str); 62] = [
    ('김', "kim gim"),
    ('이', "lee yi rhee i"),
    ('리', "ri lee"),
    ('박', "park pak bak"),
    ('최', "choi choe"),
    ('정', "jung jong jeong chung chong"),
    ('강', "kang gang"),
    ('조', "cho jo"),
    ('윤', "yoon yun"),
    ('장', "jang chang"),
    ('임', "lim im rim"),
    ('림', "rim lim"),
    ('한', "han"),
    ('오', "oh o"),
    ('서', "seo so suh"),
    ('신', "shin sin"),
    ('권', "kwon gwon"),
    ('황', "hwang"),
    ('안', "ahn an"),
    ('송', "song"),
    ('류', "ryu yoo"),
    ('유', "yoo yu ryu"),
    ('전', "jeon jon chun"),
    ('홍', "hong"),
    ('고', "ko go"),
    ('문', "moon mun"),
    ('양', "yang ryang"),
    ('량', "ryang yang"),
    ('손', "son sohn"),
    ('배', "bae pae"),
    ('백', "baek paek"),
    ('허', "heo ho huh hur"),
    ('남', "nam"),
    ('심', "shim sim"),
    ('노', "roh noh no"),
    ('로', "ro roh"),
    ('하', "ha"),
    ('곽', "kwak gwak"),
    ('성', "sung song seong"),
    ('차', "cha"),
    ('주', "joo ju chu"),
    ('우', "woo u"),
    ('구', "koo ku gu"),
    ('민', "min"),
    ('나', "na ra"),
    ('진', "jin chin"),
    ('지', "ji chi"),
    ('엄', "eom um"),
    ('채', "chae"),
    ('원', "won"),
    ('천', "cheon chon chun"),
    ('방', "bang pang"),
    ('공', "kong gong"),
    ('현', "hyun hyon hyeon"),
    ('함', "ham"),
    ('변', "byun pyon byeon"),
    ('염', "yeom yum"),
    ('여', "yeo yo"),
    ('추', "choo chu"),
    ('도', "do to"),
    ('소', "so"),
    ('태', "tae thae"),
];

fn family_names(syllables: &[char]) -> Vec<String> {
    let known = match syllables {
        [one] => FAMILIES.iter().find(|(family, _)| family == one),
        _ => None,
    };
    match known {
        Some((_, spellings)) => spellings.split(' ').map(str::to_owned).collect(),
        None => vec![
            spelled(syllables, Style::South),
            spelled(syllables, Style::North),
        ],
    }
}

fn given_names(syllables: &[char]) -> Vec<String> {
    let word: String = syllables.iter().collect();
    let mut all = vec![
        spelled(syllables, Style::South),
        spelled(syllables, Style::North),
    ];
    all.extend(super::known::spellings(&word).map(str::to_owned));
    all.push(spelled(syllables, Style::Passport));
    all
}

/// A custom of writing Korean in Latin letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// The Republic's romanisation of 2000.
    South,
    /// The Democratic People's Republic's of 2002.
    North,
    /// What many people in the south write instead.
    Passport,
}

const FIRST: u32 = 0xac00;

fn is_syllable(c: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&c)
}

fn spelled(syllables: &[char], style: Style) -> String {
    const SOUTH: [[&str; 28]; 3] = [
        [
            "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k",
            "t", "p", "h", "", "", "", "", "", "", "", "", "",
        ],
        [
            "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u",
            "wo", "we", "wi", "yu", "eu", "ui", "i", "", "", "", "", "", "", "",
        ],
        [
            "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m",
            "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t",
        ],
    ];
    let mut out = String::new();
    for c in syllables {
        let code = *c as u32 - FIRST;
        let parts = [code / 588, code % 588 / 28, code % 28].map(|p| p as usize);
        let [initial, vowel, last] = [0, 1, 2].map(|k| SOUTH[k][parts[k]]);
        out.push_str(initial_of(initial, style));
        out.push_str(vowel_of(vowel, style));
        out.push_str(last);
    }
    out
}

fn initial_of(south: &'static str, style: Style) -> &'static str {
    match (style, south) {
        (Style::North, "g") => "k",
        (Style::North, "d") => "t",
        (Style::North, "b") => "p",
        _ => south,
    }
}

fn vowel_of(south: &'static str, style: Style) -> &'static str {
    match (style, south) {
        (Style::North, "eo") => "o",
        (Style::North | Style::Passport, "eu") | (Style::Passport, "eo") => "u",
        (Style::North, "yeo") => "yo",
        (Style::Passport, "yeo") => "you",
        (Style::Passport, "u") => "oo",
        _ => south,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_both_states_write_them() {
        for (word, expected) in [
            ("김정은", "kim jongun"),
            ("이재명", "lee jaemyeong"),
            ("박근혜", "park geunhye"),
            ("리설주", "ri seolju"),
            ("남궁민", "namgung min"),
            ("최", "choi"),
        ] {
            let readings = whole(word);
            assert!(
                readings.iter().any(|r| r == expected),
                "{word}: {readings:?}"
            );
        }
        assert!(whole("김a").is_empty() && part("김a").is_empty());
    }
}
