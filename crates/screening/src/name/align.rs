//! Which words of one name meet which of the other: an optimal assignment, with joined and split words.

use std::ops::Range;

use super::{Kind, distance, fold, words};

/// A token as comparison sees it; borrowed from a name or from an index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenView<'a> {
    /// In lower-case Latin letters.
    pub text: &'a [u8],
    pub folded: &'a [u8],
    pub kind: Kind,
    pub weight: f64,
    /// Whether it was written so, in Latin letters, and is no reading of another script.
    pub is_written: bool,
}

impl<'a> TokenView<'a> {
    /// What it is joined by with others: its letters; of a word by its consonants these alone.
    pub(crate) fn written(&self) -> &'a [u8] {
        if distance::are_sounds(self.folded) {
            self.folded
        } else {
            self.text
        }
    }
}

/// Words of a name that are next to one another.
pub type Span = Range<usize>;

/// How words met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Letter by letter.
    Equal,
    /// In another spelling of the same sounds.
    Spelling,
    /// With a letter or two different.
    Similar,
    /// As forms of one given name.
    GivenName,
    /// A letter for a name that begins with it.
    Initial,
    /// By their consonants, with the vowels that are written.
    Sounds,
}

/// Words of the one name that met words of the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Met {
    /// The query's words.
    pub query: Span,
    /// The candidate's words.
    pub candidate: Span,
    /// How.
    pub how: How,
    /// From 0 (they are the same) to 1 (as good as different).
    pub apart: f64,
}

/// Most words that are tried joined.
pub(crate) const MAX_JOINED: usize = 4;

/// Steps of the search for the best assignment; beyond them the best found counts. Names people bear need a few dozen.
const MAX_STEPS: usize = 20_000;

/// What meeting in another spelling costs, and as forms of one given name.
const SPELLING: f64 = 0.02;
const GIVEN_NAME: f64 = 0.15;
/// What a letter different adds where the word that is asked for is no rare one, by the information that it lacks: whoever
/// writes a word that many have meant that one. A vowel or a like sound for another is no such letter. Set by hand:
/// strangers raise fewer alarms, and labelled pairs are told apart better.
const MEANT: f64 = 0.8;
/// What it adds that no single slip makes one word of the other. Set by hand, where labelled pairs are told apart as well.
const NO_SLIP: f64 = 0.08;
const ANOTHER_LETTER: f64 = 1.0;

/// The assignment that makes the most of both names' information.
pub(crate) fn align(query: &[TokenView<'_>], candidate: &[TokenView<'_>]) -> Vec<Met> {
    let mut links = Vec::with_capacity(query.len() * 2);
    for (i, q) in query.iter().enumerate() {
        for (j, c) in candidate.iter().enumerate() {
            if let Some((how, apart)) = compare(q, c) {
                links.extend(Link::single(i, j, how, apart, q.weight, c.weight));
            }
        }
    }
    join_query(query, candidate, &mut links);
    join_candidate(query, candidate, &mut links);
    let mut met = Vec::with_capacity(query.len());
    assign(&mut links, query.len(), &mut met);
    met
}

/// A possible meeting and what it is worth.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    met: Met,
    gain: f64,
}

impl Link {
    /// Of two single words with their weights; none if it is worth nothing.
    pub(crate) fn single(
        query: usize,
        candidate: usize,
        how: How,
        apart: f64,
        query_weight: f64,
        candidate_weight: f64,
    ) -> Option<Self> {
        let gain = match how {
            How::Initial => 2.0 * query_weight.min(candidate_weight),
            _ => (query_weight + candidate_weight) * (1.0 - apart),
        };
        Self::of(query..query + 1, candidate..candidate + 1, how, apart, gain)
    }

    fn of(query: Span, candidate: Span, how: How, apart: f64, gain: f64) -> Option<Self> {
        let met = Met {
            query,
            candidate,
            how,
            apart,
        };
        (gain > 0.0).then_some(Self { met, gain })
    }
}

/// Links of neighbouring words of the query with one of the candidate's.
pub(crate) fn join_query(
    query: &[TokenView<'_>],
    candidate: &[TokenView<'_>],
    links: &mut Vec<Link>,
) {
    join(query, candidate, |span, j, how, apart, gain| {
        links.extend(Link::of(span, j..j + 1, how, apart, gain));
    });
}

/// Links of neighbouring words of the candidate with one of the query's.
pub(crate) fn join_candidate(
    query: &[TokenView<'_>],
    candidate: &[TokenView<'_>],
    links: &mut Vec<Link>,
) {
    join(candidate, query, |span, i, how, apart, gain| {
        links.extend(Link::of(i..i + 1, span, how, apart, gain));
    });
}

/// The links, of which no two take the same word, that are worth most together.
pub(crate) fn assign(links: &mut [Link], words: usize, met: &mut Vec<Met>) {
    met.clear();
    // Each query word's links, the most worth first, so that the first assignment tried is a good one.
    links.sort_unstable_by(|a, b| {
        let by_word = a.met.query.start.cmp(&b.met.query.start);
        by_word
            .then(b.gain.total_cmp(&a.gain))
            .then(a.met.candidate.start.cmp(&b.met.candidate.start))
            .then(a.met.candidate.end.cmp(&b.met.candidate.end))
            .then(a.met.query.end.cmp(&b.met.query.end))
    });
    if are_apart(links) {
        met.extend(links.iter().map(|l| l.met.clone()));
        return;
    }
    let mut search = Search::new(links, words);
    search.from(0, 0, 0, 0.0);
    met.extend(search.best.iter().map(|l| links[*l as usize].met.clone()));
    met.sort_by_key(|m| m.query.start);
}

/// Whether no two links take the same word: then all of them are the best.
fn are_apart(links: &[Link]) -> bool {
    let (mut query, mut candidate) = (0, 0);
    links.iter().all(|l| {
        let (q, c) = (mask(&l.met.query), mask(&l.met.candidate));
        let apart = query & q == 0 && candidate & c == 0;
        query |= q;
        candidate |= c;
        apart
    })
}

/// How two single words compare, if at all.
pub(crate) fn compare(a: &TokenView<'_>, b: &TokenView<'_>) -> Option<(How, f64)> {
    let is_near = |a: &[u8], b: &[u8]| distance::share(a, b).is_some();
    compare_by(a, b, is_near, words::same_given_name)
}

/// The same, with whether their folded spellings are [near](distance::share), and whether they are forms of one given
/// name, from elsewhere.
pub(crate) fn compare_by(
    a: &TokenView<'_>,
    b: &TokenView<'_>,
    is_near: impl FnOnce(&[u8], &[u8]) -> bool,
    same_given_name: impl FnOnce(&[u8], &[u8]) -> bool,
) -> Option<(How, f64)> {
    if distance::are_sounds(a.folded) && distance::are_sounds(b.folded) {
        let near = is_near(a.folded, b.folded);
        let apart = if near {
            distance::sounds_apart(a.text, b.text)
        } else {
            1.0
        };
        return (apart < 1.0).then_some((How::Sounds, apart));
    }
    let sound_equal = a.folded == b.folded;
    if sound_equal && a.text == b.text {
        return Some((How::Equal, 0.0));
    }
    match (a.kind, b.kind) {
        (Kind::Initial, Kind::Initial) => return None,
        (Kind::Initial, Kind::Word) => return initial(a.text, b.text),
        (Kind::Word, Kind::Initial) => return initial(b.text, a.text),
        // Small words that are nearly the same: al and el, bin and ibn carry too little to tell apart.
        (Kind::Particle, Kind::Particle) => {
            return (distance::weighted(a.folded, b.folded) <= 1.0).then_some((How::Similar, 0.5));
        }
        _ if sound_equal => return Some((How::Spelling, SPELLING)),
        // Ben is a particle and a name.
        (Kind::Particle, _) | (_, Kind::Particle) => {
            return same_given_name(a.folded, b.folded).then_some((How::GivenName, GIVEN_NAME));
        }
        (Kind::Word, Kind::Word) => {}
    }
    let by_sounds = (is_near(a.folded, b.folded)
        && !distance::are_short_and_other(a.folded, b.folded))
    .then(|| distance::share_of(a.folded, b.folded));
    let spelled = distance::is_one_edit(a.text, b.text);
    let by_letters = spelled.then(|| distance::share_of(a.text, b.text));
    let apart = by_sounds.into_iter().chain(by_letters).fold(1.0, f64::min);
    let apart = apart + unlikely(a, b, apart);
    if apart > GIVEN_NAME && same_given_name(a.folded, b.folded) {
        Some((How::GivenName, GIVEN_NAME))
    } else {
        (apart < 1.0).then_some((How::Similar, apart))
    }
}

/// What is added to how far words are apart that are an error's or a language's width apart, for it is another word as likely.
fn unlikely(asked: &TokenView<'_>, listed: &TokenView<'_>, apart: f64) -> f64 {
    if apart >= 1.0 || distance::weighted(asked.folded, listed.folded) < ANOTHER_LETTER {
        return 0.0;
    }
    // How a word of another script is spelled, nobody meant.
    if !asked.is_written {
        return 0.0;
    }
    let is_slip = distance::is_a_slip(asked.text, listed.text);
    MEANT * (1.0 - asked.weight) + if is_slip { 0.0 } else { NO_SLIP }
}

fn initial(letter: &[u8], word: &[u8]) -> Option<(How, f64)> {
    (word.len() > 1 && word.starts_with(letter)).then_some((How::Initial, 0.0))
}

/// Whether words from `first` to `last` may be one word: either end is a word of its own and written as in it. So such
/// words can be looked up by their beginnings and ends.
pub(crate) fn joins(first: &TokenView<'_>, last: &TokenView<'_>, word: &[u8]) -> bool {
    let tells = |end: &TokenView<'_>| {
        let letters = end.written().len();
        end.kind == Kind::Word
            && letters >= MIN_END_LENGTH
            && letters + MIN_REST_LENGTH <= word.len()
    };
    tells(first) && word.starts_with(first.written())
        || tells(last) && word.ends_with(last.written())
}

/// Letters of an end by which joined words are known, and which it leaves to the others.
pub(crate) const MIN_END_LENGTH: usize = 3;
pub(crate) const MIN_REST_LENGTH: usize = 2;

/// The folded spelling of neighbouring words written together; letters that meet at the seam may be one sound.
pub(crate) fn folded_together(words: &[TokenView<'_>]) -> Vec<u8> {
    folded_texts(words.iter().map(TokenView::written))
}

/// The same, of their texts.
pub(crate) fn folded_texts<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let text: Vec<u8> = texts.flatten().copied().collect();
    // Words are made of what preparation leaves, which is UTF-8.
    std::str::from_utf8(&text).map_or_else(|_| text.clone(), |t| fold::fold(t).into_bytes())
}

/// Spans of several words that are, written together, a single word of the other side.
fn join(
    many: &[TokenView<'_>],
    single: &[TokenView<'_>],
    mut found: impl FnMut(Span, usize, How, f64, f64),
) {
    let whole =
        |word: &TokenView<'_>| word.kind == Kind::Word && word.written().len() >= MIN_WHOLE_LENGTH;
    for (j, word) in single.iter().enumerate().filter(|(_, w)| whole(w)) {
        for start in 0..many.len() {
            let (mut letters, mut weight) = (many[start].written().len(), many[start].weight);
            for end in start + 1..many.len().min(start + MAX_JOINED) {
                letters += many[end].written().len();
                weight += many[end].weight;
                if letters > word.written().len() + MORE_LETTERS {
                    break;
                }
                if letters + MORE_LETTERS < word.written().len()
                    || !joins(&many[start], &many[end], word.written())
                {
                    continue;
                }
                let together = folded_together(&many[start..=end]);
                // By their consonants alone too many words are near some joined ones.
                let near = distance::share(&together, word.folded);
                if let Some(apart) = near.filter(|n| *n == 0.0 || !distance::are_sounds(&together))
                {
                    let how = if apart == 0.0 {
                        How::Spelling
                    } else {
                        How::Similar
                    };
                    let apart = apart.max(SPELLING);
                    let gain = (weight + word.weight) * (1.0 - apart);
                    found(start..end + 1, j, how, apart, gain);
                }
            }
        }
    }
}

/// Shorter words are not taken for joined ones.
pub(crate) const MIN_WHOLE_LENGTH: usize = MIN_END_LENGTH + MIN_REST_LENGTH;
/// Letters that joined words may have more or fewer than the one word, before folding.
pub(crate) const MORE_LETTERS: usize = 3;

/// Depth-first search over the query's words; each link or none is taken at each, and what cannot beat the best so far
/// is left.
struct Search<'a> {
    links: &'a [Link],
    /// Of each query word, the links that begin at it.
    starts: Vec<Range<usize>>,
    /// Of each query word, what it and all after it could gain at most.
    hopes: Vec<f64>,
    taken: Vec<u32>,
    best: Vec<u32>,
    best_gain: f64,
    steps: usize,
}

impl<'a> Search<'a> {
    fn new(links: &'a [Link], query: usize) -> Self {
        let starts: Vec<Range<usize>> = (0..query)
            .map(|i| {
                let from = links.partition_point(|l| l.met.query.start < i);
                from..links.partition_point(|l| l.met.query.start <= i)
            })
            .collect();
        let mut hopes = vec![0.0; query + 1];
        for i in (0..query).rev() {
            let most = links[starts[i].clone()]
                .iter()
                .map(|l| l.gain)
                .fold(0.0, f64::max);
            hopes[i] = hopes[i + 1] + most;
        }
        Self {
            links,
            starts,
            hopes,
            taken: Vec::new(),
            best: Vec::new(),
            best_gain: 0.0,
            steps: 0,
        }
    }

    fn from(&mut self, word: usize, query_used: u64, candidate_used: u64, gain: f64) {
        if gain > self.best_gain {
            self.best_gain = gain;
            self.best.clone_from(&self.taken);
        }
        self.steps += 1;
        if word >= self.starts.len()
            || self.steps > MAX_STEPS
            || gain + self.hopes[word] <= self.best_gain
        {
            return;
        }
        if query_used & (1 << word) == 0 {
            for l in self.starts[word].clone() {
                let link = &self.links[l];
                let (query, candidate) = (mask(&link.met.query), mask(&link.met.candidate));
                if query & query_used == 0 && candidate & candidate_used == 0 {
                    self.taken.push(l as u32);
                    self.from(
                        word + 1,
                        query_used | query,
                        candidate_used | candidate,
                        gain + link.gain,
                    );
                    self.taken.pop();
                }
            }
        }
        self.from(word + 1, query_used, candidate_used, gain);
    }
}

/// The words of a span as bits; names have at most [`MAX_WORDS`](super::MAX_WORDS), fewer than 64.
pub(super) fn mask(span: &Span) -> u64 {
    ((1 << span.len()) - 1) << span.start
}
