//! What is compared, with what, and what forbids it.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use overt_intensity::actor::{Account, Actor};
use overt_intensity::assess::{Assessment, Denominator, assess};
use overt_intensity::count::{Acts, Counted, Posts, Reading};
use overt_intensity::election::Election;
use overt_intensity::question::Question;
use overt_intensity::words::Sentence;

fn election(id: &str, users: Option<u64>) -> Election {
    Election {
        id: id.to_owned(),
        name: format!("the vote of {id}"),
        vote: format!("{id}-11-06").parse().unwrap(),
        words: vec!["vote".to_owned()],
        names: vec!["Carter".to_owned()],
        gaps: Vec::new(),
        whole: false,
        background_whole: false,
        sampled: 1.0,
        users,
        sides: Vec::new(),
    }
}

/// Eight operators with an account each, known since before both votes.
fn actor() -> Actor {
    let account = |n: usize| Account {
        id: format!("a{n}"),
        operator: Some(format!("o{n}")),
        known: Some("2016-01-01".parse().unwrap()),
        claim: None,
        judgement: None,
    };
    Actor {
        id: "north".to_owned(),
        name: "North".to_owned(),
        accounts: (0..8).map(account).collect(),
        capability: None,
        attempt: None,
        effect: None,
    }
}

fn posts(all: u64, by_words: u64, by_names: u64) -> Posts {
    Posts {
        all,
        by_words,
        by_names,
    }
}

/// A cycle in which each account posted so many about the election by words, and as many again with names.
fn counted(each: u64, everybody: Posts) -> Counted {
    let acts = |n: usize| {
        let of = each * (n as u64 + 1);
        let acts = Acts {
            posts: posts(of * 4, of, of * 2),
            days: BTreeSet::new(),
            platforms: BTreeSet::from(["x".to_owned()]),
            communities: BTreeSet::new(),
            ..Acts::default()
        };
        (format!("a{n}"), acts)
    };
    let silent = each == 0;
    Counted {
        accounts: if silent {
            [].into()
        } else {
            (0..8).map(acts).collect()
        },
        everybody,
        platforms: if silent {
            [].into()
        } else {
            [("x".to_owned(), 100)].into()
        },
        background_platforms: [("x".to_owned(), 1_000)].into(),
        ..Counted::default()
    }
}

fn assessed(actor: Actor, users: Option<u64>, cycles: &[Counted; 2]) -> Assessment {
    let elections = vec![election("2016", users), election("2018", users)];
    assessed_before(elections, actor, cycles)
}

fn assessed_before(elections: Vec<Election>, actor: Actor, cycles: &[Counted; 2]) -> Assessment {
    let until = "2019-11-06".parse().unwrap();
    let question = Question::new(vec![actor], elections, 90, until).unwrap();
    assess(&question, cycles, 7)
}

const EVERYBODY: (u64, u64, u64) = (1_000_000, 100_000, 200_000);

fn everybody() -> Posts {
    posts(EVERYBODY.0, EVERYBODY.1, EVERYBODY.2)
}

#[test]
fn less_is_said_of_every_denominator_under_both_readings() {
    let cycles = [counted(400, everybody()), counted(40, everybody())];
    for (users, denominators) in [(None, 2), (Some(1_000), 3)] {
        let found = assessed(actor(), users, &cycles);
        let comparison = &found.comparisons[0];
        assert_eq!(comparison.sentence, Sentence::Less, "{}", comparison.says);
        let asked: BTreeSet<String> = comparison
            .ratios
            .iter()
            .map(|r| format!("{:?} {:?}", r.reading, r.denominator))
            .collect();
        assert_eq!(asked.len(), 2 * denominators, "{asked:?}");
        assert_eq!(comparison.ratios.len(), asked.len());
        let with_names = comparison
            .ratios
            .iter()
            .filter(|r| r.reading != Reading::Words);
        assert_eq!(with_names.count(), denominators);
    }
}

/// A tenth of the posts among a tenth of everybody's posts about the election is no less of these.
#[test]
fn a_denominator_that_disagrees_takes_the_word_away() {
    let quiet = posts(EVERYBODY.0, EVERYBODY.1 / 10, EVERYBODY.2 / 10);
    let cycles = [counted(400, everybody()), counted(40, quiet)];
    let comparison = assessed(actor(), None, &cycles).comparisons.remove(0);
    assert_eq!(
        comparison.sentence,
        Sentence::NotToldApart,
        "{}",
        comparison.says
    );
}

/// Everybody silent about the election bounds nothing.
#[test]
fn a_silent_denominator_bounds_nothing() {
    let silent = posts(EVERYBODY.0, 0, EVERYBODY.2);
    let cycles = [counted(400, everybody()), counted(40, silent)];
    let comparison = assessed(actor(), None, &cycles).comparisons.remove(0);
    let open = comparison.ratios.iter().find(|r| {
        r.reading == Reading::Words && r.denominator == Denominator::EverybodysElectionPosts
    });
    assert!(open.unwrap().interval.upper.is_infinite());
    assert_eq!(comparison.sentence, Sentence::NotToldApart);
}

/// Silence of everybody who was asked about may be a lack of collection.
#[test]
fn no_post_at_all_is_no_less() {
    let mut cycles = [counted(400, everybody()), counted(0, everybody())];
    let nothing_seen_if = |whole: bool, cycles: &[Counted; 2], actor: Actor| {
        let mut later = election("2018", None);
        later.whole = whole;
        let found = assessed_before(vec![election("2016", None), later], actor, cycles);
        assert_eq!(found.comparisons[0].sentence, Sentence::NoPosts);
        found.parts[1].nothing_seen.clone().unwrap()
    };
    let nothing_seen = |cycles: &[Counted; 2], actor: Actor| nothing_seen_if(true, cycles, actor);
    // No row of those days was given.
    let said = nothing_seen(&cycles, actor());
    assert!(said.starts_with("Whether North was active"), "{said}");
    cycles[1].exported = days("2018-08-09", 90, 40);
    let said = nothing_seen(&cycles, actor());
    assert!(said.starts_with("No activity of North was seen"), "{said}");
    assert!(
        said.contains("Activity above 3.0 posts per million"),
        "{said}"
    );
    // Rows that could not be read may all have been theirs, and accounts in other capitals may be.
    cycles[1].rejected = 1_000;
    let said = nothing_seen(&cycles, actor());
    assert!(
        said.contains("Activity above 1003.0 posts per million"),
        "{said}"
    );
    let otherwise = &mut cycles[1].spelt_otherwise;
    otherwise.insert("a3".to_owned(), 1);
    let said = nothing_seen(&cycles, actor());
    assert!(said.starts_with("Whether North was active"), "{said}");
    cycles[1].spelt_otherwise.clear();
    // Nobody says that all of it was collected.
    let said = nothing_seen_if(false, &cycles, actor());
    assert!(said.starts_with("Whether North was active"), "{said}");
    // Rows, and none of the accounts among them before any vote: they may be written otherwise.
    let mut other = actor();
    other
        .accounts
        .iter_mut()
        .for_each(|a| a.id = a.id.to_uppercase());
    let said = nothing_seen(&cycles, other);
    assert!(said.starts_with("Whether North was active"), "{said}");
}

/// So many rows on each of so many days.
fn days(first: &str, count: usize, each: u64) -> BTreeMap<Date, u64> {
    let first: Date = first.parse().unwrap();
    let days = first.series(jiff::Span::new().days(1)).take(count);
    // No two days are quite alike, where there is room for it.
    let more = |n: usize| if each < 5 { 0 } else { (n * 7 % 5) as u64 };
    (days.enumerate())
        .map(|(n, day)| (day, each + more(n)))
        .collect()
}

/// A collection that was cut is no silence, of everybody as of actors.
#[test]
fn what_was_cut_is_not_compared() {
    let whole = || {
        let mut cycle = counted(400, everybody());
        cycle.exported = days("2018-08-09", 90, 40);
        cycle.everybodys_days = days("2018-08-09", 90, 400);
        cycle
    };
    let said = |earlier: Counted, later: Counted| {
        assessed(actor(), None, &[earlier, later]).comparisons[0].sentence
    };
    let first = || {
        let mut cycle = whole();
        (cycle.exported, cycle.everybodys_days) = Default::default();
        cycle
    };
    assert_eq!(said(first(), whole()), Sentence::NotToldApart);
    let mut cut = whole();
    cut.everybodys_days = days("2018-08-09", 30, 400);
    assert_eq!(said(first(), cut), Sentence::SilentDays);
    let mut hole = whole();
    hole.everybodys_days.remove(&"2018-09-09".parse().unwrap());
    assert_eq!(said(first(), hole), Sentence::SilentDays);
    let mut cut = whole();
    cut.exported = days("2018-08-09", 30, 40);
    assert_eq!(said(first(), cut.clone()), Sentence::ExportsCut);
    // A hole within, a stray row beyond the cut, and so few rows that it is no collection beside the other.
    let mut hole = whole();
    hole.exported.retain(|day, _| {
        !("2018-09-10".parse().unwrap().."2018-10-01".parse().unwrap()).contains(day)
    });
    assert_eq!(said(first(), hole), Sentence::ExportsCut);
    let mut stray = cut.clone();
    stray.exported.insert("2018-11-06".parse().unwrap(), 1);
    assert_eq!(said(first(), stray), Sentence::ExportsCut);
    let mut tiny = whole();
    tiny.exported = days("2018-08-09", 3, 1);
    let mut earlier = whole();
    earlier.exported = days("2016-08-09", 90, 40);
    earlier.everybodys_days = days("2016-08-09", 90, 400);
    assert_eq!(said(earlier.clone(), tiny), Sentence::ExportsCut);
    assert_eq!(said(earlier, whole()), Sentence::NotToldApart);
    // Whoever collected says that the actors fell silent, and not the collection.
    let mut later = election("2018", None);
    later.whole = true;
    let elections = vec![election("2016", None), later];
    let told = assessed_before(elections, actor(), &[first(), cut]);
    assert_eq!(told.comparisons[0].sentence, Sentence::NotToldApart);
    // Few posts may end by chance.
    let mut few = whole();
    few.exported = days("2018-08-09", 80, 1);
    assert_eq!(said(first(), few), Sentence::NotToldApart);
}

/// Every second day missing is no lull, and no quiet either: whoever posts at all posts several times a day.
#[test]
fn days_missing_here_and_there_are_not_compared() {
    let with = |every: i64, each: u64| {
        let mut cycle = counted(400, everybody());
        cycle.exported = days("2018-08-09", 90, each);
        let kept = |day: &Date| i64::from(day.day()) % every == 0;
        cycle.exported.retain(|day, _| kept(day));
        cycle
    };
    let said = |each: u64, later| {
        let mut earlier = counted(400, everybody());
        earlier.exported = days("2016-08-09", 90, each);
        assessed(actor(), None, &[earlier, later]).comparisons[0].sentence
    };
    assert_eq!(said(40, with(2, 40)), Sentence::DaysMissing);
    assert_eq!(said(40, with(1, 40)), Sentence::NotToldApart);
    // Of so few posts a day chance leaves days empty, and both cycles may be so.
    assert_eq!(said(2, with(2, 2)), Sentence::NotToldApart);
    let both = assessed(actor(), None, &[with(2, 40), with(2, 40)]);
    assert_eq!(both.comparisons[0].sentence, Sentence::NotToldApart);
}

#[test]
fn texts_that_are_missing_in_one_cycle_are_not_compared() {
    let with = |texts: u64, everybodys: u64| {
        let mut cycle = counted(400, everybody());
        (cycle.texts, cycle.everybodys_texts) = (texts, everybodys);
        cycle
    };
    // The eight accounts have 57,600 posts.
    let said = |later| {
        let told = assessed(actor(), None, &[with(57_600, 1_000_000), later]);
        told.comparisons[0].sentence
    };
    assert_eq!(said(with(57_600, 950_000)), Sentence::NotToldApart);
    assert_eq!(said(with(40_000, 1_000_000)), Sentence::TextsMissing);
    assert_eq!(said(with(57_600, 0)), Sentence::TextsMissing);
}

/// Rows that could not be read may all be the actor's: less is said only if it holds even then.
#[test]
fn rows_that_could_not_be_read_widen_the_interval() {
    let less = |rejected: [u64; 2], everybodys: u64| {
        let mut cycles = [counted(400, everybody()), counted(100, everybody())];
        for (cycle, rejected) in cycles.iter_mut().zip(rejected) {
            cycle.rejected = rejected;
        }
        cycles[0].everybodys_rejected = everybodys;
        let comparison = assessed(actor(), None, &cycles).comparisons.remove(0);
        let upper = comparison
            .ratios
            .iter()
            .map(|r| r.interval.upper)
            .fold(0.0, f64::max);
        (comparison.sentence == Sentence::Less, upper)
    };
    let (is_less, upper) = less([0, 0], 0);
    assert!(is_less);
    // 3,600 posts by words later: as many rows lost double the upper end, which stays below one; ten times as many do not.
    let (is_less, with_lost) = less([0, 3_600], 0);
    assert!(
        is_less && (1.9..2.1).contains(&(with_lost / upper)),
        "{upper} {with_lost}"
    );
    assert!(!less([0, 36_000], 0).0);
    assert!(
        less([36_000, 0], 0).0,
        "what is lost of the earlier cycle makes less the surer"
    );
    assert!(less([0, 0], 100_000).1 > upper, "so do rows of everybody");
}

/// What is done to the later of two cycles that are collected well.
type Change = fn(&mut Counted);

/// What is said of it then, where the elections say `whole` and `background_whole` or not.
fn told_after(change: Change, vouched: [bool; 2]) -> Sentence {
    let mut cycles = ["2016-08-09", "2018-08-09"].map(|first| {
        let mut cycle = counted(400, everybody());
        cycle.exported = days(first, 90, 40);
        cycle.everybodys_days = days(first, 90, 400);
        cycle.hours = [[100; 24]; 2];
        cycle
    });
    change(&mut cycles[1]);
    let mut elections = vec![election("2016", None), election("2018", None)];
    for election in &mut elections {
        [election.whole, election.background_whole] = vouched;
    }
    assessed_before(elections, actor(), &cycles).comparisons[0].sentence
}

/// Each way in which a collection shows that it is none of the whole, and what vouches for it.
#[test]
fn each_sign_of_a_poor_collection_forbids_a_comparison() {
    assert_eq!(told_after(|_| (), [false; 2]), Sentence::NotToldApart);
    let changes: [(Change, Sentence, [bool; 2]); 11] = [
        (
            |c| _ = c.spelt_otherwise.insert("a3".to_owned(), 1),
            Sentence::SpeltOtherwise,
            [false; 2],
        ),
        (|c| c.cut = [true, false], Sentence::FilesCut, [false; 2]),
        (|c| c.cut = [false, true], Sentence::FilesCut, [false; 2]),
        (
            |c| c.repeated = [12_000, 0],
            Sentence::CountedTwice,
            [false; 2],
        ),
        (
            |c| c.repeated = [0, 200_000],
            Sentence::CountedTwice,
            [false; 2],
        ),
        (
            |c| {
                let from: Date = "2018-10-01".parse().unwrap();
                let after = c.everybodys_days.range_mut(from..);
                after.for_each(|(_, posts)| *posts /= 10);
            },
            Sentence::BackgroundCut,
            [false, true],
        ),
        (
            |c| {
                let gone = days("2018-10-01", 3, 1);
                c.exported.retain(|day, _| !gone.contains_key(day));
            },
            Sentence::ExportsCut,
            [true, false],
        ),
        (
            |c| {
                let of_telegram = days("2018-08-09", 30, 20);
                c.exported_on.insert("telegram".to_owned(), of_telegram);
            },
            Sentence::ExportsCut,
            [true, false],
        ),
        (
            |c| c.hours[0][8..14].fill(0),
            Sentence::HoursMissing,
            [true, false],
        ),
        (
            |c| c.hours[1][8..14].fill(0),
            Sentence::HoursMissing,
            [false, true],
        ),
        (
            |c| {
                c.exported
                    .values_mut()
                    .for_each(|rows| *rows = (*rows).min(41));
            },
            Sentence::Capped,
            [true, false],
        ),
    ];
    for (n, (change, sentence, vouched)) in changes.into_iter().enumerate() {
        assert_eq!(told_after(change, [false; 2]), sentence, "change {n}");
        if vouched != [false; 2] {
            assert_eq!(
                told_after(change, vouched),
                Sentence::NotToldApart,
                "change {n}, vouched for"
            );
        }
    }
    let capped: Change = |c| {
        for acts in c.accounts.values_mut().take(3) {
            acts.posts.all = 20_000;
        }
    };
    assert_eq!(told_after(capped, [false; 2]), Sentence::Capped);
    assert_eq!(told_after(capped, [true, false]), Sentence::NotToldApart);
}

/// Days that are missing before one vote are left out before both, so that nobody who posts more as the vote comes near seems
/// to have posted less.
#[test]
fn a_gap_is_left_out_before_every_vote() {
    let mut later = election("2018", None);
    later.gaps = vec![["2018-10-12".parse().unwrap(), "2018-11-06".parse().unwrap()]];
    let elections = vec![election("2016", None), later];
    let until = "2019-11-06".parse().unwrap();
    let question = Question::new(vec![actor()], elections, 90, until).unwrap();
    let watched: Vec<u32> = question.elections.iter().map(|e| e.watched(90)).collect();
    assert_eq!(watched, [64, 64]);
    assert!(!question.elections[0].watches("2016-10-12".parse().unwrap(), 90));
    assert!(question.elections[0].watches("2016-10-11".parse().unwrap(), 90));
}

/// A stray post of a platform is no collection of it, and what was not collected is nothing to count against.
#[test]
fn a_stray_post_makes_no_platform() {
    let of = |platforms: &[(&str, u64)]| {
        let named = platforms
            .iter()
            .map(|(name, posts)| ((*name).to_owned(), *posts));
        named.collect::<BTreeMap<_, _>>()
    };
    let mut both = counted(400, everybody());
    both.platforms = of(&[("telegram", 1_500), ("x", 1_500)]);
    both.background_platforms = of(&[("telegram", 6_000), ("x", 6_000)]);
    let mut stray = counted(400, everybody());
    stray.platforms = of(&[("telegram", 1), ("x", 1_500)]);
    stray.background_platforms = both.background_platforms.clone();
    let said = |cycles: &[Counted; 2]| assessed(actor(), None, cycles).comparisons[0].sentence;
    assert_eq!(said(&[both.clone(), stray]), Sentence::OtherPlatforms);
    assert_eq!(said(&[both.clone(), both.clone()]), Sentence::NotToldApart);
    let mut other = both;
    other.background_platforms = of(&[("x", 12_000)]);
    assert_eq!(said(&[other.clone(), other]), Sentence::OtherBackground);
}

/// Accounts that became known later after one vote than is known of the other are in neither.
#[test]
fn an_account_counts_only_where_it_was_known_in_time() {
    let mut late = actor();
    // The later vote gives a year: this one became known three years after the earlier vote.
    late.accounts[7].known = Some("2019-10-01".parse().unwrap());
    let cycles = [counted(400, everybody()), counted(400, everybody())];
    let found = assessed(late, None, &cycles);
    assert_eq!(found.lag, 365);
    assert_eq!([found.parts[0].watched, found.parts[1].watched], [7, 8]);
    let mut nobody = actor();
    for account in &mut nobody.accounts {
        account.known = Some("2019-10-01".parse().unwrap());
    }
    let found = assessed(nobody, None, &cycles);
    assert_eq!(found.comparisons[0].sentence, Sentence::NobodyKnown);
    let mut unknown = actor();
    unknown.accounts[0].known = None;
    let found = assessed(unknown, None, &cycles);
    assert_eq!(found.comparisons[0].sentence, Sentence::KnownWhen);
}

#[test]
fn judgements_of_accounts_widen_and_never_narrow() {
    let cycles = [counted(400, everybody()), counted(100, everybody())];
    let certain = assessed(actor(), None, &cycles);
    let mut doubtful = actor();
    for account in &mut doubtful.accounts {
        account.judgement = Some([0.6, 0.8].try_into().unwrap());
    }
    let doubtful = assessed(doubtful, None, &cycles);
    let pairs = certain.comparisons[0]
        .ratios
        .iter()
        .zip(&doubtful.comparisons[0].ratios);
    for (certain, doubtful) in pairs {
        assert!(
            doubtful.interval.lower <= certain.interval.lower,
            "{doubtful:?} {certain:?}"
        );
        assert!(
            doubtful.interval.upper >= certain.interval.upper,
            "{doubtful:?} {certain:?}"
        );
    }
}
