//! Every sentence that can be printed, and when.
//!
//! [`Sentence::all`] is the table: nothing else in the project puts an outcome into words.

use serde::Serialize;

use crate::assess::{Answer, Why};
use crate::chains::hands::Verdict;
use crate::sides::Leaning;

/// A sentence of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sentence {
    /// Less than before.
    Less,
    /// More than before.
    More,
    /// Neither can be said.
    NotToldApart,
    /// Too few operators for any interval.
    TooFew,
    /// When accounts became known is not given.
    KnownWhen,
    /// The exports of a cycle hold no post of anybody who was asked about.
    NoPosts,
    /// The exports of the two cycles hold other platforms.
    OtherPlatforms,
    /// The background is of other platforms than the actors' posts.
    OtherBackground,
    /// Days without a post of anybody.
    SilentDays,
    /// The actors' exports have days with hardly a row.
    ExportsCut,
    /// A file ends within a row.
    FilesCut,
    /// Posts are there twice.
    CountedTwice,
    /// Accounts are written otherwise.
    SpeltOtherwise,
    /// Hours are missing in one cycle.
    HoursMissing,
    /// The exports have a most.
    Capped,
    /// Everybody's posts break off.
    BackgroundCut,
    /// The actors' exports lack days.
    DaysMissing,
    /// Texts are missing in one cycle.
    TextsMissing,
    /// No account was known in time.
    NobodyKnown,
    /// A cycle without activity.
    NothingSeen,
    /// A cycle of which nothing was watched.
    NotWatched,
    /// Operators of one actor on different sides.
    BothSides,
    /// Operators on one side only.
    OneSide,
    /// Sides as everybody's accounts have them.
    SidesAsEverybody,
    /// Too little to say of sides.
    SidesTooFew,
    /// A thing's way over platforms, told whole.
    Way,
    /// A way in which an order cannot be told.
    WayOpen,
    /// The same hands on two platforms.
    SameHands,
    /// One carrier in all of it.
    OneCarrier,
    /// No hands that stand out.
    NoHands,
    /// A publisher's own accounts.
    OwnDistribution,
    /// A campaign seen first.
    Born,
    /// Seen in the run before too.
    GoesOn,
    /// Seen as in the run before, with more members.
    Grown,
    /// Not seen.
    Asleep,
    /// Not looked for.
    NotLookedFor,
    /// Seen again.
    Back,
    /// Parted.
    Split,
    /// Went into another.
    Merged,
}

/// A sentence with the condition under which it may appear.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which.
    pub sentence: Sentence,
    /// Its words, with what is filled in between braces.
    pub words: &'static str,
    /// When it may appear.
    pub when: &'static str,
}

const TABLE: [Entry; 39] = [
    Entry {
        sentence: Sentence::Less,
        words: "Of accounts known within {lag} after each vote, {actor} posted less about the election before {later} than before {earlier}: {range} times as much.",
        when: "the 95 % interval lies below 1 under every denominator and under both readings of \"about the election\"",
    },
    Entry {
        sentence: Sentence::More,
        words: "Of accounts known within {lag} after each vote, {actor} posted more about the election before {later} than before {earlier}: {range} times as much.",
        when: "the 95 % interval lies above 1 under every denominator and under both readings of \"about the election\"",
    },
    Entry {
        sentence: Sentence::NotToldApart,
        words: "Of accounts known within {lag} after each vote, it cannot be said whether {actor} posted less or more about the election before {later} than before {earlier}: {range} times as much.",
        when: "an interval holds 1 under a denominator or a reading, or they disagree",
    },
    Entry {
        sentence: Sentence::TooFew,
        words: "{actor} has too few independent operators active before {earlier} and {later} for any 95 % interval: no comparison is made.",
        when: "fewer than six operators (or accounts, where operators are not known) were active under a reading",
    },
    Entry {
        sentence: Sentence::KnownWhen,
        words: "When the accounts of {actor} became known is not given for all of them, so newer cycles may look weaker only because attribution lags: {later} is not compared with {earlier}.",
        when: "an account has no date on which it became known",
    },
    Entry {
        sentence: Sentence::NoPosts,
        words: "The exports hold no post of any actor before {earlier} or before {later}, and whether such posts were collected cannot be told from that: {actor} is not compared.",
        when: "no post of any actor's accounts lies in one of the two windows",
    },
    Entry {
        sentence: Sentence::OtherPlatforms,
        words: "The exports before {earlier} and {later} hold other platforms, so what differs may be the collection: {actor} is not compared.",
        when: "the platforms of the exports or of the background differ between the two cycles; one with less than 2 % of the posts is none",
    },
    Entry {
        sentence: Sentence::OtherBackground,
        words: "The posts of everybody were collected on other platforms than those of the actors, so there is nothing to count against: {later} is not compared with {earlier} for {actor}.",
        when: "a platform of the actors' exports is not in the background",
    },
    Entry {
        sentence: Sentence::SilentDays,
        words: "Before {earlier} or {later} there are days on which nobody at all posted, and no gap says so: what was collected may have been cut, and {actor} is not compared.",
        when: "days in a row have no post of anybody where 20 or more were to be expected",
    },
    Entry {
        sentence: Sentence::ExportsCut,
        words: "The exports of the actors' posts before {earlier} or {later} have days on end with hardly a row, so whether activity or collection ceased cannot be told: {actor} is not compared.",
        when: "on a platform, seven days or more in a row have at most a tenth of the rows that were to be expected, or three days or more none, and that is 50 or more, by the other days or by the other cycle; and the election does not say whole = true",
    },
    Entry {
        sentence: Sentence::FilesCut,
        words: "A file with posts before {earlier} or {later} ends within a row, so what was behind it is missing: {actor} is not compared.",
        when: "a file of the actors or of everybody ends within a row or a quote, and its posts lie before one of the two votes",
    },
    Entry {
        sentence: Sentence::CountedTwice,
        words: "Many posts before {earlier} or {later} are there twice, with the same account, time and text, or by two clocks: {actor} is not compared.",
        when: "a fifth or more of the posts of the actors or of everybody are there again under another id, or whole quarters of an hour apart",
    },
    Entry {
        sentence: Sentence::SpeltOtherwise,
        words: "Before {earlier} or {later} the exports have accounts that differ from those of {actor} in capitals, spaces or an address around them alone, and whether these are theirs cannot be told: they are not compared.",
        when: "rows of the actors or of everybody have such an account",
    },
    Entry {
        sentence: Sentence::HoursMissing,
        words: "Before {earlier} or {later} six hours of the day or more have no post, and those before the other vote have many: what was collected may have been cut, and {actor} is not compared.",
        when: "six hours in a row, round the clock, have no row of 200 or more, and a tenth or more of the rows of the other cycle; unless the election says whole = true, or of everybody's background_whole = true",
    },
    Entry {
        sentence: Sentence::Capped,
        words: "The exports of the actors' posts before {earlier} or {later} have the same greatest number for many accounts or days, as where no more were collected: {actor} is not compared.",
        when: "three accounts or more, and a fifth of those active, have the same number of posts of 20 or more, which is the most; or half of 20 days or more have the same number of rows of five or more, which is the most; and the election does not say whole = true",
    },
    Entry {
        sentence: Sentence::BackgroundCut,
        words: "Everybody's posts before {earlier} or {later} rise or fall to a fifth from one week to the next, as where collection changed: {actor} is not compared.",
        when: "of two weeks that follow on one another one has five times the posts of the other or more, and 100 or more; unless the election says background_whole = true",
    },
    Entry {
        sentence: Sentence::DaysMissing,
        words: "The exports of the actors' posts before {earlier} or {later} have no row on many days and several on the others, so whether activity or collection ceased cannot be told: {actor} is not compared.",
        when: "two of five days or more have no row, those with rows have five or more each, the exports of the other cycle have rows of at least four of five days; and the election does not say whole = true",
    },
    Entry {
        sentence: Sentence::TextsMissing,
        words: "Fewer posts have a text before {earlier} or before {later} than before the other, and by texts it is told what is about the election: {actor} is not compared.",
        when: "the shares of posts with a text, of the actors' or of everybody's, differ by more than a tenth between the two cycles",
    },
    Entry {
        sentence: Sentence::NobodyKnown,
        words: "No account of {actor} was known within {lag} after {earlier}, or none after {later}: they are not compared.",
        when: "none of the actor's accounts was known in time in one of the two cycles",
    },
    Entry {
        sentence: Sentence::NothingSeen,
        words: "No activity of {actor} was seen before {later}: {accounts} accounts were watched over {watched} days among {background} posts of everybody. Activity above {limit} posts per million of everybody's would have been seen with 95 % probability.",
        when: "no post of the actor's known accounts lies in the window, though the exports reach over it and have some of the actor's accounts before one of the votes",
    },
    Entry {
        sentence: Sentence::NotWatched,
        words: "Whether {actor} was active before {later} cannot be said: no account of theirs is known to have been watched in those days.",
        when: "no post of the actor's known accounts lies in the window, and the election does not say whole = true, the exports have none of those days or none of the actor's accounts at all, or none of these was known by then",
    },
    Entry {
        sentence: Sentence::BothSides,
        words: "Before {later}, operators of {actor} named {one} more than accounts of everybody do ({operators} of those asked), and others {other} ({others}). What they said of them is not in this.",
        when: "different operators name different sides beyond the spread of everybody's accounts, among all operators and sides asked (5 % of those named may be by chance)",
    },
    Entry {
        sentence: Sentence::OneSide,
        words: "Before {later}, operators of {actor} named {one} more than accounts of everybody do ({operators} of those asked), and none another side. What they said of it is not in this.",
        when: "operators name one side beyond the spread of everybody's accounts, and none another",
    },
    Entry {
        sentence: Sentence::SidesAsEverybody,
        words: "Before {later}, no operator of {actor} named a side more than accounts of everybody do.",
        when: "operators could be asked, and none stands out",
    },
    Entry {
        sentence: Sentence::SidesTooFew,
        words: "Which sides {actor} named before {later} cannot be held against everybody's accounts: too few posts name one.",
        when: "no operator has five posts that name a side, or fewer than 20 accounts of everybody have two",
    },
    Entry {
        sentence: Sentence::Way,
        words: "{object}: seen first, in what was collected, on {way}.",
        when: "every platform was watched for a day before, and no two times are closer than the clocks' steps",
    },
    Entry {
        sentence: Sentence::WayOpen,
        words: "{object}: in what was collected, on {way}; where it says \"or\", which was first cannot be told.",
        when: "two times are closer than the clocks' steps, or a platform was not watched for a day before",
    },
    Entry {
        sentence: Sentence::SameHands,
        words: "{things} things went from {from} to {to} by the same hands, {givers} there and {takers} here, more often, and at lags closer together, than chance, habit, site and day explain. Whoever arranged to pass them on, openly or not, looks like this; it does not show who.",
        when: "pairs of carriers are neighbours beyond a change of places within day and popularity, the lags of pairs that hang together lie together beyond habit, site and day, each at a false discovery rate of 0.05, and still do without any one carrier",
    },
    Entry {
        sentence: Sentence::OneCarrier,
        words: "{things} things went from {from} to {to} through {carrier}, more often, and at lags closer together, than chance explains: a reader with alerts, or one owner of two accounts, looks the same.",
        when: "as for the same hands, but one carrier is in all pairs that hang together, or their lags do not lie together without it",
    },
    Entry {
        sentence: Sentence::NoHands,
        words: "Of {things} things that were on more than one platform, none went by hands that stand out: {asked} pairs of carriers were asked. That is not the same as that nobody passed them on.",
        when: "no pair of carriers passes both questions",
    },
    Entry {
        sentence: Sentence::OwnDistribution,
        words: "{things} things of {site} were passed on by accounts of its own name, as publishers do: their order is shown, and no more is asked.",
        when: "a carrier's name begins with the name of the site that a link stands on",
    },
    Entry {
        sentence: Sentence::Born,
        words: "Campaign {campaign} was seen for the first time in {run}.",
        when: "it shares no more than half of the smaller with any campaign known from the runs before",
    },
    Entry {
        sentence: Sentence::GoesOn,
        words: "Campaign {campaign} goes on in {run}: {members} members, {before} in the run before.",
        when: "more than half of the smaller of both are in both, it was seen in the run before, and has no more members than then",
    },
    Entry {
        sentence: Sentence::Grown,
        words: "Campaign {campaign} goes on in {run} and has grown: {members} members, {before} in the run before.",
        when: "as for one that goes on, and more members were found than in the run before, in which other posts were read",
    },
    Entry {
        sentence: Sentence::Asleep,
        words: "Campaign {campaign} was not seen in {run}; runs without it by then: {runs}.",
        when: "it was known, no campaign of the run goes on from it, and the run read one of its platforms, or does not say what it read",
    },
    Entry {
        sentence: Sentence::NotLookedFor,
        words: "Whether campaign {campaign} was active in {run} cannot be said: nothing of its platforms was read there.",
        when: "it was known, and the run says which platforms it read, none of them a platform of its members",
    },
    Entry {
        sentence: Sentence::Back,
        words: "Campaign {campaign} was seen again in {run}; runs without it before that: {runs}.",
        when: "it was not seen in the run before, and more than half of the smaller of both are in both",
    },
    Entry {
        sentence: Sentence::Split,
        words: "Campaign {campaign} was seen in {run} apart from campaign {other}, whose members it has.",
        when: "more than half of the smaller are members of another that goes on",
    },
    Entry {
        sentence: Sentence::Merged,
        words: "The members of campaign {campaign} are in campaign {other} in {run}.",
        when: "more than half of the smaller are in one that goes on from another",
    },
];

impl Sentence {
    /// The whole table.
    #[must_use]
    pub fn all() -> &'static [Entry] {
        &TABLE
    }

    /// Which sentence an answer allows.
    #[must_use]
    pub fn of(answer: Answer) -> Self {
        match answer {
            Answer::Less => Self::Less,
            Answer::More => Self::More,
            Answer::NotToldApart => Self::NotToldApart,
            Answer::NotCompared(Why::TooFew) => Self::TooFew,
            Answer::NotCompared(Why::KnownWhen) => Self::KnownWhen,
            Answer::NotCompared(Why::NoPosts) => Self::NoPosts,
            Answer::NotCompared(Why::OtherPlatforms) => Self::OtherPlatforms,
            Answer::NotCompared(Why::OtherBackground) => Self::OtherBackground,
            Answer::NotCompared(Why::SilentDays) => Self::SilentDays,
            Answer::NotCompared(Why::ExportsCut) => Self::ExportsCut,
            Answer::NotCompared(Why::FilesCut) => Self::FilesCut,
            Answer::NotCompared(Why::CountedTwice) => Self::CountedTwice,
            Answer::NotCompared(Why::SpeltOtherwise) => Self::SpeltOtherwise,
            Answer::NotCompared(Why::HoursMissing) => Self::HoursMissing,
            Answer::NotCompared(Why::Capped) => Self::Capped,
            Answer::NotCompared(Why::BackgroundCut) => Self::BackgroundCut,
            Answer::NotCompared(Why::DaysMissing) => Self::DaysMissing,
            Answer::NotCompared(Why::TextsMissing) => Self::TextsMissing,
            Answer::NotCompared(Why::NobodyKnown) => Self::NobodyKnown,
        }
    }

    /// Which sentence sides allow.
    #[must_use]
    pub fn of_leaning(leaning: Leaning) -> Self {
        match leaning {
            Leaning::Both => Self::BothSides,
            Leaning::One => Self::OneSide,
            Leaning::AsEverybody => Self::SidesAsEverybody,
            Leaning::TooFew => Self::SidesTooFew,
        }
    }

    /// Which sentence hands allow.
    #[must_use]
    pub fn of_hands(verdict: Verdict) -> Self {
        match verdict {
            Verdict::SameHands => Self::SameHands,
            Verdict::OneCarrier => Self::OneCarrier,
        }
    }

    /// The sentence with its blanks filled.
    #[must_use]
    pub fn fill(self, blanks: &[(&str, String)]) -> String {
        let Some(entry) = TABLE.iter().find(|entry| entry.sentence == self) else {
            return String::new();
        };
        // One pass, so that a name that looks like a blank stays a name.
        let mut filled = String::new();
        let mut rest = entry.words;
        while let Some((before, after)) = rest.split_once('{') {
            let (blank, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            if let Some((_, with)) = blanks.iter().find(|(name, _)| *name == blank) {
                filled.push_str(with);
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// A factor as people read it: two figures, and words where an end is open.
#[must_use]
pub fn range(lower: f64, upper: f64) -> String {
    match (lower > 0.0, upper.is_finite()) {
        (true, true) => format!("{} to {}", factor(lower), factor(upper)),
        (false, true) if upper < 0.01 => factor(upper),
        (false, true) => format!("at most {}", factor(upper)),
        // A lower end that nobody could tell from none is none.
        (true, false) if lower < 0.01 => "any number of".to_owned(),
        (true, false) => format!("at least {}", factor(lower)),
        (false, false) => "any number of".to_owned(),
    }
}

fn factor(x: f64) -> String {
    match x {
        x if x < 0.01 => "below 0.01".to_owned(),
        // Not rounded onto 1 from either side: the sentence beside it says on which side it lies.
        x if (0.99..1.0).contains(&x) => "just under 1".to_owned(),
        x if x > 1.0 && x < 1.01 => "just over 1".to_owned(),
        x if x < 10.0 => format!("{x:.2}"),
        x => format!("{x:.0}"),
    }
}

/// A count as people read it: with commas between thousands.
pub(crate) fn count(of: u64) -> String {
    let digits = of.to_string();
    let mut read = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            read.push(',');
        }
        read.push(digit);
    }
    read
}
