//! Campaigns: communities put forward as one effort, with what they did in numbers that lead back to posts.

mod profile;
mod reach;
mod readings;

use std::collections::BTreeMap;

use overt_model::key::campaign_id;

use crate::about::{About, Contest};
use crate::accounts::{AccountFinding, AccountStatus};
use crate::communities::{Community, centrality, jaccard};
use crate::corpus::Corpus;
use crate::indicators::{Indicators, Met};
use crate::network::{Edge, Network};

pub use profile::{Activity, Burst, TopObject};
pub use reach::Reach;
use readings::Read;
pub use readings::Reading;

/// A member of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The account.
    pub account: u32,
    /// Established or connected.
    pub status: AccountStatus,
    /// Eigenvector centrality within the campaign; the largest is 1.
    pub centrality: f64,
    /// Edges within the campaign.
    pub degree: u32,
    /// Co-shares in which its post came first, as a share of all its co-shares within the campaign.
    pub first: f64,
    /// Posts in the data.
    pub posts: u64,
    /// Of those, posts that carry a co-share within the campaign.
    pub carrying: u64,
}

/// An earlier campaign with half or more of its members in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// The earlier campaign's id.
    pub id: String,
    /// Jaccard similarity of members.
    pub jaccard: f64,
}

/// A campaign of an earlier run: its id and account keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierCampaign {
    /// Its id.
    pub id: String,
    /// Its members' keys.
    pub accounts: Vec<String>,
}

/// A community put forward as one effort.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// Derived from its members.
    pub id: String,
    /// Members, the most central first.
    pub members: Vec<Member>,
    /// Edges within it, as positions in the network's edges.
    pub edges: Vec<usize>,
    /// Edges of all pairs of members that there are.
    pub density: f64,
    /// How stable its membership is, see [`Community`].
    pub stability: f64,
    /// The same over layers alone.
    pub layer_stability: Option<f64>,
    /// Median over edges of observed co-shares, of expected ones, and of their ratio.
    pub observed: f64,
    /// Median expected co-shares.
    pub expected: f64,
    /// Median of observed by expected.
    pub lift: f64,
    /// Largest q of its edges.
    pub q_most: f64,
    /// Share of its edges whose synchrony has p at or below the level.
    pub in_step: f64,
    /// Posts that carry its co-shares, in order.
    pub carrying: Vec<u32>,
    /// What it shared most.
    pub objects: Vec<TopObject>,
    /// When it was active.
    pub activity: Activity,
    /// Posts by language, the most frequent first.
    pub languages: Vec<(String, u64)>,
    /// Posts by program, the most frequent first.
    pub clients: Vec<(String, u64)>,
    /// Links by registrable domain, the most frequent first.
    pub domains: Vec<(String, u64)>,
    /// How far it reached.
    pub reach: Reach,
    /// How much of it is about the election, if one was given.
    pub about: Option<About>,
    /// Published indicators that posts carrying its co-shares link to.
    pub indicators: Vec<Met>,
    /// Earlier campaigns it overlaps.
    pub overlaps: Vec<Overlap>,
    /// The chance that fewer than half of its members are in step by more than chance: `(n − u + 1) · p_(u)` with
    /// u = ⌈n/2⌉ of its members' p (Benjamini & Heller 2008).
    pub p_half: f64,
    /// Innocent readings that its data fit.
    pub readings: Vec<Reading>,
}

/// What is known besides the network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The election to look for.
    pub contest: Option<&'a Contest>,
    /// Indicators of known operations.
    pub indicators: Option<&'a Indicators>,
    /// Campaigns of earlier runs.
    pub earlier: &'a [EarlierCampaign],
}

/// Describes every community as a campaign, the most certain first.
pub fn describe(
    corpus: &Corpus,
    network: &Network,
    accounts: &[AccountFinding],
    communities: &[Community],
    level: f64,
    context: &Context<'_>,
) -> Vec<Campaign> {
    let posts_of = posts_by_account(corpus);
    let background = context
        .contest
        .map(|contest| contest.share(corpus, 0..corpus.posts.len() as u32));
    let mut campaigns: Vec<Campaign> = communities
        .iter()
        .map(|community| {
            let inside = |e: &Edge| {
                community.members.binary_search(&e.i).is_ok()
                    && community.members.binary_search(&e.j).is_ok()
            };
            let edges: Vec<usize> = network
                .edges
                .iter()
                .enumerate()
                .filter(|(_, e)| inside(e))
                .map(|(n, _)| n)
                .collect();
            let one = One {
                corpus,
                network,
                community,
                edges: &edges,
                posts_of: &posts_of,
            };
            let mut campaign = one.describe(accounts, level);
            campaign.about =
                context
                    .contest
                    .zip(background.as_ref())
                    .map(|(contest, background)| {
                        contest.examine(corpus, &campaign.carrying, background)
                    });
            if let Some(indicators) = context.indicators {
                campaign.indicators = indicators.find_met(corpus, &campaign.carrying);
            }
            campaign.overlaps = overlaps(corpus, community, context.earlier);
            campaign
        })
        .collect();
    campaigns.sort_by(|a, b| a.p_half.total_cmp(&b.p_half));
    campaigns
}

/// At least half of them: see [`Campaign::p_half`].
fn p_half(mut p: Vec<f64>) -> f64 {
    p.sort_unstable_by(f64::total_cmp);
    let (n, u) = (p.len(), p.len().div_ceil(2));
    u.checked_sub(1)
        .map_or(1.0, |at| (p[at] * (n - u + 1) as f64).min(1.0))
}

/// The posts of each account, in order.
struct PostsOf {
    start: Vec<u32>,
    post: Vec<u32>,
}

fn posts_by_account(corpus: &Corpus) -> PostsOf {
    let mut start = vec![0u32; corpus.accounts.len() + 1];
    let total = corpus.posts.len() as u32;
    (0..total).for_each(|p| start[corpus.posts.account(p) as usize + 1] += 1);
    for a in 0..corpus.accounts.len() {
        start[a + 1] += start[a];
    }
    let mut next = start.clone();
    let mut post = vec![0u32; total as usize];
    for p in 0..total {
        let slot = &mut next[corpus.posts.account(p) as usize];
        post[*slot as usize] = p;
        *slot += 1;
    }
    PostsOf { start, post }
}

impl PostsOf {
    fn get(&self, account: u32) -> &[u32] {
        &self.post[self.start[account as usize] as usize..self.start[account as usize + 1] as usize]
    }
}

/// One community being described.
struct One<'a> {
    corpus: &'a Corpus,
    network: &'a Network,
    community: &'a Community,
    edges: &'a [usize],
    posts_of: &'a PostsOf,
}

impl One<'_> {
    fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().map(|e| &self.network.edges[*e])
    }

    fn describe(&self, accounts: &[AccountFinding], level: f64) -> Campaign {
        let members = &self.community.members;
        let mut carrying: Vec<u32> = self
            .edges()
            .flat_map(|e| &e.layers)
            .flat_map(|l| l.co_shares.iter().flat_map(|c| [c.post_i, c.post_j]))
            .collect();
        carrying.sort_unstable();
        carrying.dedup();
        let strongest = |e: &Edge| {
            e.layers
                .iter()
                .min_by(|a, b| a.scored.p.total_cmp(&b.scored.p))
                .map(|l| (l.scored, l.synchrony.p))
        };
        let best: Vec<_> = self.edges().filter_map(strongest).collect();
        let median_of = |f: &dyn Fn(&(crate::network::Scored, f64)) -> f64| {
            median(best.iter().map(f).collect())
        };
        let pairs = members.len() * (members.len() - 1) / 2;
        let all_posts: Vec<u32> = members
            .iter()
            .flat_map(|a| self.posts_of.get(*a))
            .copied()
            .collect();
        let domains = profile::domains(self.corpus, &carrying);
        let read = Read {
            corpus: self.corpus,
            network: self.network,
            accounts,
            members,
            edges: self.edges().collect(),
            carrying: &carrying,
            domains: &domains,
        };
        let readings = read.all();
        let p = members.iter().map(|a| {
            let at = accounts.binary_search_by_key(a, |f| f.account);
            at.map_or(1.0, |n| accounts[n].p)
        });
        Campaign {
            p_half: p_half(p.collect()),
            readings,
            id: campaign_id(members.iter().map(|a| self.corpus.accounts.name(*a))),
            members: self.members(accounts, &carrying),
            edges: self.edges.to_vec(),
            density: self.edges.len() as f64 / pairs.max(1) as f64,
            stability: self.community.stability,
            layer_stability: self.community.layer_stability,
            observed: median_of(&|(s, _)| f64::from(s.pair.weight)),
            expected: median_of(&|(s, _)| s.expected.mean),
            lift: median_of(&|(s, _)| f64::from(s.pair.weight) / s.expected.mean.max(1e-12)),
            q_most: self
                .edges()
                .filter(|e| e.passes)
                .map(|e| e.q)
                .fold(0.0, f64::max),
            in_step: best.iter().filter(|(_, p)| *p <= level).count() as f64
                / best.len().max(1) as f64,
            objects: profile::top_objects(self.corpus, self.network, self.edges()),
            activity: Activity::of(self.corpus, &all_posts, &carrying),
            languages: profile::most_frequent(
                all_posts
                    .iter()
                    .filter_map(|p| self.corpus.posts.language(*p)),
            ),
            clients: profile::most_frequent(
                all_posts
                    .iter()
                    .filter_map(|p| self.corpus.posts.client(*p)),
            ),
            domains,
            reach: Reach::of(self.corpus, self.network, self.edges(), members, &carrying),
            carrying,
            about: None,
            indicators: Vec::new(),
            overlaps: Vec::new(),
        }
    }

    fn members(&self, accounts: &[AccountFinding], carrying: &[u32]) -> Vec<Member> {
        let ids = &self.community.members;
        let mut degree: BTreeMap<u32, u32> = BTreeMap::new();
        let mut order: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
        for edge in self.edges() {
            for a in [edge.i, edge.j] {
                *degree.entry(a).or_default() += 1;
            }
            for share in edge.layers.iter().flat_map(|l| &l.co_shares) {
                for (account, first) in [(edge.i, share.delta > 0), (edge.j, share.delta < 0)] {
                    let (led, all) = order.entry(account).or_default();
                    *led += u64::from(first);
                    *all += 1;
                }
            }
        }
        let status = |a: u32| {
            accounts
                .binary_search_by_key(&a, |f| f.account)
                .map_or(AccountStatus::Connected, |n| accounts[n].status)
        };
        let mut members: Vec<Member> = ids
            .iter()
            .zip(centrality(self.network, ids))
            .map(|(&account, centrality)| {
                let (led, all) = order.get(&account).copied().unwrap_or_default();
                let posts = self.posts_of.get(account);
                Member {
                    account,
                    status: status(account),
                    centrality,
                    degree: degree.get(&account).copied().unwrap_or(0),
                    first: led as f64 / all.max(1) as f64,
                    posts: posts.len() as u64,
                    carrying: posts
                        .iter()
                        .filter(|p| carrying.binary_search(p).is_ok())
                        .count() as u64,
                }
            })
            .collect();
        members.sort_by(|a, b| {
            b.centrality
                .total_cmp(&a.centrality)
                .then(a.account.cmp(&b.account))
        });
        members
    }
}

fn overlaps(corpus: &Corpus, community: &Community, earlier: &[EarlierCampaign]) -> Vec<Overlap> {
    let mut keys: Vec<&str> = community
        .members
        .iter()
        .map(|a| corpus.accounts.name(*a))
        .collect();
    keys.sort_unstable();
    let like = |e: &EarlierCampaign| {
        let mut theirs: Vec<&str> = e.accounts.iter().map(String::as_str).collect();
        theirs.sort_unstable();
        let jaccard = jaccard(&keys, &theirs);
        (jaccard >= 0.5).then(|| Overlap {
            id: e.id.clone(),
            jaccard,
        })
    };
    earlier.iter().filter_map(like).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        n => f64::midpoint(values[(n - 1) / 2], values[n / 2]),
    }
}
