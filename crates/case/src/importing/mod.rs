//! A table of evidence, claims and weights, taken in in one go.
//!
//! ```toml
//! [[origin]]
//! name = "OFAC"
//! same-as = "US Treasury"
//! why = "an office of it"
//!
//! [[evidence]]
//! id = "report"                 # by what the table names it
//! file = "report.pdf"           # beside the table; or text = "…"
//! source = "B2"
//! origin = "US Treasury"
//!
//! [[claim]]
//! id = "foreign"
//! subject = "company:Example LLC"
//! relation = "is-foreign-person"
//!
//! [[weight]]
//! claim = "foreign"
//! evidence = "report"
//! category = "contextual"
//! ratios = { H1 = "3..10", us-person = "somewhat less likely" }
//! why = "the register says so"
//!
//! [[fact]]
//! claim = "foreign"
//! what = "It was founded abroad."
//! when = "2014"
//! at = [{ evidence = "report", place = "line 3", quote = "founded in 2014" }]
//! ```

mod table;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use overt_attribution::{Act, ClaimId, EvidenceId, Kind, Marking, Regime};
use toml::Spanned;

use crate::case::{Actor, Case};
use crate::collecting::{NewItem, SealedItems, told_by_itself};
use crate::draft::Draft;
use crate::entry::{EntryBody, OriginNamed, Pinpoint};
use crate::error::CaseError;
use crate::judging::{NewClaim, NewWeight, assessment, claim, not_sealed, same};
use crate::narrating::{MAX_BYTES as MAX_ITEM, NewFact, NewPinpoint, draft_fact, held_at};
use crate::origins::check as check_origin;
use crate::people::may;
use crate::state::CaseState;

pub use table::TableError;
use table::{EvidenceRow, Opened, named, read};

/// What was taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The items, by the table's names.
    pub evidence: BTreeMap<String, EvidenceId>,
    /// The claims, by the table's names.
    pub claims: BTreeMap<String, ClaimId>,
    /// Items and claims among them that were there already.
    pub known: usize,
    /// Of such items, in what the table says otherwise than the case, in which they stay what they are.
    pub warnings: Vec<String>,
    /// How many weights.
    pub weights: usize,
    /// How many facts, without those that were told already.
    pub facts: usize,
}

impl Case {
    /// Takes a table in: all of it or nothing. Items that are there already by their bytes, and claims that are made already,
    /// are taken for those.
    ///
    /// # Errors
    ///
    /// When the table cannot be read, a row of it makes no sense or names what it does not have, the case does not take
    /// it, or whoever brings it may not.
    pub fn import_table(
        &mut self,
        actor: Actor<'_>,
        path: &Path,
        today: &str,
    ) -> Result<Imported, TableError> {
        self.catch_up()?;
        let table = read(path)?;
        table.check(self.regime())?;
        let hashes = table.check_facts((actor.clock)())?;
        let items: Vec<NewItem<'_>> = table
            .rows
            .evidence
            .iter()
            .map(|row| new_item(row.get_ref(), actor.by, today))
            .collect();
        for (row, item) in table.rows.evidence.iter().zip(&items) {
            let told = told_by_itself(item, (actor.clock)());
            told.map_err(|source| refused(&table, row, named(row), source))?;
        }
        let mut bytes: Vec<(Box<dyn Read>, &NewItem<'_>)> = Vec::new();
        for (row, item) in table.rows.evidence.iter().zip(&items) {
            bytes.push((table.bytes_of(row)?, item));
        }
        let sealed = SealedItems::seal(self.bytes(), &mut bytes)?;
        drop(bytes);
        // Places were held against what the files were then.
        let now = table.rows.evidence.iter().zip(sealed.hashes());
        let mut now = now.map(|(row, now)| (&row.get_ref().id, now));
        let changed = now.find(|(id, now)| hashes.get(*id).is_some_and(|then| then != now));
        if let Some((id, _)) = changed {
            sealed.remove(self.bytes());
            return Err(TableError::Case(CaseError::Wrong(format!(
                "{id:?} changed while it was read\n  take the table in again"
            ))));
        }
        let (mut at, mut taken) = (None, Vec::new());
        let done = self.act(
            actor,
            Act::Collect,
            "take in a table",
            |state, regime, draft| {
                may(state, regime, actor.by, Act::Analyse)?;
                let mut rows = Rows {
                    table: &table,
                    by: actor.by,
                    regime,
                    state: state.clone(),
                    draft,
                    at: &mut at,
                    done: Imported::default(),
                };
                rows.origins()?;
                taken = rows.evidence(&sealed, &items)?;
                rows.claims()?;
                rows.weights()?;
                rows.facts(&hashes)?;
                let done = rows.done;
                // What is found wrong from here on is of no row.
                at = None;
                draft.rewind();
                Ok(done)
            },
        );
        sealed.settle(self.bytes(), done.as_ref().map(|_| &taken[..]));
        done.map_err(|source| match (at, &source) {
            (
                Some((line, row)),
                CaseError::Wrong(_)
                | CaseError::Unknown { .. }
                | CaseError::SealedBefore { .. }
                | CaseError::AlikeOrigin { .. },
            ) => TableError::Entry {
                path: path.to_owned(),
                line,
                row,
                source: Box::new(source),
            },
            _ => TableError::Case(source),
        })
    }
}

fn refused<T>(table: &Opened, row: &Spanned<T>, named: String, source: CaseError) -> TableError {
    TableError::Entry {
        path: table.path().to_owned(),
        line: table.line(row),
        row: named,
        source: Box::new(source),
    }
}

fn new_item<'r>(row: &'r EvidenceRow, by: &'r str, today: &'r str) -> NewItem<'r> {
    NewItem {
        name: &row.id,
        kind: row.kind.unwrap_or(Kind::Document),
        grade: row.source,
        origin: row.origin.as_deref(),
        collected_by: row.collected_by.as_deref().unwrap_or(by),
        collected_at: row.collected_at.as_deref().unwrap_or(today),
        from: &row.from,
        marking: row.tlp.unwrap_or(Marking::Amber),
        licence: &row.licence,
        speaks_for: row.speaks_for.clone(),
        run: None,
    }
}

/// The rows of a table, drafted one after the other, each on the case as it is with those before it.
struct Rows<'t, 'd> {
    table: &'t Opened,
    by: &'t str,
    regime: &'t Regime,
    /// As it will be.
    state: CaseState,
    draft: &'d mut Draft,
    /// The row that is drafted: its line and name.
    at: &'d mut Option<(usize, String)>,
    done: Imported,
}

impl Rows<'_, '_> {
    fn push(&mut self, body: EntryBody) -> Result<(), CaseError> {
        self.draft.push(body)?;
        self.draft.write(&mut self.state)
    }

    fn now_at<T>(&mut self, row: &Spanned<T>, named: String) {
        *self.at = Some((self.table.line(row), named));
    }

    fn origins(&mut self) -> Result<(), CaseError> {
        for row in &self.table.rows.origin {
            let named = row.get_ref();
            self.now_at(row, format!("origin {:?}", named.name));
            if self.state.origins().is_known(&named.name) {
                continue;
            }
            let named = OriginNamed {
                name: named.name.clone(),
                same_as: named.same_as.clone(),
                apart_from: named.apart_from.clone(),
                why: named.why.clone(),
            };
            check_origin(&self.state, &named)?;
            self.push(EntryBody::Origin(named))?;
        }
        Ok(())
    }

    fn evidence(
        &mut self,
        sealed: &SealedItems<'_>,
        items: &[NewItem<'_>],
    ) -> Result<Vec<crate::Collected>, CaseError> {
        *self.at = None;
        let taken = sealed.draft(&self.state, self.draft)?;
        let before = self.state.clone();
        self.draft.write(&mut self.state)?;
        for ((row, new), taken) in self.table.rows.evidence.iter().zip(items).zip(&taken) {
            self.now_at(row, named(row));
            if taken.known {
                crate::collecting::is_for_no_fewer(&before, new, taken.id)?;
            }
            let id = &row.get_ref().id;
            self.done.known += usize::from(taken.known);
            let otherwise = taken.said_otherwise.iter();
            let otherwise = otherwise
                .map(|said| format!("evidence {id:?} is {} already, which {said}", taken.id));
            self.done.warnings.extend(otherwise);
            let withdrawn = taken.withdrawn.iter();
            self.done.warnings.extend(withdrawn.map(|why| {
                format!("evidence {id:?} is {} already, which was withdrawn ({why}) and does not count again because it was brought again", taken.id)
            }));
            self.done.evidence.insert(id.clone(), taken.id);
        }
        Ok(taken)
    }

    fn claims(&mut self) -> Result<(), CaseError> {
        for row in &self.table.rows.claim {
            let named = row.get_ref();
            self.now_at(row, format!("claim {:?}", named.id));
            let new = NewClaim {
                subject: named.subject.clone(),
                relation: named.relation.clone(),
                object: named.object.clone(),
                rivals: named.rivals.clone(),
                marking: named.tlp.unwrap_or_default(),
            };
            let known = same(&self.state, &new);
            let id = if let Some(id) = known {
                id
            } else {
                let made = claim(&self.state, self.regime, &new)?;
                let id = made.id;
                self.push(EntryBody::Claim(made))?;
                id
            };
            self.done.known += usize::from(known.is_some());
            self.done.claims.insert(named.id.clone(), id);
        }
        Ok(())
    }

    fn weights(&mut self) -> Result<(), CaseError> {
        for row in &self.table.rows.weight {
            let named = row.get_ref();
            self.now_at(row, named.named());
            let new = NewWeight {
                claim: self.done.claims[&named.claim],
                evidence: self.done.evidence[&named.evidence],
                category: named.category,
                weights: named.ratios.clone().into_iter().collect(),
                reason: &named.why,
                marking: named.tlp.unwrap_or(Marking::Clear),
            };
            let weighed = assessment(&self.state, self.regime, &new, self.by)?;
            not_sealed(&self.state, &weighed)?;
            self.push(EntryBody::Weighed(weighed.into()))?;
            self.done.weights += 1;
        }
        Ok(())
    }

    /// Those that were told are not told again, what was taken back among them.
    fn facts(&mut self, hashes: &BTreeMap<String, String>) -> Result<(), CaseError> {
        for row in &self.table.rows.fact {
            let named = row.get_ref();
            self.now_at(row, named.named());
            let claim = self.done.claims[&named.claim];
            if self.state.was_told(claim, named.what.trim()) {
                continue;
            }
            let mut at = Vec::new();
            for place in &named.at {
                let pinpoint = NewPinpoint {
                    evidence: self.done.evidence[&place.evidence],
                    place: place.place.clone(),
                    quote: place.quote.clone(),
                };
                at.push(self.held(&place.evidence, &pinpoint, hashes)?);
            }
            let new = NewFact {
                claim,
                what: named.what.clone(),
                when: named.when.clone(),
                by: named.done_by.clone(),
                at: Vec::new(),
                marking: named.tlp.unwrap_or(Marking::Clear),
            };
            let fact = draft_fact(&self.state, &new, at)?;
            self.push(EntryBody::Fact(fact))?;
            self.done.facts += 1;
        }
        Ok(())
    }

    /// A place, held against the bytes of a row, which are those that were sealed.
    fn held(
        &self,
        id: &str,
        new: &NewPinpoint,
        hashes: &BTreeMap<String, String>,
    ) -> Result<Pinpoint, CaseError> {
        if !self.state.counts(new.evidence) {
            return Err(crate::collecting::not_on_file(new.evidence));
        }
        let mut rows = self.table.rows.evidence.iter();
        let row = rows.find(|row| row.get_ref().id == id && hashes.contains_key(id));
        let bytes = row.map(|row| self.table.readable(row)).transpose();
        let bytes = bytes.map_err(|e| CaseError::Wrong(e.to_string()))?;
        held_at(new, bytes.filter(|bytes| (bytes.len() as u64) < MAX_ITEM))
    }
}
