//! What was made by a run: its folder, or a file of it, wherever it lies by now.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use overt_model::key::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::registration::Registration;

/// In the head of every page that is written here: by what it is known again.
pub(crate) const POSTS_PAGE: &str = "<meta name=\"generator\" content=\"overt: posts\">";
/// Likewise, of logs.
pub(crate) const LOGS_PAGE: &str = "<meta name=\"generator\" content=\"overt: logs\">";

/// Likewise, of actors election by election.
pub(crate) const INTENSITY_PAGE: &str = "<meta name=\"generator\" content=\"overt: intensity\">";

/// How much of a file is looked at.
const HEAD: u64 = 8 << 10;

/// What a run was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Posts: accounts that acted together.
    Posts,
    /// Logs: what was seen in them.
    Logs,
    /// Posts of actors, election by election.
    Intensity,
}

/// How tables begin that are written here, whatever of them is cut off below.
const TABLES: [(&str, Product); 3] = [
    ("account,name,status,p,q,", Product::Posts),
    ("account_a,account_b,trace,", Product::Posts),
    ("actor,election,accounts_watched,", Product::Intensity),
];

/// Folders within a folder, and files in all of them, that are looked at.
const DEPTH: usize = 3;
const FILES: usize = 2_000;

/// Which run's a folder is, or a file: one in such a folder, or a page or table that such a run wrote. None of anything else.
pub fn product_of(path: &Path) -> Option<Product> {
    if path.is_dir() {
        return of_folder(path);
    }
    path.parent().and_then(of_folder).or_else(|| of_file(path))
}

/// The same, and of a folder that holds what a run wrote, under whatever name.
pub fn product_in(path: &Path) -> Option<Product> {
    let within = || path.is_dir().then(|| holds(path, DEPTH, &mut 0));
    product_of(path).or_else(|| within().flatten())
}

/// Of the first file in a folder that a run wrote.
fn holds(folder: &Path, depth: usize, looked: &mut usize) -> Option<Product> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().find_map(|path| {
        *looked += 1;
        if *looked > FILES {
            None
        } else if path.is_dir() {
            let within = (depth > 0).then(|| holds(&path, depth - 1, looked));
            of_folder(&path).or_else(|| within.flatten())
        } else {
            of_file(&path)
        }
    })
}

fn of_folder(folder: &Path) -> Option<Product> {
    let has = |name: &str| folder.join(name).is_file();
    if has("run.json") && has("intensity.csv") {
        return Some(Product::Intensity);
    }
    match (has("run.json"), has("accounts.csv"), has("sightings.csv")) {
        (true, true, _) => Some(Product::Posts),
        (true, false, true) => Some(Product::Logs),
        _ => None,
    }
}

/// How a file begins that `gzip` made.
const GZIP: &[u8] = &[0x1f, 0x8b];

fn head_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// The beginning of what is packed in a file, as far as it can be read.
fn unpacked(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = MultiGzDecoder::new(file).take(HEAD).read_to_end(&mut head);
    }
    head
}

fn of_file(path: &Path) -> Option<Product> {
    let mut head = head_of(path).ok()?;
    if head.starts_with(GZIP) {
        head = unpacked(path);
    }
    let table = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&head);
    let table = TABLES
        .iter()
        .find(|(begins, _)| table.starts_with(begins.as_bytes()));
    if let Some((_, product)) = table {
        return Some(*product);
    }
    let has = |mark: &str| head.windows(mark.len()).any(|w| w == mark.as_bytes());
    if has(POSTS_PAGE) {
        Some(Product::Posts)
    } else if has(INTENSITY_PAGE) {
        Some(Product::Intensity)
    } else {
        has(LOGS_PAGE).then_some(Product::Logs)
    }
}

/// What a run goes back to: the posts or logs that it was made over, by their hashes, whatever its settings. None where its
/// folder does not say.
pub fn origin_of(folder: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Part {
        registration: Option<Registration>,
        #[serde(default)]
        logs: Vec<Input>,
        cycles: Option<Cycles>,
    }
    /// The posts of actors; what they are counted against is not what the run is about.
    #[derive(Deserialize)]
    struct Cycles {
        files: Vec<(String, String)>,
    }
    #[derive(Deserialize)]
    struct Input {
        #[serde(default)]
        sha256: String,
    }
    let kind = match of_folder(folder)? {
        Product::Posts | Product::Intensity => "posts",
        Product::Logs => "logs",
    };
    let bytes = std::fs::read(folder.join("run.json")).ok()?;
    let part: Part = serde_json::from_slice(&bytes).ok()?;
    let of_all = if let Some(registration) = part.registration {
        registration.inputs
    } else if let Some(cycles) = part.cycles {
        of_posts(cycles.files.iter().map(|(_, sha256)| sha256.as_str()))?
    } else {
        let hashes = part.logs.into_iter().map(|i| i.sha256);
        let mut hashes: Vec<String> = hashes.filter(|hash| !hash.is_empty()).collect();
        hashes.sort();
        hashes.first()?;
        hex(&Sha256::digest(hashes.concat()))
    };
    let short: String = of_all.chars().take(12).collect();
    Some(format!("{kind} {short}"))
}

/// The same posts go back to the same, whichever run was made over them: as a detection registers its inputs.
fn of_posts<'a>(hashes: impl Iterator<Item = &'a str>) -> Option<String> {
    let lines: BTreeSet<String> = hashes.map(|sha256| format!("{sha256}\n")).collect();
    lines.first()?;
    Some(hex(&Sha256::digest(lines.into_iter().collect::<String>())))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// What a run wrote stays that, whatever it is called, and packed too.
    #[test]
    fn what_a_run_wrote_is_known_again() {
        let folder = tempfile::tempdir().unwrap();
        let page = format!("<!doctype html><head>{POSTS_PAGE}</head>");
        let plain = folder.path().join("a.txt");
        std::fs::write(&plain, &page).unwrap();
        let packed = folder.path().join("b.bin");
        let mut gzip = flate2::write::GzEncoder::new(
            File::create(&packed).unwrap(),
            flate2::Compression::default(),
        );
        gzip.write_all(page.as_bytes()).unwrap();
        gzip.finish().unwrap();
        let other = folder.path().join("c.txt");
        std::fs::write(&other, [GZIP, b"no archive"].concat()).unwrap();
        for (path, product) in [
            (plain, Some(Product::Posts)),
            (packed, Some(Product::Posts)),
            (other, None),
        ] {
            assert_eq!(product_of(&path), product, "{}", path.display());
        }
    }
}
