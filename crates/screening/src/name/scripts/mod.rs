//! Writing systems: a name in any script becomes Latin letters, in every way people commonly write it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use icu_experimental::transliterate::Transliterator;
use icu_locale_core::Locale;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{CanonicalCombiningClass, Script};
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed};
use rustc_hash::FxHashMap;

mod burmese;
mod han;
mod khmer;
mod known;
mod korean;
mod thai;
mod trade;

use super::lookalikes::unmasked;
use super::words;
pub(super) use trade::in_english;

/// The form all comparison starts from: compatibility characters resolved, invisible ones gone.
pub(crate) fn normalise(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    if composed.contains(is_invisible) {
        // A zero-width joiner stands between parts of one word; what separates words is a space already.
        let seen: String = composed.chars().filter(|c| !is_invisible(*c)).collect();
        return unmasked(Cow::Owned(seen));
    }
    unmasked(composed)
}

/// Characters that are not seen: joiners, direction marks, soft hyphens, variation selectors, tags, fillers.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{e0000}'..='\u{e0fff}')
}

/// The script most of a word's letters are in, if it is not Latin.
pub(crate) fn foreign_script(word: &str) -> Option<Script> {
    const SCRIPTS: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::<Script>::new();
    word.chars().map(|c| SCRIPTS.get(c)).find(|s| {
        !matches!(
            *s,
            Script::Latin | Script::Common | Script::Inherited | Script::Unknown
        )
    })
}

/// Whether a word ends between two letters: one is a Chinese character, a Korean syllable or kana, and the other is not.
pub(super) fn are_parted(one: char, other: char) -> bool {
    const SCRIPTS: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::<Script>::new();
    let kind = |c: char| match SCRIPTS.get(c) {
        Script::Han => 1,
        Script::Hangul => 2,
        Script::Hiragana => 3,
        Script::Katakana => 4,
        // Signs that several of them share, as the one for long vowels.
        Script::Common | Script::Inherited => 5,
        _ => 0,
    };
    let (one, other) = (kind(one), kind(other));
    one != other && one != 5 && other != 5
}

/// Whether a script does not spell every sound out, or spells sounds of other languages in its own way.
pub(super) fn leaves_sounds_out(script: Script) -> bool {
    matches!(
        script,
        Script::Arabic
            | Script::Hebrew
            | Script::Syriac
            | Script::Thaana
            | Script::Katakana
            | Script::Hiragana
            | Script::Han
            | Script::Hangul
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
            | Script::Ethiopic
            | Script::Tibetan
            | Script::Devanagari
            | Script::Bengali
            | Script::Gujarati
            | Script::Gurmukhi
            | Script::Kannada
            | Script::Malayalam
            | Script::Oriya
            | Script::Sinhala
            | Script::Tamil
            | Script::Telugu
    )
}

/// What a word of a name is, where that decides how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// Perhaps a person's whole name, written without spaces.
    Whole,
    /// One of several, or an organisation's.
    Part,
}

/// A word that is not Latin in Latin letters, in every way it is commonly written, the usual one first: by tables of names,
/// by the rules of its language or script, else letter by letter.
pub(super) fn latin(word: &str, script: Script, place: Place) -> Vec<String> {
    type Remembered = FxHashMap<(Place, Box<str>), Vec<String>>;
    thread_local! {
        static READ: RefCell<Remembered> = RefCell::default();
    }
    if word.len() > MAX_READ_LENGTH {
        return read(word, script, place);
    }
    READ.with_borrow_mut(|remembered| {
        let key = (place, word.into());
        if let Some(known) = remembered.get(&key) {
            return known.clone();
        }
        if remembered.len() >= MAX_READ {
            remembered.clear();
        }
        let latin = read(word, script, place);
        remembered.insert(key, latin.clone());
        latin
    })
}

/// Words whose reading a thread remembers: rules take their time, and given names come again and again.
const MAX_READ: usize = 20_000;
/// The longest of them, in bytes.
const MAX_READ_LENGTH: usize = 64;

fn read(word: &str, script: Script, place: Place) -> Vec<String> {
    let given = words::reading(word);
    if !given.is_empty() {
        return given.iter().map(|w| (*w).to_owned()).collect();
    }
    let ruled = by_rules(word, script);
    let mut readings = match (script, place) {
        (Script::Hangul, Place::Whole) => korean::whole(word),
        (Script::Hangul, Place::Part) => korean::part(word),
        (Script::Han, Place::Whole) => han::whole(word, &ruled),
        (Script::Han, Place::Part) => han::part(word, &ruled),
        _ => known::spellings(&word.to_lowercase())
            .map(str::to_owned)
            .collect(),
    };
    // Rules read an alphabet as it is meant; of other scripts people write rather what is known.
    let at = if leaves_sounds_out(script) {
        readings.len()
    } else {
        0
    };
    if script != Script::Han && !readings.contains(&ruled) {
        readings.insert(at, ruled);
    }
    readings
}

/// A word as it sounds, as far as its script tells.
pub(super) fn sounded(word: &str, script: Script) -> String {
    let ruled = by_rules(word, script);
    if script == Script::Han {
        ruled.replace(' ', "")
    } else {
        ruled
    }
}

/// A word as the rules of its script read it.
fn by_rules(word: &str, script: Script) -> String {
    match script {
        Script::Thai | Script::Lao => thai::reading(word),
        Script::Khmer => khmer::reading(word),
        Script::Myanmar => burmese::reading(word),
        _ => {
            let rules = rules_for(word, script);
            let text = rules.map_or_else(|| word.to_owned(), |id| transliterate(id, word));
            ascii(&text)
        }
    }
}

/// Lower-case ASCII: accents off, special letters spelled out.
pub(crate) fn ascii(text: &str) -> String {
    const CLASSES: CodePointMapDataBorrowed<'static, CanonicalCombiningClass> =
        CodePointMapData::<CanonicalCombiningClass>::new();
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let mut out = String::with_capacity(decomposed.len());
    for c in decomposed.chars() {
        match c {
            c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            // Signs for ayn, hamza and the soft sign are written by some and left out by others.
            'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | '‘' | '’' | '‛' | 'ʹ' | 'ʺ' | '′' | '`' | '´' =>
                {}
            'ø' | 'Ø' => out.push('o'),
            c if CLASSES.get(c) != CanonicalCombiningClass::NotReordered => {}
            c => out.push_str(
                &deunicode::deunicode_char(c)
                    .unwrap_or("")
                    .to_ascii_lowercase(),
            ),
        }
    }
    out
}

/// The BCP-47-T id of ICU's rules for a word: by letters only one language has, else by script.
fn rules_for(word: &str, script: Script) -> Option<&'static str> {
    let has = |letters: &str| word.chars().any(|c| letters.contains(c));
    Some(match script {
        Script::Cyrillic if has("ђљњћџЂЉЊЋЏ") => "sr-latn-t-sr-m0-bgn",
        Script::Cyrillic if has("ѓќѕЃЌЅ") => "mk-latn-t-mk-m0-bgn",
        Script::Cyrillic if has("әғқңұһӘҒҚҢҰҺ") => "kk-latn-t-kk-m0-bgn",
        Script::Cyrillic if has("өүӨҮ") => "mn-latn-t-mn-m0-bgn",
        Script::Cyrillic if has("ўЎ") => "be-latn-t-be-m0-bgn",
        Script::Cyrillic if has("іїєґІЇЄҐ") => "uk-latn-t-uk-m0-bgn",
        Script::Cyrillic => "ru-latn-t-ru-m0-bgn",
        Script::Greek => "und-latn-t-und-grek-m0-ungegn",
        Script::Arabic if has("پچژگکیۀەڤ") => "fa-latn-t-fa-m0-bgn",
        Script::Arabic => "ar-latn-t-ar-m0-bgn",
        Script::Hebrew => "he-latn-t-he-m0-bgn",
        Script::Armenian => "hy-latn-t-hy-m0-bgn",
        Script::Georgian => "ka-latn-t-ka-m0-bgn",
        Script::Hangul => "und-latn-t-und-hang",
        Script::Hiragana => "und-latn-t-und-hira",
        Script::Katakana => "und-latn-t-und-kana",
        Script::Han => "und-latn-t-und-hani-m0-prprname",
        Script::Devanagari => "und-latn-t-und-deva",
        Script::Bengali => "und-latn-t-und-beng",
        Script::Gujarati => "und-latn-t-und-gujr",
        Script::Gurmukhi => "und-latn-t-und-guru",
        Script::Kannada => "und-latn-t-und-knda",
        Script::Malayalam => "und-latn-t-und-mlym",
        Script::Oriya => "und-latn-t-und-orya",
        Script::Tamil => "und-latn-t-und-taml",
        Script::Telugu => "und-latn-t-und-telu",
        Script::Syriac => "und-latn-t-und-syrc",
        Script::Thaana => "und-latn-t-und-thaa",
        Script::Ethiopic => "am-latn-t-am-m0-bgn",
        _ => return None,
    })
}

thread_local! {
    /// ICU's transliterators are neither shared between threads nor cheap to make: one of each a thread.
    static RULES: RefCell<HashMap<&'static str, Option<Transliterator>>> = RefCell::default();
}

fn transliterate(id: &'static str, word: &str) -> String {
    RULES.with_borrow_mut(|rules| {
        let transliterator = rules.entry(id).or_insert_with(|| {
            let locale: Locale = id.parse().ok()?;
            Transliterator::try_new(&locale).ok()
        });
        match transliterator {
            Some(t) => t.transliterate(word.to_owned()),
            None => word.to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> String {
        by_rules(word, foreign_script(word).unwrap())
    }

    #[test]
    fn every_script_comes_out_as_letters() {
        let words = [
            "Пригожин",
            "Зеленський",
            "Вучић",
            "Μητσοτάκης",
            "پزشکیان",
            "السوداني",
            "משה",
            "Սարգսյան",
            "ქართველი",
            "이재명",
            "ひらがな",
            "カタカナ",
            "习近平",
            "मोदी",
            "মোহাম্মদ",
            "สมชาย",
            "ዐቢይ",
            "ប៉ុល",
            "Тоқаев",
            "ಕನ್ನಡ",
            "മലയാളം",
            "ਪੰਜਾਬੀ",
            "தமிழ்",
            "తెలుగు",
            "မြန်မာ",
        ];
        for word in words {
            let latin = read(word);
            assert!(
                latin.len() >= 2
                    && latin
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b == b' ' || b == b'\'' || b == b'-'),
                "{word}: {latin:?}"
            );
        }
        assert_eq!(
            (read("Пригожин"), read("习近平")),
            ("prigozhin".into(), "xi jin ping".into())
        );
    }

    #[test]
    fn the_rules_named_exist() {
        let ids = [
            "ru", "uk", "be", "sr", "mk", "kk", "mn", "ar", "fa", "he", "hy", "ka", "am",
        ];
        for id in ids {
            let locale: Locale = format!("{id}-latn-t-{id}-m0-bgn").parse().unwrap();
            assert!(Transliterator::try_new(&locale).is_ok(), "{id}");
        }
    }

    #[test]
    fn accents_fall() {
        assert_eq!(
            ascii("François Ĵosé Łódź Støre ʻAbd Straße Vučić"),
            "francois jose lodz store abd strasse vucic"
        );
    }

    #[test]
    fn invisible_characters_do_not_count() {
        assert_eq!(normalise("پزشک\u{200c}فر"), "پزشکفر");
        assert_eq!(normalise("ＡＢＣ"), "ABC");
    }
}
