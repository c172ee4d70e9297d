//! What publishers give out beside their lists, and people load by mistake: recognised, and refused with what to load.

use std::path::Path;

use crate::error::Error;

/// The error for a file that begins as such a thing does.
pub(super) fn instead_of_a_list(path: &Path, head: &str) -> Option<Error> {
    let (what, instead) = ofac_delta(head)
        .or_else(|| open_sanctions_index(head))
        .or_else(|| open_sanctions_delta(head))?;
    Some(Error::NotAList {
        path: path.to_owned(),
        what,
        instead,
    })
}

/// A delta file has the elements of the list, but of a corrected entity only the parts that changed: it says nothing
/// without the list before it.
fn ofac_delta(head: &str) -> Option<(&'static str, String)> {
    let is_delta = head.contains("<sanctionsData") && head.contains("/ofac/DeltaFile/");
    is_delta.then(|| {
        (
            "a delta file of OFAC",
            "the whole list, SDN_ENHANCED.XML or CONS_ENHANCED.XML".to_owned(),
        )
    })
}

/// What OpenSanctions says of a data set: where its files are, and not who is in it.
fn open_sanctions_index(head: &str) -> Option<(&'static str, String)> {
    let has = |keys: &[&str]| keys.iter().all(|k| head.contains(&format!("\"{k}\"")));
    let is_index = head.trim_start().starts_with('{')
        && (has(&["resources", "checksum", "mime_type"])
            || has(&["datasets", "run_time"])
            || has(&["versions"]) && head.contains("entities.delta.json"));
    is_index.then(|| {
        let entities = url_of(head, "entities.ftm.json");
        let entities = entities.map_or_else(
            || "entities.ftm.json of the data set".to_owned(),
            |url| format!("what it names as entities.ftm.json: {url}"),
        );
        ("an index of OpenSanctions", entities)
    })
}

/// The link in a text that ends with the name of a file.
fn url_of<'a>(text: &'a str, file: &str) -> Option<&'a str> {
    let mut words = text.split('"');
    words.find(|w| w.starts_with("https://") && w.ends_with(file) && w.len() < 300)
}

/// Lines of what was added, changed and deleted.
fn open_sanctions_delta(head: &str) -> Option<(&'static str, String)> {
    let first = head
        .trim_start_matches('\u{feff}')
        .trim_start()
        .lines()
        .next()?;
    let line: serde_json::Value = serde_json::from_str(first).ok()?;
    let is_delta = line.get("op").is_some() && line.get("entity").is_some();
    is_delta.then(|| {
        (
            "a delta of FollowTheMoney entities",
            "the list that it changes, and apply it to that".to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list() {
        let said = |head| instead_of_a_list(Path::new("x"), head).map(|e| e.to_string());
        let index = r#"{"name": "sanctions", "resources": [{"name": "names.txt", "url": "https://x.org/names.txt", "checksum": "a", "mime_type": "text/plain"},
            {"name": "entities.ftm.json", "url": "https://x.org/entities.ftm.json", "checksum": "b", "mime_type": "application/json"}]}"#;
        assert!(
            said(index)
                .unwrap()
                .contains("https://x.org/entities.ftm.json")
        );
        let delta = "{\"op\": \"DEL\", \"entity\": {\"id\": \"a\"}}\n";
        assert!(said(delta).unwrap().contains("a delta"));
        let versions = r#"{"versions": {"2024": "https://x.org/2024/entities.delta.json"}}"#;
        assert!(said(versions).unwrap().contains("index"));
        assert_eq!(said("{\"id\": \"a\", \"schema\": \"Person\"}"), None);
    }
}
