//! Counting posts before each vote while they are read: nothing of a post is kept but a number that stands for its id.

use std::collections::BTreeSet;

use jiff::civil::Date;
use overt_coordination::about::{Contest, ContestSettings, Side};
use overt_coordination::extract::registrable_domain;
use overt_findings::intensity::PostsRead;
use overt_intake::{FileReceipt, Input, PostSink, Reject, Stop, Watch, read};
use overt_intensity::actor::{Account, handle};
use overt_intensity::chains::{SITE, Sighting, Trails};
use overt_intensity::count::{Bearing, Counted};
use overt_intensity::election::{Election, day_of};
use overt_intensity::question::Question;
use overt_intensity::sides::MOST_ACCOUNTS;
use overt_model::{Location, Post};

use super::IntensitySettings;
use super::near::NearMisses;
use super::objects::{objects_of, publication};
use super::seen::{Seen, Sight};
use super::texts::is_readable;
use crate::{Error, Progress};

/// Posts between looks at whether the work is still wanted.
const LOOK: u64 = 1 << 16;

/// The platform of exports that do not say theirs.
const UNKNOWN: &str = "unknown";

/// Whose posts are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Actors,
    Everybody,
    /// Sites, of which publications are read.
    Sites,
}

impl Whose {
    /// Its place where both are counted.
    fn place(self) -> usize {
        usize::from(self != Self::Actors)
    }
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
    settings: &'a IntensitySettings,
    progress: &'a dyn Progress,
    /// Words of voting and names, of each election.
    readings: Vec<[Contest; 2]>,
    /// Of each election the sides: three lists each, of names, phrases for and phrases against.
    sides: Vec<Option<Contest>>,
    accounts: BTreeSet<&'a str>,
    counted: Vec<Counted>,
    trails: Vec<Trails>,
    warnings: Vec<String>,
    /// Files read so far.
    files: u32,
    near: NearMisses,
}

impl<'a> Counter<'a> {
    pub(super) fn new(
        question: &'a Question,
        settings: &'a IntensitySettings,
        progress: &'a dyn Progress,
    ) -> Result<Self, Error> {
        let contest = |terms: &[String]| contest(Vec::new(), terms, settings);
        let sides = |election: &Election| {
            let lists = election
                .sides
                .iter()
                .flat_map(|side| [&side.words, &side.pro, &side.contra]);
            let lists: Vec<Side> = lists
                .map(|terms| Side {
                    name: String::new(),
                    terms: terms.clone(),
                })
                .collect();
            (!lists.is_empty())
                .then(|| self::contest(lists, &[], settings))
                .transpose()
        };
        let readings = (question.elections.iter())
            .map(|election| Ok([contest(&election.words)?, contest(&election.names)?]))
            .collect::<Result<_, Error>>()?;
        let sides = question
            .elections
            .iter()
            .map(sides)
            .collect::<Result<_, _>>()?;
        let accounts = question.actors.iter().flat_map(|actor| &actor.accounts);
        Ok(Self {
            question,
            settings,
            progress,
            readings,
            sides,
            accounts: accounts.map(Account::handle).collect(),
            counted: vec![Counted::default(); question.elections.len()],
            trails: vec![Trails::default(); question.elections.len()],
            warnings: Vec::new(),
            files: 0,
            near: NearMisses::of(question),
        })
    }

    pub(super) fn read(&mut self, inputs: &[Input], whose: Whose) -> Result<PostsRead, Error> {
        let watch = Watch::default();
        let stored = |input: &Input| std::fs::metadata(input.path()).map_or(0, |m| m.len());
        self.progress
            .reading(inputs.iter().map(stored).sum(), &watch);
        let settings = &self.settings.intake;
        let platforms = inputs.iter().map(|input| self.platform_of(input)).collect();
        let mut sink = Sink {
            counter: self,
            platforms,
            whose,
            read: PostsRead::default(),
            seen: Seen::default(),
            cycles: vec![BTreeSet::new(); inputs.len()],
            outside: None,
            posts: 0,
        };
        let receipt = read(inputs, settings, &watch, &mut sink)?;
        let (mut counts, cycles) = (sink.read, sink.cycles);
        let told = sink.seen.warnings().into_iter();
        let told: Vec<String> = told.chain(outside(&counts, sink.outside, whose)).collect();
        self.warnings.extend(told);
        self.files += inputs.len() as u32;
        for (file, cycles) in receipt.files.iter().zip(&cycles) {
            self.lose(file, cycles, whose);
        }
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

    /// Rows of a file that could not be read may be of any cycle that the file has posts of; of any at all, if it has none.
    fn lose(&mut self, file: &FileReceipt, cycles: &BTreeSet<usize>, whose: Whose) {
        for (cycle, counted) in self.counted.iter_mut().enumerate() {
            if !cycles.is_empty() && !cycles.contains(&cycle) {
                continue;
            }
            match whose {
                Whose::Actors => {
                    counted.rejected += file.rejected;
                    counted.cut[0] |= file.cut;
                }
                Whose::Everybody => {
                    counted.everybodys_rejected += file.rejected;
                    counted.cut[1] |= file.cut;
                }
                Whose::Sites => {}
            }
        }
    }

    pub(super) fn end(mut self) -> (Vec<Counted>, Vec<Trails>, Vec<String>) {
        self.warnings.extend(self.near.warning());
        (self.counted, self.trails, self.warnings)
    }

    /// What an input was said to be of: the longest path that holds it counts.
    fn platform_of(&self, input: &Input) -> Option<&'a str> {
        let said = self
            .settings
            .platforms
            .iter()
            .filter(|(path, _)| input.path().starts_with(path));
        let said = said.max_by_key(|(path, _)| path.components().count());
        said.map(|(_, platform)| platform.as_str())
    }
}

fn contest(
    sides: Vec<Side>,
    terms: &[String],
    settings: &IntensitySettings,
) -> Result<Contest, Error> {
    let asked = ContestSettings {
        name: String::new(),
        sides,
        contests: terms.to_vec(),
        procedure: Vec::new(),
        places: Vec::new(),
        dates: None,
    };
    Contest::new(asked).map_err(|e| Error::bad_file(&settings.elections, &e))
}

struct Sink<'a, 'b> {
    counter: &'b mut Counter<'a>,
    platforms: Vec<Option<&'a str>>,
    whose: Whose,
    read: PostsRead,
    seen: Seen,
    /// Of each file the elections before which it has posts.
    cycles: Vec<BTreeSet<usize>>,
    /// The first and the last day outside every window.
    outside: Option<[Date; 2]>,
    posts: u64,
}

impl PostSink for Sink<'_, '_> {
    fn post(&mut self, post: &Post<'_>, at: Location) -> Result<(), Stop> {
        self.posts += 1;
        if self.posts.is_multiple_of(LOOK) && self.counter.progress.is_cancelled() {
            return Err(Stop::Interrupted);
        }
        let said = self.platforms.get(at.file as usize).copied().flatten();
        self.count(post, said.unwrap_or(&post.platform), at.file);
        Ok(())
    }

    fn reject(&mut self, _: &Reject) -> Result<(), Stop> {
        Ok(())
    }
}

impl Sink<'_, '_> {
    fn count(&mut self, post: &Post<'_>, platform: &str, file: u32) {
        let question = self.counter.question;
        let Some(day) = day_of(post.time.div_euclid(1_000)) else {
            self.read.outside += 1;
            return;
        };
        let within = |[first, last]: [Date; 2]| (first..=last).contains(&day);
        let mut elections = question.elections.iter();
        let Some(cycle) = elections.position(|e| within(e.window(question.days))) else {
            let [first, last] = self.outside.unwrap_or([day, day]);
            self.outside = Some([first.min(day), last.max(day)]);
            self.read.outside += 1;
            return;
        };
        self.cycles[file as usize].insert(cycle);
        let election = &question.elections[cycle];
        if !election.watches(day, question.days) {
            self.read.in_gaps += 1;
            return;
        }
        let poster = self.whose_is(post);
        self.collected(cycle, day, post, platform);
        if !matches!(poster, Poster::Account(_)) && self.whose != Whose::Sites {
            self.near(cycle, post);
        }
        if poster == Poster::Nobody {
            self.read.of_nobody += 1;
            return;
        }
        match self.seen.see(post, platform, file) {
            Sight::Repeat => {
                self.read.duplicates += 1;
                return;
            }
            Sight::Again => self.counter.counted[cycle].repeated[self.whose.place()] += 1,
            Sight::New => {}
        }
        self.follow(cycle, post, platform, self.counter.files + file);
        if self.whose == Whose::Everybody && poster != Poster::Everybody {
            self.read.of_actors += 1;
            return;
        }
        self.read.counted += 1;
        if self.whose != Whose::Sites {
            self.tally(cycle, day, poster, post, platform);
        }
    }

    /// Counts a row of an export, whoever posted: by it is told what was collected.
    fn collected(&mut self, cycle: usize, day: Date, post: &Post<'_>, platform: &str) {
        let counted = &mut self.counter.counted[cycle];
        let by_platform = match self.whose {
            Whose::Actors => {
                *counted.exported.entry(day).or_default() += 1;
                &mut counted.exported_on
            }
            Whose::Everybody => &mut counted.everybodys_on,
            Whose::Sites => return,
        };
        let days = match by_platform.get_mut(platform) {
            Some(days) => days,
            None => by_platform.entry(platform.to_owned()).or_default(),
        };
        *days.entry(day).or_default() += 1;
        let hour = post.time.div_euclid(3_600_000).rem_euclid(24) as usize;
        counted.hours[self.whose.place()][hour] += 1;
    }

    /// Notes a post of an account that differs from an actor's in how it is written alone.
    fn near(&mut self, cycle: usize, post: &Post<'_>) {
        if let Some(account) = self.counter.near.see(post) {
            let otherwise = &mut self.counter.counted[cycle].spelt_otherwise;
            *otherwise.entry(account).or_default() += 1;
        }
    }

    fn tally(&mut self, cycle: usize, day: Date, poster: Poster, post: &Post<'_>, platform: &str) {
        let text = post.text.as_deref().unwrap_or_default();
        let [words, names] = &self.counter.readings[cycle];
        let bearing = Bearing {
            words: words.read(text, post.time).is_some(),
            names: names.read(text, post.time).is_some(),
        };
        let sides = self.sides(cycle, text, post.time);
        let counted = &mut self.counter.counted[cycle];
        let has_text = u64::from(is_readable(text));
        let Poster::Account(account) = poster else {
            counted.everybody.add(bearing);
            counted.everybodys_texts += has_text;
            let platforms = &mut counted.background_platforms;
            *platforms.entry(platform.to_owned()).or_default() += 1;
            *counted.everybodys_days.entry(day).or_default() += 1;
            counted.everybodys_sides.add(&sides);
            let by = &mut counted.everybodys_accounts;
            if !sides.is_empty() && (by.len() < MOST_ACCOUNTS || by.contains_key(&*post.account)) {
                by.entry(post.account.to_string()).or_default().add(&sides);
            }
            return;
        };
        counted.texts += has_text;
        *counted.platforms.entry(platform.to_owned()).or_default() += 1;
        let acts = counted.accounts.entry(account).or_default();
        acts.posts.add(bearing);
        acts.sided.add(&sides);
        acts.days.insert(day);
        acts.platforms.insert(platform.to_owned());
        acts.communities
            .extend(post.community.as_deref().map(str::to_owned));
        let engagement = post
            .likes
            .unwrap_or(0)
            .saturating_add(post.shares.unwrap_or(0));
        acts.engagement = acts.engagement.saturating_add(engagement);
    }

    /// Of each side, whether a post names it, has a phrase for it, and one against it; nothing where it names none.
    fn sides(&self, cycle: usize, text: &str, time: i64) -> Vec<[bool; 3]> {
        let contest = self.counter.sides[cycle].as_ref();
        let named = contest.and_then(|contest| contest.read(text, time));
        let lists = named.map_or_else(Vec::new, |named| named.sides);
        lists
            .chunks_exact(3)
            .map(|list| [list[0], list[1], list[2]])
            .collect()
    }

    /// Follows what a post carries over platforms; one whose platform is not known has no place in an order.
    fn follow(&mut self, cycle: usize, post: &Post<'_>, platform: &str, source: u32) {
        let time = post.time.div_euclid(1_000);
        let mut add = |object: &str, platform: &str, carrier: &str| {
            self.counter.trails[cycle].add(Sighting {
                object,
                platform,
                carrier,
                time,
                source,
            });
        };
        if self.whose == Whose::Sites {
            if let Some(link) = publication(post)
                && let Some(domain) = registrable_domain(&link)
            {
                add(&format!("url:{link}"), SITE, &domain);
            }
        } else if platform != UNKNOWN {
            let known = [Some(&post.account), post.account_name.as_ref()];
            let known = known.into_iter().flatten().map(|name| handle(name));
            let known = known
                .into_iter()
                .find(|name| self.counter.accounts.contains(name));
            let carrier = known.unwrap_or(&post.account);
            objects_of(post)
                .iter()
                .for_each(|object| add(object, platform, carrier));
        }
    }

    /// The account as the file of actors names it. Actors are not everybody, wherever their posts stand.
    fn whose_is(&self, post: &Post<'_>) -> Poster {
        let named = [Some(&post.account), post.account_name.as_ref()];
        let known = named.into_iter().flatten();
        let found = known
            .map(|name| handle(name))
            .find(|name| self.counter.accounts.contains(name));
        match (found, self.whose) {
            (_, Whose::Sites) | (None, Whose::Everybody) => Poster::Everybody,
            (Some(name), _) => Poster::Account(name.to_string()),
            (None, Whose::Actors) => Poster::Nobody,
        }
    }
}

/// That most posts lie in the days before no vote: dates of another year, or a window too short.
fn outside(read: &PostsRead, days: Option<[Date; 2]>, whose: Whose) -> Option<String> {
    let [first, last] = days?;
    let posts = read.rows_of_posts();
    let name = match whose {
        Whose::Actors => "the actors' exports",
        Whose::Everybody => "everybody's posts",
        Whose::Sites => "the publications of sites",
    };
    (2 * read.outside > posts).then(|| {
        format!(
            "{} of {posts} posts in {name} lie in the days before no vote: they are of {first} to {last}",
            read.outside
        )
    })
}
