//! What the EU's list says beside names and births: ways to reach somebody, and remarks.

use super::{by_id, counted, every_cut_is_refused, has, sample};

#[test]
fn contacts_and_remarks() {
    let list = sample("eu_contacts_sample.xml");
    assert_eq!(list.date.as_deref(), Some("2026-08-05"));
    assert_eq!(
        counted(&list, &["entries", "names", "addresses", "documents"]),
        [2, 5, 1, 3]
    );
    assert_eq!(list.rejects, []);
    has(
        by_id(&list, "eu-fsf-93745"),
        &[
            "name=Example Trading House",
            "alias=شركة المثال",
            "previousName=Old House",
            "program=COD",
            "address=Butembo, North Kivu, CONGO, Democratic Republic of (was Zaire)",
            "country=cd",
            "phone=+253 (0) 99 983 784",
            "phone=+7 12345",
            "email=a@example.cd",
            "email=b@example.cd",
            "email=jur@example.cd",
            "website=example.cd",
            "website=https://example.org",
            "imoNumber=5342883",
            "taxNumber=4401116480",
            "notes=Website: www.example.ir\nSecond remark",
            "notes=Fax: +253 1",
            "notes=Head office",
            "notes=Tax ID number",
            "notes=IMO (vessel identification): 5342884",
        ],
    );
    let person = by_id(&list, "eu-fsf-927");
    has(
        person,
        &[
            "name=Abdul Namuna",
            "firstName=Abdul",
            "lastName=Namuna",
            "weakAlias=Abdul Man’am",
            "gender=male",
            "position=(a) Minister (b) Judge",
            "birthDate=1982-04-19",
            "birthDate=1961-08",
            "birthDate=1960",
            "birthDate=1961",
            "birthDate=1962",
            "birthPlace=Najaf, IRAQ",
            "birthPlace=MYANMAR",
            "birthCountry=iq",
            "birthCountry=mm",
            "country=ly",
            "notes=Born, ISLAMIC calendar: 1343",
            "notes=hijri calendar",
        ],
    );
    assert!(!person.get("notes").contains(&"none".to_owned()));
}

#[test]
fn cut_anywhere() {
    every_cut_is_refused("eu_contacts_sample.xml");
}
