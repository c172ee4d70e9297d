//! Identifiers as they are compared: the same number however it is written.
//!
//! A value is told by its form, for people write it under any name: with its label before it (`IMO 9187629`), in capitals or
//! not, with Cyrillic letters that look Latin, with the scheme of a link.

use overt_model::ftm::PropertyType;

pub use crate::label::bare_identifier;

/// An identifier as it is compared: letters and digits in upper case; a website is its host, an e-mail address itself, a
/// wallet what its chain makes of it. `None` for one too short to identify anybody.
pub fn normalise(value: &str, kind: PropertyType) -> Option<String> {
    normalised(value, kind).into_iter().next()
}

/// All that an identifier is compared as: a website also as the domain that it is under, which is one owner's.
pub(crate) fn normalised(given: &str, kind: PropertyType) -> Vec<String> {
    let plain = plain(given);
    let given = plain.as_str();
    let bare = bare_identifier(given);
    let value = bare.as_str();
    let mut texts = vec![match kind {
        PropertyType::Url => site(value),
        PropertyType::Email => value.to_lowercase(),
        PropertyType::Phone => phone(value),
        _ => wallet(value).unwrap_or_else(|| number(value)),
    }];
    if kind == PropertyType::Url {
        let owned = owned_domain(&texts[0]);
        texts.extend(owned);
    }
    if kind == PropertyType::Identifier {
        let bank = bank_of_branch(&texts[0]).map(str::to_owned);
        texts.extend(bank);
        // What looks like a label may belong to the number.
        if wallet(value).is_none() {
            let whole = number(given);
            texts.extend(Some(whole).filter(|whole| *whole != texts[0]));
        }
    }
    texts.dedup();
    // Serial numbers of aircraft have three digits; a site or an address of mail has more letters.
    let least = if kind == PropertyType::Identifier {
        3
    } else {
        5
    };
    texts.retain(|text| {
        let signs: std::collections::BTreeSet<char> = text.chars().collect();
        let is_word = text.len() < 5 && !text.bytes().any(|b| b.is_ascii_digit());
        text.len() >= least && signs.len() > 1 && !is_word
    });
    texts
}

/// Without what programs put around it: signs that show nothing, spaces that break no line, the apostrophe of a spreadsheet,
/// brackets and quotes, and the fraction of nothing that a number got (`9187629.0`).
fn plain(given: &str) -> String {
    let shown = given.chars().filter_map(|c| match c {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' => {
            None
        }
        '\u{a0}' | '\u{202f}' | '\u{2007}' => Some(' '),
        c => Some(c),
    });
    let shown: String = shown.collect();
    // An address of mail may stand in brackets behind its bearer.
    let inner = match shown
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
    {
        Some((inner, _)) if inner.contains('@') => inner,
        _ => &shown,
    };
    let bare = inner.trim().trim_start_matches(['\'', '"', '`']);
    let bare = bare.trim_end_matches(['\'', '"', '`', ',', ';', ' ']);
    let bare = bare.strip_suffix('.').unwrap_or(bare);
    let number = bare.strip_suffix(".0").filter(|number| {
        let digits = number.bytes().rev().take_while(u8::is_ascii_digit);
        digits.count() >= 3 && !number.contains('.')
    });
    number.unwrap_or(bare).to_owned()
}

/// Bits of an identifier that checks itself, or that only its owner can have.
pub(crate) const PROVEN: u8 = u8::MAX;

/// How hard it is for two to have an identifier by chance, as it is compared.
pub(crate) fn bits(value: &str, kind: PropertyType) -> u8 {
    if matches!(kind, PropertyType::Url | PropertyType::Email) || checks_itself(value) {
        return PROVEN;
    }
    let of = |c: char| if c.is_ascii_digit() { 3.3 } else { 4.7 };
    let bits: f64 = value.chars().map(of).sum();
    bits.min(f64::from(PROVEN - 1)) as u8
}

/// Whether a number has the check digits of one of the kinds that have them, or is a wallet.
fn checks_itself(value: &str) -> bool {
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    match value.len() {
        7 if digits => weighted(value, &[7, 6, 5, 4, 3, 2], 10) == Some(digit(value, 6)),
        8 if is_bank(value) => true,
        11 if value.bytes().any(|b| b.is_ascii_alphabetic()) => is_bank_or_branch(value),
        10 if digits => inn(value, &[2, 4, 10, 3, 5, 9, 4, 6, 8]),
        12 if digits => {
            inn(&value[..11], &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
                && inn(value, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
        }
        12 if is_security(value) => luhn(value),
        13 if digits => ogrn(value, 11),
        15 if digits => ogrn(value, 13),
        20 if !digits => mod_97(value) == Some(1),
        15..=34 if is_account(value) => {
            mod_97(&format!("{}{}", &value[4..], &value[..4])) == Some(1)
        }
        26.. => true,
        _ => false,
    }
}

fn digit(value: &str, at: usize) -> u32 {
    u32::from(value.as_bytes()[at] - b'0')
}

/// The last digit of a weighted sum (IMO's numbers of ships).
fn weighted(value: &str, weights: &[u32], modulo: u32) -> Option<u32> {
    let digits = value.chars().map(|c| c.to_digit(10));
    let products = digits.zip(weights).map(|(d, w)| Some(d? * w));
    let sum: Option<u32> = products.sum();
    sum.map(|s| s % modulo)
}

/// Russia's number of a taxpayer: the last digit is that of a sum, modulo 11.
fn inn(value: &str, weights: &[u32]) -> bool {
    weighted(value, weights, 11).map(|s| s % 10) == Some(digit(value, weights.len()))
}

/// Russia's number of registration: the last digit is the rest of the others by 11 or 13.
fn ogrn(value: &str, by: u64) -> bool {
    let (number, check) = value.split_at(value.len() - 1);
    let rest = number.parse::<u64>().map(|n| n % by % 10);
    rest.map(|r| r.to_string()).as_deref() == Ok(check)
}

/// ISO 7064, mod 97-10: letters are numbers from 10 on (IBAN, LEI).
fn mod_97(value: &str) -> Option<u32> {
    value.chars().try_fold(0, |rest, c| {
        let n = c.to_digit(36)?;
        Some(
            if n < 10 {
                rest * 10 + n
            } else {
                rest * 100 + n
            } % 97,
        )
    })
}

/// Whether letters have the form of an account's number: a country and two digits before it (ISO 13616).
fn is_account(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes[..2].iter().all(u8::is_ascii_uppercase) && bytes[2..4].iter().all(u8::is_ascii_digit)
}

/// Whether letters have the form of a security's number (ISO 6166).
fn is_security(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes[..2].iter().all(u8::is_ascii_uppercase) && bytes[11].is_ascii_digit()
}

/// Every second digit doubled, from the right, letters as numbers from 10 on.
fn luhn(value: &str) -> bool {
    let digits: String = value
        .chars()
        .filter_map(|c| c.to_digit(36))
        .map(|n| n.to_string())
        .collect();
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(at, d)| {
            if at % 2 == 0 {
                d
            } else {
                d * 2 / 10 + d * 2 % 10
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The domain of an address for mail that is its owner's alone.
pub(crate) fn mail_domain(address: &str) -> Option<String> {
    /// Whoever wants one has an address there.
    const OPEN: [&str; 34] = [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "ymail.com",
        "hotmail.com",
        "outlook.com",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.com",
        "mail.ru",
        "bk.ru",
        "list.ru",
        "inbox.ru",
        "yandex.ru",
        "yandex.com",
        "ya.ru",
        "rambler.ru",
        "qq.com",
        "163.com",
        "126.com",
        "naver.com",
        "protonmail.com",
        "proton.me",
        "tutanota.com",
        "zoho.com",
        "ukr.net",
        "orange.fr",
    ];
    let (_, host) = address.trim().rsplit_once('@')?;
    let host = site(host);
    let owned = owned_domain(&host).unwrap_or(host);
    (owned.len() >= 5 && !OPEN.contains(&owned.as_str()) && !owned.contains('/')).then_some(owned)
}

/// The domain that a host is under, which is registered by one owner; none for a page of a site that many share.
fn owned_domain(host: &str) -> Option<String> {
    let shared = host.contains('/') || SHARED.contains(&host);
    psl::domain_str(host).filter(|_| !shared).map(str::to_owned)
}

/// Schemes of links to wallets.
const SCHEMES: [&str; 12] = [
    "bitcoin:",
    "ethereum:",
    "litecoin:",
    "bitcoincash:",
    "dash:",
    "monero:",
    "zcash:",
    "dogecoin:",
    "tron:",
    "ripple:",
    "solana:",
    "lightning:",
];
/// What addresses of Bitcoin's newer kind begin with, and those of its kin: they are in one case, whichever it is.
const BECH32: [&str; 3] = ["bc1", "ltc1", "tb1"];

/// The address of a wallet, if a value has the form of one.
fn wallet(value: &str) -> Option<String> {
    let lower = value.to_lowercase();
    let scheme = SCHEMES.iter().find(|s| lower.starts_with(**s));
    let value = scheme.map_or(value, |scheme| value[scheme.len()..].trim_start());
    let value = value.split(['?', '@']).next().unwrap_or_default();
    // Of a page that shows one.
    let value = match value.split_once("://") {
        Some((_, page)) => page
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default(),
        None => value,
    };
    let joined: String = value.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let value = if joined.len() >= 26 && has_letters_and_digits(&joined) {
        joined.trim_end_matches('/')
    } else {
        value
    };
    let is_plain = value.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_plain || value.len() < 26 && scheme.is_none() {
        return None;
    }
    let lower = value.to_lowercase();
    let hex = lower.strip_prefix("0x").unwrap_or(&lower);
    if hex.len() == 40 && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(format!("0x{hex}"));
    }
    let one_case = BECH32.iter().any(|p| lower.starts_with(p)) || lower.starts_with("0x");
    // Other chains tell letters by their case.
    Some(if one_case { lower } else { value.to_owned() })
}

fn has_letters_and_digits(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_digit()) && value.bytes().any(|b| b.is_ascii_lowercase())
}

/// Letters and digits in upper case, without what a branch adds to a bank's code.
fn number(value: &str) -> String {
    let code: String = value
        .to_uppercase()
        .chars()
        .map(latin)
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match code.strip_suffix("XXX") {
        Some(bank) if is_bank(bank) => bank.to_owned(),
        _ => code,
    }
}

/// The code of the bank that a branch is of (ISO 9362): a country stands in it, and three more letters or digits after it.
fn bank_of_branch(code: &str) -> Option<&str> {
    let bank = code
        .get(..8)
        .filter(|bank| code.len() == 11 && is_bank(bank))?;
    overt_model::territory::code(&bank[4..6]).map(|_| bank)
}

/// Whether letters have the form of a bank's code: bank, country, place (ISO 9362).
fn is_bank(code: &str) -> bool {
    code.len() == 8 && code.bytes().take(6).all(|b| b.is_ascii_uppercase())
}

/// A bank's code, with or without the three signs of a branch.
fn is_bank_or_branch(code: &str) -> bool {
    let is_written_so = code
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    is_written_so && matches!(code.len(), 8 | 11) && code.get(..8).is_some_and(is_bank)
}

/// The Latin letter that a Cyrillic one looks like, as in series of passports and number plates.
fn latin(letter: char) -> char {
    const ALIKE: [(char, char); 12] = [
        ('А', 'A'),
        ('В', 'B'),
        ('Е', 'E'),
        ('К', 'K'),
        ('М', 'M'),
        ('Н', 'H'),
        ('О', 'O'),
        ('Р', 'P'),
        ('С', 'C'),
        ('Т', 'T'),
        ('У', 'Y'),
        ('Х', 'X'),
    ];
    let alike = ALIKE.iter().find(|(cyrillic, _)| *cyrillic == letter);
    alike.map_or(letter, |(_, latin)| *latin)
}

/// A name with a number of a ship, a bank or a taxpayer behind it, and that number: only one that checks itself.
pub(crate) fn numbered(text: &str) -> Option<(&str, String)> {
    const LABELS: [&str; 10] = [
        "IMO", "ИМО", "MMSI", "INN", "ИНН", "OGRN", "ОГРН", "LEI", "BIC", "SWIFT",
    ];
    const SEPARATORS: [char; 8] = [' ', ',', '(', ';', '-', '/', ':', '['];
    let found = LABELS.iter().filter_map(|label| {
        let at = text.match_indices(label).map(|(at, _)| at).find(|at| {
            let before = text[..*at].chars().next_back();
            before.is_some_and(|c| SEPARATORS.contains(&c))
        })?;
        let number = number(&bare_identifier(
            text[at..].trim_end_matches([')', ']', ' ']),
        ));
        checks_itself(&number).then(|| (text[..at].trim_end_matches(SEPARATORS), number))
    });
    found.min_by_key(|(name, _)| name.len())
}

/// What a text is compared as that is an identifier where a name belongs: an address of mail, a page, a wallet, a number with
/// its label or of five digits and more, a number that checks itself.
pub(crate) fn alone(text: &str) -> Vec<(String, PropertyType)> {
    const DIGITS: usize = 5;
    let bare = bare_identifier(&plain(text));
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let is_digits = digits >= DIGITS && !bare.contains(char::is_alphabetic);
    let is_one_word = !bare.contains(char::is_whitespace);
    let is_number = is_one_word && (digits >= DIGITS || is_bank_or_branch(&bare));
    let kinds: &[PropertyType] = if bare.contains("://") || bare.starts_with("www.") {
        &[PropertyType::Url]
    } else if is_one_word && bare.contains('@') {
        &[PropertyType::Email]
    } else if is_digits {
        &[PropertyType::Identifier, PropertyType::Phone]
    } else if is_number || wallet(&bare).is_some() {
        &[PropertyType::Identifier]
    } else {
        &[]
    };
    let all = kinds.iter().flat_map(|kind| {
        normalised(text, *kind)
            .into_iter()
            .map(|value| (value, *kind))
    });
    all.collect()
}

/// The same of a text that holds other words beside it: `Jane Doe passport J287011`, `Jane Doe (BTC 12udab…)`.
pub(crate) fn within(text: &str) -> Vec<(String, PropertyType)> {
    const MOST: usize = 40;
    let mut all = alone(text);
    let parts = text
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | '|'));
    for part in parts
        .filter(|part| !part.is_empty() && *part != text)
        .take(MOST)
    {
        all.extend(alone(part));
        // A sign that two names stand beside is a part of links.
        if part.contains('/') && !part.contains("://") {
            all.extend(part.split('/').flat_map(alone));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// Digits with the country's code: `00` is a plus, and Russia's own `8` before ten digits is its `7` from abroad.
fn phone(value: &str) -> String {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    match digits.strip_prefix('8') {
        Some(rest) if rest.len() == 10 && !value.trim_start().starts_with('+') => {
            format!("7{rest}")
        }
        _ => digits.to_owned(),
    }
}

/// The last digits of a phone, by which it is found without its country's code: the least that a place and a number have.
pub(crate) fn phone_tail(value: &str) -> Option<String> {
    const DIGITS: usize = 8;
    let digits = phone(value);
    let differ = digits.bytes().any(|b| Some(b) != digits.bytes().next());
    (digits.len() >= DIGITS && differ)
        .then(|| format!("phone {}", &digits[digits.len() - DIGITS..]))
}

/// Sites on which a page belongs to somebody else than the site does.
const SHARED: [&str; 12] = [
    "facebook.com",
    "twitter.com",
    "x.com",
    "vk.com",
    "instagram.com",
    "youtube.com",
    "t.me",
    "telegram.me",
    "linkedin.com",
    "ok.ru",
    "tiktok.com",
    "medium.com",
];

/// A website: its host, and on a site that many share the page too.
fn site(url: &str) -> String {
    let lower = url.to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, r)| r);
    let (host, path) = rest.split_once(['/', '?', '#']).unwrap_or((rest, ""));
    let host = host.split(':').next().unwrap_or_default();
    let host = host
        .strip_prefix("www.")
        .unwrap_or(host)
        .trim_end_matches('.');
    // A name in another script is one with its encoding.
    let ascii = url::Host::parse(host).map(|h| h.to_string());
    let host = ascii.as_deref().unwrap_or(host);
    let page = path
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .trim_matches('/');
    let shared = SHARED.contains(&host.strip_prefix("m.").unwrap_or(host));
    if shared && !page.is_empty() {
        format!("{host}/{page}")
    } else if shared {
        // The site itself is nobody's.
        String::new()
    } else {
        host.to_owned()
    }
}

#[cfg(test)]
mod tests;
