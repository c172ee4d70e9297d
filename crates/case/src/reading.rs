//! Entries as they are stored, opened.

use std::path::Path;

use crate::draft;
use crate::entry::{Entry, Header, Sealed};
use crate::error::CaseError;
use crate::secrets::{HeaderCipher, Secrets};

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

/// Reads what is stored.
pub(crate) struct Reader<'r> {
    pub(crate) folder: &'r Path,
    pub(crate) secrets: &'r Secrets,
    pub(crate) headers: HeaderCipher,
}

impl Reader<'_> {
    fn damaged(&self, sealed: &Sealed, what: &dyn std::fmt::Display) -> CaseError {
        CaseError::damaged(self.folder, format!("entry {} {what}", sealed.seq))
    }

    pub(crate) fn opened(&self, sealed: &Sealed) -> Result<OpenedEntry, CaseError> {
        let changed = || self.damaged(sealed, &"was changed, or its secret is another case's");
        let plain = self.headers.open(sealed.seq, &sealed.header);
        let plain = plain.ok_or_else(changed)?;
        let (signature, header) = draft::split_signature(&plain).ok_or_else(changed)?;
        let body = match self.secrets.of(sealed.seq)? {
            None => None,
            Some(secret) => Some(Opening {
                nonce: secret.nonce(),
                bytes: secret.open(sealed.seq, &sealed.body).ok_or_else(changed)?,
            }),
        };
        Ok(OpenedEntry {
            header: header.to_vec(),
            signature,
            body,
        })
    }

    pub(crate) fn header(&self, sealed: &Sealed) -> Result<(Header, OpenedEntry), CaseError> {
        let opened = self.opened(sealed)?;
        let header = read_header(&opened.header).map_err(|e| self.damaged(sealed, &e))?;
        Ok((header, opened))
    }

    pub(crate) fn entry(&self, sealed: &Sealed) -> Result<Entry, CaseError> {
        let (header, opened) = self.header(sealed)?;
        let body = opened
            .body
            .map(|body| serde_json::from_slice(&body.bytes))
            .transpose()
            .map_err(|e| self.damaged(sealed, &e))?;
        Ok(Entry {
            header,
            commitment: sealed.commitment,
            body,
        })
    }
}

pub(crate) fn read_header(bytes: &[u8]) -> Result<Header, serde_json::Error> {
    serde_json::from_slice(bytes)
}
