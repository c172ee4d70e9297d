//! Lists of accounts for platforms to close: established accounts that meet the bar for lists alone, per platform and sponsor; one version for the
//! platform, one for everybody that names nobody, and the statement of reasons that the EU asks of a platform, filled in.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::EvidenceId;
use overt_case::{DecisionRecord, Disclosure, PublicIds, unpack};
use overt_model::key;
use serde::{Deserialize, Serialize};

use crate::dsa::{self, About, CATEGORY};
use crate::{BOUND, DsaStatement, PROPOSAL, PublicationError};
use overt_findings::{self as findings, CampaignDocument, Findings, MemberDocument};

/// Posts shown of an account.
const MAX_POSTS: usize = 5;

/// The accounts of one campaign on one platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Takedown {
    /// The platform.
    pub platform: String,
    /// The number of the decision.
    pub decision: u64,
    /// For the platform alone.
    pub restricted: Restricted,
    /// For everybody.
    pub public: Public,
    /// One for each account, for the platform to submit if it follows the list.
    pub statements: Vec<DsaStatement>,
}

/// What a platform gets.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Restricted {
    /// The version of this shape.
    pub schema_version: u32,
    /// What it is and is not.
    pub note: String,
    /// The platform.
    pub platform: String,
    /// The campaign.
    pub campaign: String,
    /// The party that it is attributed to.
    pub sponsor: String,
    /// The determination that says so.
    pub determination: Option<u64>,
    /// The platform's rule that was broken.
    pub rule: String,
    /// Why it was decided.
    pub why: String,
    /// When.
    pub decided: String,
    /// How far the campaign reached, as far as the posts say.
    pub reach: overt_findings::ReachDocument,
    /// The bound that the list was made under.
    pub bound: String,
    /// Established accounts of the campaign, on any platform, that it leaves off for not meeting that bound.
    pub left_off: u64,
    /// Accounts of the campaign, on any platform, that an earlier decision's list asks for already: they stand there alone.
    pub listed_already: u64,
    /// How an account's owner can object.
    pub appeal: String,
    /// The accounts.
    pub accounts: Vec<RestrictedAccount>,
}

/// An account, as its platform knows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RestrictedAccount {
    /// Its key: platform and id.
    pub account: String,
    /// By what name it went.
    pub name: String,
    /// The name under which it stands in what is public.
    pub public_id: String,
    /// The share of accounts found by chance among those found with as much evidence.
    pub q: f64,
    /// The chance that even one of the accounts with as much evidence is there by chance.
    pub p_holm: f64,
    /// How many others it acted with.
    pub degree: u32,
    /// Its posts in the data.
    pub posts: u64,
    /// Those that it made in step with others.
    pub posts_in_step: u64,
    /// Some of them.
    pub evidence: Vec<PostInStep>,
    /// What its owner objected, for the platform to fill in.
    pub objection: Option<String>,
}

/// A post that was made in step with another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // docs/formats.md has every field in words.
pub struct PostInStep {
    pub trace: String,
    pub object: String,
    pub post: String,
    pub time: String,
    pub seconds_apart: f64,
}

/// What everybody gets: nobody's name or id.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Public {
    /// The version of this shape.
    pub schema_version: u32,
    /// What it is and is not.
    pub note: String,
    /// The platform.
    pub platform: String,
    /// The campaign, by a name that only the case can tell.
    pub campaign: String,
    /// The programme that its sponsor was determined under.
    pub programme: String,
    /// When it was decided.
    pub decided: String,
    /// The bound that the list was made under.
    pub bound: String,
    /// The accounts.
    pub accounts: Vec<PublicAccount>,
}

/// An account, by a name that only the case can tell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublicAccount {
    /// That name.
    pub public_id: String,
    /// As in the restricted version.
    pub q: f64,
    /// As in the restricted version.
    pub posts_in_step: u64,
}

/// The takedowns that stand: those decided on, and resting on nothing that no longer counts.
///
/// # Errors
///
/// When a detection run cannot be read, has no such campaign, or a statement for the public register would tell who
/// somebody is.
pub fn takedowns(case: &Disclosure<'_>) -> Result<Vec<Takedown>, PublicationError> {
    let state = case.state();
    let ids = case.case().public_ids();
    let mut found: Vec<Takedown> = Vec::new();
    let mut listed: BTreeSet<String> = BTreeSet::new();
    for (number, made) in state.takedowns() {
        let of_decision = of_decision(case, &ids, number, made, &listed)?;
        let accounts = of_decision.iter().flat_map(|t| &t.restricted.accounts);
        listed.extend(accounts.map(|a| a.account.clone()));
        found.extend(of_decision);
    }
    Ok(found)
}

fn of_decision(
    case: &Disclosure<'_>,
    ids: &PublicIds,
    number: u64,
    made: &DecisionRecord,
    listed: &BTreeSet<String>,
) -> Result<Vec<Takedown>, PublicationError> {
    let Some(takedown) = &made.decided.takedown else {
        return Ok(Vec::new());
    };
    is_for_them(case, takedown.findings, number)?;
    let run = Run::open(case, takedown.findings)?;
    let campaign = run.campaign(made.decided.subject.name(), takedown.findings)?;
    let members: BTreeMap<&str, _> = campaign
        .members
        .iter()
        .filter(|m| m.status == "established")
        .map(|m| (m.account.as_str(), m))
        .collect();
    let evidence = run.evidence(&members.keys().copied().collect(), takedown.findings)?;
    let Asked {
        platforms,
        left_off,
        listed_already,
    } = asked_for(&run, &members, &evidence, ids, listed);
    let decided = made.at.to_string();
    let day = decided.split('T').next().unwrap_or_default().to_owned();
    let names = run.findings.accounts.iter();
    let names = names.flat_map(|a| [a.account.as_str(), a.name.as_str()]);
    let dictionary = dsa::dictionary(case, names);
    let mut lists = Vec::new();
    for (platform, accounts) in platforms {
        let about = About {
            rule: &takedown.rule,
            programme: &case.regime().programme,
            category: case.regime().category.as_deref().unwrap_or(CATEGORY),
            accounts: members.len(),
            campaign,
            day: &day,
        };
        let statements = accounts
            .iter()
            .map(|a| about.statement(&a.public_id, a.posts_in_step, &dictionary));
        lists.push(Takedown {
            platform: platform.to_owned(),
            decision: number,
            statements: statements.collect::<Result<_, _>>()?,
            public: Public {
                schema_version: 1,
                note: format!("Accounts that {platform} was asked to close. They are named so that nobody else can tell who they are. {PROPOSAL}"),
                platform: platform.to_owned(),
                campaign: ids.of(made.decided.subject.as_str()),
                programme: case.regime().programme.clone(),
                decided: day.clone(),
                bound: BOUND.to_owned(),
                accounts: accounts.iter().map(|a| PublicAccount {
                    public_id: a.public_id.clone(),
                    q: a.q,
                    posts_in_step: a.posts_in_step,
                }).collect(),
            },
            restricted: Restricted {
                schema_version: 1,
                note: format!("Accounts that posted in step more often than chance explains, each by itself. {PROPOSAL} It is for the platform to look at each account and to decide."),
                platform: platform.to_owned(),
                campaign: made.decided.subject.name().to_owned(),
                sponsor: takedown.sponsor.to_string(),
                determination: made.decided.determination,
                rule: takedown.rule.clone(),
                why: made.decided.why.clone(),
                decided: day.clone(),
                reach: campaign.reach.clone(),
                bound: BOUND.to_owned(),
                left_off,
                listed_already,
                appeal: "The owner of an account objects with the platform, and with those who made this list; an objection becomes evidence and is weighed.".to_owned(),
                accounts,
            },
        });
    }
    Ok(lists)
}

/// The accounts of a campaign that are asked for, by platform, and how many are not.
#[derive(Default)]
struct Asked<'r> {
    platforms: BTreeMap<&'r str, Vec<RestrictedAccount>>,
    left_off: u64,
    listed_already: u64,
}

fn asked_for<'r>(
    run: &'r Run,
    members: &BTreeMap<&str, &MemberDocument>,
    evidence: &BTreeMap<String, Vec<PostInStep>>,
    ids: &PublicIds,
    listed: &BTreeSet<String>,
) -> Asked<'r> {
    let mut asked = Asked::default();
    for row in &run.findings.accounts {
        let Some(member) = members.get(row.account.as_str()) else {
            continue;
        };
        if !row.is_certain() {
            asked.left_off += 1;
            continue;
        }
        // A campaign that another run numbers otherwise, or with some of the same accounts, asks for them once.
        if listed.contains(&row.account) {
            asked.listed_already += 1;
            continue;
        }
        let (platform, _) = key::split(&row.account);
        asked
            .platforms
            .entry(platform)
            .or_default()
            .push(RestrictedAccount {
                account: row.account.clone(),
                name: row.name.clone(),
                public_id: ids.of(&row.account),
                q: row.q,
                p_holm: row.p_holm,
                degree: row.degree,
                posts: member.posts,
                posts_in_step: member.posts_carrying,
                evidence: evidence
                    .get(row.account.as_str())
                    .cloned()
                    .unwrap_or_default(),
                objection: None,
            });
    }
    asked
}

/// Refuses to name accounts to an audience that may not have the run that found them.
fn is_for_them(
    case: &Disclosure<'_>,
    findings: EvidenceId,
    number: u64,
) -> Result<(), PublicationError> {
    if let Some(marking) = case.marking_of(findings)
        && !case.audience().shows(marking)
    {
        return Err(PublicationError::Above {
            what: format!("the run {findings}, which has the accounts of decision {number},"),
            marking,
            audience: case.audience(),
        });
    }
    Ok(())
}

/// A detection run, taken out of its item.
pub(crate) struct Run {
    folder: tempfile::TempDir,
    pub(crate) findings: Findings,
}

#[derive(Deserialize)]
struct EvidenceRow {
    account_a: String,
    account_b: String,
    trace: String,
    object: String,
    post_a: String,
    post_b: String,
    time_a: String,
    time_b: String,
    delta_s: f64,
}

impl Run {
    pub(crate) fn open(case: &Disclosure<'_>, item: EvidenceId) -> Result<Self, PublicationError> {
        let failed = |source: std::io::Error| PublicationError::Findings {
            item,
            source: overt_findings::Error::Io {
                path: std::env::temp_dir(),
                source,
            },
        };
        let folder = tempfile::tempdir().map_err(failed)?;
        let mut archive = tempfile::tempfile().map_err(failed)?;
        case.case().bytes_of(item, &mut archive)?;
        std::io::Seek::rewind(&mut archive).map_err(failed)?;
        let names = [
            "run.json",
            "campaigns.json",
            "edges.csv",
            "accounts.csv",
            "evidence.csv",
        ];
        unpack(&mut std::io::BufReader::new(archive), &names, folder.path())?;
        let findings = findings::read(folder.path())
            .map_err(|source| PublicationError::Findings { item, source })?;
        Ok(Self { folder, findings })
    }

    pub(crate) fn campaign(
        &self,
        name: &str,
        item: EvidenceId,
    ) -> Result<&CampaignDocument, PublicationError> {
        let campaigns = &self.findings.campaigns;
        let numbered = name
            .parse::<usize>()
            .ok()
            .and_then(|n| campaigns.get(n.checked_sub(1)?));
        let found = campaigns
            .iter()
            .find(|c| c.id == name || c.id.strip_prefix("campaign-") == Some(name));
        found.or(numbered).ok_or_else(|| {
            PublicationError::Missing(format!(
                "{item} has no campaign {name}; it has {}",
                campaigns
                    .iter()
                    .map(|c| c.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ))
        })
    }

    /// Some posts of each account that were made in step with another's.
    fn evidence(
        &self,
        accounts: &BTreeSet<&str>,
        item: EvidenceId,
    ) -> Result<BTreeMap<String, Vec<PostInStep>>, PublicationError> {
        let wrong = |e: csv::Error| PublicationError::Findings {
            item,
            source: overt_findings::Error::NotFindings {
                path: "evidence.csv".into(),
                detail: e.to_string(),
            },
        };
        let mut table =
            csv::Reader::from_path(self.folder.path().join("evidence.csv")).map_err(wrong)?;
        let mut found: BTreeMap<String, Vec<PostInStep>> = BTreeMap::new();
        for row in table.deserialize() {
            let row: EvidenceRow = row.map_err(wrong)?;
            let ends = [
                (row.account_a, row.post_a, row.time_a),
                (row.account_b, row.post_b, row.time_b),
            ];
            for (account, post, time) in ends {
                if !accounts.contains(account.as_str()) {
                    continue;
                }
                let known = found.entry(account).or_default();
                if known.len() < MAX_POSTS && known.iter().all(|p| p.post != post) {
                    known.push(PostInStep {
                        trace: row.trace.clone(),
                        object: row.object.clone(),
                        post,
                        time,
                        seconds_apart: row.delta_s.abs(),
                    });
                }
            }
        }
        Ok(found)
    }
}
