//! Every setting and every file that can change what is found is recorded in `run.json`; what cannot is not.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use overt_coordination::null::NullModel;
use overt_coordination::significance::Correction;
use overt_detection::{Inputs, Sensitivity, Settings, run};
use overt_intake::{Format, Role};
use overt_model::{Trace, Window};

fn posts(folder: &Path) -> String {
    let path = folder.join("posts.csv");
    let row = |k: u32| {
        format!(
            "p{k},a{},{},https://site{}.example/{},the harvest fair is all over town and it is worth a read {}",
            k % 20,
            1_600_000_000 + 37 * k,
            k / 9 % 7,
            k / 4,
            k / 4
        )
    };
    let rows = (0..400).map(row).collect::<Vec<_>>().join("\n");
    let header = "post_id,account_id,created_at,urls,text";
    fs::write(&path, format!("{header}\n{rows}\n")).unwrap();
    path.display().to_string()
}

/// What is recorded of the settings of a run.
fn recorded(settings: &Settings, inputs: &Inputs) -> serde_json::Value {
    run(settings, inputs, &()).unwrap().run.settings
}

/// A change of one setting, and its name.
type Change<'a> = (&'static str, Box<dyn Fn(&mut Settings) + 'a>);

#[test]
fn every_setting_that_can_change_findings_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let base = Settings {
        output: at("base"),
        ..Settings::default()
    };
    let posts = posts(folder.path());
    let inputs = Inputs::expand(&[posts], &[]).unwrap();
    let before = recorded(&base, &inputs);
    fs::write(at("links.csv"), "bit.ly/1,https://site1.example/1\n").unwrap();
    fs::write(at("known.csv"), "indicator\nsite1.example\n").unwrap();
    fs::write(
        at("election.toml"),
        "name = \"race\"\ncontests = [\"harvest\"]\n",
    )
    .unwrap();
    let changes: Vec<Change<'_>> = vec![
        ("traces", Box::new(|s| s.traces = vec![Trace::Url])),
        (
            "window",
            Box::new(|s| s.network.windows = vec![Window::INFINITE]),
        ),
        ("min_weight", Box::new(|s| s.network.min_weight = 3)),
        ("min_events", Box::new(|s| s.network.min_events = 2)),
        ("level", Box::new(|s| s.network.level = 0.01)),
        (
            "correction",
            Box::new(|s| s.network.correction = Correction::Bonferroni),
        ),
        ("null", Box::new(|s| s.network.null = NullModel::Plain)),
        (
            "topics.resolution",
            Box::new(|s| s.network.topics.resolution = 2.0),
        ),
        (
            "topics.min_accounts",
            Box::new(|s| s.network.topics.min_accounts = 5),
        ),
        ("seed", Box::new(|s| s.network.topics.seed = 9)),
        ("text.min_chars", Box::new(|s| s.text.min_chars = 12)),
        ("text.similarity", Box::new(|s| s.text.similarity = 0.9)),
        (
            "text.include_reposts",
            Box::new(|s| s.text.include_reposts = true),
        ),
        ("media_distance", Box::new(|s| s.media_distance = 4)),
        ("url_map", Box::new(|s| s.url_map = Some(at("links.csv")))),
        ("format", Box::new(|s| s.intake.format = Some(Format::Csv))),
        (
            "columns",
            Box::new(|s| s.intake.columns = vec![(Role::Account, "account_id".to_owned())]),
        ),
        (
            "platform",
            Box::new(|s| s.intake.platform = Some("x".to_owned())),
        ),
        ("max_rejects", Box::new(|s| s.intake.max_rejects = 0.5)),
        ("no_quotes", Box::new(|s| s.intake.no_quotes = true)),
        (
            "campaigns.resolution",
            Box::new(|s| s.campaigns.resolution = 2.0),
        ),
        (
            "campaigns.min_accounts",
            Box::new(|s| s.campaigns.min_accounts = 5),
        ),
        ("calibrate", Box::new(|s| s.calibrate = 1)),
        (
            "sensitivity",
            Box::new(|s| s.sensitivity = Sensitivity::Off),
        ),
        ("about", Box::new(|s| s.about = Some(at("election.toml")))),
        (
            "indicators",
            Box::new(|s| s.indicators = vec![at("known.csv")]),
        ),
        ("earlier", Box::new(|s| s.earlier = vec![at("base")])),
        ("edges_only", Box::new(|s| s.edges_only = true)),
        ("identified", Box::new(|s| s.parts.identified = true)),
    ];
    for (name, change) in changes {
        let mut settings = Settings {
            output: at("changed"),
            replace: true,
            ..base.clone()
        };
        change(&mut settings);
        assert_ne!(
            recorded(&settings, &inputs),
            before,
            "{name} is not recorded"
        );
    }
    // What cannot change a finding.
    let elsewhere = Settings {
        output: at("elsewhere"),
        replace: true,
        memory: Some(1 << 30),
        ..base
    };
    assert_eq!(recorded(&elsewhere, &inputs), before);
}

#[test]
fn what_a_file_says_is_recorded_and_not_only_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let links = folder.path().join("links.csv");
    let settings = Settings {
        output: folder.path().join("findings"),
        replace: true,
        url_map: Some(links.clone()),
        ..Settings::default()
    };
    let inputs = Inputs::expand(&[posts(folder.path())], &[]).unwrap();
    fs::write(&links, "bit.ly/1,https://site1.example/1\n").unwrap();
    let before = recorded(&settings, &inputs);
    assert_eq!(before["url_map"]["sha256"].as_str().map(str::len), Some(64));
    fs::write(&links, "bit.ly/1,https://site2.example/1\n").unwrap();
    assert_ne!(recorded(&settings, &inputs), before);
}

#[test]
fn a_cancelled_run_leaves_nothing_behind() {
    struct Cancelled;
    impl overt_detection::Progress for Cancelled {
        fn is_cancelled(&self) -> bool {
            true
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let inputs = Inputs::expand(&[posts(folder.path())], &[]).unwrap();
    let settings = Settings {
        output: folder.path().join("findings"),
        ..Settings::default()
    };
    let ended = run(&settings, &inputs, &Cancelled).unwrap_err();
    assert!(
        matches!(ended, overt_detection::Error::Cancelled),
        "{ended}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
