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
        11 if value.bytes().any(|b| b.is_ascii_alphabetic()) => is_bank(&value[..8]),
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
    code.len() == 8 && code[..6].bytes().all(|b| b.is_ascii_uppercase())
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
mod tests {
    use super::*;

    fn same(kind: PropertyType, ways: &[&str]) {
        let found: Vec<Option<String>> = ways.iter().map(|w| normalise(w, kind)).collect();
        assert!(found[0].is_some(), "{ways:?}");
        assert!(found.windows(2).all(|w| w[0] == w[1]), "{ways:?} {found:?}");
    }

    #[test]
    fn as_lists_and_payments_write_them() {
        let id = PropertyType::Identifier;
        for ways in [
            &["523338386", "SSN 523-33-8386", "ssn: 523 33 8386"][..],
            &[
                "800146749-7",
                "NIT # 800146749-7",
                "N.I.T. No. 800.146.749-7",
            ],
            &["DIB771110HQ1", "R.F.C. DIB-771110-HQ1", "RFC: DIB771110HQ1"],
            &["52-1943868", "Tax ID No. 52-1943868", "EIN 52-1943868"],
            &[
                "J287011",
                "passport no. J287011 (Colombia)",
                "Passport # J287011",
                "Reisepass-Nr. J287011",
            ],
            &[
                "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
                "XBT 12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
                "BTC: 12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
                "Digital Currency Address - XBT 12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
            ],
            &[
                "0xA7E5D5A720F06526557C513402F2E6B5FA20B008",
                "ETH 0xA7E5D5A720F06526557C513402F2E6B5FA20B008",
                "ethereum:0xA7E5D5A720F06526557C513402F2E6B5FA20B008@1",
            ],
            &[
                "Xo1j6u5Bh9vJqgDEJN6pXXXXXXXXXXXXXX",
                "DASH: Xo1j6u5Bh9vJqgDEJN6pXXXXXXXXXXXXXX",
            ],
            &[
                "9187629",
                "ИМО 9187629",
                "IMO ９１８７６２９",
                "imo-no 9187629",
                "IMO ٩١٨٧٦٢٩",
            ],
        ] {
            same(id, ways);
        }
        same(
            PropertyType::Phone,
            &[
                "+90 212 555 12 34",
                "tel:+902125551234",
                "Phone +90 212 555 12 34",
                "Tel.: +90-212-5551234",
            ],
        );
        same(
            PropertyType::Email,
            &[
                "a@bankrefah.ir",
                "mailto:a@bankrefah.ir",
                "E-mail: a[at]bankrefah[.]ir",
                "MAILTO:A@bankrefah.ir?subject=x",
            ],
        );
        same(
            PropertyType::Url,
            &[
                "bankrefah.ir",
                "bankrefah[.]ir",
                "hxxps://www.bankrefah.ir/x",
                "Website: www.bankrefah.ir",
            ],
        );
        let branch = normalised("SABRRUMM001", id);
        assert!(branch.contains(&"SABRRUMM".to_owned()), "{branch:?}");
        assert_eq!(normalised("PASSPORTABC", id).len(), 1);
    }

    #[test]
    fn the_same_however_it_is_written() {
        let id = PropertyType::Identifier;
        same(
            id,
            &[
                "9187629",
                "IMO 9187629",
                "IMO9187629",
                "imo: 9187629",
                "IMO No. 9187629",
            ],
        );
        same(
            id,
            &[
                "SABRRUMM",
                "SABRRUMMXXX",
                "sabrrumm xxx",
                "BIC SABRRUMM",
                "SWIFT: SABRRUMM",
            ],
        );
        same(
            id,
            &[
                "7707083893",
                "INN 7707083893",
                "ИНН 7707083893",
                "inn7707083893",
            ],
        );
        same(id, &["AB 123456", "АВ 123456", "ав123456"]);
        same(
            id,
            &[
                "DE89 3704 0044 0532 0130 00",
                "IBAN DE89370400440532013000",
                "de89370400440532013000",
            ],
        );
        same(
            id,
            &[
                "0xA7E5D5A720F06526557C513402F2E6B5FA20B008",
                "a7e5d5a720f06526557c513402f2e6b5fa20b008",
                "ethereum:0xA7E5D5A720F06526557C513402F2E6B5FA20B008?value=1",
                "0XA7E5D5A720F06526557C513402F2E6B5FA20B008",
            ],
        );
        same(
            id,
            &[
                "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh",
                "BC1QXY2KGDYGJRSQTZQ2N0YRF2493P83KKFJHX0WLH",
                "bitcoin:bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh?amount=1",
            ],
        );
        same(
            id,
            &[
                "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
                "bitcoin:12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
            ],
        );
        same(
            PropertyType::Phone,
            &["8 (495) 123-45-67", "+7 495 123 45 67", "007 495 1234567"],
        );
        same(
            PropertyType::Url,
            &[
                "https://www.Example.com/a",
                "example.com",
                "example.com:443/",
                "EXAMPLE.COM.",
            ],
        );
        same(
            PropertyType::Url,
            &[
                "https://www.facebook.com/Somebody/",
                "facebook.com/somebody?x=1",
            ],
        );
    }

    #[test]
    fn different_stays_different() {
        let id = |value| normalise(value, PropertyType::Identifier);
        assert_ne!(
            id("12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz"),
            id("12UDABS2TkX7NXCSj6KpqXfakjE52ZPLhz")
        );
        assert_ne!(id("SABRRUMM012"), id("SABRRUMM"));
        // Words that begin as a label does.
        assert_eq!(id("LEIPZIG"), Some("LEIPZIG".to_owned()));
        assert_eq!(id("INNOVATION"), Some("INNOVATION".to_owned()));
        let phone = |value| normalise(value, PropertyType::Phone);
        assert_ne!(phone("+8 495 123 45 67"), phone("+7 495 123 45 67"));
        let site = |value| normalise(value, PropertyType::Url);
        assert_ne!(site("facebook.com/a-person"), site("facebook.com/another"));
        assert_eq!(site("https://facebook.com/"), None);
    }

    #[test]
    fn numbers_with_check_digits_check_themselves() {
        for number in [
            "9187629",                // IMO
            "7707083893",             // INN of a company
            "500100732259",           // INN of a person
            "1027700132195",          // OGRN
            "304500116000157",        // OGRN of a person in business
            "5493001KJTIIGC8Y1R12",   // LEI
            "DE89370400440532013000", // IBAN
            "US0378331005",           // ISIN
            "SABRRUMM",               // BIC
        ] {
            assert!(checks_itself(number), "{number}");
            // With another last digit it does not, unless it has none.
            let mut wrong = number.to_owned();
            let last = wrong.pop().unwrap();
            let Some(digit) = last.to_digit(10) else {
                continue;
            };
            wrong.push(char::from_digit((digit + 1) % 10, 10).unwrap());
            assert!(!checks_itself(&wrong), "{wrong}");
        }
        for number in ["12345678", "AB123456", "1234567890123", ""] {
            assert!(!checks_itself(number), "{number}");
        }
    }

    #[test]
    fn what_identifies_nobody_is_none() {
        for value in ["1111111", "-0-", "", "IMO", "n/a"] {
            assert_eq!(normalise(value, PropertyType::Identifier), None, "{value}");
        }
    }
}
