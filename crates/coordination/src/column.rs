//! Columns of what only some posts carry: they take no memory until a post has a value.

/// A column with a value for "none", filled up to the row being written.
#[derive(Debug, Clone)]
pub struct Column<T> {
    values: Vec<T>,
    none: T,
}

impl<T: Copy + PartialEq> Column<T> {
    /// An empty column; `none` marks a missing value.
    pub fn new(none: T) -> Self {
        Self {
            values: Vec::new(),
            none,
        }
    }

    /// Sets the value of a row; rows are written in order.
    pub fn set(&mut self, row: usize, value: Option<T>) {
        if let Some(value) = value {
            if self.values.len() <= row {
                self.values.resize(row + 1, self.none);
            }
            self.values[row] = value;
        }
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> Option<T> {
        self.values.get(row).copied().filter(|v| *v != self.none)
    }

    /// Leaves only some rows; `kept` has their numbers, in order.
    pub(crate) fn keep_only(&mut self, kept: &[u32]) {
        let used = kept.partition_point(|k| (*k as usize) < self.values.len());
        for (to, &from) in kept[..used].iter().enumerate() {
            self.values[to] = self.values[from as usize];
        }
        self.values.truncate(used);
    }

    /// Whether any row has a value.
    pub fn is_used(&self) -> bool {
        !self.values.is_empty()
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.values.capacity() * size_of::<T>()
    }
}

/// Strings of any length, one a row, some rows without.
#[derive(Debug, Clone, Default)]
pub struct Strings {
    bytes: String,
    ends: Vec<u64>,
}

impl Strings {
    /// Sets the string of a row; rows are written in order.
    pub fn set(&mut self, row: usize, text: Option<&str>) {
        let Some(text) = text.filter(|t| !t.is_empty()) else {
            return;
        };
        self.ends.resize(row, self.bytes.len() as u64);
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u64);
    }

    /// The string of a row; empty where there is none.
    pub fn get(&self, row: usize) -> &str {
        let Some(&end) = self.ends.get(row) else {
            return "";
        };
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.bytes[start as usize..end as usize]
    }

    /// Leaves only some rows; `kept` has their numbers, in order.
    pub(crate) fn keep_only(&mut self, kept: &[u32]) {
        let mut left = Self::default();
        for (row, from) in kept.iter().enumerate() {
            left.set(row, Some(self.get(*from as usize)));
        }
        *self = left;
    }

    /// Whether any row has a string.
    pub fn is_used(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_value_have_none() {
        let mut likes = Column::new(u64::MAX);
        likes.set(2, Some(5));
        likes.set(3, None);
        assert_eq!(
            (likes.get(0), likes.get(2), likes.get(3)),
            (None, Some(5), None)
        );
        let mut texts = Strings::default();
        texts.set(1, Some("é"));
        texts.set(3, Some("b"));
        assert_eq!(
            [0, 1, 2, 3, 4].map(|r| texts.get(r)),
            ["", "é", "", "b", ""]
        );
        texts.set(4, Some("c"));
        texts.keep_only(&[1, 3]);
        likes.keep_only(&[0, 2, 3]);
        assert_eq!([0, 1, 2].map(|r| texts.get(r)), ["é", "b", ""]);
        assert_eq!([0, 1, 2].map(|r| likes.get(r)), [None, Some(5), None]);
    }
}
