//! Agreement with another implementation of the same formats: the crates `tlog_tiles` and `signed_note`.

use overt_ledger::{
    Hash, PublicKey, SecretKey, SignedNote, TlogProof, includes, is_consistent, tile,
};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{Tile, check_record, check_tree};

use crate::{Log, entry, leaf, log_key};

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

fn all(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes.iter().map(|h| theirs(*h)).collect()
}

#[test]
fn proofs_of_inclusion() {
    for size in [1, 2, 3, 255, 256, 257, 1000, 65_537, 70_000] {
        let log = Log::of(size);
        let mut prover = log.prover();
        for index in [0, 1, size / 3, size / 2, size.saturating_sub(2), size - 1] {
            let index = index.min(size - 1);
            let proof = prover.inclusion(index).unwrap();
            let root = log.edge.root();
            assert!(includes(&proof, index, leaf(index), size, root));
            check_record(&all(&proof), size, theirs(root), index, theirs(leaf(index))).unwrap();
            // And nothing else is shown by it.
            assert!(!includes(&proof, index, leaf(size), size, root));
            assert!(!includes(&proof, index, leaf(index), size, leaf(0)) || size == 1);
            if size > 1 {
                let other = (index + 1) % size;
                assert!(!includes(&proof, other, leaf(index), size, root));
            }
        }
        assert!(prover.inclusion(size).is_err());
    }
}

#[test]
fn proofs_of_consistency() {
    let sizes = [1, 2, 3, 4, 7, 8, 255, 256, 257, 511, 1000, 65_536, 66_000];
    for (n, new) in sizes.iter().enumerate() {
        let log = Log::of(*new);
        let mut prover = log.prover();
        for old in &sizes[..=n] {
            let before = Log::of(*old).edge.root();
            let proof = prover.consistency(*old).unwrap();
            assert!(
                is_consistent(&proof, *old, before, *new, log.edge.root()),
                "{old} {new}"
            );
            check_tree(
                &all(&proof),
                *new,
                theirs(log.edge.root()),
                *old,
                theirs(before),
            )
            .unwrap();
            assert!(
                old == new
                    || !is_consistent(&proof, *old, leaf(0), *new, log.edge.root())
                    || *old == 1
            );
        }
        assert!(prover.consistency(new + 1).is_err());
    }
}

#[test]
fn tiles_and_their_paths() {
    for (before, after) in [
        (0, 1),
        (0, 70_000),
        (255, 257),
        (256, 512),
        (65_535, 65_600),
        (300, 300),
    ] {
        let mut ours: Vec<String> = tile::tiles_between(before, after)
            .into_iter()
            .map(|(id, width)| id.path(width))
            .collect();
        let mut theirs: Vec<String> = Tile::new_tiles(8, before, after)
            .into_iter()
            .map(|t| t.path())
            // They write the height of tiles in front, which the later specification fixes at eight.
            .map(|p| p.replacen("tile/8/", "tile/", 1))
            .collect();
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs, "{before} {after}");
    }
}

#[test]
fn checkpoints_and_keys() {
    let log = Log::of(1000);
    let note = log.checkpoint().sign(&log_key(), 0).to_string();
    let vkey = log_key().public().to_string();
    let verifier = StandardVerifier::new(&vkey).unwrap();
    let known = VerifierList::new(vec![Box::new(verifier)]);
    let read = Note::from_bytes(note.as_bytes()).unwrap();
    let (verified, _) = read.verify(&known).unwrap();
    assert_eq!(verified.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(read.text()).unwrap();
    assert_eq!(
        (checkpoint.size(), checkpoint.hash().0),
        (1000, log.edge.root().0)
    );
    // And the other way round: what they sign is verified here.
    let (skey, vkey) = signed_note::generate_key(&mut rand_core_06::OsRng, "their.example/log");
    let key: PublicKey = vkey.parse().unwrap();
    let same = SecretKey::read(&skey).unwrap();
    assert_eq!(same.public(), key);
    let signer = signed_note::StandardSigner::new(&skey).unwrap();
    let mut theirs = Note::new(b"a text\n", &[]).unwrap();
    theirs.add_sigs(&[&signer]).unwrap();
    let ours = SignedNote::read(&theirs.to_bytes()).unwrap();
    assert!(ours.signed_by(&key).is_ok());
    assert_eq!(ours.signatures[0], same.sign("a text\n", 0));
}

#[test]
fn a_proof_that_stands_alone() {
    let log = Log::of(1000);
    let proof = TlogProof {
        extra: None,
        index: 321,
        hashes: log.prover().inclusion(321).unwrap(),
        checkpoint: log.checkpoint().sign(&log_key(), 0),
    };
    let read = TlogProof::read(proof.to_string().as_bytes()).unwrap();
    assert_eq!(read, proof);
    assert!(read.includes(&entry(321)) && !read.includes(&entry(322)));
}
