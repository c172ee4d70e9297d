//! What becomes of texts with rules: several in one, exceptions, correlations, and what cannot be used.

#![allow(clippy::unwrap_used)]

use overt_intrusion::rules::{Level, RuleRefused, Rules};
use overt_model::log::Event;

/// A rule for a program, with further lines.
fn rule(title: &str, program: &str, more: &str) -> String {
    format!(
        "title: {title}\nid: id-{title}\nname: name_{title}\n\
         logsource: {{ product: windows, category: process_creation }}\n\
         detection:\n  selection: {{ Image|endswith: '{program}' }}\n  condition: selection\n\
         tags: [attack.execution, attack.t1059.001, attack.g0016]\n{more}"
    )
}

fn load(texts: &[String]) -> (Rules, Vec<RuleRefused>) {
    let named = texts.iter().enumerate();
    Rules::new(named.map(|(n, text)| (format!("{n}.yml"), text.clone())))
}

fn process(image: &'static str, user: &'static str) -> Event<'static> {
    Event {
        product: "windows".into(),
        service: Some("sysmon".into()),
        kind: Some("1".into()),
        fields: vec![("Image".into(), image.into()), ("User".into(), user.into())],
        ..Event::default()
    }
}

fn titles(rules: &mut Rules, event: &Event<'_>) -> Vec<String> {
    rules.look(event).into_iter().map(|hit| hit.title).collect()
}

#[test]
fn several_documents_are_several_rules() {
    let text = format!(
        "{}---\n{}",
        rule("A", "a.exe", "level: high\nstatus: test\n"),
        rule("B", "a.exe", "")
    );
    let (mut rules, refused) = load(&[text]);
    assert_eq!((rules.len(), refused.as_slice()), (2, [].as_slice()));
    let hits = rules.look(&process("C:\\a.exe", "x"));
    assert_eq!(hits.len(), 2);
    let hit = &hits[0];
    assert_eq!((hit.id.as_str(), hit.level), ("id-A", Some(Level::High)));
    assert_eq!(hit.techniques, ["T1059.001"]);
    assert_eq!(hit.tactics, ["execution"]);
    assert_eq!((hit.status.as_str(), hit.file.as_str()), ("test", "0.yml"));
    assert!(rules.look(&process("C:\\b.exe", "x")).is_empty());
}

#[test]
fn what_cannot_be_used_is_told() {
    let cases = [
        ("action: global\ntitle: x\n", "there is no rule in it"),
        ("", "not a YAML mapping"),
        ("just a text", "not a YAML mapping"),
        ("title: x\nlogsource: { product: windows }\n", "detection"),
        ("title: [\n", "YAML"),
        (
            "title: x\nlogsource: {}\ndetection:\n  a: { b|re: '(' }\n  condition: a\n",
            "regex",
        ),
        (
            "title: x\nlogsource: {}\ndetection:\n  a: { b: c }\n  timeframe: 5m\n  condition: a\n",
            "counts over a time",
        ),
        (
            "title: x\nlogsource: {}\ndetection:\n  a: { b: c }\n  condition: a | count() > 5\n",
            "x",
        ),
        (
            "title: x\nlogsource: {}\ndetection:\n  a: { b: c }\n  condition: other\n",
            "other",
        ),
    ];
    for (text, reason) in cases {
        let (rules, refused) = load(&[text.to_owned()]);
        assert_eq!((rules.len(), refused.len()), (0, 1), "{text}: {refused:?}");
        assert_eq!(refused[0].name, "0.yml");
        assert!(refused[0].reason.contains(reason), "{text}: {refused:?}");
    }
}

#[test]
fn a_rule_with_an_odd_level_is_used_and_told() {
    let (mut rules, refused) = load(&[rule("A", "a.exe", "level: hgih\n")]);
    assert!(refused.is_empty());
    assert!(rules.remarks()[0].reason.contains("hgih"));
    assert_eq!(rules.look(&process("a.exe", "x"))[0].level, None);
}

#[test]
fn a_correlation_is_refused_and_with_it_what_it_only_counts() {
    let correlation = |more: &str| {
        format!(
            "title: Many\ncorrelation:\n  type: event_count\n  rules: [name_A]\n  group-by: [User]\n  \
             timespan: 5m\n  condition: {{ gte: 5 }}\n{more}"
        )
    };
    let texts = [
        rule("A", "a.exe", ""),
        rule("B", "b.exe", ""),
        correlation(""),
    ];
    let (mut rules, refused) = load(&texts);
    let reasons: Vec<&str> = refused.iter().map(|r| r.reason.as_str()).collect();
    assert!(reasons.contains(&"Many: a correlation of other rules is not examined"));
    assert!(
        reasons
            .iter()
            .any(|r| r.starts_with("A: only a correlation"))
    );
    assert_eq!(rules.len(), 1);
    assert!(titles(&mut rules, &process("a.exe", "x")).is_empty());

    let texts = [rule("A", "a.exe", ""), correlation("  generate: true\n")];
    let (mut rules, refused) = load(&texts);
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(titles(&mut rules, &process("a.exe", "x")), ["A"]);
}

fn filter(of: &str, condition: &str) -> String {
    format!(
        "title: Ours\nlogsource: {{ product: windows, category: process_creation }}\n\
         filter:\n  rules: [{of}]\n  selection: {{ User: admin }}\n  condition: {condition}\n"
    )
}

#[test]
fn a_filter_makes_exceptions_by_id_name_or_title() {
    for of in ["id-A", "name_A", "A"] {
        let texts = [
            rule("A", "a.exe", ""),
            rule("B", "a.exe", ""),
            filter(of, "not selection"),
        ];
        let (mut rules, refused) = load(&texts);
        assert_eq!(refused, [], "{of}");
        assert_eq!(
            titles(&mut rules, &process("a.exe", "x")),
            ["A", "B"],
            "{of}"
        );
        assert_eq!(
            titles(&mut rules, &process("a.exe", "admin")),
            ["B"],
            "{of}"
        );
    }
}

#[test]
fn a_filter_that_cannot_be_applied_is_told() {
    for (of, condition, reason) in [
        ("id-C", "not selection", "no rule that it filters"),
        ("id-A", "not 1 of selection*", "has a pattern"),
    ] {
        let (rules, refused) = load(&[rule("A", "a.exe", ""), filter(of, condition)]);
        assert_eq!((rules.len(), refused.len()), (1, 1), "{refused:?}");
        assert!(refused[0].reason.contains(reason), "{refused:?}");
    }
}

#[test]
fn rules_without_events_are_counted() {
    let aws = "title: x\nlogsource: { product: aws, service: cloudtrail }\n\
               detection:\n  a: { b: c }\n  condition: a\n";
    let other = "title: y\nlogsource: { product: windows, category: image_load }\n\
                 detection:\n  a: { b: c }\n  condition: a\n";
    let (mut rules, _) = load(&[rule("A", "a.exe", ""), aws.to_owned(), other.to_owned()]);
    rules.look(&process("a.exe", "x"));
    let idle: Vec<String> = rules
        .not_examined()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        idle,
        [
            "1 rule for product aws",
            "1 rule for product windows, category image_load"
        ]
    );
}
