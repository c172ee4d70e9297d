//! Stakes as sources tell them, on a day: which are in force, who counts as blocked, and what follows for a company.
//!
//! Stakes come from lists (Ownership entities) and from tables. A stake is in force from its beginning to its end; a date
//! to the year begins on its first day and ends on its last. Who is on a list for being sanctioned is blocked; who is only
//! proposed for one is not, and is told of.

use std::collections::{BTreeMap, BTreeSet};

use overt_model::{Entity, PartialDate, ftm};

use crate::{
    Blocked, Holdings, Index, Ownership, Query, ScoringParams, Settings, Share, ShareError, Stake,
    THRESHOLD, build,
};

/// When something holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// Its beginning, if it is known.
    pub from: Option<PartialDate>,
    /// Its end, if it has one.
    pub until: Option<PartialDate>,
}

impl Period {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: PartialDate) -> bool {
        let begun = self.from.is_none_or(|from| from <= day.last_day());
        begun && self.until.is_none_or(|until| until.last_day() >= day)
    }
}

/// A name from outside, and the party that it was taken for.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedName {
    /// The name as it was given.
    pub name: String,
    /// The party, as the sources call it.
    pub party: String,
    /// How well they fit, from 0 to 1.
    pub score: f64,
    /// Why, in words.
    pub why: Vec<String>,
}

/// A name that is nobody's here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No party has such a name.
    #[error("nobody named {0:?} is known here")]
    Nobody(String),
    /// Several parties fit, where one is meant.
    #[error("{name:?} can be {parties}")]
    Several {
        /// The name.
        name: String,
        /// Those who fit.
        parties: String,
    },
}

/// Two stakes of one source in force at once, of one owner in one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateStake {
    /// Where the first was told: a line of a table.
    pub first: u64,
    /// Where the other.
    pub second: u64,
}

/// Who owns what, and who is blocked, on a day.
#[derive(Debug, Clone)]
pub struct Stakes {
    day: PartialDate,
    holdings: Holdings,
    /// Everybody who is known, by id, with their names.
    parties: BTreeMap<String, Vec<String>>,
    owners: BTreeSet<String>,
    blocked: BTreeSet<String>,
    proposed: BTreeSet<String>,
    /// Rows of the table in force, by owner and company.
    lines: BTreeMap<(String, String), u64>,
}

/// What follows for a company.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The company, as the sources call it.
    pub company: String,
    /// Whether it is listed itself.
    pub listed: bool,
    /// What its owners make of it.
    pub ownership: Ownership,
    /// Where it is not blocked for certain: whether it would be if those who are only proposed for a list were on it, and
    /// who of them bears on it.
    pub if_proposals: Option<(Blocked, Vec<String>)>,
    /// Where it is not blocked for certain: those on whom it hangs, itself among them, who are named as somebody who is
    /// blocked, and may be them, the best fit of each; and what would follow if they are.
    pub if_same: Option<(Blocked, Vec<ResolvedName>)>,
}

impl Stakes {
    /// Nothing is known yet, on a day.
    pub fn on(day: PartialDate) -> Self {
        Self {
            day,
            holdings: Holdings::default(),
            parties: BTreeMap::new(),
            owners: BTreeSet::new(),
            blocked: BTreeSet::new(),
            proposed: BTreeSet::new(),
            lines: BTreeMap::new(),
        }
    }

    /// Takes what a list says: who is on it, and who owns what.
    ///
    /// # Errors
    /// When a percentage cannot be read; the stake is taken as unknown.
    pub fn add_entity(&mut self, entity: &Entity) -> Result<(), ShareError> {
        if entity.schema.is_a("Ownership") {
            return self.add_ownership(entity);
        }
        if !entity.schema.is_a("Thing") {
            return Ok(());
        }
        let names = self.parties.entry(entity.id.clone()).or_default();
        for property in ["name", "alias"] {
            names.extend(entity.get(property).iter().cloned());
        }
        if entity.target && is_sanctioned(entity) {
            let to = if entity.is_proposal() {
                &mut self.proposed
            } else {
                &mut self.blocked
            };
            to.insert(entity.id.clone());
        }
        Ok(())
    }

    fn add_ownership(&mut self, entity: &Entity) -> Result<(), ShareError> {
        let date = |property: &str| entity.first(property).and_then(|d| d.parse().ok());
        let period = Period {
            from: date("startDate"),
            until: date("endDate"),
        };
        if !period.holds_on(self.day) {
            return Ok(());
        }
        let told = entity.first("percentage").unwrap_or_default().parse();
        let share = *told.as_ref().unwrap_or(&Share::UNKNOWN);
        for owner in entity.get("owner") {
            for company in entity.get("asset") {
                self.add(owner, company, share);
            }
        }
        told.map(|_| ())
    }

    /// Takes a row of a table: its line, who owns how much of whom, and when.
    ///
    /// # Errors
    /// When another row says the same owner's share of the same company for the same day: whether they add up or repeat each
    /// other is not for us to guess.
    pub fn add_row(
        &mut self,
        line: u64,
        owner: &str,
        company: &str,
        share: Share,
        period: Period,
    ) -> Result<(), DuplicateStake> {
        for party in [owner, company] {
            let names = self.parties.entry(party.to_owned()).or_default();
            if names.is_empty() {
                names.push(party.to_owned());
            }
        }
        if !period.holds_on(self.day) {
            return Ok(());
        }
        let pair = (owner.to_owned(), company.to_owned());
        if let Some(first) = self.lines.insert(pair, line) {
            return Err(DuplicateStake {
                first,
                second: line,
            });
        }
        self.add(owner, company, share);
        Ok(())
    }

    fn add(&mut self, owner: &str, company: &str, share: Share) {
        self.owners.insert(owner.to_owned());
        for party in [owner, company] {
            self.parties.entry(party.to_owned()).or_default();
        }
        self.holdings.add(Stake {
            owner: owner.to_owned(),
            company: company.to_owned(),
            share,
        });
    }

    /// Blocks somebody by name: the party of that very name or id; else everybody whose name the matcher takes for it, with
    /// its reasons.
    ///
    /// # Errors
    /// When nobody here has such a name.
    pub fn block(&mut self, name: &str) -> Result<Vec<ResolvedName>, NameError> {
        let found = self.find(name);
        if found.is_empty() {
            return Err(NameError::Nobody(name.to_owned()));
        }
        self.blocked.extend(found.iter().map(|f| f.party.clone()));
        Ok(found)
    }

    /// Whether a party owns anything on the day: blocking one that does not changes nothing for others.
    pub fn is_owner(&self, party: &str) -> bool {
        self.owners.contains(party)
    }

    /// The party that a name is taken for.
    ///
    /// # Errors
    /// When nobody here has such a name, or several have.
    pub fn party(&self, name: &str) -> Result<ResolvedName, NameError> {
        let mut found = self.find(name);
        match found.len() {
            0 => Err(NameError::Nobody(name.to_owned())),
            1 => Ok(found.remove(0)),
            _ => Err(NameError::Several {
                name: name.to_owned(),
                parties: found
                    .iter()
                    .map(|f| f.party.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }

    /// Parties that a name fits, best first; only that of the very same id or name, if there is one.
    fn find(&self, name: &str) -> Vec<ResolvedName> {
        let same =
            |(id, names): &(&String, &Vec<String>)| *id == name || names.iter().any(|n| n == name);
        let exact: Vec<ResolvedName> = self
            .parties
            .iter()
            .filter(same)
            .map(|(id, _)| ResolvedName {
                name: name.to_owned(),
                party: id.clone(),
                score: 1.0,
                why: Vec::new(),
            })
            .collect();
        if !exact.is_empty() {
            return exact;
        }
        self.find_alike(name)
    }

    fn find_alike(&self, name: &str) -> Vec<ResolvedName> {
        let all: Vec<&String> = self.parties.keys().collect();
        self.alike(&all, &[&[name.to_owned()]]).concat()
    }

    /// For each of some parties' names those among others that they fit, best first.
    fn alike(&self, others: &[&String], asked: &[&[String]]) -> Vec<Vec<ResolvedName>> {
        let Some(schema) = ftm::schema("LegalEntity") else {
            return Vec::new();
        };
        let made = |id: &str, names: &[String]| {
            let mut entity = Entity::new(id, schema);
            names.iter().for_each(|n| entity.add("name", n));
            entity
        };
        let entities: Vec<Entity> = others
            .iter()
            .map(|id| made(id, self.parties.get(*id).map_or(&[], Vec::as_slice)))
            .collect();
        let Ok(index) = Index::open(build(&entities)) else {
            return Vec::new();
        };
        let settings = Settings {
            cutoff: THRESHOLD,
            limit: entities.len().max(1),
            ..Settings::default()
        };
        let of = |names: &&[String]| {
            let Ok(query) = Query::new(&made("asked", names)) else {
                return Vec::new();
            };
            let found = index.search(&query, &settings, &ScoringParams::default(), |_| true);
            let taken = found.iter().filter_map(|m| {
                Some(ResolvedName {
                    name: names.first()?.clone(),
                    party: index.entity(m.entity)?.id,
                    score: m.score,
                    why: m.why(),
                })
            });
            taken.collect()
        };
        asked.iter().map(of).collect()
    }

    /// Whether a company is blocked by who owns it. Who is named as somebody who is blocked may be them: then the data cannot
    /// tell that it is not.
    pub fn answer(&self, company: &str) -> Answer {
        let listed = self.blocked.contains(company);
        let mut ownership = self.holdings.of(company, &self.blocked);
        let certain = listed || ownership.blocked == Blocked::Yes;
        let if_proposals = (!certain).then(|| self.if_proposals(company, ownership.blocked));
        let if_same = (!certain).then(|| self.if_same(company, ownership.blocked));
        let if_same = if_same.flatten();
        if if_same.is_some() {
            ownership.blocked = Blocked::Undetermined;
        }
        Answer {
            company: company.to_owned(),
            listed,
            if_proposals: if_proposals.flatten(),
            if_same,
            ownership,
        }
    }

    fn if_same(&self, company: &str, now: Blocked) -> Option<(Blocked, Vec<ResolvedName>)> {
        let mut upstream = self.holdings.upstream(company);
        upstream.insert(company.to_owned());
        let known = upstream.into_iter().filter(|p| !self.blocked.contains(p));
        let asked: Vec<(String, &[String])> = known
            .filter_map(|party| {
                let names = self.parties.get(&party)?.as_slice();
                Some((party, names))
            })
            .collect();
        let names: Vec<&[String]> = asked.iter().map(|(_, names)| *names).collect();
        let listed: Vec<&String> = self.blocked.iter().collect();
        let taken = self.alike(&listed, &names).into_iter().zip(&asked);
        let mut same = Vec::new();
        for (found, (party, _)) in taken {
            same.extend(found.into_iter().next().map(|best| (party.clone(), best)));
        }
        let parties = same.iter().map(|(party, _)| party.clone());
        let all = self.blocked.iter().cloned().chain(parties).collect();
        let then = if same.iter().any(|(party, _)| party == company) {
            Blocked::Yes
        } else {
            self.holdings.of(company, &all).blocked
        };
        let taken: Vec<ResolvedName> = same.into_iter().map(|(_, best)| best).collect();
        (then != now && !taken.is_empty()).then_some((then, taken))
    }

    fn if_proposals(&self, company: &str, now: Blocked) -> Option<(Blocked, Vec<String>)> {
        if self.proposed.contains(company) {
            return Some((Blocked::Yes, vec![company.to_owned()]));
        }
        let all = self.blocked.union(&self.proposed).cloned().collect();
        let then = self.holdings.of(company, &all).blocked;
        let upstream = self.holdings.upstream(company);
        let bearing: Vec<String> = self.proposed.intersection(&upstream).cloned().collect();
        (then != now && !bearing.is_empty()).then_some((then, bearing))
    }
}

/// Who is on a list for being sanctioned; a list may hold others too.
fn is_sanctioned(entity: &Entity) -> bool {
    let topics = entity.get("topics");
    topics.is_empty()
        || topics
            .iter()
            .any(|t| t == "sanction" || t.starts_with("sanction."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    fn period(from: &str, until: &str) -> Period {
        Period {
            from: from.parse().ok(),
            until: until.parse().ok(),
        }
    }

    /// Rows of owner, company and share, all in force.
    fn stakes(rows: &[(&str, &str, &str)]) -> Stakes {
        let mut stakes = Stakes::on(day("2026-11-26"));
        for (line, (owner, company, share)) in (2..).zip(rows) {
            let share = share.parse().unwrap();
            stakes
                .add_row(line, owner, company, share, Period::default())
                .unwrap();
        }
        stakes
    }

    fn blocked(rows: &[(&str, &str, &str)], names: &[&str], company: &str) -> Blocked {
        let mut stakes = stakes(rows);
        for name in names {
            stakes.block(name).unwrap();
        }
        stakes.answer(company).ownership.blocked
    }

    #[test]
    fn a_stake_counts_from_its_beginning_to_its_end() {
        for (from, until, counts) in [
            ("", "2099", true),
            ("2099", "", false),
            ("", "2026-11-25", false),
            ("2026-11-26", "2026-11-26", true),
            ("2026", "2026", true),
            ("2026-12", "", false),
        ] {
            let mut stakes = Stakes::on(day("2026-11-26"));
            let share = "60".parse().unwrap();
            stakes
                .add_row(2, "Ivan Petrov", "Alpha", share, period(from, until))
                .unwrap();
            stakes.block("Ivan Petrov").unwrap();
            let owner = stakes.is_owner("Ivan Petrov");
            let blocked = stakes.answer("Alpha").ownership.blocked == Blocked::Yes;
            assert_eq!((owner, blocked), (counts, counts), "{from}..{until}");
        }
    }

    #[test]
    fn stakes_are_exact_and_bounds_are_kept() {
        let third = "16.66666667";
        let thirds = [("A", "X", third), ("B", "X", third), ("C", "X", third)];
        assert_eq!(blocked(&thirds, &["A", "B", "C"], "X"), Blocked::Yes);
        let third = "16.66666666";
        let thirds = [("A", "X", third), ("B", "X", third), ("C", "X", third)];
        assert_eq!(blocked(&thirds, &["A", "B", "C"], "X"), Blocked::No);
        assert_eq!(blocked(&[("A", "X", "<50")], &["A"], "X"), Blocked::No);
        assert_eq!(
            blocked(&[("A", "X", "<=50")], &["A"], "X"),
            Blocked::Undetermined
        );
        let twice = [("A", "X", "<25"), ("B", "X", "<25")];
        assert_eq!(blocked(&twice, &["A", "B"], "X"), Blocked::No);
        let rest = [("A", "X", "?"), ("Z", "X", ">50")];
        assert_eq!(blocked(&rest, &["A"], "X"), Blocked::No);
        let rest = [("A", "X", "?"), ("Z", "X", ">=50")];
        assert_eq!(blocked(&rest, &["A"], "X"), Blocked::Undetermined);
    }

    #[test]
    fn more_than_there_is_is_told() {
        let stakes = stakes(&[("A", "X", "40"), ("B", "X", "70")]);
        let impossible = stakes.answer("X").ownership.impossible;
        let told: Vec<String> = impossible.iter().map(|(c, p)| format!("{c} {p}")).collect();
        assert_eq!(told, ["X 110"]);
    }

    #[test]
    fn one_owner_twice_is_for_the_reader_to_settle() {
        let mut stakes = Stakes::on(day("2026-11-26"));
        let share: Share = "30".parse().unwrap();
        let mut add = |line, period| stakes.add_row(line, "A", "X", share, period);
        assert!(add(2, Period::default()).is_ok());
        assert!(add(3, period("", "2020")).is_ok(), "not in force");
        let twice = add(4, Period::default()).unwrap_err();
        assert_eq!((twice.first, twice.second), (2, 4));
    }

    #[test]
    fn a_name_is_matched_as_screening_matches_it() {
        let rows = [
            ("Ivan Petrov", "Alpha", "60"),
            ("Somebody Else", "Beta", "60"),
        ];
        for name in ["ivan petrov", "PETROV Ivan", "Иван Петров"] {
            let mut stakes = stakes(&rows);
            let taken = stakes.block(name).unwrap();
            assert_eq!(taken[0].party, "Ivan Petrov", "{name}");
            assert!(!taken[0].why.is_empty(), "{name}");
            assert_eq!(stakes.answer("Alpha").ownership.blocked, Blocked::Yes);
            assert_eq!(stakes.answer("Beta").ownership.blocked, Blocked::No);
        }
        let mut stakes = stakes(&rows);
        assert_eq!(
            stakes.block("Zhang Wei"),
            Err(NameError::Nobody("Zhang Wei".to_owned()))
        );
        // Who owns nothing can be blocked himself.
        stakes.block("Alpha").unwrap();
        assert!(stakes.answer("Alpha").listed && !stakes.is_owner("Alpha"));
    }

    /// A table of stakes names people, a list has ids: who is named as somebody on it is told of, and is no clearance.
    #[test]
    fn who_is_named_as_somebody_blocked_may_be_them() {
        let mut stakes = stakes(&[
            ("Evgeny Prigozhin", "Alpha", "60"),
            ("Alpha", "Beta", "50"),
            ("Somebody Else", "Gamma", "60"),
            ("Evgeny Prigozhin", "Delta", "10"),
            ("Somebody Else", "Concord Management, Moscow", "100"),
        ]);
        for (id, name) in [
            ("x-1", "PRIGOZHIN, Yevgeniy"),
            ("x-2", "Concord Management"),
        ] {
            let mut entity = listed(id, "EO13848");
            entity.add("name", name);
            stakes.add_entity(&entity).unwrap();
        }
        for company in ["Alpha", "Beta", "Concord Management, Moscow"] {
            let answer = stakes.answer(company);
            assert_eq!(answer.ownership.blocked, Blocked::Undetermined, "{company}");
            let (then, taken) = answer.if_same.unwrap();
            assert_eq!((then, taken.len()), (Blocked::Yes, 1), "{company}");
            assert!(taken[0].party.starts_with("x-"), "{taken:?}");
        }
        for company in ["Gamma", "Delta"] {
            let answer = stakes.answer(company);
            assert_eq!(answer.ownership.blocked, Blocked::No, "{company}");
            assert_eq!(answer.if_same, None, "{company}");
        }
        // Who is blocked by that name for certain needs no guess.
        stakes.block("Evgeny Prigozhin").unwrap();
        assert_eq!(stakes.answer("Alpha").ownership.blocked, Blocked::Yes);
    }

    fn listed(id: &str, program: &str) -> Entity {
        let mut entity = Entity::new(id, ftm::schema("Person").unwrap());
        entity.add("name", id);
        entity.add("topics", "sanction");
        entity.add("program", program);
        entity.target = true;
        entity
    }

    #[test]
    fn who_is_only_proposed_is_told_of_and_blocks_nobody() {
        let mut stakes = stakes(&[("p", "Alpha", "60")]);
        stakes.add_entity(&listed("p", "PROPOSAL-EO13848")).unwrap();
        let answer = stakes.answer("Alpha");
        assert_eq!(answer.ownership.blocked, Blocked::No);
        assert_eq!(
            answer.if_proposals,
            Some((Blocked::Yes, vec!["p".to_owned()]))
        );
        stakes.add_entity(&listed("p", "EO13848")).unwrap();
        let answer = stakes.answer("Alpha");
        assert_eq!(answer.ownership.blocked, Blocked::Yes);
        assert_eq!(answer.if_proposals, None);
    }
}
