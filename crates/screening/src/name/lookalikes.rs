//! Letters of other scripts that look like Latin ones: a word that mixes scripts, or is in one that no list is written in,
//! is read by what it looks like, if that is a whole word in Latin letters.
//!
//! The pairs are those of Unicode's table of confusable characters (UTS 39) for the scripts that have many of them.

use std::borrow::Cow;

use icu_properties::props::Script;
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed};

/// Letters with the Latin ones that they look like, in capitals and small letters.
const ALIKE: &str = "\
АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX аa вb еe кk мm нh оo рp сc тt уy хx іi ІI їi ЇI јj ЈJ ѕs ЅS һh ҺH ԁd ԛq ԚQ ԝw ԜW \
ӏl ӀI ѵv ѴV гr пn ёe ЁE ӧo үy ҮY ҁc ԌG ԏt ԑe \
ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa γy εe ηn ιi κk νv οo ρp τt υu χx ωw ϲc ϹC ϳj ͿJ άa έe ήn ίi όo ύu ώw \
օo ՕO ոn սu ՍU ՏS հh ցg զq յj ԼL ѕs ԳQ \
ᎠD ᎡR ᎢT ᎥI ᎩY ᎪA ᎫJ ᎬE ᎳW ᎷM ᎻH ᎽY ᏀG ᏃZ ᏎH ᏒR ᏔW ᏕS ᏙV ᏚS ᏞL ᏟC ᏢP ᏦK ᏧD ᏴB ᏏB ᎾO ᎤO ᏆI ᎰF ᎮF ᏅO ᎨH ᎱG ᏁN ᏄQ ᏉV ᏊE \
ꭰd ꭱr ꭲt ꭵi ꭹy ꭺa ꭻj ꭼe ꮃw ꮇm ꮋh ꮍy ꮐg ꮓz ꮢr ꮪs ꮩv ꮮl ꮯc ꮲp ꮶk ꮷd ᏼb \
ꓐB ꓑP ꓓD ꓔT ꓖG ꓗK ꓙJ ꓚC ꓜZ ꓝF ꓟM ꓠN ꓡL ꓢS ꓣR ꓦV ꓧH ꓪW ꓫX ꓬY ꓮA ꓰE ꓲI ꓳO ꓴU \
ⲟo ⲞO ⲣp ⲢP ⲥc ⲤC ⲔK ⲕk ⲘM ⲏh ⲎH ⲒI ⲓi ⲦT ⲧt ⲨY ⲩy ⲬX ⲭx ⲂB ⲛn ⲚN ⲁa ⲀA ⲉe ⲈE";

/// What a letter looks like.
fn look(c: char) -> Option<char> {
    let mut pairs = ALIKE.split_ascii_whitespace();
    pairs.find_map(|pair| {
        let mut letters = pair.chars();
        (letters.next() == Some(c))
            .then(|| letters.next())
            .flatten()
    })
}

/// A text with its words read by what they look like, where they mix scripts or are in one that no list is written in.
pub(super) fn unmasked(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.is_ascii() || !text.split(is_between).any(is_masked) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(is_between) {
        let end = part
            .char_indices()
            .next_back()
            .filter(|(_, c)| is_between(*c));
        let (word, after) = part.split_at(end.map_or(part.len(), |(at, _)| at));
        match is_masked(word).then(|| in_latin(word)).flatten() {
            Some(latin) => out.push_str(&latin),
            None => out.push_str(word),
        }
        out.push_str(after);
    }
    Cow::Owned(out)
}

/// A text with the whole words of another script, all of whose letters look like Latin ones, read by their look: `РЕСНЕ` may
/// be a Russian word or Latin letters in disguise.
pub(super) fn by_look(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mut found = false;
    let parts = text.split_inclusive(is_between).map(|part| {
        let word = part.trim_end_matches(is_between);
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let is_foreign = letters > 1 && !word.chars().any(|c| c.is_ascii_alphabetic());
        match is_foreign.then(|| in_latin(word)).flatten() {
            Some(latin) if latin.is_ascii() => {
                found = true;
                Cow::Owned(latin + &part[word.len()..])
            }
            _ => Cow::Borrowed(part),
        }
    });
    let read: String = parts.collect();
    found.then_some(read)
}

/// A text as eyes see it: letters and digits alone, small, those that look like Latin ones as these.
///
/// ```
/// assert_eq!(overt_screening::seen_as("Аnn Ｌ."), overt_screening::seen_as("ANN L"));
/// ```
pub fn seen_as(text: &str) -> String {
    let plain = super::scripts::normalise(text);
    let letters = plain.chars().filter(|c| c.is_alphanumeric());
    let seen = letters.map(|c| look(c).unwrap_or(c));
    seen.flat_map(char::to_lowercase).collect()
}

fn is_between(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '\'' | '’')
}

/// Whether a word's letters are of Latin and another script, or of one that no list is written in.
fn is_masked(word: &str) -> bool {
    const SCRIPTS: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::<Script>::new();
    if word.is_ascii() {
        return false;
    }
    let (mut latin, mut alike, mut strange) = (false, false, false);
    for c in word.chars() {
        match SCRIPTS.get(c) {
            Script::Latin => latin = true,
            Script::Cyrillic | Script::Greek | Script::Armenian => alike = true,
            Script::Cherokee | Script::Lisu | Script::Coptic => strange = true,
            _ => {}
        }
    }
    strange || latin && alike
}

/// A word in Latin letters by the look of those that are not, if all of them look like one.
fn in_latin(word: &str) -> Option<String> {
    const SCRIPTS: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::<Script>::new();
    let letters = word.chars().map(|c| match SCRIPTS.get(c) {
        Script::Latin | Script::Common | Script::Inherited => Some(c),
        _ => look(c),
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_may_be_read_by_their_look() {
        for (text, read) in [
            ("АСМЕ Bank", Some("ACME Bank")),
            ("РЕТЕR, РОТАРОV", None),
            ("Сосо Сherry", Some("Coco Сherry")),
            ("Пригожин", None),
            ("Zoë Müller", None),
            ("习近平", None),
        ] {
            assert_eq!(by_look(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn words_of_several_scripts_are_read_by_their_look() {
        for (text, read) in [
            ("РЕСНЕGIN, Аndrеy I.", "PECHEGIN, Andrey I."),
            ("Ρutin Vlаdimir", "Putin Vladimir"),
            ("ᏢᎬᎢᎡ ᏙᎪᏞ", "PETR VAL"),
            // Whole words of a script are what they are.
            ("Пригожин Ltd", "Пригожин Ltd"),
            ("КАМАЗtrade", "КАМАЗtrade"),
            ("Zoë Müller", "Zoë Müller"),
        ] {
            assert_eq!(unmasked(Cow::Borrowed(text)), read, "{text}");
        }
    }
}
