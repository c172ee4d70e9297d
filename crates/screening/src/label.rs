//! What people write around an identifier: its label, the scheme of a link, the country behind it, brackets that keep a
//! link from being followed, digits of another script.

/// Words that say what a number is, without their dots. Any of them may stand before another.
const LABELS: [&str; 144] = [
    "SSN",
    "NIT",
    "RFC",
    "CURP",
    "TIN",
    "EIN",
    "TAX",
    "TAXPAYER",
    "ID",
    "IDENTIFICATION",
    "IDENTIFIER",
    "NO",
    "NR",
    "NUMBER",
    "NUM",
    "NUMERO",
    "NÚMERO",
    "NUMÉRO",
    "NUMMER",
    "CODE",
    "PASSPORT",
    "REISEPASS",
    "PASAPORTE",
    "PASSEPORT",
    "PASSAPORTO",
    "PASSNUMMER",
    "ПАСПОРТ",
    "НОМЕР",
    "IMO",
    "ИМО",
    "MMSI",
    "INN",
    "ИНН",
    "OGRN",
    "ОГРН",
    "KPP",
    "КПП",
    "SNILS",
    "СНИЛС",
    "LEI",
    "BIC",
    "SWIFT",
    "БИК",
    "IBAN",
    "ISIN",
    "VAT",
    "USCC",
    "UNIFIED",
    "SOCIAL",
    "CREDIT",
    "SECURITY",
    "DUNS",
    "CEDULA",
    "CÉDULA",
    "DNI",
    "NIE",
    "NIF",
    "CIF",
    "RUC",
    "RUT",
    "RIF",
    "CUIT",
    "CUIL",
    "CPF",
    "CNPJ",
    "CNIC",
    "PAN",
    "AADHAAR",
    "REGISTRATION",
    "REG",
    "REGISTERED",
    "REGISTER",
    "COMPANY",
    "COMMERCIAL",
    "BUSINESS",
    "TRADE",
    "CERTIFICATE",
    "LICENSE",
    "LICENCE",
    "DRIVER",
    "DRIVERS",
    "NATIONAL",
    "FOREIGN",
    "PERSONAL",
    "CARD",
    "IDENTITY",
    "RESIDENCY",
    "PERMIT",
    "VESSEL",
    "SHIP",
    "AIRCRAFT",
    "HULL",
    "SERIAL",
    "TAIL",
    "CALL",
    "SIGN",
    "ACCOUNT",
    "ACCT",
    "WALLET",
    "ADDRESS",
    "ADDR",
    "DIGITAL",
    "CURRENCY",
    "CRYPTO",
    "BITCOIN",
    "ETHEREUM",
    "XBT",
    "BTC",
    "ETH",
    "XMR",
    "LTC",
    "ZEC",
    "DASH",
    "BTG",
    "ETC",
    "BSV",
    "BCH",
    "XVG",
    "USDT",
    "USDC",
    "ARB",
    "BSC",
    "TRX",
    "TRON",
    "SOL",
    "XRP",
    "DOGE",
    "PHONE",
    "TEL",
    "TELEPHONE",
    "MOBILE",
    "CELL",
    "FAX",
    "ТЕЛ",
    "ТЕЛЕФОН",
    "EMAIL",
    "MAIL",
    "WEBSITE",
    "WEB",
    "SITE",
    "URL",
    "DOMAIN",
    "STEUERNUMMER",
    "AUSWEIS",
];

/// Schemes of links to people.
const SCHEMES: [&str; 6] = ["tel:", "mailto:", "callto:", "sip:", "sms:", "fax:"];

/// Labels that people write onto a number without anything between.
const GLUED: [&str; 12] = [
    "IMO", "MMSI", "INN", "ИНН", "OGRN", "ОГРН", "KPP", "КПП", "LEI", "IBAN", "ИМО", "USCC",
];

/// An identifier without what people write around it: the same text where there is nothing.
///
/// ```
/// use overt_screening::bare_identifier;
///
/// assert_eq!(bare_identifier("passport no. J287011 (Colombia)"), "J287011");
/// assert_eq!(bare_identifier("SSN 523-33-8386"), "523-33-8386");
/// assert_eq!(bare_identifier("hxxps://bank[.]example"), "https://bank.example");
/// assert_eq!(bare_identifier("X-77"), "X-77");
/// ```
pub fn bare_identifier(value: &str) -> String {
    let plain: String = value.trim().chars().map(plain).collect();
    let plain = refanged(&plain);
    let lower = plain.to_ascii_lowercase();
    let scheme = SCHEMES.iter().find(|s| lower.starts_with(**s));
    let bare = match scheme {
        Some(scheme) => plain[scheme.len()..].split('?').next().unwrap_or_default(),
        None => unlabelled(&plain),
    };
    without_country(bare.trim()).to_owned()
}

/// A sign as keyboards of the West write it: digits of any script, full-width letters and signs.
fn plain(c: char) -> char {
    /// Where the digits of scripts begin that are written in tens.
    const ZEROS: [char; 12] = ['٠', '۰', '०', '০', '੦', '૦', '௦', '౦', '೦', '൦', '๐', '០'];
    if c.is_ascii() {
        return c;
    }
    let code = c as u32;
    if (0xff01..=0xff5e).contains(&code) {
        return char::from_u32(code - 0xfee0).unwrap_or(c);
    }
    if c.is_whitespace() {
        return ' ';
    }
    let digit = ZEROS
        .iter()
        .find_map(|zero| code.checked_sub(*zero as u32).filter(|d| *d < 10));
    digit.and_then(|d| char::from_digit(d, 10)).unwrap_or(c)
}

/// A link that was written so that nobody follows it, as it is.
fn refanged(text: &str) -> String {
    const FANGS: [(&str, &str); 8] = [
        ("[.]", "."),
        ("(.)", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[@]", "@"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("[:]", ":"),
    ];
    let mut text = text.to_owned();
    for (written, meant) in FANGS {
        if text.contains(written) {
            text = text.replace(written, meant);
        }
    }
    match text.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("hxxp") => format!("http{}", &text[4..]),
        _ => text,
    }
}

/// Without the labels before it, where something that may be an identifier stands after them.
fn unlabelled(text: &str) -> &str {
    let mut rest = text;
    while let Some(after) = after_label(rest) {
        rest = after;
    }
    if rest.len() == text.len() {
        return glued(text).unwrap_or(text);
    }
    // A label stands before a number, an address or a bank's code: words are words.
    let word = rest.split_whitespace().next().unwrap_or_default();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_code = matches!(word.len(), 8 | 11) && letters == word.len();
    let says = rest.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '.'));
    if says || is_code { rest } else { text }
}

/// What stands after a label at the start of a text.
fn after_label(text: &str) -> Option<&str> {
    // The one label with a hyphen in it.
    let hyphen = text
        .get(..2)
        .filter(|start| start.eq_ignore_ascii_case("e-"));
    let is_mail = text
        .get(2..6)
        .is_some_and(|mail| mail.eq_ignore_ascii_case("mail"));
    let text = if hyphen.is_some() && is_mail {
        &text[2..]
    } else {
        text
    };
    let end = text
        .char_indices()
        .find(|(_, c)| !c.is_alphabetic() && *c != '.')
        .map_or(text.len(), |(at, _)| at);
    let (word, rest) = text.split_at(end);
    if rest.is_empty() {
        return None;
    }
    let separators =
        |c: char| c.is_whitespace() || matches!(c, ':' | '#' | '№' | '.' | '/' | '-' | '=' | ',');
    let after = rest.trim_start_matches(separators);
    // A number of its own begins with letters and a hyphen: only a word that is a label is one.
    let plain: String = word
        .chars()
        .filter(|c| c.is_alphabetic())
        .collect::<String>()
        .to_uppercase();
    let is_sign = plain.is_empty() && rest.starts_with(['#', '№']);
    let is_parted = after.len() < rest.len();
    (is_sign || is_parted && LABELS.contains(&plain.as_str())).then_some(after)
}

/// Without a label that is written onto a number.
fn glued(text: &str) -> Option<&str> {
    let upper = text.to_uppercase();
    let label = GLUED.iter().find(|l| upper.starts_with(**l))?;
    let rest = text.get(label.len()..)?;
    rest.starts_with(|c: char| c.is_ascii_digit())
        .then_some(rest)
}

/// Without the country, or whatever else, in brackets behind it.
fn without_country(text: &str) -> &str {
    match text.split_once(" (") {
        Some((before, after))
            if after.ends_with(')') && before.contains(|c: char| c.is_ascii_digit()) =>
        {
            before.trim_end()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_label_stays() {
        for text in [
            "EP-MNB",
            "Imola 12",
            "AB 123456",
            "No",
            "P-532",
            "dash",
            "e-mail",
            "DE 89 37",
            "TAX HAVEN LTD",
        ] {
            assert_eq!(bare_identifier(text), text);
        }
        assert_eq!(bare_identifier("Bic SABRRUMM"), "SABRRUMM");
        assert_eq!(bare_identifier("INN7707083893"), "7707083893");
    }
}
