//! What others hold to be true of accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use overt_intake::{Table, Watch};
use overt_model::key;

use crate::Error;
use crate::account_list::{account_column, bare};

/// What a file of labels says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelKind {
    /// Which accounts are coordinated.
    Accounts,
    /// To which group an account belongs.
    Groups,
    /// Which pairs of accounts are.
    Pairs,
}

impl LabelKind {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Groups => "groups",
            Self::Pairs => "pairs",
        }
    }
}

/// How a file of labels is to be read, where its header does not say.
#[derive(Debug, Clone, Default)]
pub struct LabelSettings {
    /// What it says.
    pub kind: Option<LabelKind>,
    /// The column with labels.
    pub column: Option<String>,
}

/// Columns that pairs of accounts are in.
const SECOND: &[&str] = &[
    "account_b",
    "account2",
    "account_2",
    "account_id_y",
    "target",
    "to",
    "user_b",
    "user2",
    "node2",
    "b",
];
const FIRST: &[&str] = &[
    "account_a",
    "account1",
    "account_1",
    "account_id",
    "source",
    "from",
    "user_a",
    "user1",
    "node1",
    "a",
];
/// Columns that groups are in.
const GROUP: &[&str] = &[
    "group",
    "campaign",
    "cluster",
    "community",
    "operation",
    "category",
    "account_category",
];
/// Columns that say whether an account, or a pair, is coordinated.
const TRUTH: &[&str] = &[
    "coordinated",
    "label",
    "is_coordinated",
    "truth",
    "is_io",
    "is_driver",
    "class",
    "is_bot",
];
/// Words for yes and for no.
const YES: &[&str] = &[
    "1",
    "true",
    "yes",
    "y",
    "coordinated",
    "io",
    "driver",
    "bot",
    "positive",
];
const NO: &[&str] = &[
    "", "0", "false", "no", "n", "organic", "control", "none", "negative", "human", "-",
];

/// Groups that are none: what tables have for an account in no group. A group may be numbered 0.
const ALONE: &[&str] = &[
    "", "-", "-1", "na", "n/a", "#n/a", "<na>", "nan", "none", "null", "noise",
];

/// Labels, and how they were understood.
#[derive(Debug, Clone)]
pub struct Labels {
    /// What they say.
    pub kind: LabelKind,
    /// The columns they were read from.
    pub columns: Vec<String>,
    /// Of the file.
    pub sha256: String,
    /// The group of each labelled account, none for those that act alone; of pairs and accounts one group.
    groups: BTreeMap<String, Option<String>>,
    /// Labelled pairs, the smaller name first.
    pairs: BTreeMap<(String, String), bool>,
    /// Whether anybody is said to act alone. If so nothing is known of accounts without a label, else they act alone.
    pub tells_who_is_alone: bool,
    /// Rows that say something else of an account, or a pair, than one before: the last one counts.
    pub contradicted: usize,
    /// Rows that lack a cell, and are left out.
    pub cut: usize,
}

impl Labels {
    /// Reads a table with a header.
    ///
    /// # Errors
    /// When it cannot be read, has no column that is asked for, or no label.
    pub fn read(path: &Path, settings: &LabelSettings) -> Result<Self, Error> {
        let mut table = Table::open(path, &Watch::default())?;
        let header: Vec<String> = table.columns().to_vec();
        let mut rows = Vec::new();
        while let Some(row) = table.next_row()? {
            let cells = row
                .cells
                .map_err(|e| Error::bad_file(path, &format!("line {}: {e}", row.line)))?;
            rows.push(cells.iter().map(str::to_owned).collect::<Vec<_>>());
        }
        let shape = Shape::of(path, &header, &rows, settings)?;
        let mut labels = Self {
            kind: shape.kind,
            columns: shape.columns(&header),
            sha256: table.finish()?,
            groups: BTreeMap::new(),
            pairs: BTreeMap::new(),
            tells_who_is_alone: false,
            contradicted: 0,
            cut: 0,
        };
        for (row, line) in rows.iter().zip(2u64..) {
            labels
                .add(&shape, row)
                .map_err(|e| Error::bad_file(path, &format!("row {line}: {e}")))?;
        }
        if labels.groups.is_empty() {
            return Err(Error::bad_file(
                path,
                &"has no label; give account and group in two columns",
            ));
        }
        Ok(labels)
    }

    fn add(&mut self, shape: &Shape, row: &[String]) -> Result<(), String> {
        let asked = [Some(shape.account), shape.other, shape.label];
        if asked.into_iter().flatten().any(|n| n >= row.len()) {
            self.cut += 1;
            return Ok(());
        }
        let cell = |at: Option<usize>| at.and_then(|n| row.get(n)).map_or("", |c| c.trim());
        let account = bare(cell(Some(shape.account)));
        if account.is_empty() {
            return Ok(());
        }
        let label = cell(shape.label);
        let yes = match shape.label {
            None => true,
            Some(_) => truth(label)
                .or((self.kind == LabelKind::Groups).then_some(true))
                .ok_or_else(|| format!("{label:?} is neither yes nor no"))?,
        };
        match self.kind {
            LabelKind::Groups => {
                let alone = ALONE.iter().any(|word| word.eq_ignore_ascii_case(label));
                let group = (!alone).then(|| label.to_owned());
                self.tells_who_is_alone |= alone;
                self.label_account(account, group);
            }
            LabelKind::Accounts => {
                self.tells_who_is_alone |= !yes;
                self.label_account(account, yes.then(String::new));
            }
            LabelKind::Pairs => {
                let other = bare(cell(shape.other));
                if other.is_empty() || other == account {
                    return Ok(());
                }
                self.tells_who_is_alone |= !yes;
                for a in [account, other] {
                    let known = self.groups.entry(a.to_owned()).or_default();
                    if yes {
                        *known = Some(String::new());
                    }
                }
                let before = self.pairs.insert(ordered(account, other), yes);
                self.contradicted += usize::from(before.is_some_and(|b| b != yes));
            }
        }
        Ok(())
    }

    fn label_account(&mut self, account: &str, group: Option<String>) {
        let before = self.groups.insert(account.to_owned(), group);
        let now = &self.groups[account];
        self.contradicted += usize::from(before.is_some_and(|b| b != *now));
    }

    /// Whether they say anything of an account.
    pub fn names(&self, account: &str) -> bool {
        self.label(account).is_some()
    }

    /// Whether an account is coordinated; none where nothing is known of it.
    pub fn of_account(&self, account: &str) -> Option<bool> {
        match self.label(account) {
            Some(group) => Some(group.is_some()),
            None => (!self.tells_who_is_alone).then_some(false),
        }
    }

    /// The group of an account.
    pub fn group(&self, account: &str) -> Option<&str> {
        self.label(account)?.as_deref()
    }

    /// Whether two accounts are coordinated with each other; none where nothing is known of it.
    pub fn of_pair(&self, a: &str, b: &str) -> Option<bool> {
        if self.kind == LabelKind::Pairs {
            let names = |a: &str| [a.to_owned(), key::split(a).1.to_owned()];
            let mut each = names(a).into_iter().zip(names(b));
            let known = each.find_map(|(a, b)| self.pairs.get(&ordered(&a, &b)).copied());
            return known.or((!self.tells_who_is_alone).then_some(false));
        }
        let both = self.of_account(a)? && self.of_account(b)?;
        Some(both && self.group(a) == self.group(b))
    }

    fn label(&self, account: &str) -> Option<&Option<String>> {
        let bare = || self.groups.get(key::split(account).1);
        self.groups.get(account).or_else(bare)
    }

    /// Accounts that are coordinated.
    pub fn coordinated(&self) -> usize {
        self.groups.values().flatten().count()
    }

    /// Pairs that are coordinated with each other; none where only accounts are labelled.
    pub fn pairs(&self) -> Option<usize> {
        match self.kind {
            LabelKind::Accounts => None,
            LabelKind::Pairs => Some(self.pairs.values().filter(|yes| **yes).count()),
            LabelKind::Groups => {
                let mut size: BTreeMap<&str, usize> = BTreeMap::new();
                for group in self.groups.values().flatten() {
                    *size.entry(group).or_default() += 1;
                }
                Some(size.values().map(|n| n * (n - 1) / 2).sum())
            }
        }
    }
}

fn ordered(a: &str, b: &str) -> (String, String) {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    (a.to_owned(), b.to_owned())
}

fn truth(word: &str) -> Option<bool> {
    let is = |known: &&str| known.eq_ignore_ascii_case(word);
    if YES.iter().any(is) {
        Some(true)
    } else {
        NO.iter().any(is).then_some(false)
    }
}

/// Which column says what.
struct Shape {
    kind: LabelKind,
    account: usize,
    other: Option<usize>,
    label: Option<usize>,
}

impl Shape {
    fn of(
        path: &Path,
        header: &[String],
        rows: &[Vec<String>],
        settings: &LabelSettings,
    ) -> Result<Self, Error> {
        let names: Vec<&str> = header.iter().map(String::as_str).collect();
        let is = |name: &&str, known: &str| name.trim().eq_ignore_ascii_case(known);
        let called = |known: &[&str]| {
            known
                .iter()
                .find_map(|k| names.iter().position(|n| is(n, k)))
        };
        let asked = match &settings.column {
            None => None,
            Some(column) => Some(called(&[column]).ok_or_else(|| {
                let detail = format!("has no column {column}; it has {}", names.join(", "));
                Error::bad_file(path, &detail)
            })?),
        };
        let other = called(SECOND);
        let of_pairs = called(FIRST).zip(other).filter(|(a, b)| a != b);
        let is_pairs = match settings.kind {
            Some(kind) => kind == LabelKind::Pairs,
            None => of_pairs.is_some(),
        };
        if is_pairs {
            let (account, other) = of_pairs.unwrap_or((0, 1));
            let label = asked.or_else(|| called(TRUTH));
            return Ok(Self {
                kind: LabelKind::Pairs,
                account,
                other: Some(other),
                label: label.filter(|l| *l != account && *l != other),
            });
        }
        let account = account_column(&names).unwrap_or(0);
        let beside = (names.len() > 1).then(|| usize::from(account == 0));
        let group = called(GROUP).filter(|at| *at != account);
        let label = asked
            .or(group)
            .or_else(|| called(TRUTH))
            .filter(|at| *at != account)
            .or(beside);
        let says_truth = |at: usize| {
            let mut words = rows.iter().map(|r| r.get(at).map_or("", |c| c.trim()));
            words.all(|w| truth(w).is_some())
        };
        // Both yes and no among others: a name of a group may be one of these words, hardly of two.
        let is_mixed = |at: usize| {
            let words = rows.iter().map(|r| r.get(at).map_or("", |c| c.trim()));
            let of: BTreeSet<bool> = words
                .filter(|w| !w.is_empty() && w.parse::<f64>().is_err())
                .filter_map(truth)
                .collect();
            of.len() == 2
        };
        // Of a column called as truths are a word that is none is refused row by row, not taken for a group.
        let is_truth = |at: usize| TRUTH.iter().any(|k| is(&names[at], k));
        let guessed = match label {
            None => LabelKind::Accounts,
            Some(at) if group == Some(at) => LabelKind::Groups,
            Some(at) if is_truth(at) && !is(&names[at], "label") => LabelKind::Accounts,
            Some(at) if says_truth(at) => LabelKind::Accounts,
            Some(at) if is_mixed(at) => {
                let column = names[at];
                let detail = format!(
                    "column {column} has words for yes and no, and others: say whether it holds accounts or groups"
                );
                return Err(Error::bad_file(path, &detail));
            }
            Some(_) => LabelKind::Groups,
        };
        let kind = settings.kind.unwrap_or(guessed);
        if kind == LabelKind::Groups && label.is_none() {
            return Err(Error::bad_file(path, &"has no second column with groups"));
        }
        Ok(Self {
            kind,
            account,
            other: None,
            label,
        })
    }

    fn columns(&self, header: &[String]) -> Vec<String> {
        let all = [Some(self.account), self.other, self.label];
        let seen: BTreeSet<usize> = all.into_iter().flatten().collect();
        let name = |n: &usize| header.get(*n).cloned();
        seen.iter().filter_map(name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, settings: &LabelSettings) -> Result<Labels, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("labels.csv");
        std::fs::write(&path, text).expect("to write");
        Labels::read(&path, settings)
    }

    fn labels(text: &str) -> Labels {
        read(text, &LabelSettings::default()).expect("labels")
    }

    #[test]
    fn groups_may_be_numbers_and_accounts_anywhere() {
        let read = labels("account_id,group\na,0\nb,0\nc,1\n");
        assert_eq!((read.kind, read.pairs()), (LabelKind::Groups, Some(1)));
        assert_eq!(read.of_pair("x:a", "x:b"), Some(true));
        assert_eq!(read.of_pair("a", "c"), Some(false));
        assert_eq!(read.of_account("d"), Some(false), "without a label: alone");
        let read = labels("post,username,category\n1,@a,Left\n2,b,Right\n3,c,\n");
        assert_eq!(read.columns, ["username", "category"]);
        assert_eq!(read.group("a"), Some("Left"));
        assert_eq!(read.of_account("c"), Some(false));
        assert_eq!(read.of_account("d"), None, "nothing is known");
    }

    #[test]
    fn accounts_are_said_to_be_or_not() {
        let read = labels("user,label\na,1\nb,0\n");
        assert_eq!((read.kind, read.pairs()), (LabelKind::Accounts, None));
        assert_eq!(
            (read.of_account("a"), read.of_account("b")),
            (Some(true), Some(false))
        );
        assert_eq!(read.of_account("c"), None);
        let read = labels("account\na\nb\n");
        assert_eq!(read.of_pair("a", "b"), Some(true));
        assert_eq!(read.of_account("c"), Some(false));
    }

    #[test]
    fn that_nobody_is_coordinated_is_a_label() {
        let read = labels("account,label\na,0\nb,organic\n");
        assert_eq!((read.coordinated(), read.of_account("a")), (0, Some(false)));
    }

    #[test]
    fn pairs_are_of_two_accounts_in_any_order() {
        let read = labels("source,target\nb,a\na,c\n");
        assert_eq!((read.kind, read.pairs()), (LabelKind::Pairs, Some(2)));
        assert_eq!(read.of_pair("x:a", "x:b"), Some(true));
        assert_eq!(read.of_pair("b", "c"), Some(false));
        let read = labels("account_a,account_b,coordinated\na,b,yes\nb,c,no\n");
        assert_eq!(read.of_pair("c", "b"), Some(false));
        assert_eq!(read.of_pair("a", "c"), None);
        assert_eq!(read.of_account("c"), Some(false));
    }

    #[test]
    fn rows_that_contradict_or_are_cut_are_counted() {
        let read = labels("account,group\na,x\na,y\na,y\nb\nc,x\n");
        assert_eq!((read.contradicted, read.cut), (1, 1));
        assert_eq!((read.group("a"), read.names("b")), (Some("y"), false));
    }

    #[test]
    fn what_is_neither_yes_nor_no_is_refused() {
        let settings = LabelSettings {
            kind: Some(LabelKind::Accounts),
            column: None,
        };
        let error = read("user,label\na,1\nb,perhaps\n", &settings).expect_err("perhaps");
        assert!(error.to_string().contains("row 3: \"perhaps\""), "{error}");
        let undecided = "user,what\na,yes\nb,no\nc,perhaps\n";
        let error = read(undecided, &LabelSettings::default()).expect_err("perhaps");
        assert!(error.to_string().contains("accounts or groups"), "{error}");
        let unsure = "user,coordinated\na,TRUE\nb,unsure\n";
        let error = read(unsure, &LabelSettings::default()).expect_err("unsure");
        assert!(error.to_string().contains("unsure"), "{error}");
        let settings = LabelSettings {
            kind: None,
            column: Some("truth".to_owned()),
        };
        let error = read("user,label\na,1\n", &settings).expect_err("no such column");
        assert!(error.to_string().contains("it has user, label"), "{error}");
        assert!(read("account,group\n", &LabelSettings::default()).is_err());
    }
}
