//! Known vectors: Certificate Transparency's reference tree, Go's example of a signed note, the specifications' examples.

use overt_ledger::{Checkpoint, Edge, Hash, NoteError, PublicKey, SignedNote, TlogProof};

/// The eight leaves of the reference tree of Certificate Transparency and its roots at every size.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|p| u8::from_str_radix(str::from_utf8(p).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn the_reference_tree() {
    let mut edge = Edge::default();
    assert_eq!(edge.root(), Hash::of(&[]));
    for (leaf, root) in LEAVES.iter().zip(ROOTS) {
        edge.append(Hash::of_leaf(&unhex(leaf)));
        assert_eq!(edge.root().0.to_vec(), unhex(root));
    }
}

const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn a_note_that_another_implementation_signed() {
    let key: PublicKey = NEUMANN.parse().unwrap();
    let note = SignedNote::read(NOTE.as_bytes()).unwrap();
    assert_eq!(key.to_string(), NEUMANN);
    assert_eq!(note.to_string(), NOTE);
    assert!(note.signed_by(&key).is_ok());
    let changed = NOTE.replace("problem is", "problem Is");
    let changed = SignedNote::read(changed.as_bytes()).unwrap();
    assert_eq!(
        changed.signed_by(&key),
        Err(NoteError::Invalid("PeterNeumann".to_owned()))
    );
}

/// The example of `tlog-cosignature`, whose keys it does not give.
#[test]
fn the_specifications_examples_are_read_and_written_alike() {
    let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let read = SignedNote::read(note.as_bytes()).unwrap();
    assert_eq!(read.to_string(), note);
    let checkpoint = Checkpoint::read(&read.text).unwrap();
    assert_eq!(
        (checkpoint.origin.as_str(), checkpoint.size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(checkpoint.to_string(), read.text);
    let proof = format!(
        "c2sp.org/tlog-proof@v1\nextra YWdl\nindex 73894\ngSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n\n{note}"
    );
    let read = TlogProof::read(proof.as_bytes()).unwrap();
    assert_eq!(
        (read.index, read.extra.as_deref()),
        (73_894, Some(&b"age"[..]))
    );
    assert_eq!(read.to_string(), proof);
}
