//! How what was learnt is written down: in order, whatever the order in memory, and without what nobody must read.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest time that a state may speak of, in days since 1970 to both sides.
const FURTHEST: i64 = 200_000;

/// Whether a day can be one, so that sums of times stay finite.
pub(crate) fn is_day(date: i64) -> bool {
    (-FURTHEST..=FURTHEST).contains(&date)
}

/// Whether a time in milliseconds can be one.
pub(crate) fn is_time(time: i64) -> bool {
    is_day(time / crate::site::DAY)
}

/// A number of 64 bits, in hex: JSON's numbers have 53.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hex(u64);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{:x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        u64::from_str_radix(&text, 16)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// One number in hex.
pub(crate) mod hex {
    use super::{Deserialize, Deserializer, Hex, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
    pub(crate) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        Hex(*number).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        Hex::deserialize(from).map(|hex| hex.0)
    }
}

/// Numbers in hex, in the order that they have.
pub(crate) mod hexes {
    use super::{Deserialize, Deserializer, Hex, Serializer};

    pub(crate) fn serialize<S: Serializer>(numbers: &[u64], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(numbers.iter().map(|number| Hex(*number)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
        let all = Vec::<Hex>::deserialize(from)?;
        Ok(all.into_iter().map(|hex| hex.0).collect())
    }
}

/// A set of hashes, sorted.
pub(crate) mod hashes {
    use super::{Deserialize, Deserializer, Hex, Serializer};

    pub(crate) fn serialize<'a, C, S>(set: &'a C, to: S) -> Result<S::Ok, S::Error>
    where
        &'a C: IntoIterator<Item = &'a u64>,
        S: Serializer,
    {
        let mut all: Vec<u64> = set.into_iter().copied().collect();
        all.sort_unstable();
        to.collect_seq(all.into_iter().map(Hex))
    }

    pub(crate) fn deserialize<'de, C, D>(from: D) -> Result<C, D::Error>
    where
        C: FromIterator<u64>,
        D: Deserializer<'de>,
    {
        let all = Vec::<Hex>::deserialize(from)?;
        Ok(all.into_iter().map(|hex| hex.0).collect())
    }
}

/// Hashes with something beside them, sorted; a set of them, and a list.
pub(crate) use hashed as hashed_set;

/// See `hashed_set`.
pub(crate) mod hashed {
    use super::{Deserialize, Deserializer, Hex, Serialize, Serializer};

    pub(crate) fn serialize<'a, C, V, S>(all: &'a C, to: S) -> Result<S::Ok, S::Error>
    where
        &'a C: IntoIterator<Item = &'a (u64, V)>,
        V: 'a + Copy + Ord + Serialize,
        S: Serializer,
    {
        let mut all: Vec<(u64, V)> = all.into_iter().copied().collect();
        all.sort_unstable();
        to.collect_seq(all.into_iter().map(|(hash, with)| (Hex(hash), with)))
    }

    pub(crate) fn deserialize<'de, C, V, D>(from: D) -> Result<C, D::Error>
    where
        C: FromIterator<(u64, V)>,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let all = Vec::<(Hex, V)>::deserialize(from)?;
        Ok(all.into_iter().map(|(hex, with)| (hex.0, with)).collect())
    }
}

/// A map whose keys are no texts: pairs, sorted by key.
pub(crate) mod pairs {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<'a, M, K, V, S>(map: &'a M, to: S) -> Result<S::Ok, S::Error>
    where
        &'a M: IntoIterator<Item = (&'a K, &'a V)>,
        K: 'a + Ord + Serialize,
        V: 'a + Serialize,
        S: Serializer,
    {
        let mut all: Vec<(&K, &V)> = map.into_iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        to.collect_seq(all)
    }

    pub(crate) fn deserialize<'de, M, K, V, D>(from: D) -> Result<M, D::Error>
    where
        M: FromIterator<(K, V)>,
        K: Deserialize<'de>,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let all = Vec::<(K, V)>::deserialize(from)?;
        Ok(all.into_iter().collect())
    }
}

/// A map from hashes to places, sorted.
pub(crate) mod hashed_map {
    use super::{Deserialize, Deserializer, Hex, Serialize, Serializer};

    pub(crate) fn serialize<'a, M, V, S>(map: &'a M, to: S) -> Result<S::Ok, S::Error>
    where
        &'a M: IntoIterator<Item = (&'a u64, &'a V)>,
        V: 'a + Copy + Ord + Serialize,
        S: Serializer,
    {
        let mut all: Vec<(u64, V)> = map.into_iter().map(|(hash, with)| (*hash, *with)).collect();
        all.sort_unstable();
        to.collect_seq(all.into_iter().map(|(hash, with)| (Hex(hash), with)))
    }

    pub(crate) fn deserialize<'de, M, V, D>(from: D) -> Result<M, D::Error>
    where
        M: FromIterator<(u64, V)>,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let all = Vec::<(Hex, V)>::deserialize(from)?;
        Ok(all.into_iter().map(|(hex, with)| (hex.0, with)).collect())
    }
}
