//! The routes of a site, and what was learnt of each.

use std::collections::BTreeMap;

use overt_model::log::Request;
use overt_model::{counted, grouped};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::names::{Hashed, Names, Path};
use crate::measure::grammar::Grammar;
use crate::route::{Target, decoded, is_name, route};

/// A parameter of a route, by the places of both.
pub(super) type Place = (u32, u32);

/// Routes that are told apart; further ones are one.
const MAX_ROUTES: usize = 20_000;
/// Parameters of one route that are told apart.
const MAX_PARAMETERS: usize = 100;
/// Paths that are remembered as they were sent.
const MAX_PATHS: usize = 100_000;
/// The share of values that are numbers from which on a parameter is a number.
const NUMBERS: f64 = 0.95;
/// Values of a parameter that have to be numbers before it is watched.
const FEWEST_NUMBERS: u32 = 100;
/// Answers larger than the largest ordinary one by this, and by so many bytes, are beyond it.
const BEYOND: f64 = 1.2;
/// Sources that have to be answered with so much before it is ordinary: one alone may have found a way.
const SEVERAL: usize = 3;
const BEYOND_BYTES: u64 = 512;

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Routes {
    /// By the hash of the name: a step of a path may hold what somebody typed, and the state is written down.
    #[serde(with = "crate::kept::hashed_map")]
    ids: FxHashMap<u64, u32>,
    /// Spares taking apart what came before; nothing hangs on it.
    #[serde(skip)]
    paths: FxHashMap<String, (u32, Vec<(String, String)>)>,
    all: Vec<Route>,
    pub(super) names: Names,
    #[serde(with = "crate::kept::hashes")]
    agents: FxHashSet<u64>,
}

/// What stands where the name of a parameter should, the path, and what a program calls itself, as parameters of a route.
const NAMES: &str = "(names)";
const PATH: &str = "(path)";
const AGENT: &str = "(agent)";
/// Parameters beyond those that are told apart.
const FURTHER: &str = "(further)";
const OURS: [&str; 4] = [NAMES, PATH, AGENT, FURTHER];
/// Parts of names of pages where people sign in.
const SIGN_IN: [&str; 10] = [
    "login",
    "signin",
    "sign-in",
    "sign_in",
    "logon",
    "/administrator/",
    "/auth",
    "/session",
    "xmlrpc",
    "password",
];
/// Programs that are told apart.
const MAX_AGENTS: usize = 200_000;

/// What was learnt of a route.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Route {
    /// Its path.
    pub(super) path: Path,
    /// It is the front page.
    pub(super) is_front: bool,
    /// Its name is that of a page where people sign in.
    pub(super) is_sign_in: bool,
    /// Browsers fetch it by themselves.
    pub(super) is_of_a_page: bool,
    /// It answered, with a status below 400.
    pub(super) answered: bool,
    /// It was asked for from another page.
    pub(super) referred: bool,
    /// The largest ordinary answer.
    pub(super) largest: Option<u64>,
    pub(super) parameters: Vec<Parameter>,
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Parameter {
    name: Named,
    pub(super) grammar: Grammar,
    pub(super) values: u32,
    pub(super) numbers: u32,
}

/// What a parameter is called: by a name of ours, or one of the site, by its hash.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Named {
    Ours(String),
    Site(Hashed),
}

impl Default for Named {
    fn default() -> Self {
        Self::Ours(String::new())
    }
}

impl Named {
    fn of(name: &str) -> Self {
        let is_ours = OURS.contains(&name)
            || (name.strip_prefix("step ")).is_some_and(|n| n.parse::<u16>().is_ok());
        if is_ours {
            Self::Ours(name.to_owned())
        } else {
            Self::Site(Hashed::of(name))
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Self::Ours(name) => Self::of(name) == *self,
            Self::Site(_) => true,
        }
    }
}

impl Parameter {
    pub(super) fn is_number(&self) -> bool {
        self.numbers >= FEWEST_NUMBERS
            && f64::from(self.numbers) >= NUMBERS * f64::from(self.values)
    }
}

impl Route {
    /// Whether an answer is larger than ordinary ones; not known where none was seen.
    pub(super) fn is_beyond(&self, bytes: u64) -> bool {
        self.largest.is_some_and(|largest| {
            bytes > largest + BEYOND_BYTES && bytes as f64 > largest as f64 * BEYOND
        })
    }
}

/// A value of a request.
pub(super) struct Value {
    pub(super) parameter: u32,
    pub(super) text: String,
}

impl Routes {
    /// The route of a target, and the values that it was asked with.
    pub(super) fn of(
        &mut self,
        target: &Target<'_>,
        request: &Request<'_>,
        values: &mut Vec<Value>,
    ) -> u32 {
        values.clear();
        let (id, steps) = if let Some((id, steps)) = self.paths.get(target.path) {
            (*id, steps.clone())
        } else {
            let (name, steps) = route(target.path);
            let id = self.id(name, target.is_of_a_page());
            if self.paths.len() < MAX_PATHS {
                self.paths
                    .insert(target.path.to_owned(), (id, steps.clone()));
            }
            (id, steps)
        };
        if request.status.is_some_and(|status| status < 400) {
            self.names.answered(target, &request.source);
        }
        let known = &mut self.all[id as usize];
        known.referred |= request.referrer.as_deref().is_some_and(|r| !r.is_empty());
        for (name, value) in steps {
            known.add(&name, value, values);
        }
        for (name, value) in target.parameters() {
            if is_name(name) {
                known.add(name, decoded(value).into_owned(), values);
            } else {
                // What stands where a name should is a value that somebody made up.
                let text = if value.is_empty() {
                    name.to_owned()
                } else {
                    format!("{name}={value}")
                };
                known.add(NAMES, decoded(&text).into_owned(), values);
            }
        }
        let path = target.path.as_bytes();
        if path.iter().any(|b| b"%\\<'\";|(".contains(b)) || path.windows(2).any(|two| two == b"..")
        {
            known.add(PATH, decoded(target.path).into_owned(), values);
        }
        if let Some(agent) = request
            .agent
            .as_deref()
            .filter(|a| a.contains(['(', '<', '$', '\'']))
        {
            self.agent(id, agent, values);
        }
        id
    }

    /// What a program calls itself is looked at once, and only for what it may be meant to do.
    fn agent(&mut self, id: u32, agent: &str, values: &mut Vec<Value>) {
        let hash = crate::hash::of(agent);
        let is_known = self.agents.contains(&hash);
        if !is_known && self.agents.len() < MAX_AGENTS {
            self.agents.insert(hash);
        }
        if is_known || crate::words::meant(agent).is_none() {
            return;
        }
        self.all[id as usize].add(AGENT, agent.to_owned(), values);
    }

    fn id(&mut self, name: String, is_of_a_page: bool) -> u32 {
        let known = self.ids.len() < MAX_ROUTES || self.ids.contains_key(&crate::hash::of(&name));
        let name = if known { name } else { String::new() };
        let next = self.all.len() as u32;
        let id = *self.ids.entry(crate::hash::of(&name)).or_insert(next);
        if id == next {
            let lower = name.to_ascii_lowercase();
            self.all.push(Route {
                path: Path::of(&name),
                is_front: name == "/",
                is_sign_in: SIGN_IN.iter().any(|part| lower.contains(part)),
                is_of_a_page,
                ..Route::default()
            });
        }
        id
    }

    /// Pages grow: what several sources were answered without having sent anything odd is ordinary from now on.
    pub(super) fn grow(&mut self, larger: &BTreeMap<(u32, u32), u64>) {
        let mut by_route: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for ((route, _), bytes) in larger {
            by_route.entry(*route).or_default().push(*bytes);
        }
        for (route, mut sizes) in by_route {
            sizes.sort_unstable_by_key(|bytes| std::cmp::Reverse(*bytes));
            if let Some(bytes) = sizes.get(SEVERAL - 1) {
                let known = self.get_mut(route);
                known.largest = known.largest.max(Some(*bytes));
            }
        }
    }

    /// Whether what was read from a state can be gone on with.
    pub(super) fn is_sound(&self) -> bool {
        let places = self.all.len();
        self.names.is_sound()
            && self.ids.len() == places
            && self.all.iter().all(|route| route.path.is_sound())
            && (self.all.iter().flat_map(|r| &r.parameters)).all(|p| p.name.is_sound())
            && self.ids.values().all(|id| (*id as usize) < places)
            && places <= MAX_ROUTES + 1
            && self
                .all
                .iter()
                .all(|r| r.parameters.len() <= MAX_PARAMETERS)
    }

    /// Whether there is such a parameter.
    pub(super) fn has(&self, (route, parameter): Place) -> bool {
        let route = self.all.get(route as usize);
        route.is_some_and(|route| (parameter as usize) < route.parameters.len())
    }

    /// How many routes there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, id: u32) -> &Route {
        &self.all[id as usize]
    }

    pub(super) fn get_mut(&mut self, id: u32) -> &mut Route {
        &mut self.all[id as usize]
    }

    /// Route and parameter as they are shown.
    pub(super) fn shown(&self, place: Place) -> String {
        let path = self.shown_path(place.0);
        match &self.get(place.0).parameters[place.1 as usize].name {
            Named::Ours(name) => format!("{path}?{name}=…"),
            Named::Site(hash) => format!("{path}?{}=…", self.names.known(*hash)),
        }
    }

    /// A route as it is shown.
    pub(super) fn shown_path(&self, route: u32) -> String {
        self.get(route).path.shown(&self.names)
    }

    /// What is not told apart, in words.
    pub(super) fn not_examined(&self) -> Vec<String> {
        let mut not = Vec::new();
        if self.ids.len() > MAX_ROUTES {
            not.push(format!(
                "the site has more than {} pages, and further ones are watched as one",
                grouped(MAX_ROUTES as u64)
            ));
        }
        let is_full = |route: &&Route| route.parameters.len() >= MAX_PARAMETERS;
        let full = self.all.iter().filter(is_full).count() as u64;
        if full > 0 {
            not.push(format!(
                "{} had more than {MAX_PARAMETERS} parameters, and further ones are watched as one",
                counted(full, "page", "pages")
            ));
        }
        not
    }

    /// Parameters that are numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Place> + '_ {
        self.all.iter().enumerate().flat_map(|(route, known)| {
            let numbers = known
                .parameters
                .iter()
                .enumerate()
                .filter(|(_, p)| p.is_number());
            numbers.map(move |(parameter, _)| (route as u32, parameter as u32))
        })
    }

    /// Parameters with many values that did not teach enough, in words.
    pub(super) fn not_learnt(&self) -> Vec<String> {
        let mut not: Vec<(u64, String)> = Vec::new();
        for (route, known) in self.all.iter().enumerate() {
            for (at, parameter) in known.parameters.iter().enumerate() {
                let grammar = &parameter.grammar;
                if grammar.values() > 50 && !grammar.is_learnt() {
                    let shown = self.shown((route as u32, at as u32));
                    let text = format!(
                        "{shown}: not learnt from {} values; {:.1} % of new ones would look new",
                        grammar.values(),
                        grammar.forecast() * 100.0
                    );
                    not.push((grammar.values(), text));
                }
            }
        }
        not.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        not.into_iter().take(10).map(|(_, text)| text).collect()
    }
}

impl Route {
    fn add(&mut self, name: &str, text: String, values: &mut Vec<Value>) {
        let named = Named::of(name);
        let at = self.parameters.iter().position(|p| p.name == named);
        let at = match at {
            Some(at) => at,
            None => self.further(named),
        };
        values.push(Value {
            parameter: at as u32,
            text,
        });
    }

    /// The place of a parameter that is new. Those beyond the last one are one: their values are looked at all the same.
    fn further(&mut self, name: Named) -> usize {
        if self.parameters.len() < MAX_PARAMETERS {
            let is_last = self.parameters.len() + 1 == MAX_PARAMETERS;
            let name = if is_last { Named::of(FURTHER) } else { name };
            self.parameters.push(Parameter {
                name,
                ..Parameter::default()
            });
        }
        self.parameters.len() - 1
    }
}
