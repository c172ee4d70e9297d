//! Business registration numbers, as the UK's list writes them: with labels, or alone.

/// The label of a number that has none.
pub(super) const REGISTRATION: &str = "Business registration number";

/// Labels of business registration numbers, as the list writes them, and the property each belongs to.
const REGISTRATIONS: [(&str, &str); 12] = [
    ("INN", "innCode"),
    ("OGRN", "ogrnCode"),
    ("OGRNIP", "ogrnCode"),
    ("KPP", "kppCode"),
    ("OKPO", "okpoCode"),
    ("LEI", "leiCode"),
    ("TIN", "taxNumber"),
    ("TAX", "taxNumber"),
    ("VAT", "vatCode"),
    ("UNP", "taxNumber"),
    ("USCC", "uscCode"),
    ("SWIFT", "swiftBic"),
];

/// The property of a number by its label; none of what is no number.
pub(super) fn property_of_registration(label: &str, number: &str) -> &'static str {
    let word = label
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_uppercase();
    let found = REGISTRATIONS.iter().find(|(known, _)| *known == word);
    let has_digit = number.bytes().any(|b| b.is_ascii_digit());
    match found {
        Some((_, property)) => property,
        None if has_digit => "registrationNumber",
        // Words stay a note.
        None => "",
    }
}

/// The numbers of a cell with their labels: `INN - 5045023416`, `OGRN: 1247700291200\nKPP: 770701001`, several on a line,
/// or a number alone, which has the label of the column.
pub(super) fn registrations(cell: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for part in cell.split(['\n', ';', ',']) {
        let mut label: Vec<&str> = Vec::new();
        let mut is_any = false;
        for word in part
            .split([' ', ':', '\u{a0}', '\t', '\r'])
            .filter(|w| !matches!(*w, "" | "-" | "–"))
        {
            if word.bytes().filter(u8::is_ascii_digit).count() >= 4 {
                let name = if label.is_empty() {
                    REGISTRATION.to_owned()
                } else {
                    label.join(" ")
                };
                found.push((name, word.trim_matches(['.', '(', ')']).to_owned()));
                label.clear();
                is_any = true;
            } else {
                label.push(word);
            }
        }
        if !is_any && !label.is_empty() {
            found.push((REGISTRATION.to_owned(), label.join(" ")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_companies() {
        let pairs = |cell| -> Vec<String> {
            let found = registrations(cell);
            let named = found
                .iter()
                .map(|(l, n)| (property_of_registration(l, n), n));
            named.map(|(p, n)| format!("{p}={n}")).collect()
        };
        assert_eq!(pairs("INN - 5045023416"), ["innCode=5045023416"]);
        assert_eq!(
            pairs("OGRN: 1247700291200\nKPP: 770701001\nINN: 9707028663"),
            [
                "ogrnCode=1247700291200",
                "kppCode=770701001",
                "innCode=9707028663"
            ]
        );
        assert_eq!(
            pairs("OGRN: 1025005917551 INN:7710137066"),
            ["ogrnCode=1025005917551", "innCode=7710137066"]
        );
        assert_eq!(pairs("HRB 12345"), ["registrationNumber=12345"]);
        assert_eq!(pairs("0110401900113"), ["registrationNumber=0110401900113"]);
        assert_eq!(pairs("Tax Number 12345"), ["taxNumber=12345"]);
        assert_eq!(pairs("not known"), ["=not known"]);
        assert!(pairs(" \n").is_empty());
    }
}
