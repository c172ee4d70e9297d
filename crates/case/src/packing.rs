//! A folder as one item of evidence: an archive whose bytes depend on names and contents alone.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use crate::error::CaseError;

/// The most files of a folder.
const MAX_FILES: usize = 100_000;

/// Packs a folder into a tar archive in a file without a name: the same names and contents give the same bytes.
///
/// # Errors
///
/// When something in it cannot be read, or is neither a file nor a folder.
pub fn pack(folder: &Path) -> Result<File, CaseError> {
    let mut files = Vec::new();
    find(folder, &mut files)?;
    files.sort();
    let scratch = tempfile::tempfile().map_err(CaseError::file(folder))?;
    let mut archive = tar::Builder::new(io::BufWriter::new(scratch));
    for file in files {
        let inside = file.strip_prefix(folder).unwrap_or(&file);
        let mut add = || -> io::Result<()> {
            let mut contents = File::open(&file)?;
            let mut header = tar::Header::new_ustar();
            header.set_size(contents.metadata()?.len());
            header.set_mode(0o644);
            header.set_mtime(0);
            archive.append_data(&mut header, inside, &mut contents)
        };
        add().map_err(CaseError::file(&file))?;
    }
    let packed = archive
        .into_inner()
        .and_then(|out| out.into_inner().map_err(io::IntoInnerError::into_error));
    let mut packed = packed.map_err(CaseError::file(folder))?;
    packed.rewind().map_err(CaseError::file(folder))?;
    Ok(packed)
}

/// Takes files out of an archive that [`pack`] made, by their names, into a folder. What else is in it is passed over.
///
/// # Errors
///
/// When it is no archive, or files cannot be written.
pub fn unpack(archive: &mut dyn Read, names: &[&str], to: &Path) -> Result<(), CaseError> {
    let mut archive = tar::Archive::new(archive);
    let fault = || CaseError::file(to);
    for entry in archive.entries().map_err(fault())? {
        let mut entry = entry.map_err(fault())?;
        let path = entry.path().map_err(fault())?.into_owned();
        // Only names that were asked for: none of them leads out of the folder.
        let Some(name) = names.iter().find(|name| Path::new(name) == path) else {
            continue;
        };
        let path = to.join(name);
        let mut file = File::create(&path).map_err(CaseError::file(&path))?;
        io::copy(&mut entry, &mut file).map_err(CaseError::file(&path))?;
    }
    Ok(())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CaseError> {
    for entry in fs::read_dir(folder).map_err(CaseError::file(folder))? {
        let path = entry.map_err(CaseError::file(folder))?.path();
        let kind = fs::symlink_metadata(&path).map_err(CaseError::file(&path))?;
        if kind.is_dir() {
            find(&path, files)?;
        } else if kind.is_file() {
            files.push(path);
        } else {
            return Err(CaseError::Wrong(format!(
                "{}: is neither a file nor a folder; evidence is what is in it and not what it points to",
                path.display()
            )));
        }
        if files.len() > MAX_FILES {
            return Err(CaseError::Wrong(format!(
                "{}: has more than {MAX_FILES} files\n  pack it yourself and add the archive",
                folder.display()
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_contents_are_the_same_bytes() {
        let packed = |order: &[&str]| {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("sub")).unwrap();
            for name in order {
                fs::write(folder.path().join(name), name).unwrap();
            }
            let mut bytes = Vec::new();
            pack(folder.path())
                .unwrap()
                .read_to_end(&mut bytes)
                .unwrap();
            bytes
        };
        let folder = tempfile::tempdir().unwrap();
        unpack(&mut &packed(&["a", "b"])[..], &["b"], folder.path()).unwrap();
        assert_eq!(fs::read(folder.path().join("b")).unwrap(), b"b");
        assert!(!folder.path().join("a").exists());
        let one = packed(&["a", "b", "sub/c"]);
        assert_eq!(one, packed(&["sub/c", "b", "a"]));
        assert_ne!(one, packed(&["a", "b", "sub/d"]));
    }
}
