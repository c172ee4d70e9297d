//! Words by their consonants: what scripts without letters for short vowels, or with their own ways of writing foreign
//! sounds, have in common with the Latin spelling of the same name.
//!
//! A word is looked up by upper-case letters, one for each sound that nearly every way of writing keeps: `Muhammad`,
//! `Mohamed` and `محمد` are all `MHMD`. Vowels are left out but for one at the beginning (`A`).
//! Words that meet so are compared with their vowels ([`distance`](super::distance)): those that are always written count,
//! those that one script leaves out do not. Upper-case letters keep these words apart from those that are spelled out.

use icu_properties::props::Script;

use super::words;

/// A word by its consonants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sounds {
    /// Its consonants, upper-case letters.
    pub consonants: String,
    /// The same with its vowels between them, as digits: by [`Vowels`] and whether it is an a, an i or a u.
    pub spelled: String,
}

/// How much a script's vowels say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vowels {
    /// They may or may not have been written in another: Latin letters.
    Any = 0,
    /// They are all written, and more of them than were there.
    Padded = 6,
}

impl Vowels {
    /// The digit of a vowel: 1, 2, 3 for a, i, u of any length, 4, 5, 6 for long ones, 7, 8, 9 where all are written.
    fn digit(self, letter: char) -> Option<char> {
        let place = match letter {
            'a' => 1,
            'e' | 'i' | 'y' => 2,
            'o' | 'u' | 'w' => 3,
            _ => return None,
        };
        char::from_digit(place + self as u32, 10)
    }
}

/// The consonants of words in lower-case Latin letters, small words left out.
pub(super) fn of_latin(words: &[String], vowels: Vowels) -> Vec<Sounds> {
    let named = words
        .iter()
        .filter(|w| !words::is_particle(w) && !words::is_title(w));
    named
        .flat_map(|w| parted(w))
        .map(|w| latin_sounds(w, vowels))
        .filter(|sounds| !sounds.consonants.is_empty())
        .collect()
}

/// The consonants of a word in a script that leaves vowels out; none for other scripts. A compound has several words.
pub(super) fn of_abjad(word: &str, script: Script) -> Option<Vec<Sounds>> {
    let sounds: Vec<Sounds> = match script {
        Script::Arabic => arabic_parts(&arabic_letters(word))
            .into_iter()
            .map(|part| arabic_sounds(&part))
            .collect(),
        Script::Hebrew => vec![hebrew_sounds(word)],
        _ => return None,
    };
    let sounds = sounds.into_iter();
    Some(sounds.filter(|s| !s.consonants.is_empty()).collect())
}

/// Ends that are often written onto the word before them, and what they mean.
const ENDS: [(&str, &str); 16] = [
    ("urrahman", "rahman"),
    ("ulrahman", "rahman"),
    ("irahman", "rahman"),
    ("allah", "lah"),
    ("ullah", "lah"),
    ("ollah", "lah"),
    ("uddin", "din"),
    ("eddin", "din"),
    ("addin", "din"),
    ("oddin", "din"),
    ("uldin", "din"),
    ("eldin", "din"),
    ("aldin", "din"),
    ("uddine", "din"),
    ("eddine", "din"),
    ("aldine", "din"),
];

/// A word with the parts that are often written onto one another apart: servants of God's names, and those that end with
/// the faith's or with God's.
fn parted(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = word;
    if let Some(of) = servant_of(word) {
        parts.push("abd");
        rest = of;
    }
    for father in ["abou", "abu", "abo"] {
        if let Some(of) = rest.strip_prefix(father).filter(|of| of.len() > 3) {
            rest = of;
            break;
        }
    }
    let end = ENDS
        .iter()
        .find(|(end, _)| rest.len() >= end.len() + 2 && rest.ends_with(end));
    match end {
        Some((end, meant)) => parts.extend([&rest[..rest.len() - end.len()], meant]),
        None if !rest.is_empty() => parts.push(rest),
        None => {}
    }
    parts
}

/// What comes after `abdul` and its kin; empty for the word alone.
fn servant_of(word: &str) -> Option<&str> {
    let rest = word.strip_prefix("abd")?;
    let rest = rest.strip_prefix(['a', 'e', 'i', 'o', 'u']).unwrap_or(rest);
    let mut letters = rest.chars();
    match (letters.next(), letters.next()) {
        (None, _) | (Some('l'), None) => Some(""),
        // The article's consonant becomes that of the word.
        (Some(a), Some(b)) if a == b || a == 'l' && rest.len() > 3 => Some(&rest[1..]),
        _ => None,
    }
    .filter(|rest| rest.is_empty() || rest.len() >= 3)
}

/// Latin spellings of one sound, longest first.
const SPELLINGS: [(&str, &str); 27] = [
    ("shch", "X"),
    ("tsch", "C"),
    ("dsch", "J"),
    ("sch", "X"),
    ("tch", "C"),
    ("dzh", "J"),
    ("sh", "X"),
    ("ch", "C"),
    ("kh", "H"),
    ("gh", "K"),
    ("th", "T"),
    ("dh", "D"),
    ("zh", "J"),
    ("ph", "F"),
    ("bh", "B"),
    ("ts", "Z"),
    ("tz", "Z"),
    ("dj", "J"),
    ("dz", "Z"),
    ("ck", "K"),
    ("ce", "S"),
    ("ci", "S"),
    ("cy", "S"),
    ("ng", "N"),
    ("x", "KS"),
    ("qu", "K"),
    ("wh", "W"),
];

fn latin_sounds(word: &str, vowels: Vowels) -> Sounds {
    let mut out = String::new();
    let mut rest = word;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let spelled = SPELLINGS.iter().find(|(from, _)| rest.starts_with(from));
        let (taken, sounds) = match spelled {
            Some((from, to)) => (from.len(), *to),
            None => (first.len_utf8(), latin_sound(first)),
        };
        let at_start = rest.len() == word.len();
        let doubled = spelled.is_none() && first == before;
        match first {
            'a' | 'e' | 'i' | 'o' | 'u' if at_start => out.push('A'),
            'a' | 'e' | 'i' | 'o' | 'u' => out.extend(vowels.digit(first)),
            'w' | 'y' if !at_start => out.extend(vowels.digit(first)),
            _ if !doubled => out.push_str(sounds),
            _ => {}
        }
        before = first;
        rest = &rest[taken..];
    }
    ended(out, word.ends_with(['i', 'y']) || word.ends_with("ie"))
}

fn latin_sound(letter: char) -> &'static str {
    match letter {
        'b' | 'p' => "B",
        'c' | 'g' | 'k' | 'q' => "K",
        'd' => "D",
        'f' => "F",
        'h' => "H",
        'j' => "J",
        'l' => "L",
        'm' => "M",
        'n' => "N",
        'r' => "R",
        's' => "S",
        't' => "T",
        'v' => "V",
        'w' => "W",
        'y' => "Y",
        'z' => "Z",
        _ => "",
    }
}

/// An `h` at the end is not heard, an `i` is. Vowels beside one another are one.
fn ended(mut spelled: String, with_i: bool) -> Sounds {
    let is_vowel = |c: char| c.is_ascii_digit();
    let consonants = |s: &str| s.chars().filter(|c| !is_vowel(*c)).count();
    while spelled.ends_with(is_vowel) || spelled.ends_with('H') && consonants(&spelled) > 1 {
        if spelled.ends_with('H') && with_i {
            break;
        }
        spelled.pop();
    }
    if with_i && !spelled.is_empty() && spelled != "A" {
        spelled.push('I');
    }
    let mut once = String::with_capacity(spelled.len());
    for c in spelled.chars() {
        if !(is_vowel(c) && once.ends_with(c)) {
            once.push(c);
        }
    }
    // Who looks for a word does not know whether its last vowel is written.
    let sounded: String = once.chars().filter(|c| !is_vowel(*c)).collect();
    let bare = sounded.strip_suffix('I').filter(|bare| bare.len() > 1);
    Sounds {
        consonants: bare.unwrap_or(&sounded).to_owned(),
        spelled: once,
    }
}

/// The letters of a word in Arabic script, without signs for vowels and without the article.
fn arabic_letters(word: &str) -> Vec<char> {
    let letters = word
        .chars()
        .filter(|c| !matches!(c, '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}'));
    letters.collect()
}

/// Small words of Arabic and Persian names, and titles before them.
const SMALL: [&str; 28] = [
    "الشيخ",
    "شيخ",
    "شیخ",
    "حاج",
    "الحاج",
    "حاجي",
    "حاجی",
    "قاري",
    "قاری",
    "ملا",
    "مولوي",
    "مولوی",
    "الدكتور",
    "دكتور",
    "دکتر",
    "بن",
    "ابن",
    "إبن",
    "بنت",
    "ابو",
    "أبو",
    "ابي",
    "أبي",
    "ام",
    "أم",
    "ال",
    "آل",
    "و",
];

/// A word without its article, in the parts that are often written onto one another.
fn arabic_parts(letters: &[char]) -> Vec<Vec<char>> {
    const GOD: [char; 4] = ['ا', 'ل', 'ل', 'ه'];
    const FATHERS: [[char; 3]; 2] = [['ا', 'ب', 'و'], ['أ', 'ب', 'و']];
    const OF_FAITH: [[char; 5]; 2] = [['ا', 'ل', 'د', 'ي', 'ن'], ['ا', 'ل', 'د', 'ی', 'ن']];
    const OF_MERCY: [char; 6] = ['ا', 'ل', 'ر', 'ح', 'م', 'ن'];
    let word: String = letters.iter().collect();
    if SMALL.contains(&word.as_str()) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut rest = letters;
    if let Some(of) = rest.strip_prefix(&['ع', 'ب', 'د']).filter(|r| r.len() > 3) {
        parts.push(vec!['ع', 'ب', 'د']);
        rest = of;
    }
    let father = FATHERS.iter().find_map(|father| rest.strip_prefix(father));
    rest = father.filter(|of| of.len() > 2).unwrap_or(rest);
    let faith = OF_FAITH.iter().find_map(|end| rest.strip_suffix(end));
    let (before, end) = match (rest.strip_suffix(&GOD), faith, rest.strip_suffix(&OF_MERCY)) {
        (Some(before), ..) => (before, "ل"),
        (_, Some(before), _) => (before, "دن"),
        (.., Some(before)) => (before, "رحمن"),
        _ => (rest, ""),
    };
    if before.len() > 1 {
        parts.push(without_article(before).to_vec());
    }
    if !end.is_empty() {
        parts.push(end.chars().collect());
    }
    parts
}

fn without_article(letters: &[char]) -> &[char] {
    // With it what is written onto it: and, by, for.
    const ARTICLES: [&[char]; 4] = [&['و', 'ا', 'ل'], &['ب', 'ا', 'ل'], &['ل', 'ل'], &['ا', 'ل']];
    let mut bare = ARTICLES.iter().filter_map(|article| {
        let rest = letters.strip_prefix(*article)?;
        (rest.len() > 1 && (article.len() == 2 && article[0] == 'ا' || rest.len() > 2))
            .then_some(rest)
    });
    bare.next().unwrap_or(letters)
}

fn arabic_sounds(letters: &[char]) -> Sounds {
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let first = at == 0;
        out.push_str(match letter {
            'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' | 'ع' | 'ء' | 'ئ' | 'ؤ' if first => "A",
            'ب' | 'پ' => "B",
            'ت' | 'ث' | 'ط' | 'ٹ' | 'ټ' => "T",
            'ج' | 'ژ' | 'ځ' => "J",
            'چ' => "C",
            'ح' | 'خ' | 'ه' | 'ھ' | 'ہ' | 'ۀ' | 'څ' => "H",
            'د' | 'ض' | 'ڈ' | 'ډ' => "D",
            'ذ' | 'ز' | 'ظ' => "Z",
            'ر' | 'ڑ' | 'ړ' => "R",
            'س' | 'ص' => "S",
            'ش' | 'ښ' => "X",
            'غ' | 'ق' | 'ك' | 'ک' | 'گ' | 'ګ' | 'ڭ' => "K",
            'ف' => "F",
            'ڤ' | 'ۋ' => "V",
            'ل' => "L",
            'م' => "M",
            'ن' | 'ں' | 'ڼ' => "N",
            'و' if first => "W",
            'ي' | 'ی' | 'ى' if first => "Y",
            'ا' | 'آ' => "4",
            'ي' | 'ی' | 'ې' => "5",
            'و' => "6",
            _ => "",
        });
    }
    let with_i = letters
        .last()
        .is_some_and(|l| matches!(l, 'ي' | 'ی' | 'ې' | 'ۍ'));
    ended(out, with_i && letters.len() > 1)
}

#[expect(
    clippy::match_same_arms,
    reason = "a table in the order of the alphabet"
)]
fn hebrew_sounds(word: &str) -> Sounds {
    let letters: Vec<char> = word.chars().filter(|c| matches!(c, 'א'..='ת')).collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let first = at == 0;
        out.push_str(match letter {
            'א' | 'ע' if first => "A",
            'ב' | 'פ' | 'ף' => "B",
            'ג' | 'ק' => "K",
            'ד' => "D",
            'ה' | 'ח' => "H",
            'כ' | 'ך' => "K",
            'ו' if first => "V",
            'ז' | 'צ' | 'ץ' => "Z",
            'ט' | 'ת' => "T",
            'י' if first => "Y",
            'י' => "5",
            'ו' => "6",
            'ל' => "L",
            'מ' | 'ם' => "M",
            'נ' | 'ן' => "N",
            'ס' => "S",
            'ר' => "R",
            'ש' => "X",
            _ => "",
        });
    }
    ended(out, letters.len() > 1 && letters.last() == Some(&'י'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::scripts;

    fn latin(name: &str) -> Vec<Sounds> {
        let words: Vec<String> = name.split(' ').map(str::to_owned).collect();
        of_latin(&words, Vowels::Any)
    }

    fn native(name: &str) -> Vec<Sounds> {
        let words = name.split(' ').flat_map(|word| {
            let script = scripts::foreign_script(word).unwrap();
            of_abjad(word, script).unwrap()
        });
        words.collect()
    }

    fn consonants(sounds: &[Sounds]) -> String {
        let all: Vec<&str> = sounds.iter().map(|s| s.consonants.as_str()).collect();
        all.join(" ")
    }

    #[test]
    fn two_ways_of_writing_meet() {
        for (name, written) in [
            ("muhammad", "محمد"),
            ("mohammed", "مُحَمَّد"),
            ("saddam husayn al tikriti", "صدام حسين التكريتي"),
            ("abdul rahman", "عبد الرحمن"),
            ("abdurrahman", "عبدالرحمن"),
            ("abdullah", "عبد الله"),
            ("nasrallah", "نصرالله"),
            ("salahuddin", "صلاح الدين"),
            ("ali", "علي"),
            ("mahmoud abbas", "محمود عباس"),
            ("yusuf", "يوسف"),
            ("walid", "وليد"),
            ("pezeshkian", "پزشکیان"),
            ("moshe", "משה"),
        ] {
            let (a, b) = (latin(name), native(written));
            let near = |(a, b): (&Sounds, &Sounds)| {
                super::super::distance::sounds_apart(a.spelled.as_bytes(), b.spelled.as_bytes())
            };
            let apart = a.iter().zip(&b).map(near).fold(0.0, f64::max);
            assert_eq!(a.len(), b.len(), "{a:?} {b:?}");
            assert!(apart <= 0.5, "{apart} {a:?} {b:?}");
        }
    }

    #[test]
    fn small_words_and_vowels_say_nothing() {
        assert_eq!(consonants(&latin("of the")), "");
        assert_eq!(consonants(&latin("aia")), "A");
        assert_eq!(latin("mahmoud")[0].spelled, "M1HM3D");
        assert_eq!(native("محمود")[0].spelled, "MHM6D");
    }
}
