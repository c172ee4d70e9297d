//! Senzing's JSON, one record a line, as OpenSanctions gives its data out.

use std::io::BufRead;

use overt_model::{Entity, Provenance, ftm, territory};
use serde_json::Value;

use super::{Dataset, List, ListFile, ListFormat, ListReject, Opened, dates, file_name, shorten};
use crate::error::Error;

/// Reads the list; its name is the records' data source.
pub(super) fn read(mut opened: Opened) -> Result<List, Error> {
    let name = file_name(&opened.path);
    let mut list = List::new(
        Dataset::new("senzing", "Senzing records", ""),
        ListFormat::Senzing,
    );
    let mut line = 0;
    let mut text = String::new();
    let mut at = Vec::new();
    loop {
        text.clear();
        line += 1;
        let read = super::ftm::bounded_line(&mut opened, &mut text, line)?;
        if read == 0 {
            break;
        }
        if text.trim().is_empty() {
            continue;
        }
        let parsed = serde_json::from_str::<Value>(&text);
        if let Err(e) = &parsed
            && e.is_eof()
            && !text.ends_with('\n')
        {
            let detail = format!("its last line is cut: {e}");
            return Err(super::cut(&opened.path, line - 1, detail));
        }
        match parsed
            .map_err(|e| e.to_string())
            .and_then(|v| entity(&v, &mut list))
        {
            Ok(entity) => {
                at.push(line);
                list.count("entries");
                list.push(entity);
            }
            Err(detail) => list.rejects.push(ListReject {
                file: name.clone(),
                line,
                reason: "malformed-record".to_owned(),
                detail: shorten(&detail),
            }),
        }
    }
    let _ = opened.bytes.fill_buf();
    let (sha256, bytes) = opened.seal.close();
    for (entity, line) in list.entities.iter_mut().zip(at) {
        entity.provenance.push(Provenance {
            file: name.clone(),
            sha256: sha256.clone(),
            line,
        });
        entity.datasets.clone_from(&vec![list.dataset.name.clone()]);
    }
    list.files.push(ListFile {
        name,
        sha256,
        bytes,
        end_mark: false,
    });
    Ok(list)
}

fn entity(record: &Value, list: &mut List) -> Result<Entity, String> {
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let id = text(record, "RECORD_ID");
    if id.is_empty() {
        return Err("no RECORD_ID".to_owned());
    }
    let source = text(record, "DATA_SOURCE");
    if !source.is_empty() && list.dataset.name == "senzing" {
        list.dataset = Dataset::new(&source.to_lowercase(), &source, "");
    }
    let schema = match text(record, "RECORD_TYPE").as_str() {
        "PERSON" => "Person",
        "ORGANIZATION" => "Organization",
        "VESSEL" => "Vessel",
        _ => "LegalEntity",
    };
    let schema = ftm::schema(schema).ok_or("no such schema")?;
    let mut entity = Entity::new(id, schema);
    entity.target = true;
    let items = |key: &str| {
        record
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    for name in items("NAMES") {
        let property = if text(&name, "NAME_TYPE") == "PRIMARY" {
            "name"
        } else {
            "alias"
        };
        entity.add(property, text(&name, "NAME_FULL"));
        entity.add(property, text(&name, "NAME_ORG"));
    }
    for date in items("DATES") {
        for (key, property) in [
            ("DATE_OF_BIRTH", "birthDate"),
            ("DATE_OF_DEATH", "deathDate"),
            ("REGISTRATION_DATE", "incorporationDate"),
        ] {
            if let Some(date) =
                dates::iso(&text(&date, key)).filter(|_| schema.property(property).is_some())
            {
                entity.add(property, date);
            }
        }
    }
    for country in items("COUNTRIES") {
        for (key, property) in [
            ("NATIONALITY", "nationality"),
            ("CITIZENSHIP", "citizenship"),
            ("REGISTRATION_COUNTRY", "jurisdiction"),
        ] {
            if let Some(code) = territory::code(&text(&country, key)) {
                let property = if schema.property(property).is_some() {
                    property
                } else {
                    "country"
                };
                entity.add(property, code);
            }
        }
    }
    for risk in items("RISKS") {
        entity.add("topics", text(&risk, "TOPIC"));
    }
    for identifier in items("IDENTIFIERS") {
        if text(&identifier, "TRUSTED_ID_TYPE") == "WIKIDATA" {
            entity.add("wikidataId", text(&identifier, "TRUSTED_ID_NUMBER"));
        }
        for (key, property) in [
            ("PASSPORT_NUMBER", "passportNumber"),
            ("NATIONAL_ID_NUMBER", "idNumber"),
            ("TAX_ID_NUMBER", "taxNumber"),
            ("LEI_NUMBER", "leiCode"),
        ] {
            if schema.property(property).is_some() {
                entity.add(property, text(&identifier, key));
            }
        }
    }
    entity.add("sourceUrl", text(record, "URL"));
    let changed = text(record, "LAST_CHANGE");
    entity.last_change = (!changed.is_empty()).then_some(changed);
    if entity.get("name").is_empty() {
        return Err("no name".to_owned());
    }
    Ok(entity)
}
