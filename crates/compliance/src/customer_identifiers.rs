//! Which identifier a column of a table of customers holds, by its name.

/// The kinds of identifiers, each by its property, and the names that their columns are known by.
const KINDS: [(&str, &[&str]); 17] = [
    (
        "passportNumber",
        &[
            "passport",
            "passport_no",
            "passport_number",
            "passport_nr",
            "reisepass",
            "reisepassnummer",
            "passnummer",
            "passnr",
            "numéro_de_passeport",
            "passeport",
            "pasaporte",
            "passaporto",
            "паспорт",
            "护照号码",
            "護照號碼",
            "旅券番号",
            "여권번호",
            "رقم_الجواز",
            "pasaport",
            "pasaport_no",
            "номер_паспорта",
        ],
    ),
    (
        "idNumber",
        &[
            "national_id",
            "national_id_number",
            "identity_card",
            "id_card",
            "id_card_number",
            "identity_number",
            "personal_number",
            "personal_id",
            "ausweis",
            "ausweisnummer",
            "personalausweis",
            "personalausweisnummer",
            "dni",
            "nie",
            "cedula",
            "cédula",
            "curp",
            "cnic",
            "aadhaar",
            "ssn",
            "social_security_number",
            "driving_licence",
            "drivers_license",
            "iin",
            "snils",
            "证件号码",
            "身份证号",
            "주민등록번호",
            "رقم_الهوية",
            "kimlik_no",
        ],
    ),
    (
        "taxNumber",
        &[
            "tax_id",
            "tax_number",
            "tax_no",
            "tin",
            "ein",
            "vat",
            "vat_id",
            "vat_number",
            "vat_no",
            "steuernummer",
            "steuer_id",
            "ust_id",
            "ustidnr",
            "nif",
            "cif",
            "nit",
            "rfc",
            "ruc",
            "rut",
            "cuit",
            "cnpj",
            "cpf",
            "pan",
            "codice_fiscale",
            "partita_iva",
            "siren",
            "siret",
        ],
    ),
    ("innCode", &["inn", "инн"]),
    ("ogrnCode", &["ogrn", "огрн"]),
    (
        "registrationNumber",
        &[
            "registration_number",
            "registration_no",
            "reg_no",
            "reg_number",
            "company_number",
            "company_no",
            "company_registration_number",
            "crn",
            "handelsregisternummer",
            "hrb",
            "hr_nummer",
            "kvk",
            "krs",
            "regon",
            "duns",
            "licence_number",
            "license_number",
            "tail_number",
            "serial_number",
        ],
    ),
    ("leiCode", &["lei", "lei_code"]),
    (
        "swiftBic",
        &[
            "bic",
            "swift",
            "swift_code",
            "swift_bic",
            "bic_code",
            "bank_code",
        ],
    ),
    (
        "publicKey",
        &[
            "wallet",
            "wallets",
            "wallet_address",
            "crypto_wallet",
            "crypto_address",
            "crypto",
            "bitcoin",
            "bitcoin_address",
            "btc",
            "btc_address",
            "xbt",
            "eth",
            "eth_address",
            "ethereum_address",
            "usdt",
            "trx",
            "xmr",
            "blockchain_address",
            "public_key",
        ],
    ),
    ("imoNumber", &["imo", "imo_number", "imo_no"]),
    ("mmsi", &["mmsi"]),
    ("callSign", &["call_sign", "callsign"]),
    ("ibanCode", &["iban"]),
    ("isinCode", &["isin"]),
    (
        "email",
        &[
            "email",
            "e_mail",
            "email_address",
            "e_mail_address",
            "mail",
            "emailadresse",
            "e_mail_adresse",
            "correo",
            "correo_electrónico",
            "courriel",
        ],
    ),
    (
        "phone",
        &[
            "phone",
            "phone_number",
            "phone_no",
            "telephone",
            "telephone_number",
            "tel",
            "mobile",
            "mobile_number",
            "mobile_phone",
            "cell",
            "fax",
            "telefon",
            "telefonnummer",
            "handy",
            "mobil",
            "téléphone",
            "teléfono",
            "telefono",
            "телефон",
        ],
    ),
    (
        "website",
        &[
            "website",
            "web_site",
            "web",
            "url",
            "homepage",
            "domain",
            "webseite",
            "internetseite",
            "sitio_web",
            "site_web",
        ],
    ),
];

/// The property of a kind of identifier that a column with such a name holds; of several columns of a kind the others have a
/// number behind their name.
pub(crate) fn kind_of_column(name: &str) -> Option<&'static str> {
    let plain = overt_intake::plain_column_name(name);
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = ["number", "nummer", "num", "nr", "no"]
        .iter()
        .find_map(|end| plain.strip_suffix(end));
    let is = |usual: &str| {
        let usual = overt_intake::plain_column_name(usual);
        usual == plain || Some(usual.as_str()) == bare
    };
    let found = KINDS
        .iter()
        .find(|(_, names)| names.iter().any(|name| is(name)));
    found.map(|(property, _)| *property)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_told_by_its_name_in_any_language() {
        for (name, kind) in [
            ("Passport No. 2", Some("passportNumber")),
            ("Reisepass-Nr.", Some("passportNumber")),
            ("旅券番号", Some("passportNumber")),
            ("CIF", Some("taxNumber")),
            ("NIF", Some("taxNumber")),
            ("证件号码", Some("idNumber")),
            ("city", None),
        ] {
            assert_eq!(kind_of_column(name), kind, "{name}");
        }
    }
}
