//! Names that a program wrote in codes (`&#1055;`, `\u041f`, `%D0%9F`), or whose bytes it read in another encoding than they
//! were written in. Lists have neither; of customers' tables it is a usual fault, and such a name would fit nobody.

use std::borrow::Cow;

use encoding_rs::{
    EUC_KR, Encoding, GBK, IBM866, ISO_8859_5, ISO_8859_6, KOI8_R, MACINTOSH, UTF_8, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1256,
};

/// Letters of a text from which on it is told that all of them are strange.
const FEWEST: usize = 4;
/// Readings of one that are kept.
const MOST: usize = 8;

/// The texts that a text was before, as far as that can be told.
pub(super) fn decoded(text: &str) -> Vec<String> {
    let codes = [of_page(text), of_script(text), of_address(text)];
    let mut all: Vec<String> = codes.into_iter().flatten().collect();
    if !text.is_ascii() {
        all.extend(was_utf8(text));
        all.extend(of_another_script(text));
    }
    all.retain(|before| before != text && before.chars().any(char::is_alphabetic));
    all.dedup();
    all
}

/// `&#1055;`
fn of_page(text: &str) -> Option<String> {
    let is_code = text.contains('&') && text.contains(';');
    is_code.then(|| html_escape::decode_html_entities(text).into_owned())
}

/// `\u041f`
fn of_script(text: &str) -> Option<String> {
    if !text.contains("\\u") {
        return None;
    }
    serde_json::from_str(&format!("\"{}\"", text.replace('"', "\\\""))).ok()
}

/// `%D0%9F`
fn of_address(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8();
    decoded
        .ok()
        .filter(|_| text.contains('%'))
        .map(Cow::into_owned)
}

/// What bytes say that were taken for one encoding and are of another, if they can be.
fn reread(text: &str, taken: Taken, meant: &'static Encoding) -> Option<String> {
    let bytes = taken.bytes(text)?;
    let decoded = meant.decode_without_bom_handling_and_without_replacement(&bytes);
    decoded.map(Cow::into_owned)
}

/// What bytes were taken for.
#[derive(Clone, Copy)]
enum Taken {
    /// A byte a character, as many languages of programming do (ISO 8859-1).
    Characters,
    Encoded(&'static Encoding),
}

impl Taken {
    /// The bytes that a text was read from, if it can be so.
    fn bytes(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Characters => text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).ok())
                .collect(),
            Self::Encoded(taken) => {
                let (bytes, _, is_lost) = taken.encode(text);
                (!is_lost).then(|| bytes.into_owned())
            }
        }
    }
}

/// What programs take bytes for.
fn ways() -> impl Iterator<Item = Taken> {
    let encodings = [WINDOWS_1252, WINDOWS_1251, KOI8_R, IBM866, MACINTOSH, GBK];
    let encodings = encodings.into_iter().map(Taken::Encoded);
    std::iter::once(Taken::Characters).chain(encodings)
}

/// UTF-8 that was taken for something else, once or twice.
fn was_utf8(text: &str) -> Vec<String> {
    let once = |text: &str| -> Vec<String> {
        let all = ways().filter_map(|taken| reread(text, taken, UTF_8));
        all.filter(|before| before != text).collect()
    };
    let first = once(text);
    let second: Vec<String> = first.iter().flat_map(|before| once(before)).collect();
    [first, second].concat()
}

/// Letters of one byte or two each that were taken for others: told by what no name has, accented letters alone, or words
/// that begin small and go on in capitals; and by a name in one script that comes of it.
fn of_another_script(text: &str) -> Vec<String> {
    if !is_strange(text) {
        return Vec::new();
    }
    let meant = [
        WINDOWS_1251,
        KOI8_R,
        IBM866,
        ISO_8859_5,
        WINDOWS_1256,
        ISO_8859_6,
        GBK,
        EUC_KR,
    ];
    let all = ways().flat_map(|taken| meant.map(|meant| reread(text, taken, meant)));
    let mut all: Vec<String> = all.flatten().filter(|before| is_name(before)).collect();
    all.sort_unstable();
    all.dedup();
    all.truncate(MOST);
    all
}

fn is_strange(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    let accented = |c: &char| ('\u{c0}'..='\u{ff}').contains(c) || matches!(c, 'ª' | 'º' | 'µ');
    let odd = |c: char| !c.is_ascii() && !c.is_alphabetic() && !is_between(c);
    let turned = |word: &str| {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        letters.next().is_some_and(char::is_lowercase)
            && letters.clone().count() > 1
            && letters.all(char::is_uppercase)
    };
    let strange_letters = letters.len() >= FEWEST && letters.iter().all(accented);
    strange_letters || text.chars().any(odd) || text.split_whitespace().all(turned)
}

/// Whether a text is a name in one script other than Latin: letters of it and what stands between words.
fn is_name(text: &str) -> bool {
    const SCRIPTS: [std::ops::RangeInclusive<char>; 4] = [
        '\u{400}'..='\u{52f}',
        '\u{600}'..='\u{6ff}',
        '\u{4e00}'..='\u{9fff}',
        '\u{ac00}'..='\u{d7a3}',
    ];
    let is_of = |script: &std::ops::RangeInclusive<char>| {
        let mut signs = text.chars().filter(|c| !is_between(*c));
        signs.all(|c| script.contains(&c) && c.is_alphabetic())
    };
    let turned = text.split_whitespace().any(|word| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_lowercase) && letters.any(char::is_uppercase)
    });
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters > 1 && !turned && SCRIPTS.iter().any(is_of)
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | ',' | '\'' | '’' | '·' | '"' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_codes_and_in_a_wrong_encoding() {
        let name = "Евгений Пригожин";
        let misread = |written: &'static Encoding, taken: &'static Encoding| {
            let (bytes, _, is_lost) = written.encode(name);
            assert!(!is_lost);
            taken.decode_without_bom_handling(&bytes).0.into_owned()
        };
        let each = |code: fn(char) -> String| name.chars().map(code).collect::<Vec<_>>().concat();
        let codes = each(|c| format!("&#{};", c as u32));
        let script = each(|c| format!("\\u{:04x}", c as u32));
        let address = name.bytes().map(|b| format!("%{b:02X}"));
        let address = address.collect::<Vec<_>>().concat();
        for written in [
            codes,
            script,
            address,
            misread(UTF_8, WINDOWS_1252),
            misread(UTF_8, WINDOWS_1251),
            misread(WINDOWS_1251, WINDOWS_1252),
            misread(KOI8_R, WINDOWS_1252),
            misread(KOI8_R, WINDOWS_1251),
            misread(IBM866, WINDOWS_1251),
            misread(UTF_8, KOI8_R),
            name.bytes().map(char::from).collect(),
            misread(UTF_8, WINDOWS_1252)
                .bytes()
                .map(char::from)
                .collect(),
        ] {
            let all = decoded(&written);
            assert!(all.iter().any(|n| n == name), "{written}: {all:?}");
        }
        assert_eq!(decoded("JosÃ© MuÃ±oz")[0], "José Muñoz");
        for (name, written) in [
            ("حسن نصر", WINDOWS_1256),
            ("김정은", EUC_KR),
            ("陈全国", GBK),
        ] {
            let bytes = written.encode(name).0;
            let taken: String = bytes.iter().map(|b| char::from(*b)).collect();
            let all = decoded(&taken);
            assert!(all.iter().any(|n| n == name), "{taken}: {all:?}");
        }
    }

    #[test]
    fn names_stay_what_they_are() {
        for name in [
            "José Muñoz",
            "Ågot Øy",
            "Ô Đê",
            "Ivan & Co; Ltd",
            "100% Pure",
            "A+B",
            "Владимир Путин",
            "Müller; Söhne",
            "\\u12",
        ] {
            let all = decoded(name);
            assert!(all.is_empty(), "{name}: {all:?}");
        }
    }
}
