//! `campaigns.json`.

use std::collections::BTreeMap;

use overt_coordination::about::{About, Share};
use overt_coordination::accounts::AccountStatus;
use overt_coordination::campaign::{Campaign, Reading};
use overt_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::found::Found;
use crate::run::SCHEMA_VERSION;
use crate::tables;

/// The file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) schema_version: u32,
    pub(crate) campaigns: Vec<CampaignDocument>,
}

/// A campaign in `campaigns.json`. Times are RFC 3339; shares lie between 0 and 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // docs/formats.md has every field in words.
pub struct CampaignDocument {
    pub id: String,
    pub accounts: u64,
    pub established: u64,
    pub edges: u64,
    pub density: f64,
    pub stability: f64,
    pub stability_across_layers: Option<f64>,
    pub observed_median: f64,
    pub expected_median: f64,
    pub lift_median: f64,
    pub q_most: f64,
    #[serde(default)]
    pub p_half: f64,
    pub in_step: f64,
    pub posts_carrying: u64,
    pub first: Option<String>,
    pub last: Option<String>,
    pub posts_per_day: Vec<u64>,
    pub posts_by_weekday_and_hour: Vec<Vec<u64>>,
    pub utc_offsets_that_fit: Vec<i8>,
    pub bursts: Vec<BurstDocument>,
    pub languages: Vec<(String, u64)>,
    pub clients: Vec<(String, u64)>,
    pub domains: Vec<(String, u64)>,
    pub objects: Vec<ObjectDocument>,
    pub reach: ReachDocument,
    pub election: Option<ElectionDocument>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indicators: Vec<IndicatorDocument>,
    pub overlaps: Vec<OverlapDocument>,
    #[serde(default)]
    pub readings: Vec<Reading>,
    pub members: Vec<MemberDocument>,
}

/// A member in `campaigns.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct MemberDocument {
    pub account: String,
    pub status: String,
    pub centrality: f64,
    pub degree: u32,
    pub first_share: f64,
    pub posts: u64,
    pub posts_carrying: u64,
}

/// An hour with many carrying posts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct BurstDocument {
    pub hour: String,
    pub posts: u64,
}

/// An object shared in step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ObjectDocument {
    pub trace: String,
    pub object: String,
    pub members: u64,
    pub accounts: u64,
    pub least_similarity: Option<f64>,
}

/// How far a campaign reached.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ReachDocument {
    pub platforms: BTreeMap<String, u64>,
    pub places: u64,
    pub objects: u64,
    pub outside_accounts: u64,
    pub outside_accounts_after: u64,
    pub likes: Option<u64>,
    pub shares: Option<u64>,
    pub views: Option<u64>,
    pub followers: Option<u64>,
}

/// How much is about the election.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ElectionDocument {
    pub campaign: ShareDocument,
    pub background: ShareDocument,
    pub samples: Vec<String>,
}

/// Counts of posts about the election.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ShareDocument {
    pub posts: u64,
    pub about: u64,
    pub sides: Vec<u64>,
    pub places: u64,
}

/// A published indicator that posts link to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct IndicatorDocument {
    pub indicator: String,
    pub note: String,
    pub list: String,
    pub posts: u64,
    pub first_post: String,
}

/// An earlier campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct OverlapDocument {
    pub id: String,
    pub jaccard: f64,
}

pub(crate) fn document(found: &Found<'_>) -> Document {
    Document {
        schema_version: SCHEMA_VERSION,
        campaigns: campaign_documents(found),
    }
}

/// The campaigns as they stand in `campaigns.json`.
pub fn campaign_documents(found: &Found<'_>) -> Vec<CampaignDocument> {
    found.campaigns.iter().map(|c| campaign(found, c)).collect()
}

fn campaign(found: &Found<'_>, c: &Campaign) -> CampaignDocument {
    let time = |ms: i64| Timestamp(ms).to_string();
    let [likes, shares, views] = c.reach.engagement;
    CampaignDocument {
        id: c.id.clone(),
        accounts: c.members.len() as u64,
        established: c
            .members
            .iter()
            .filter(|m| m.status == AccountStatus::Established)
            .count() as u64,
        edges: c.edges.len() as u64,
        density: c.density,
        stability: c.stability,
        stability_across_layers: c.layer_stability,
        observed_median: c.observed,
        expected_median: c.expected,
        lift_median: c.lift,
        q_most: c.q_most,
        p_half: c.p_half,
        readings: c.readings.clone(),
        in_step: c.in_step,
        posts_carrying: c.carrying.len() as u64,
        first: c.activity.span.map(|s| time(s.0)),
        last: c.activity.span.map(|s| time(s.1)),
        posts_per_day: c.activity.days.clone(),
        posts_by_weekday_and_hour: c.activity.hours.iter().map(|d| d.to_vec()).collect(),
        utc_offsets_that_fit: c.activity.fitting_zones.clone(),
        bursts: c
            .activity
            .bursts
            .iter()
            .map(|b| BurstDocument {
                hour: time(b.hour),
                posts: b.posts,
            })
            .collect(),
        languages: c.languages.clone(),
        clients: c.clients.clone(),
        domains: c.domains.clone(),
        objects: c.objects.iter().map(|o| object(found, o)).collect(),
        reach: ReachDocument {
            platforms: c.reach.platforms.clone(),
            places: c.reach.places,
            objects: c.reach.objects,
            outside_accounts: c.reach.outside_accounts,
            outside_accounts_after: c.reach.outside_after,
            likes,
            shares,
            views,
            followers: c.reach.followers,
        },
        election: c.about.as_ref().map(|a| election(found, a)),
        indicators: c
            .indicators
            .iter()
            .map(|m| IndicatorDocument {
                indicator: m.indicator.text.clone(),
                note: m.indicator.note.clone(),
                list: m.indicator.list.clone(),
                posts: m.posts,
                first_post: tables::post_key(found, m.first),
            })
            .collect(),
        overlaps: c
            .overlaps
            .iter()
            .map(|o| OverlapDocument {
                id: o.id.clone(),
                jaccard: o.jaccard,
            })
            .collect(),
        members: c.members.iter().map(|m| member(found, m)).collect(),
    }
}

fn object(found: &Found<'_>, o: &overt_coordination::campaign::TopObject) -> ObjectDocument {
    let trace = &found.corpus.traces[o.trace];
    ObjectDocument {
        trace: trace.trace.name().to_owned(),
        object: trace.objects.name(o.object).to_owned(),
        members: o.members,
        accounts: o.accounts,
        least_similarity: o.least_similarity,
    }
}

fn member(found: &Found<'_>, m: &overt_coordination::campaign::Member) -> MemberDocument {
    MemberDocument {
        account: found.corpus.accounts.name(m.account).to_owned(),
        status: tables::status(m.status).to_owned(),
        centrality: m.centrality,
        degree: m.degree,
        first_share: m.first,
        posts: m.posts,
        posts_carrying: m.carrying,
    }
}

fn election(found: &Found<'_>, about: &About) -> ElectionDocument {
    let share = |s: &Share| ShareDocument {
        posts: s.posts,
        about: s.about,
        sides: s.sides.clone(),
        places: s.places,
    };
    ElectionDocument {
        campaign: share(&about.campaign),
        background: share(&about.background),
        samples: about
            .samples
            .iter()
            .map(|p| tables::post_key(found, *p))
            .collect(),
    }
}
