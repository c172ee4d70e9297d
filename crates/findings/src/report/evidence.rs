//! Posts in step, side by side, with where they can be looked up.

use std::collections::BTreeSet;

use overt_coordination::network::{CoShare, Edge, EdgeLayer};
use overt_model::Trace;

use super::markup::{Table, apart, figure, long, moment, sentence, words};
use super::subject::Subject;
use crate::links::link;
use crate::text::{clipped, number, shortened, shown};

/// Pairs of posts shown side by side.
const SAMPLES: usize = 5;
/// Partners of an account shown.
const PARTNERS: usize = 4;
/// Posts of an account shown.
const POSTS: usize = 3;
/// Characters of a post's beginning.
const BEGINNING: usize = 110;
/// Characters of an object.
const OBJECT: usize = 160;

impl Subject<'_> {
    fn trace(&self, layer: &EdgeLayer) -> &Trace {
        let at = self.found.network.layers[layer.layer].layer.trace;
        &self.found.corpus.traces[at].trace
    }

    fn window(&self, layer: &EdgeLayer) -> String {
        shown(
            &self.found.network.layers[layer.layer]
                .layer
                .window
                .to_string(),
        )
    }

    /// What an object is called.
    pub(super) fn object(&self, trace: usize, object: u32) -> String {
        let t = &self.found.corpus.traces[trace];
        let name = self.names.object(&t.trace, t.objects.name(object), object);
        format!("<bdi>{}</bdi>", shortened(&name, OBJECT))
    }

    fn object_of(&self, layer: &EdgeLayer, share: &CoShare) -> String {
        let trace = self.found.network.layers[layer.layer].layer.trace;
        self.object(trace, share.object)
    }

    /// The way to a post, if it has an address. Only of accounts that are named: an address says whose post it is.
    fn way_to(&self, account: u32, post: u32, text: &str) -> Option<String> {
        let address = link(self.found, account, post).filter(|_| self.names.is_named(account))?;
        Some(format!(
            "<a rel=\"noopener noreferrer\" href=\"{}\">{text}</a>",
            html_escape::encode_double_quoted_attribute(&address)
        ))
    }
}

/// One pair of posts from each of the strongest edges.
pub(super) fn side_by_side(subject: &Subject<'_>, edges: &[usize]) -> String {
    let all = &subject.found.network.edges;
    let mut edges: Vec<&Edge> = edges.iter().map(|e| &all[*e]).collect();
    edges.sort_by(|a, b| a.p.total_cmp(&b.p).then((a.i, a.j).cmp(&(b.i, b.j))));
    let mut used = BTreeSet::new();
    let mut html = "<h3>Posts side by side</h3>".to_owned();
    let mut told = 0;
    for edge in edges {
        // Each pair shows another object, so that the samples tell more than one story.
        let shares = edge
            .layers
            .iter()
            .flat_map(|l| l.co_shares.iter().map(move |s| (l, s)));
        let mut new = shares.filter(|(l, s)| used.insert((l.layer, s.object)));
        let Some((layer, share)) = new.next() else {
            continue;
        };
        html.push_str(&format!(
            "<figure class=\"pair\"><figcaption>{}: {}, {} apart</figcaption><div>{}{}</div></figure>",
            shown(subject.trace(layer).name()),
            subject.object_of(layer, share),
            apart(share.delta),
            one_post(subject, edge.i, share.post_i),
            one_post(subject, edge.j, share.post_j)
        ));
        told += 1;
        if told == SAMPLES {
            break;
        }
    }
    html
}

fn one_post(subject: &Subject<'_>, account: u32, post: u32) -> String {
    let posts = &subject.found.corpus.posts;
    let said = subject.names.words(posts.text(post));
    let said = if said.is_empty() {
        "<i>no words in this export</i>".to_owned()
    } else {
        shown(&said)
    };
    let way = subject.way_to(account, post, "look it up");
    format!(
        "<blockquote><b>{}</b> <time>{}</time> {}<p><bdi>{said}</bdi></p></blockquote>",
        subject.who(account),
        moment(posts.time(post)),
        way.unwrap_or_default(),
    )
}

/// Whom an account was in step with, the strongest first, and how often beside chance.
pub(super) fn partners(subject: &Subject<'_>, account: u32) -> String {
    let mut table = Table::new(
        "In step with",
        &["In step with", "Trace", "Within", "Times", "By chance", "q"],
    );
    let edges: Vec<&Edge> = subject.edges_of(account).collect();
    if edges.is_empty() {
        return "<p>It has no pair of its own: it stands by a group, whose members are each in step with a few of the others.</p>"
            .to_owned();
    }
    for edge in edges.iter().take(PARTNERS) {
        let strongest = |a: &&EdgeLayer, b: &&EdgeLayer| a.scored.p.total_cmp(&b.scored.p);
        let Some(layer) = edge.layers.iter().min_by(strongest) else {
            continue;
        };
        let times = layer.scored.pair.weight;
        let expected = layer.scored.expected.mean;
        table.row([
            words(subject.who(other(edge, account))),
            words(shown(subject.trace(layer).name())),
            words(subject.window(layer)),
            figure(f64::from(times), times.to_string()),
            figure(expected, number(expected)),
            figure(edge.q, number(edge.q)),
        ]);
    }
    let more = match edges.len().saturating_sub(PARTNERS) {
        0 => String::new(),
        n => format!("<p>{n} more in <code>edges.csv</code>.</p>"),
    };
    table.end() + &more
}

/// Posts of an account in step with those of its strongest partners.
pub(super) fn posts(subject: &Subject<'_>, account: u32) -> String {
    let mut table = Table::new(
        "Posts in step",
        &["Shared", "Its post", "With", "The other's post"],
    );
    let corpus = subject.found.corpus;
    let mut used = BTreeSet::new();
    // One of each partner first, then more of the first.
    let edges: Vec<&Edge> = subject.edges_of(account).take(PARTNERS).collect();
    let most = edges
        .iter()
        .flat_map(|e| &e.layers)
        .map(|l| l.co_shares.len())
        .max();
    let rounds =
        (0..most.unwrap_or(0).min(POSTS * 4)).flat_map(|n| edges.iter().map(move |e| (n, *e)));
    for (n, edge) in rounds {
        if used.len() == POSTS {
            break;
        }
        let shares = edge
            .layers
            .iter()
            .flat_map(|l| l.co_shares.iter().map(move |s| (l, s)));
        let Some((layer, share)) = shares.into_iter().nth(n) else {
            continue;
        };
        let (own, others) = if edge.i == account {
            (share.post_i, share.post_j)
        } else {
            (share.post_j, share.post_i)
        };
        if !used.insert(own) {
            continue;
        }
        let other = other(edge, account);
        let when = |post: u32| moment(corpus.posts.time(post));
        let way = |account, post| {
            subject
                .way_to(account, post, &when(post))
                .unwrap_or_else(|| when(post))
        };
        let delta = corpus.posts.time(others) - corpus.posts.time(own);
        let after = match delta {
            0 => "at the same time".to_owned(),
            d if d > 0 => format!("{} later", apart(d)),
            d => format!("{} earlier", apart(d)),
        };
        table.row([
            long(format!(
                "{} {}",
                shown(subject.trace(layer).name()),
                subject.object_of(layer, share)
            )),
            sentence(way(account, own) + &beginning(subject, own)),
            words(subject.who(other)),
            words(
                if subject.names.is_named(other) && link(subject.found, other, others).is_some() {
                    format!("{}, {after}", way(other, others))
                } else {
                    after
                },
            ),
        ]);
    }
    if used.is_empty() {
        return String::new();
    }
    table.end()
}

/// How a post begins, if the export has its words.
fn beginning(subject: &Subject<'_>, post: u32) -> String {
    // Names are taken out of whole words, and a post may have millions of them.
    let text = subject.found.corpus.posts.text(post);
    let near = text
        .char_indices()
        .nth(4 * BEGINNING)
        .map_or(text, |(end, _)| {
            text[..end]
                .rsplit_once(char::is_whitespace)
                .map_or("", |(whole, _)| whole)
        });
    let said = subject.names.words(near);
    if said.is_empty() {
        return String::new();
    }
    let short = clipped(&said, BEGINNING);
    format!(
        "<br><small><bdi>{}</bdi></small>",
        html_escape::encode_safe(&short)
    )
}

fn other(edge: &Edge, account: u32) -> u32 {
    if edge.i == account { edge.j } else { edge.i }
}
