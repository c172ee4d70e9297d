use super::*;

fn words(text: &str, subject: Subject) -> String {
    let name = Name::new(text, subject);
    let texts: Vec<&str> = name.forms[0]
        .tokens
        .iter()
        .map(|t| t.text.as_str())
        .collect();
    texts.join(" ")
}

#[test]
fn organisations_lose_form_and_number() {
    let name = Name::new("Apollo Investment Fund VIII L.P.", Subject::Organization);
    assert_eq!(
        words("Apollo Investment Fund VIII L.P.", Subject::Organization),
        "apollo investment fund"
    );
    assert_eq!(
        (name.forms[0].numbers.as_slice(), name.forms[0].legal.len()),
        (&[8][..], 1)
    );
    assert_eq!(
        Name::new("Brigade Forty-Four", Subject::Organization).forms[0].numbers,
        [44]
    );
    assert_eq!(words("OAO Gazprom", Subject::Organization), "gazprom");
    assert_eq!(words("The Company", Subject::Organization), "the");
}

#[test]
fn a_legal_form_written_onto_the_name() {
    let name = Name::new("EUROBETLTD", Subject::Organization);
    let bare: Vec<&str> = name.forms[1]
        .tokens
        .iter()
        .map(|t| t.text.as_str())
        .collect();
    assert_eq!((bare, name.forms[1].legal.len()), (vec!["eurobet"], 1));
    let spelled = |f: &&Form| f.script == FormScript::Latin;
    let zinc = Name::new("Zinc", Subject::Organization);
    assert_eq!(zinc.forms.iter().filter(spelled).count(), 1);
}

#[test]
fn people_keep_titles_as_small_words() {
    let name = Name::new("Dr. Ann B. Smith", Subject::Person);
    let kinds: Vec<Kind> = name.forms[0].tokens.iter().map(|t| t.kind).collect();
    assert_eq!(
        kinds,
        [Kind::Particle, Kind::Word, Kind::Initial, Kind::Word]
    );
}

#[test]
fn korean_has_its_syllables_and_its_readings() {
    let name = Name::new("김정은", Subject::Person);
    assert_eq!(name.forms[0].script, FormScript::Hangul);
    assert!(name.forms.len() > 1, "{name:?}");
}

#[test]
fn names_beside_one_another() {
    assert_eq!(written_names("Al-Qa'ida/Islamic Army").len(), 3);
    assert_eq!(written_names("Maersk A/S"), ["Maersk A/S"]);
}
