//! What simulated people write: sentences put together from parts, so many that two posts are hardly ever alike by chance.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const OPENERS: [&str; 24] = [
    "So glad",
    "Look",
    "Nobody expected this",
    "Big news",
    "I read it twice",
    "My neighbours say",
    "Just in",
    "Hard to believe",
    "Well",
    "As I said last week",
    "For those who missed it",
    "Honestly",
    "It is official",
    "Asked around today",
    "Small update",
    "Not sure what to make of this",
    "Once again",
    "Heard at work",
    "Quick question",
    "To whom it may concern",
    "Finally",
    "From the morning paper",
    "Told you",
    "Worth knowing",
];
const SUBJECTS: [&str; 28] = [
    "the harvest fair",
    "our school board",
    "the football final",
    "the road over the bridge",
    "the corner bakery",
    "the power cut",
    "the new bus line",
    "the spring festival",
    "the flood wall",
    "the reading room",
    "the hospital wing",
    "the water bill",
    "the night train",
    "the swimming pool",
    "the farmers' market",
    "the recycling plan",
    "the choir's tour",
    "the museum roof",
    "the parking fee",
    "the dog park",
    "the fire brigade's new engine",
    "the cinema on the square",
    "the playground",
    "the wind farm",
    "the cycle path",
    "the chess club",
    "the old post office",
    "the Sunday timetable",
];
const ELECTION: [&str; 20] = [
    "the governor's race",
    "early voting",
    "the ballot paper",
    "the debate between Halden and Ruiz",
    "the turnout",
    "the polling station",
    "voting by mail",
    "Ruiz's tax plan",
    "Halden's speech",
    "the recount",
    "the voter roll",
    "the second ballot",
    "the count in our county",
    "the queue to register",
    "the candidates' evening",
    "the poll of polls",
    "the campaign bus",
    "the county clerk's letter",
    "the vote on the school levy",
    "the last debate",
];
const ENDINGS: [&str; 20] = [
    "is all over town.",
    "will change a lot.",
    "was long overdue.",
    "makes no sense.",
    "got people talking.",
    "is worth a closer look.",
    "costs twice what they promised.",
    "came up at dinner again.",
    "is not what it was.",
    "is on the front page today.",
    "went better than expected.",
    "should have been settled in spring.",
    "divides the whole street.",
    "is nobody's idea of progress.",
    "has my full support.",
    "leaves me with more questions.",
    "is a mess, plain and simple.",
    "was the talk of the morning.",
    "deserves better than this.",
    "is back to square one.",
];
const DID: [&str; 32] = [
    "waited for an hour",
    "heard it on the radio",
    "took photos of everything",
    "wrote a long letter",
    "counted the empty seats",
    "missed the last bus",
    "asked three times",
    "brought soup for everybody",
    "read the small print",
    "lost a bet over it",
    "walked home in the rain",
    "kept all the receipts",
    "told the whole story",
    "sat in the front row",
    "changed their mind",
    "painted a sign",
    "left before the end",
    "found the minutes of the meeting",
    "had to show papers twice",
    "rang the town hall",
    "slept through it",
    "signed the petition",
    "got a different answer",
    "saw the plans",
    "stood in line",
    "laughed out loud",
    "shook hands with the mayor",
    "measured it with a rope",
    "paid in coins",
    "gave up",
    "fixed it with tape",
    "wanted the money back",
];
const WHERE: [&str; 28] = [
    "outside the town hall",
    "near the old mill",
    "at the tram stop",
    "behind the church",
    "in the market hall",
    "by the river",
    "on platform two",
    "in the gym",
    "at the petrol station",
    "in front of the bank",
    "under the viaduct",
    "at the allotments",
    "on the ring road",
    "in the waiting room",
    "next to the brewery",
    "at the east gate",
    "on the school stairs",
    "in the back row",
    "at the harbour",
    "across from the pharmacy",
    "in the canteen",
    "by the war memorial",
    "at the crossroads",
    "on the upper deck",
    "at the garden centre",
    "down by the weir",
    "in the court yard",
    "at the ice rink",
];

/// Beginnings, middles and ends of names of places and families that there are not.
const BEGINNINGS: [&str; 32] = [
    "Al", "Bar", "Cor", "Dun", "El", "Fen", "Gar", "Hol", "Ir", "Jor", "Kel", "Lin", "Mar", "Nor",
    "Ost", "Pen", "Quar", "Ros", "Sel", "Tor", "Ul", "Ver", "Wyn", "Yar", "Zel", "Brom", "Crav",
    "Drey", "Grum", "Stav", "Thorn", "Plov",
];
const MIDDLES: [&str; 24] = [
    "de", "ma", "vo", "ri", "sto", "ke", "lu", "ba", "ne", "ffi", "ga", "po", "cha", "mi", "tu",
    "ze", "bre", "wi", "ko", "dda", "xe", "jo", "ly", "hu",
];
const PLACE_ENDS: [&str; 16] = [
    "ford", "ham", "stead", "wick", "mouth", "bury", "holm", "beck", "field", "gate", "crag",
    "haven", "moor", "port", "burn", "dale",
];
const FAMILY_ENDS: [&str; 16] = [
    "sson", "ski", "quist", "mann", "vic", "etti", "ardo", "enko", "by", "ley", "oux", "strand",
    "ghan", "pez", "kov", "rup",
];

/// A post of a simulated person, about an election or about anything else.
pub(super) fn post(election: bool, rng: &mut ChaCha8Rng) -> String {
    let subject = if election {
        pick(&ELECTION, rng)
    } else {
        pick(&SUBJECTS, rng)
    };
    // Phrases come up again by chance; names, and the order of the parts, keep posts apart.
    let (opener, ending) = (pick(&OPENERS, rng), pick(&ENDINGS, rng));
    let (did, place) = (pick(&DID, rng), pick(&WHERE, rng));
    let (town, other) = (name(&PLACE_ENDS, rng), name(&PLACE_ENDS, rng));
    let (one, two) = (name(&FAMILY_ENDS, rng), name(&FAMILY_ENDS, rng));
    match rng.random_range(0..5) {
        0 => format!("{opener}: {subject} in {town} {ending} {one} of {other} {did}, {two} too."),
        1 => format!("{one} from {town} {did} {place}, ask {two}. {opener}: {subject} {ending}"),
        2 => format!("{town} and {other}: {subject} {ending} {one} {did}. {opener}, {two}."),
        3 => format!("Seen {place} in {town}: {one} and {two}. In {other} {subject} {ending}"),
        _ => {
            format!("{opener}, says {one}, {subject} {ending} Not in {town}! {two} {did} {place}.")
        }
    }
}

fn name(ends: &[&'static str], rng: &mut ChaCha8Rng) -> String {
    format!(
        "{}{}{}",
        pick(&BEGINNINGS, rng),
        pick(&MIDDLES, rng),
        pick(ends, rng)
    )
}

fn pick(list: &[&'static str], rng: &mut ChaCha8Rng) -> &'static str {
    list[rng.random_range(0..list.len())]
}

/// The same words with a small change, as people who paste a text make it.
pub(super) fn pasted(text: &str, rng: &mut ChaCha8Rng) -> String {
    let change = pick(
        &["", " Right?", " !!", " #vote", " Please share", " 🙏"],
        rng,
    );
    format!("{text}{change}")
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rapidfuzz::distance::levenshtein::normalized_similarity;

    use super::*;

    #[test]
    fn two_posts_are_hardly_ever_alike_by_chance() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let posts: Vec<String> = (0..1000).map(|n| post(n % 4 == 0, &mut rng)).collect();
        let alike = crate::text::TextSettings::default().similarity;
        let pairs = posts
            .iter()
            .enumerate()
            .flat_map(|(n, a)| posts[..n].iter().map(move |b| (a, b)));
        let similarity = pairs.map(|(a, b)| normalized_similarity(a.chars(), b.chars()));
        let found = similarity.filter(|s| *s > alike).count();
        assert!(found <= 5, "{found} of 499,500 pairs");
    }
}
