//! What lists say of one address, name, link or digest on one day, before any log is looked at.

use core::net::IpAddr;

use overt_model::{Indicator, Network, Observable, SharedList, Timestamp};

use crate::indicator::{Listed, plain_url};
use crate::sighting::Sharing;
use crate::site::DAY;
use crate::weight::{Match, Weight, weight};

/// What an indicator of a list says of what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    /// The list.
    pub list: &'a Listed,
    /// The indicator.
    pub indicator: &'a Indicator,
    /// The list has a network or a name that it lies in, not it itself.
    pub within: bool,
    /// What a match on that day would weigh if nothing were known of ordinary days; or why that cannot be said.
    pub weight: Result<Weight, &'static str>,
}

/// What a list of shared networks says of an address on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharedOn<'a> {
    /// The list.
    pub list: &'a SharedList,
    /// Whether it has the address.
    pub sharing: Sharing,
    /// Where it has, the network and its first and last day there.
    pub network: Option<(Network, Timestamp, Timestamp)>,
}

/// What lists of indicators say of a text at a time: those that have it itself first.
pub fn entries<'a>(
    lists: &'a [Listed],
    shared: &[SharedList],
    text: &str,
    on: Timestamp,
) -> Vec<Entry<'a>> {
    let asked = Asked::of(text);
    let sharing = match asked.address {
        Some(address) => sharing(&shared_on(shared, address, on)),
        // Bytes are nobody's to share; of names no list says it.
        None if is_digest(text) => Sharing::No,
        None => Sharing::Unknown,
    };
    let mut all = Vec::new();
    for list in lists {
        for indicator in &list.indicators {
            let Some(within) = asked.is_in(&indicator.observable) else {
                continue;
            };
            all.push(Entry {
                list,
                indicator,
                within,
                weight: weighed(list, indicator, within, sharing, on),
            });
        }
    }
    all.sort_by_key(|entry| (entry.within, entry.list.grade));
    all
}

fn weighed(
    list: &Listed,
    indicator: &Indicator,
    within: bool,
    sharing: Sharing,
    on: Timestamp,
) -> Result<Weight, &'static str> {
    if indicator.from.is_some_and(|from| from.0 >= on.0 + DAY) {
        return Err("its list says that it holds from a later day on");
    }
    if indicator.until.is_some_and(|until| until.0 < on.0) {
        return Err("its list says that it held until an earlier day");
    }
    let seen = indicator.seen.or(list.published);
    Ok(weight(&Match {
        days: 0,
        seen: 0,
        grade: list.grade,
        age: seen.map(|seen| ((on.0 - seen.0) as f64 / DAY as f64).max(0.0)),
        is_address: matches!(indicator.observable, Observable::Network(_)),
        sharing,
        is_within: within,
        is_said: false,
    }))
}

fn is_digest(text: &str) -> bool {
    let text = text.trim();
    [32, 40, 64].contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What each list of shared networks says of an address on a day.
pub fn shared_on(lists: &[SharedList], address: IpAddr, on: Timestamp) -> Vec<SharedOn<'_>> {
    let of = |list| {
        let mut said = SharedOn {
            list,
            sharing: Sharing::Unknown,
            network: None,
        };
        let SharedList { first, last, .. } = list;
        let (Some(first), Some(last)) = (first, last) else {
            return said;
        };
        if on.0 < first.0 || on.0 > last.0 + DAY {
            return said;
        }
        said.network = list
            .networks
            .iter()
            .copied()
            .find(|(network, from, until)| {
                from.0 <= on.0 && on.0 <= until.0 + DAY && network.contains(address)
            });
        said.sharing = match said.network {
            Some(_) => Sharing::Yes,
            None => Sharing::No,
        };
        said
    };
    lists.iter().map(of).collect()
}

/// What they say together: one that has it is enough; none that held knows nothing.
pub fn sharing(said: &[SharedOn<'_>]) -> Sharing {
    let says = |sharing| said.iter().any(|s| s.sharing == sharing);
    if says(Sharing::Yes) {
        Sharing::Yes
    } else if says(Sharing::No) {
        Sharing::No
    } else {
        Sharing::Unknown
    }
}

struct Asked {
    address: Option<IpAddr>,
    lower: String,
    url: Option<String>,
}

impl Asked {
    fn of(text: &str) -> Self {
        let text = text.trim();
        let lower = text.trim_end_matches('.').to_lowercase();
        Self {
            address: text.parse::<IpAddr>().ok().map(|a| a.to_canonical()),
            url: text.contains("://").then(|| plain_url(text)),
            lower,
        }
    }

    /// Whether an observable is what was asked for, or what it lies in; `None` if neither.
    fn is_in(&self, observable: &Observable) -> Option<bool> {
        let is = |same: bool| same.then_some(false);
        match observable {
            Observable::Network(network) => {
                let address = self.address.filter(|a| network.contains(*a))?;
                Some(*network != Network::single(address))
            }
            Observable::Domain(name) if *name == self.lower => Some(false),
            Observable::Domain(name) => {
                let host = self.url.as_deref().unwrap_or(&self.lower);
                let host = host.split(['/', '?', ':']).next().unwrap_or_default();
                let below = host.strip_suffix(&**name);
                (below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))).then_some(true)
            }
            Observable::Url(url) => is(self.url.as_ref() == Some(&plain_url(url))),
            Observable::Digest(text)
            | Observable::Mail(text)
            | Observable::FileName(text)
            | Observable::Agent(text) => is(text.to_lowercase() == self.lower),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use overt_model::Grade;

    use super::*;

    const ON: Timestamp = Timestamp(1_467_331_200_000);

    fn indicator(observable: Observable) -> Indicator {
        Indicator {
            seen: Some(ON),
            ..Indicator::listed(observable, "x", 1)
        }
    }

    fn list(indicators: Vec<Indicator>) -> Vec<Listed> {
        vec![Listed {
            name: "jar".to_owned(),
            grade: Grade::B,
            published: None,
            indicators,
        }]
    }

    #[test]
    fn a_listed_address_is_told_from_one_in_a_listed_network() {
        let network = |text: &str| indicator(Observable::Network(text.parse().unwrap()));
        let lists = list(vec![network("185.1.2.0/24"), network("185.1.2.3")]);
        let said = entries(&lists, &[], "185.1.2.3", ON);
        assert_eq!(
            said.iter().map(|e| e.within).collect::<Vec<_>>(),
            [false, true]
        );
        let [itself, within] = [&said[0], &said[1]].map(|e| e.weight.as_ref().unwrap());
        assert!(itself.low <= 1.0 && within.high <= itself.high);
        assert_eq!(entries(&lists, &[], "185.1.2.4", ON).len(), 1);
        assert!(entries(&lists, &[], "185.1.3.3", ON).is_empty());
    }

    #[test]
    fn names_links_and_digests_are_asked_for_as_they_are_written() {
        let lists = list(vec![
            indicator(Observable::Domain("evil.example".to_owned())),
            indicator(Observable::Url("http://evil.example/a".to_owned())),
            indicator(Observable::Digest("abc123".to_owned())),
        ]);
        let within = |text: &str| -> Vec<bool> {
            entries(&lists, &[], text, ON)
                .iter()
                .map(|e| e.within)
                .collect()
        };
        assert_eq!(within("EVIL.example."), [false]);
        assert_eq!(within("a.evil.example"), [true]);
        assert_eq!(within("notevil.example"), [false; 0]);
        assert_eq!(within("https://evil.example/a/"), [false, true]);
        assert_eq!(within("ABC123"), [false]);
    }

    #[test]
    fn outside_of_its_days_no_weight_is_said() {
        let mut late = indicator(Observable::Digest("abc123".to_owned()));
        late.from = Some(Timestamp(ON.0 + 2 * DAY));
        let lists = list(vec![late]);
        assert!(entries(&lists, &[], "abc123", ON)[0].weight.is_err());
    }

    #[test]
    fn a_list_of_shared_networks_speaks_only_of_its_days() {
        let day = |n: i64| Timestamp(ON.0 + n * DAY);
        let tor = SharedList {
            name: "tor".to_owned(),
            first: Some(day(0)),
            last: Some(day(9)),
            networks: vec![("185.1.2.3".parse().unwrap(), day(2), day(4))],
            skipped: 0,
        };
        let lists = [tor];
        let on = |n| sharing(&shared_on(&lists, "185.1.2.3".parse().unwrap(), day(n)));
        assert_eq!(on(-1), Sharing::Unknown);
        assert_eq!(on(1), Sharing::No);
        assert_eq!(on(3), Sharing::Yes);
        assert_eq!(on(11), Sharing::Unknown);
        assert_eq!(sharing(&[]), Sharing::Unknown);
    }
}
