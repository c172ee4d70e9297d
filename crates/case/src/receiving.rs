//! What other people's tools hand over, taken in: files and what they say as items, relations as claims that nobody has
//! judged, authors as origins. All of it or none.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};

use overt_attribution::{
    Act, Claim, ClaimId, EntityRef, EvidenceId, Grade, Kind, Marking, Origins, Regime, UNDECLARED,
};
use overt_model::Timestamp;
use overt_model::handed::{Bytes, Handed, HandedFile, Link, Piece, PieceKind, Sharing, Tally};

use crate::case::{Actor, Case, date};
use crate::collecting::{Collected, NewItem, SealedItems};
use crate::draft::Draft;
use crate::entry::EntryBody;
use crate::error::CaseError;
use crate::happening::is_to_come;
use crate::judging::{NewClaim, claim, same};
use crate::people::may;
use crate::state::CaseState;

/// The most origins that come with what is handed over: each is compared with every other.
const MOST_ORIGINS: usize = 500;

/// How something is taken in that others handed over.
#[derive(Debug, Clone, Copy)]
pub struct Receiving<'a> {
    /// The grade of the items: ours, whatever their sources say of themselves.
    pub grade: Grade,
    /// What items go back to that say nothing of it.
    pub origin: Option<&'a str>,
    /// Today, as 2026-11-03: when what says nothing of it was collected.
    pub today: &'a str,
}

/// An item that was taken in, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedItem {
    /// Its number; none where it would be a new one.
    pub id: Option<EvidenceId>,
    /// What it is called.
    pub name: String,
    /// What it goes back to.
    pub origin: String,
    /// Who may have it.
    pub marking: Marking,
    /// From where, and what its source says of it.
    pub from: String,
    /// Whether its bytes were there already.
    pub known: bool,
}

/// A claim that was made, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedClaim {
    /// Its number; none where it would be a new one.
    pub id: Option<ClaimId>,
    /// Of whom or what.
    pub subject: EntityRef,
    /// A relation of the regime.
    pub relation: String,
    /// What of it.
    pub object: Option<EntityRef>,
    /// Who may have it.
    pub marking: Marking,
    /// Whether it was claimed already.
    pub known: bool,
}

/// What came of files that others handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// The items: the files first.
    pub items: Vec<ReceivedItem>,
    /// The claims: none of them is judged.
    pub claims: Vec<ReceivedClaim>,
    /// Origins that were not there before.
    pub origins: Vec<String>,
    /// What became of everything in the files.
    pub tally: Tally,
    /// What whoever takes it in should know.
    pub warnings: Vec<String>,
}

impl Received {
    /// Whether nothing of it was new.
    pub fn is_known(&self) -> bool {
        self.items.iter().all(|item| item.known) && self.claims.iter().all(|claim| claim.known)
    }
}

impl Case {
    /// What would come of it if it were taken in as things stand. Nothing is entered.
    ///
    /// # Errors
    ///
    /// As [`receive`](Self::receive), as far as it can be told before.
    pub fn plan_to_receive(
        &self,
        handed: &Handed,
        how: Receiving<'_>,
        now: Timestamp,
    ) -> Result<Received, CaseError> {
        let plan = Plan::of(self.state(), self.regime(), handed, how, now)?;
        let known = |sha256: &str| self.state().with_bytes(sha256);
        let items = plan.items.iter().map(|item| {
            let id = known(item.sha256);
            item.received(id, id.is_some())
        });
        let claims = plan.claims.iter().map(|new| {
            let id = same(self.state(), new);
            received(new, id, id.is_some())
        });
        Ok(Received {
            items: items.collect(),
            claims: claims.collect(),
            origins: plan.origins,
            tally: plan.tally,
            warnings: plan.warnings,
        })
    }

    /// Takes in what others handed over. `open` gives the bytes of pieces. Items that are there already by their bytes and
    /// claims that are made already are taken for those; nothing of it is weighed or judged.
    ///
    /// # Errors
    ///
    /// When an origin is spelt like one that is there, a file is not what it was when it was read, bytes cannot be read or
    /// kept, or whoever does it may not. Nothing is entered then.
    pub fn receive<'h>(
        &mut self,
        actor: Actor<'_>,
        handed: &'h Handed,
        open: &dyn Fn(&'h Bytes) -> io::Result<Box<dyn Read + 'h>>,
        how: Receiving<'_>,
    ) -> Result<Received, CaseError> {
        self.catch_up()?;
        let plan = Plan::of(self.state(), self.regime(), handed, how, (actor.clock)())?;
        let items: Vec<NewItem<'_>> = plan.items.iter().map(|i| i.as_new(actor, how)).collect();
        let mut taken: Vec<(Box<dyn Read + 'h>, &NewItem<'_>)> = Vec::new();
        for (planned, item) in plan.items.iter().zip(&items) {
            taken.push((planned.open(open)?, item));
        }
        let sealed = SealedItems::seal(self.bytes(), &mut taken)?;
        drop(taken);
        let changed = sealed
            .hashes()
            .zip(&plan.items)
            .find(|(now, i)| *now != i.sha256);
        if let Some((_, item)) = changed {
            sealed.remove(self.bytes());
            return Err(CaseError::Wrong(format!(
                "{} changed while it was read\n  take it in again",
                item.name
            )));
        }
        let tried = "take in what others handed over";
        let kept = self.act(actor, Act::Collect, tried, |state, regime, draft| {
            if !plan.claims.is_empty() {
                may(state, regime, actor.by, Act::Analyse)?;
            }
            let items = sealed.draft(state, draft)?;
            Ok((items, draft_claims(state, regime, draft, &plan.claims)?))
        });
        sealed.settle(self.bytes(), kept.as_ref().map(|(items, _)| &items[..]));
        let (items, claims) = kept?;
        Ok(plan.received(&items, &claims))
    }
}

/// Drafts the claims that are not made yet; what each was taken as.
fn draft_claims(
    state: &CaseState,
    regime: &Regime,
    draft: &mut Draft,
    new: &[NewClaim],
) -> Result<Vec<(ClaimId, bool)>, CaseError> {
    let mut next = state.next_claim().0;
    let mut made = Vec::new();
    for new in new {
        if let Some(id) = same(state, new) {
            made.push((id, true));
            continue;
        }
        let id = ClaimId(next);
        draft.push(EntryBody::Claim(Claim {
            id,
            ..claim(state, regime, new)?
        }))?;
        next += 1;
        made.push((id, false));
    }
    Ok(made)
}

/// What is to be done.
struct Plan<'h> {
    items: Vec<PlannedItem<'h>>,
    claims: Vec<NewClaim>,
    origins: Vec<String>,
    tally: Tally,
    warnings: Vec<String>,
}

enum Where<'h> {
    File(&'h HandedFile),
    Piece(&'h Bytes),
}

struct PlannedItem<'h> {
    name: String,
    kind: Kind,
    origin: String,
    marking: Marking,
    from: &'h str,
    licence: &'h str,
    collected: Option<&'h str>,
    sha256: &'h str,
    bytes: Where<'h>,
}

impl<'h> PlannedItem<'h> {
    fn as_new<'a>(&'a self, actor: Actor<'a>, how: Receiving<'a>) -> NewItem<'a> {
        NewItem {
            name: &self.name,
            kind: self.kind,
            grade: how.grade,
            origin: Some(&self.origin),
            collected_by: actor.by,
            collected_at: self.collected.unwrap_or(how.today),
            from: self.from,
            marking: self.marking,
            licence: self.licence,
            speaks_for: Vec::new(),
            run: None,
        }
    }

    fn open(
        &self,
        open: &dyn Fn(&'h Bytes) -> io::Result<Box<dyn Read + 'h>>,
    ) -> Result<Box<dyn Read + 'h>, CaseError> {
        match self.bytes {
            Where::File(file) => {
                let opened = File::open(&file.path).map_err(CaseError::file(&file.path))?;
                Ok(Box::new(opened))
            }
            Where::Piece(bytes) => open(bytes).map_err(|e| {
                CaseError::Wrong(format!("the bytes of {} cannot be read: {e}", self.name))
            }),
        }
    }

    fn received(&self, id: Option<EvidenceId>, known: bool) -> ReceivedItem {
        ReceivedItem {
            id,
            name: self.name.clone(),
            origin: self.origin.clone(),
            marking: self.marking,
            from: self.from.to_owned(),
            known,
        }
    }
}

fn received(new: &NewClaim, id: Option<ClaimId>, known: bool) -> ReceivedClaim {
    ReceivedClaim {
        id,
        subject: new.subject.clone(),
        relation: new.relation.clone(),
        object: new.object.clone(),
        marking: new.marking,
        known,
    }
}

impl<'h> Plan<'h> {
    fn of(
        state: &CaseState,
        regime: &Regime,
        handed: &'h Handed,
        how: Receiving<'_>,
        now: Timestamp,
    ) -> Result<Self, CaseError> {
        let mut planning = Planning {
            state,
            regime,
            origins: state.origins().clone(),
            otherwise: how.origin.unwrap_or(UNDECLARED),
            now,
            claimed: BTreeMap::new(),
            plan: Self {
                items: Vec::new(),
                claims: Vec::new(),
                origins: Vec::new(),
                tally: handed.tally.clone(),
                warnings: handed.warnings.clone(),
            },
        };
        for file in &handed.files {
            planning.file(file)?;
        }
        for piece in &handed.pieces {
            planning.piece(piece, "an item")?;
        }
        for link in &handed.links {
            planning.link(link)?;
        }
        planning.plan.warn_of_known(state);
        Ok(planning.plan)
    }

    /// What is there already stays as it is: whoever takes in that it is for fewer, or what was withdrawn, is told.
    fn warn_of_known(&mut self, state: &CaseState) {
        let withdrawn = self.items.iter().filter_map(|item| {
            let id = state.with_bytes(item.sha256)?;
            let why = state.evidence().get(&id)?.withdrawn.as_ref()?;
            Some(format!(
                "{id} was withdrawn ({why}), and does not count again because it was brought again"
            ))
        });
        let withdrawn: Vec<String> = withdrawn.collect();
        self.warnings.extend(withdrawn);
        let items = self.items.iter().filter_map(|item| {
            let id = state.with_bytes(item.sha256)?;
            let marking = state.evidence().get(&id)?.item.marking;
            (marking < item.marking).then(|| (id.to_string(), marking, item.marking))
        });
        let claims = self.claims.iter().filter_map(|new| {
            let id = same(state, new)?;
            let marking = state.claims().get(&id)?.marking;
            (marking < new.marking).then(|| (id.to_string(), marking, new.marking))
        });
        let words: Vec<String> = items
            .chain(claims)
            .map(|(id, there, here)| {
                format!(
                    "{id} is there already as {there}, and here it is {here}: it stays what it is"
                )
            })
            .collect();
        self.warnings.extend(words);
    }

    fn received(self, items: &[Collected], claims: &[(ClaimId, bool)]) -> Received {
        let items = self.items.iter().zip(items);
        let claims = self.claims.iter().zip(claims);
        Received {
            items: items
                .map(|(i, taken)| i.received(Some(taken.id), taken.known))
                .collect(),
            claims: claims
                .map(|(c, (id, known))| received(c, Some(*id), *known))
                .collect(),
            origins: self.origins,
            tally: self.tally,
            warnings: self.warnings,
        }
    }
}

struct Planning<'a, 'h> {
    state: &'a CaseState,
    regime: &'a Regime,
    /// Those that are there, and those that come with it.
    origins: Origins,
    otherwise: &'a str,
    now: Timestamp,
    /// Claims by what they say, with their places.
    claimed: BTreeMap<(EntityRef, String, Option<EntityRef>), usize>,
    plan: Plan<'h>,
}

impl<'h> Planning<'_, 'h> {
    fn file(&mut self, file: &'h HandedFile) -> Result<(), CaseError> {
        let name = file.path.file_name().unwrap_or(file.path.as_os_str());
        let name = overt_model::visible(&name.to_string_lossy());
        let day = file
            .collected
            .as_deref()
            .filter(|day| !self.is_to_come(day));
        let item = PlannedItem {
            name,
            kind: Kind::Document,
            origin: self.origin_of(&file.sha256, file.origin.as_deref())?,
            marking: marking(file.sharing),
            from: &file.from,
            licence: &file.licence,
            collected: day,
            sha256: &file.sha256,
            bytes: Where::File(file),
        };
        self.plan.items.push(item);
        Ok(())
    }

    fn piece(&mut self, piece: &'h Piece, place: &str) -> Result<(), CaseError> {
        if piece
            .collected
            .as_deref()
            .is_some_and(|day| self.is_to_come(day))
        {
            let reason = "it says that it was captured on a day to come";
            self.plan.tally.leave(&piece.counted, reason);
            return Ok(());
        }
        let item = PlannedItem {
            name: piece.name.clone(),
            kind: match piece.kind {
                PieceKind::Document => Kind::Document,
                PieceKind::Statement => Kind::Statement,
                PieceKind::Coordination => Kind::Coordination,
                PieceKind::Sighting => Kind::Sighting,
                PieceKind::Screening => Kind::Screening,
                PieceKind::Viewpoint => Kind::Viewpoint,
            },
            origin: self.origin_of(&piece.sha256, piece.origin.as_deref())?,
            marking: marking(piece.sharing),
            from: &piece.from,
            licence: &piece.licence,
            collected: piece.collected.as_deref(),
            sha256: &piece.sha256,
            bytes: Where::Piece(&piece.bytes),
        };
        self.plan.items.push(item);
        self.plan.tally.place(&piece.counted, place);
        Ok(())
    }

    fn is_to_come(&self, day: &str) -> bool {
        date(day).is_ok_and(|day| is_to_come(day, self.now))
    }

    /// A relation as a claim, with the piece that says it as an item; left out where the regime has no such claim.
    fn link(&mut self, link: &'h Link) -> Result<(), CaseError> {
        let new = match self.claim_of(link) {
            Ok(new) => new,
            Err(reason) => {
                self.plan.tally.leave(&link.counted, &reason);
                return Ok(());
            }
        };
        let key = (
            new.subject.clone(),
            new.relation.clone(),
            new.object.clone(),
        );
        if let Some(place) = self.claimed.get(&key) {
            // Who may not have one of those who say it may not have it.
            let known = &mut self.plan.claims[*place];
            known.marking = known.marking.max(new.marking);
        } else {
            self.claimed.insert(key, self.plan.claims.len());
            self.plan.claims.push(new);
        }
        if let Some(piece) = &link.piece {
            return self.piece(piece, "a claim, and an item that says it");
        }
        self.plan.tally.place(&link.counted, "a claim");
        Ok(())
    }

    fn claim_of(&self, link: &Link) -> Result<NewClaim, String> {
        let relation = relation_of(self.regime, link)?;
        let named = |text: &str| {
            text.parse::<EntityRef>()
                .map_err(|_| "what it names is no name that a claim can have".to_owned())
        };
        let new = NewClaim {
            subject: named(&link.subject)?,
            relation,
            object: link.object.as_deref().map(named).transpose()?,
            rivals: Vec::new(),
            marking: marking(link.sharing),
        };
        if new.object.as_ref() == Some(&new.subject) {
            return Err("it says of something that it is itself".to_owned());
        }
        if same(self.state, &new).is_none() {
            claim(self.state, self.regime, &new).map_err(|e| reason(&e))?;
        }
        Ok(new)
    }

    /// The origin of bytes: of those that are there already the one that they have.
    fn origin_of(&mut self, sha256: &str, named: Option<&str>) -> Result<String, CaseError> {
        let known = self.state.with_bytes(sha256);
        let known = known.and_then(|id| self.state.evidence().get(&id));
        match known {
            Some(on_file) => Ok(on_file.item.origin.clone()),
            None => self.origin(named),
        }
    }

    /// An origin as it is called here. Two spellings in what was handed over are one, which can only count for less; one
    /// that is spelt like an origin of the case is asked about.
    fn origin(&mut self, named: Option<&str>) -> Result<String, CaseError> {
        let name = Origins::written(named.unwrap_or(self.otherwise));
        let Some(alike) = self.origins.alike(&name).map(str::to_owned) else {
            if !self.origins.is_known(&name) && name != UNDECLARED {
                self.plan.origins.push(name.clone());
            }
            if self.plan.origins.len() > MOST_ORIGINS {
                return Err(CaseError::Wrong(format!(
                    "it has more than {MOST_ORIGINS} authors, who would each be an origin\n  take it in part by part"
                )));
            }
            self.origins.declare(&name);
            return Ok(name);
        };
        if !self.plan.origins.contains(&alike) {
            return Err(CaseError::AlikeOrigin {
                given: name,
                known: alike,
            });
        }
        let words = format!("{name:?} is spelt like {alike:?}, and is taken as the same origin");
        if !self.plan.warnings.contains(&words) {
            self.plan.warnings.push(words);
        }
        Ok(alike)
    }
}

/// Why the regime has no such claim, in words that are the same for all of its kind.
fn reason(error: &CaseError) -> String {
    let words = error.to_string();
    let first = words.lines().next().unwrap_or_default();
    if first.contains("technique") {
        "its framework has no such technique".to_owned()
    } else {
        first.chars().take(120).collect()
    }
}

/// The regime's relation for one in the words of a format.
fn relation_of(regime: &Regime, link: &Link) -> Result<String, String> {
    let of = |id: &str| regime.relation(id).map(|r| r.id.clone());
    let none = || {
        let word: String = link.relation.chars().take(40).collect();
        format!("the regime has no relation for {word:?}")
    };
    if link.own.is_some() {
        return of(&link.relation).ok_or_else(none);
    }
    let is_technique = link
        .object
        .as_deref()
        .is_some_and(|o| o.starts_with("technique:"));
    let relation = match link.relation.as_str() {
        "uses" if is_technique => of("uses-technique"),
        // Everything else that something uses is no claim of ours.
        "uses" => None,
        word => of(word),
    };
    relation.ok_or_else(none)
}

fn marking(sharing: Sharing) -> Marking {
    match sharing {
        Sharing::Clear => Marking::Clear,
        Sharing::Green => Marking::Green,
        Sharing::Amber => Marking::Amber,
        Sharing::AmberStrict => Marking::AmberStrict,
        Sharing::Red => Marking::Red,
    }
}
