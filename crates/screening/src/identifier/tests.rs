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

#[test]
fn what_programs_put_around_a_number_is_not_of_it() {
    let id = PropertyType::Identifier;
    for ways in [
        &[
            "9187629",
            "9187629.0",
            "'9187629",
            "9187629.",
            "9187\u{200b}629",
            "\u{a0}9187629",
        ][..],
        &["7704028206", "7704028206.0", "INN 7704028206.0"],
        &[
            "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
            "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz.",
            "'12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
            "12udabs2TkX7 NXCSj6KpqXfakjE52ZPLhz",
            "12udabs2TkX7\u{200b}NXCSj6KpqXfakjE52ZPLhz",
            "https://blockchair.com/bitcoin/address/12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
            "bitcoin:12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz?amount=0.1",
        ],
    ] {
        same(id, ways);
    }
    same(
        PropertyType::Email,
        &[
            "boss@nsvet.com.ua",
            "John <boss@nsvet.com.ua>",
            "'boss@nsvet.com.ua.",
        ],
    );
}

#[test]
fn an_identifier_where_a_name_belongs() {
    for text in [
        "9187629",
        "IMO 9187629",
        "INAKRU41",
        "INAKRU41XXX",
        "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
        "bitcoin:12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
        "info@mahan.example",
        "https://www.mahan.example/about",
        "INN 7704028206",
        "A00000114",
        "+7 495 123-45-67",
    ] {
        assert!(!alone(text).is_empty(), "{text}");
    }
    for text in [
        "Mahan Air",
        "Brigade 44",
        "Fund 2007 Series",
        "SUNRISE",
        "Unit 29155 of somebody",
        "Hotel1920",
        "a日日b",
        "日日",
        "",
        "@",
    ] {
        assert!(alone(text).is_empty(), "{text}: {:?}", alone(text));
    }
}

#[test]
fn an_identifier_beside_a_name() {
    for (text, number) in [
        ("Jane Doe passport J287011", "J287011"),
        ("Jane Doe (9187629)", "9187629"),
        ("Jane Doe/9187629", "9187629"),
        ("Payment ref INAKRU41 thanks", "INAKRU41"),
        ("Jane Doe info@mahan.example", "info@mahan.example"),
        (
            "Jane Doe BTC 12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
            "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
        ),
    ] {
        let found = within(text);
        assert!(
            found.iter().any(|(value, _)| value == number),
            "{text}: {found:?}"
        );
    }
    assert!(within("Mahan Air, Tehran (Iran)").is_empty());
}
