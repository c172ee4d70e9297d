//! Counting posts before each vote while they are read: nothing of a post is kept but a number that stands for its id.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use overt_coordination::about::{Contest, ContestSettings};
use overt_findings::intensity::PostsRead;
use overt_intake::{Input, PostSink, Reject, Settings, Stop, Watch, read};
use overt_intensity::count::{Bearing, Counted};
use overt_intensity::election::day_of;
use overt_intensity::question::Question;
use overt_model::{Location, Post};

use crate::{Error, Progress};

/// Posts between looks at whether the work is still wanted.
const LOOK: u64 = 1 << 16;

/// Whose posts are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Actors,
    Everybody,
}

/// Who posted.
#[derive(PartialEq, Eq)]
enum Poster {
    Account(String),
    Everybody,
    Nobody,
}

pub(super) struct Counter<'a> {
    question: &'a Question,
    progress: &'a dyn Progress,
    /// Words of voting and names, of each election.
    readings: Vec<[Contest; 2]>,
    accounts: BTreeSet<&'a str>,
    counted: Vec<Counted>,
    warnings: Vec<String>,
}

impl<'a> Counter<'a> {
    pub(super) fn new(question: &'a Question, progress: &'a dyn Progress) -> Result<Self, Error> {
        let contest = |terms: &[String]| {
            let settings = ContestSettings {
                name: String::new(),
                sides: Vec::new(),
                contests: terms.to_vec(),
                procedure: Vec::new(),
                places: Vec::new(),
                dates: None,
            };
            Contest::new(settings).map_err(|e| Error::bad_file("elections".as_ref(), &e))
        };
        let readings = (question.elections.iter())
            .map(|election| Ok([contest(&election.words)?, contest(&election.names)?]))
            .collect::<Result<_, Error>>()?;
        let accounts = question.actors.iter().flat_map(|actor| &actor.accounts);
        Ok(Self {
            question,
            progress,
            readings,
            accounts: accounts.map(|account| account.id.as_str()).collect(),
            counted: vec![Counted::default(); question.elections.len()],
            warnings: Vec::new(),
        })
    }

    pub(super) fn read(
        &mut self,
        inputs: &[Input],
        whose: Whose,
        settings: &Settings,
    ) -> Result<PostsRead, Error> {
        let watch = Watch::default();
        let stored = |input: &Input| std::fs::metadata(input.path()).map_or(0, |m| m.len());
        self.progress
            .reading(inputs.iter().map(stored).sum(), &watch);
        let mut sink = Sink {
            counter: self,
            whose,
            read: PostsRead::default(),
            seen: HashSet::new(),
            posts: 0,
        };
        let receipt = read(inputs, settings, &watch, &mut sink)?;
        let mut counts = sink.read;
        self.progress.has_read();
        counts.files = (receipt.files.iter())
            .map(|file| (file.path.display().to_string(), file.sha256.clone()))
            .collect();
        counts.rows = receipt.rows();
        counts.left_out = receipt.left_out();
        counts.rejected = receipt.files.iter().map(|file| file.rejected).sum();
        self.warnings.extend(receipt.warnings);
        Ok(counts)
    }

    pub(super) fn end(self) -> (Vec<Counted>, Vec<String>) {
        (self.counted, self.warnings)
    }
}

struct Sink<'a, 'b> {
    counter: &'b mut Counter<'a>,
    whose: Whose,
    read: PostsRead,
    seen: HashSet<[u64; 2]>,
    posts: u64,
}

impl PostSink for Sink<'_, '_> {
    fn post(&mut self, post: &Post<'_>, _: Location) -> Result<(), Stop> {
        self.posts += 1;
        if self.posts.is_multiple_of(LOOK) && self.counter.progress.is_cancelled() {
            return Err(Stop::Interrupted);
        }
        self.count(post);
        Ok(())
    }

    fn reject(&mut self, _: &Reject) -> Result<(), Stop> {
        Ok(())
    }
}

impl Sink<'_, '_> {
    fn count(&mut self, post: &Post<'_>) {
        let question = self.counter.question;
        let Some(day) = day_of(post.time.div_euclid(1_000)) else {
            self.read.outside += 1;
            return;
        };
        let within = |[first, last]: [jiff::civil::Date; 2]| (first..=last).contains(&day);
        let mut elections = question.elections.iter();
        let Some(cycle) = elections.position(|e| within(e.window(question.days))) else {
            self.read.outside += 1;
            return;
        };
        let election = &question.elections[cycle];
        if !election.watches(day, question.days) {
            self.read.in_gaps += 1;
            return;
        }
        let poster = self.whose_is(post);
        if poster == Poster::Nobody {
            self.read.of_nobody += 1;
            return;
        }
        if !self.seen.insert(key_of(post)) {
            self.read.duplicates += 1;
            return;
        }
        self.read.counted += 1;
        let text = post.text.as_deref().unwrap_or_default();
        let [words, names] = &self.counter.readings[cycle];
        let bearing = Bearing {
            words: words.read(text, post.time).is_some(),
            names: names.read(text, post.time).is_some(),
        };
        let counted = &mut self.counter.counted[cycle];
        let Poster::Account(account) = poster else {
            counted.everybody.add(bearing);
            counted
                .background_platforms
                .insert(post.platform.to_string());
            return;
        };
        counted.platforms.insert(post.platform.to_string());
        let acts = counted.accounts.entry(account).or_default();
        acts.posts.add(bearing);
        acts.days.insert(day);
        acts.platforms.insert(post.platform.to_string());
        acts.communities
            .extend(post.community.as_deref().map(str::to_owned));
        let engagement = post
            .likes
            .unwrap_or(0)
            .saturating_add(post.shares.unwrap_or(0));
        acts.engagement = acts.engagement.saturating_add(engagement);
    }

    /// The account as the file of actors names it.
    fn whose_is(&self, post: &Post<'_>) -> Poster {
        if self.whose == Whose::Everybody {
            return Poster::Everybody;
        }
        let named = [Some(&post.account), post.account_name.as_ref()];
        let mut known = named.into_iter().flatten();
        let found = known.find(|name| self.counter.accounts.contains(&***name));
        found.map_or(Poster::Nobody, |name| Poster::Account(name.to_string()))
    }
}

/// Two hashes of the platform and the id: 128 bits, so that two posts are not taken for one.
fn key_of(post: &Post<'_>) -> [u64; 2] {
    [0_u8, 1].map(|salt| {
        let mut hasher = DefaultHasher::new();
        (salt, &post.platform, &post.id).hash(&mut hasher);
        hasher.finish()
    })
}
