//! The formats of lists, told by the first bytes.

use serde::{Deserialize, Serialize};

use super::{banks, dfat, ofac, simple, table, xml};

/// The formats of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListFormat {
    /// OFAC's legacy CSV: sdn, alt, add and comments (also the consolidated non-SDN list).
    OfacCsv,
    /// OFAC's SDN.XML.
    OfacXml,
    /// OFAC's SDN_ADVANCED.XML.
    OfacAdvanced,
    /// OFAC's SDN_ENHANCED.XML.
    OfacEnhanced,
    /// The UN Security Council's consolidated list.
    UnXml,
    /// The UK's consolidated list as CSV, which ended in January 2026.
    UkCsv,
    /// The UK Sanctions List as CSV.
    UkslCsv,
    /// The UK Sanctions List as XML.
    UkslXml,
    /// The EU's financial sanctions as CSV.
    EuCsv,
    /// The EU's financial sanctions as XML.
    EuXml,
    /// Switzerland's sanctions, by SECO.
    SecoXml,
    /// Canada's autonomous sanctions (SEMA, JVCFOA) as XML.
    SemaXml,
    /// Canada's autonomous sanctions as JSON.
    SemaJson,
    /// Australia's consolidated list as CSV.
    DfatCsv,
    /// Australia's consolidated list as a spreadsheet.
    DfatXlsx,
    /// Whom the World Bank debarred, the JSON behind its page.
    WorldBankJson,
    /// Whom the World Bank debarred, its page's export as CSV.
    WorldBankCsv,
    /// Whom the World Bank debarred, its page's export as a spreadsheet.
    WorldBankXlsx,
    /// Whom the Asian Development Bank debarred, as JSON.
    AdbJson,
    /// Whom the Asian Development Bank debarred, as CSV.
    AdbCsv,
    /// Whom the Inter-American Development Bank debarred, as CSV.
    IdbCsv,
    /// Whom the Inter-American Development Bank debarred, as a spreadsheet.
    IdbXlsx,
    /// Whom the European Bank for Reconstruction and Development holds ineligible.
    EbrdJson,
    /// Ukraine's register of sanctions.
    NsdcJson,
    /// trade.gov's consolidated screening list.
    CslCsv,
    /// FollowTheMoney entities, one a line.
    Ftm,
    /// FollowTheMoney entities with others inside, one a line: OpenSanctions' targets.nested.json.
    FtmNested,
    /// OpenSanctions' targets.simple.csv.
    SimpleCsv,
    /// FollowTheMoney statements.
    FtmStatements,
    /// Senzing JSON, one a line.
    Senzing,
    /// A table of one's own, read as a mapping beside it says.
    Own,
}

impl ListFormat {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::OfacCsv => "ofac-csv",
            Self::OfacXml => "ofac-xml",
            Self::OfacAdvanced => "ofac-advanced",
            Self::OfacEnhanced => "ofac-enhanced",
            Self::UnXml => "un-xml",
            Self::UkCsv => "uk-csv",
            Self::UkslCsv => "uksl-csv",
            Self::UkslXml => "uksl-xml",
            Self::EuCsv => "eu-csv",
            Self::EuXml => "eu-xml",
            Self::SecoXml => "seco-xml",
            Self::SemaXml => "sema-xml",
            Self::SemaJson => "sema-json",
            Self::DfatCsv => "dfat-csv",
            Self::DfatXlsx => "dfat-xlsx",
            Self::WorldBankJson => "world-bank-json",
            Self::WorldBankCsv => "world-bank-csv",
            Self::WorldBankXlsx => "world-bank-xlsx",
            Self::AdbJson => "adb-json",
            Self::AdbCsv => "adb-csv",
            Self::IdbCsv => "idb-csv",
            Self::IdbXlsx => "idb-xlsx",
            Self::EbrdJson => "ebrd-json",
            Self::NsdcJson => "nsdc-json",
            Self::CslCsv => "csl-csv",
            Self::Ftm => "ftm",
            Self::FtmNested => "ftm-nested",
            Self::SimpleCsv => "opensanctions-simple",
            Self::FtmStatements => "ftm-statements",
            Self::Senzing => "senzing",
            Self::Own => "own",
        }
    }
}

/// The format, by the first bytes.
pub(super) fn recognise(head: &str) -> Option<ListFormat> {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let first = head.lines().next().unwrap_or_default();
    if head.starts_with('<') {
        return xml::recognise(head);
    }
    if let Some(format) = recognise_document(head) {
        return Some(format);
    }
    if head.starts_with('{') {
        return Some(
            if first.contains("\"RECORD_ID\"") || first.contains("\"DATA_SOURCE\"") {
                ListFormat::Senzing
            } else {
                ListFormat::Ftm
            },
        );
    }
    recognise_table(head)
}

/// JSON that is one document, by names that its first entry has.
fn recognise_document(head: &str) -> Option<ListFormat> {
    let has = |keys: &[&str]| keys.iter().all(|k| head.contains(&format!("\"{k}\"")));
    if has(&["data", "Regulation", "Date of Listing"]) {
        Some(ListFormat::SemaJson)
    } else if has(&["ZPROCSUPP"]) {
        Some(ListFormat::WorldBankJson)
    } else if has(&["data", "attributes", "sanctionType"]) {
        Some(ListFormat::AdbJson)
    } else if has(&["searchResult", "prohibitedPractice"]) {
        Some(ListFormat::EbrdJson)
    } else if head.starts_with('[') && has(&["sid", "translit", "identifiers"]) {
        Some(ListFormat::NsdcJson)
    } else {
        None
    }
}

/// Delimited text, by its header, which a line with the list's date may precede.
fn recognise_table(head: &str) -> Option<ListFormat> {
    let first = head.lines().next().unwrap_or_default();
    let second = head.lines().nth(1).unwrap_or_default();
    if table::is_header(first, &["canonical_id", "prop", "value"]) {
        Some(ListFormat::FtmStatements)
    } else if [first, second]
        .iter()
        .any(|l| table::is_header(l, &["Name 6", "Group ID"]))
    {
        Some(ListFormat::UkCsv)
    } else if [first, second]
        .iter()
        .any(|l| table::is_header(l, &["Unique ID", "Name 6"]))
    {
        Some(ListFormat::UkslCsv)
    } else if table::is_header(first, &["Entity_LogicalId", "NameAlias_WholeName"]) {
        Some(ListFormat::EuCsv)
    } else if table::is_header(first, &simple::HEADER) {
        Some(ListFormat::SimpleCsv)
    } else if table::is_header(first, &dfat::HEADER) {
        Some(ListFormat::DfatCsv)
    } else if table::is_header(first, &banks::WORLD_BANK_HEADER) {
        Some(ListFormat::WorldBankCsv)
    } else if table::is_header(first, &banks::ADB_HEADER) {
        Some(ListFormat::AdbCsv)
    } else if table::is_header(first, &banks::IDB_HEADER) {
        Some(ListFormat::IdbCsv)
    } else if table::is_header(first, &["source", "programs", "alt_names"]) {
        Some(ListFormat::CslCsv)
    } else if ofac::looks_like_csv(first) || ofac::looks_like_csv(second) {
        Some(ListFormat::OfacCsv)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        let cases = [
            (
                "36,\"AERO\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n",
                Some(ListFormat::OfacCsv),
            ),
            (
                "<?xml version=\"1.0\"?><CONSOLIDATED_LIST dateGenerated=\"2026\">",
                Some(ListFormat::UnXml),
            ),
            (
                "Last Updated,01/02/2020\nName 6,Name 1,Group ID\n",
                Some(ListFormat::UkCsv),
            ),
            (
                "{\"DATA_SOURCE\":\"X\",\"RECORD_ID\":\"1\"}",
                Some(ListFormat::Senzing),
            ),
            (
                "{\"id\":\"a\",\"schema\":\"Person\"}",
                Some(ListFormat::Ftm),
            ),
            ("a,b,c\n1,2,3\n", None),
            ("", None),
        ];
        for (head, format) in cases {
            assert_eq!(recognise(head), format, "{head}");
        }
    }
}
