//! Names that a program wrote in codes (`&#1055;`, `\u041f`, `%D0%9F`), or whose bytes it read in another encoding than they
//! were written in. Lists have neither; of customers' tables it is a usual fault, and such a name would fit nobody.

use encoding_rs::{Encoding, KOI8_R, UTF_8, WINDOWS_1251, WINDOWS_1252};

/// Letters of a text from which on it is told that all of them are strange.
const FEWEST: usize = 4;

/// The texts that a text was before, as far as that can be told.
pub(super) fn decoded(text: &str) -> Vec<String> {
    let codes = [of_page(text), of_script(text), of_address(text)];
    let mut all: Vec<String> = codes.into_iter().flatten().collect();
    if !text.is_ascii() {
        let was_utf8 = [WINDOWS_1252, WINDOWS_1251].map(|taken| reread(text, taken, UTF_8));
        all.extend(was_utf8.into_iter().flatten());
        all.extend(cyrillic_as_western(text));
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
        .map(|d| d.into_owned())
}

/// What bytes say that were taken for one encoding and are of another, if they can be.
fn reread(text: &str, taken: &'static Encoding, meant: &'static Encoding) -> Option<String> {
    let (bytes, _, is_lost) = taken.encode(text);
    if is_lost {
        return None;
    }
    let decoded = meant.decode_without_bom_handling_and_without_replacement(&bytes);
    decoded.map(|text| text.into_owned())
}

/// Cyrillic letters of one byte each that were taken for accented ones: no language has words of nothing else.
fn cyrillic_as_western(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    let is_strange = |c: &char| ('\u{c0}'..='\u{ff}').contains(c) || matches!(c, 'ª' | 'º' | 'µ');
    if letters.len() < FEWEST || !letters.iter().all(is_strange) {
        return Vec::new();
    }
    let ways = [WINDOWS_1251, KOI8_R].map(|meant| reread(text, WINDOWS_1252, meant));
    ways.into_iter().flatten().collect()
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
        let codes: String = name.chars().map(|c| format!("&#{};", c as u32)).collect();
        let script: String = name
            .chars()
            .map(|c| format!("\\u{:04x}", c as u32))
            .collect();
        let address: String = name.bytes().map(|b| format!("%{b:02X}")).collect();
        for written in [
            codes,
            script,
            address,
            misread(UTF_8, WINDOWS_1252),
            misread(UTF_8, WINDOWS_1251),
            misread(WINDOWS_1251, WINDOWS_1252),
            misread(KOI8_R, WINDOWS_1252),
        ] {
            let all = decoded(&written);
            assert!(all.iter().any(|n| n == name), "{written}: {all:?}");
        }
        assert_eq!(decoded("JosÃ© MuÃ±oz"), ["José Muñoz"]);
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
