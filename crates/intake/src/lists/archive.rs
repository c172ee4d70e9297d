//! Zip archives: of lists, each member a file of its own, and of the parts of a spreadsheet.
//!
//! Before anything of an archive is used all of it is unpacked once into nothing: sizes that an archive states of itself
//! are not believed. A member's name is only ever shown.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use zip::ZipArchive;

use super::opened::cut;
use crate::error::Error;
use crate::source::{Input, members};

/// Most members of an archive of lists.
const MEMBERS: usize = 64;
/// Most bytes of an archive of lists, unpacked.
const UNPACKED: u64 = 2 << 30;

/// Whether bytes begin as a zip archive does.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// What a path stands for: itself, or the members of the archive that it is.
///
/// # Errors
/// A file that cannot be read, and an archive that is damaged, empty, too large, or has an archive in it.
pub(super) fn inputs(path: &Path) -> Result<Vec<Input>, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let own = || vec![Input::File(path.to_owned())];
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = [0; 4];
    let is_archive = file.read_exact(&mut head).is_ok() && is_zip(&head);
    if !is_archive {
        return Ok(own());
    }
    file.rewind().map_err(unreadable)?;
    let mut archive = ZipArchive::new(file).map_err(|e| cut(path, 0, e.to_string()))?;
    if archive.index_for_name("xl/workbook.xml").is_some() {
        return Ok(own());
    }
    check_members(path, &mut archive)?;
    members(path)
}

fn check_members(path: &Path, archive: &mut ZipArchive<File>) -> Result<(), Error> {
    let refused = |detail: String| Error::WrongFormat {
        path: path.to_owned(),
        format: "an archive of lists",
        detail,
    };
    if archive.len() > MEMBERS {
        let detail = format!("it has {} members, and {MEMBERS} are read", archive.len());
        return Err(refused(detail));
    }
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let damaged = |e: &dyn std::fmt::Display| cut(path, 0, e.to_string());
        let member = archive.by_index(index).map_err(|e| damaged(&e))?;
        let name = member.name().to_owned();
        let mut member = member.take(left + 1);
        let mut head = [0; 4];
        let begins = read_up_to(&mut member, &mut head).map_err(|e| damaged(&e))?;
        if is_zip(&head[..begins]) {
            return Err(refused(format!(
                "{name:?} in it is itself an archive; unpack it"
            )));
        }
        let rest = std::io::copy(&mut member, &mut std::io::sink()).map_err(|e| damaged(&e))?;
        let size = rest + begins as u64;
        if size > left {
            return Err(refused(format!(
                "it has more than {} MB unpacked",
                UNPACKED >> 20
            )));
        }
        left -= size;
    }
    Ok(())
}

fn read_up_to(from: &mut impl Read, into: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match from.read(&mut into[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}
