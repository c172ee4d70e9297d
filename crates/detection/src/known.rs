//! Accounts that are known to act together openly: counted with them, and without.

use std::collections::BTreeSet;

use overt_coordination::corpus::Corpus;
use overt_findings::{CountedWith, KnownRecord, Run};

use crate::Error;
use crate::context::FileRecord;
use crate::run::Detection;

/// What is found with everybody.
pub(crate) struct With {
    pub(crate) counted: CountedWith,
    pub(crate) established: BTreeSet<u32>,
}

/// Accounts that are set aside, and what is found with them.
pub(crate) struct Known {
    list: FileRecord,
    listed: u64,
    /// One flag an account.
    flags: Vec<bool>,
    posts: u64,
    with: With,
}

impl Known {
    /// Beside those who are `established` without them.
    pub(crate) fn record(self, established: &BTreeSet<u32>) -> KnownRecord {
        let is_other = |a: &&u32| !self.flags[**a as usize];
        let with = &self.with.established;
        KnownRecord {
            list: self.list.path,
            sha256: self.list.sha256,
            listed: self.listed,
            in_data: self.flags.iter().filter(|f| **f).count() as u64,
            posts: self.posts,
            with_them: self.with.counted,
            only_with_them: with.difference(established).filter(is_other).count() as u64,
            only_without_them: established.difference(with).count() as u64,
        }
    }
}

impl Detection<'_> {
    /// Counts with the accounts that are known, if any were given, and takes them out.
    pub(crate) fn set_aside<'c>(
        &self,
        corpus: &'c mut Corpus,
        count: impl Fn(&Corpus) -> Result<With, Error>,
    ) -> Result<(Option<Known>, &'c Corpus), Error> {
        let Some(list) = &self.context.known else {
            return Ok((None, corpus));
        };
        self.stage("counting with the accounts that are known")?;
        let with = count(corpus)?;
        let all = 0..corpus.accounts.len() as u32;
        let flags: Vec<bool> = all.map(|a| list.holds(corpus.accounts.name(a))).collect();
        let is_known = |account: u32| flags[account as usize];
        let posts = 0..corpus.posts.len() as u32;
        let posts = posts.filter(|p| is_known(corpus.posts.account(*p))).count() as u64;
        corpus.leave_out(&flags);
        self.stage("counting without them")?;
        let known = Known {
            list: list.file.clone(),
            listed: list.len() as u64,
            flags,
            posts,
            with,
        };
        Ok((Some(known), corpus))
    }
}

/// Says that a list meets nobody.
pub(crate) fn nobody_known(run: &Run) -> Option<String> {
    let known = run.known.as_ref().filter(|known| known.in_data == 0)?;
    let list = &known.list;
    let listed = match known.listed {
        1 => "the only account listed is not".to_owned(),
        n => format!("none of the {n} accounts listed is"),
    };
    Some(format!(
        "{list}: {listed} in the data; names are compared with the accounts of the posts, with or without \
         the platform before them"
    ))
}
