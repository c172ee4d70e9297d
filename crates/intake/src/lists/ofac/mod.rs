//! OFAC's lists: the legacy CSV set, SDN.XML, SDN_ADVANCED.XML and SDN_ENHANCED.XML.

mod advanced;
mod enhanced;
mod legacy;
mod remarks;
mod xml;

pub(super) use advanced::read as read_advanced;
pub(super) use enhanced::read as read_enhanced;
pub(super) use legacy::{FileSet, is_main, looks_like_csv, read as read_csv};
pub(super) use remarks::property_of;
pub(super) use xml::read as read_xml;

use overt_model::{Entity, ftm, ftm::Schema};

use super::Dataset;

const PUBLISHER: &str = "Office of Foreign Assets Control, US Department of the Treasury";

fn sdn() -> Dataset {
    Dataset::new(
        "us_ofac_sdn",
        "OFAC Specially Designated Nationals and Blocked Persons",
        PUBLISHER,
    )
}

fn consolidated() -> Dataset {
    Dataset::new(
        "us_ofac_cons",
        "OFAC Consolidated (non-SDN) List",
        PUBLISHER,
    )
}

/// The schema for OFAC's word for the type of an entry.
fn schema_of(kind: &str) -> &'static Schema {
    let name = match kind.to_lowercase().as_str() {
        "individual" => "Person",
        "vessel" => "Vessel",
        "aircraft" => "Airplane",
        _ => "Organization",
    };
    #[expect(
        clippy::expect_used,
        reason = "a schema named in code; a test covers every arm"
    )]
    ftm::schema(name).expect("FollowTheMoney has it")
}

fn of(name: &str) -> &'static Schema {
    #[expect(clippy::expect_used, reason = "a schema named in code")]
    ftm::schema(name).expect("FollowTheMoney has it")
}

/// The id of an entry, the same in all of OFAC's formats.
fn entry_id(number: &str) -> String {
    format!("ofac-{number}")
}

/// `LAST, First Middle` of a person also as parts.
fn name_parts(entity: &mut Entity, name: &str) {
    if entity.schema.is_a("Person")
        && let Some((last, first)) = name.split_once(", ")
    {
        entity.add("lastName", last);
        entity.add("firstName", first);
    }
}

/// A name under the property that OFAC's word for its kind asks for.
fn add_alias(entity: &mut Entity, kind: &str, name: &str, weak: bool) {
    let kind = kind.to_lowercase();
    let property = match kind.replace('.', "").trim() {
        "fka" => "previousName",
        _ if weak => "weakAlias",
        _ => "alias",
    };
    entity.add(property, name);
}

/// Adds a document or number: to the property it belongs to, so that it can be matched, and as an entity of its own
/// with its kind and country, which is returned.
fn identification(
    holder: &mut Entity,
    index: usize,
    kind: &str,
    number: &str,
    countries: &[&'static str],
) -> Entity {
    let property = remarks::property_of(holder.schema, kind, number);
    if let Some(property) = property {
        holder.add(property, number);
    }
    let passport = kind.to_lowercase().contains("passport");
    let mut document = Entity::new(
        format!("{}-id-{index}", holder.id),
        of(if passport {
            "Passport"
        } else {
            "Identification"
        }),
    );
    document.add("holder", &holder.id);
    document.add("type", kind);
    document.add("number", number);
    for country in countries {
        document.add("country", country);
    }
    document
}

/// A wallet of an entry.
fn wallet(holder: &str, currency: &str, address: &str) -> Entity {
    let mut wallet = Entity::new(
        format!("ofac-wallet-{}-{address}", currency.to_lowercase()),
        of("CryptoWallet"),
    );
    wallet.add("publicKey", address);
    wallet.add("currency", currency);
    wallet.add("holder", holder);
    wallet.add("topics", "sanction");
    wallet
}
