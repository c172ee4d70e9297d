//! Entries as they are stored, opened.

use std::ops::Range;
use std::path::Path;

use overt_ledger::{Hash, commitment};
use rayon::prelude::*;

use crate::draft;
use crate::entry::{Entry, Header, Sealed};
use crate::error::CaseError;
use crate::secrets::{HeaderCipher, Secret};

/// An entry as it was written.
#[derive(Debug, Clone)]
pub struct OpenedEntry {
    /// The header, as canonical JSON.
    pub header: Vec<u8>,
    /// The signature of its author over all that they made in one go, with the last of it.
    pub signature: Option<[u8; 64]>,
    /// The body; none where it was erased.
    pub body: Option<Opening>,
}

/// What opens the commitment to a body.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The nonce.
    pub nonce: [u8; 32],
    /// The body, as canonical JSON.
    pub bytes: Vec<u8>,
}

/// What an entry is whose seal does not open.
const CHANGED: &str = "was changed, or its secret is another case's";

/// Reads what is stored.
pub(crate) struct Reader<'r> {
    opener: Opener<'r>,
    secrets: Box<SecretsOf<'r>>,
}

/// What hands on the secrets of the entries of some places.
type SecretsOf<'s> = dyn Fn(Range<u64>) -> Result<Vec<Option<Secret>>, CaseError> + 's;

/// Opens entries, many at a time.
struct Opener<'r> {
    folder: &'r Path,
    headers: HeaderCipher,
}

/// What hands on entries, one after another, to what it is given.
type Source<'s> = dyn FnOnce(&mut EachSealed<'_>) -> Result<(), CaseError> + 's;
type EachSealed<'e> = dyn FnMut(Sealed) -> Result<(), CaseError> + 'e;

impl<'r> Reader<'r> {
    pub(crate) fn new(
        folder: &'r Path,
        of_case: &Secret,
        secrets: impl Fn(Range<u64>) -> Result<Vec<Option<Secret>>, CaseError> + 'r,
    ) -> Self {
        Self {
            opener: Opener {
                folder,
                headers: of_case.header_cipher(),
            },
            secrets: Box::new(secrets),
        }
    }

    /// Hands on entries as they are stored, opened, in their order.
    pub(crate) fn each_opened(
        &self,
        source: Box<Source<'_>>,
        each: &mut dyn FnMut(&Sealed, OpenedEntry) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        self.each(source, Opener::opened, each)
    }

    /// Hands on entries, read, in their order.
    pub(crate) fn each_entry(
        &self,
        source: Box<Source<'_>>,
        each: &mut dyn FnMut(Entry),
    ) -> Result<(), CaseError> {
        self.each(source, Opener::entry, &mut |_, entry| {
            each(entry);
            Ok(())
        })
    }

    /// Opens every entry, and holds it against what it commits to; whether each was erased, in their order.
    pub(crate) fn each_checked(
        &self,
        source: Box<Source<'_>>,
        each: &mut dyn FnMut(&Sealed, bool),
    ) -> Result<(), CaseError> {
        self.each(source, Opener::is_erased, &mut |sealed, is_erased| {
            each(sealed, is_erased);
            Ok(())
        })
    }

    /// Opens entries many at a time and on all cores.
    fn each<T: Send>(
        &self,
        source: Box<Source<'_>>,
        open: impl Fn(&Opener<'r>, &Sealed, Option<&Secret>) -> Result<T, CaseError> + Sync,
        each: &mut dyn FnMut(&Sealed, T) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        let (mut batch, mut bytes): (Vec<Sealed>, usize) = (Vec::new(), 0);
        let mut hand_on = |batch: &mut Vec<Sealed>| -> Result<(), CaseError> {
            let Some(first) = batch.first() else {
                return Ok(());
            };
            let secrets = (self.secrets)(first.seq..first.seq + batch.len() as u64)?;
            let opener = &self.opener;
            let opened: Vec<Result<T, CaseError>> = batch
                .par_iter()
                .zip(&secrets)
                .with_min_len(FEW)
                .map(|(sealed, secret)| open(opener, sealed, secret.as_ref()))
                .collect();
            for (sealed, opened) in batch.iter().zip(opened) {
                each(sealed, opened?)?;
            }
            batch.clear();
            Ok(())
        };
        source(&mut |sealed| {
            bytes += sealed.header.len() + sealed.body.len();
            batch.push(sealed);
            if bytes >= BATCH {
                bytes = 0;
                hand_on(&mut batch)?;
            }
            Ok(())
        })?;
        hand_on(&mut batch)
    }
}

impl Opener<'_> {
    fn is_erased(&self, sealed: &Sealed, secret: Option<&Secret>) -> Result<bool, CaseError> {
        let opened = self.opened(sealed, secret)?;
        if Hash::of(&opened.header) != sealed.commitment {
            return Err(self.damaged(sealed, &"is not what was committed to"));
        }
        let Some(body) = &opened.body else {
            return Ok(true);
        };
        let header = read_header(&opened.header).map_err(|e| self.damaged(sealed, &e))?;
        if commitment(&body.nonce, &body.bytes) != header.body {
            return Err(self.damaged(sealed, &"has a body that is not what was committed to"));
        }
        Ok(false)
    }

    fn damaged(&self, sealed: &Sealed, what: &dyn std::fmt::Display) -> CaseError {
        CaseError::damaged(self.folder, format!("entry {} {what}", sealed.seq))
    }

    fn opened(&self, sealed: &Sealed, secret: Option<&Secret>) -> Result<OpenedEntry, CaseError> {
        let changed = || self.damaged(sealed, &CHANGED);
        let plain = self.headers.open(sealed.seq, &sealed.header);
        let plain = plain.ok_or_else(changed)?;
        let (signature, header) = draft::split_signature(&plain).ok_or_else(changed)?;
        let open = |secret: &Secret| {
            let (nonce, bytes) = secret.open_with_nonce(sealed.seq, &sealed.body);
            let bytes = bytes.ok_or_else(changed)?;
            Ok::<_, CaseError>(Opening { nonce, bytes })
        };
        Ok(OpenedEntry {
            header: header.to_vec(),
            signature,
            body: secret.map(open).transpose()?,
        })
    }

    fn entry(&self, sealed: &Sealed, secret: Option<&Secret>) -> Result<Entry, CaseError> {
        let changed = || self.damaged(sealed, &CHANGED);
        let plain = self.headers.open(sealed.seq, &sealed.header);
        let plain = plain.ok_or_else(changed)?;
        let (_, header) = draft::split_signature(&plain).ok_or_else(changed)?;
        let header = read_header(header).map_err(|e| self.damaged(sealed, &e))?;
        let open = |secret: &Secret| {
            let bytes = secret.open(sealed.seq, &sealed.body);
            let body = serde_json::from_slice(&bytes.ok_or_else(changed)?);
            body.map_err(|e| self.damaged(sealed, &e))
        };
        Ok(Entry {
            header,
            commitment: sealed.commitment,
            body: secret.map(open).transpose()?,
        })
    }
}

/// Sealed bytes that are opened at a time.
const BATCH: usize = 4 << 20;
/// Entries too few to be shared out.
const FEW: usize = 64;

pub(crate) fn read_header(bytes: &[u8]) -> Result<Header, serde_json::Error> {
    serde_json::from_slice(bytes)
}
