//! Hostile bytes: nothing panics, nothing that was changed verifies.

use overt_ledger::{
    AddCheckpoint, Checkpoint, Policy, PublicKey, SecretKey, SignedNote, TlogProof, includes,
    is_consistent, tile,
};
use proptest::prelude::*;

use crate::{Log, entry, leaf, log_key, witness_key};

fn read_all(bytes: &[u8]) {
    let _ = SignedNote::read(bytes);
    let _ = TlogProof::read(bytes);
    let _ = AddCheckpoint::read(bytes);
    let _ = Policy::read(bytes);
    let _ = tile::entries(bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = Checkpoint::read(&text);
    let _ = text.parse::<PublicKey>();
    let _ = SecretKey::read(&text);
}

proptest! {
    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }

    #[test]
    fn nearly_right(cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let log = Log::of(50);
        let proof = TlogProof {
            extra: Some(vec![1, 2, 3]),
            index: 7,
            hashes: log.prover().inclusion(7).unwrap(),
            checkpoint: log.checkpoint().sign(&log_key(), 0),
        };
        let mut bytes = proof.to_string().into_bytes();
        let at = cut.index(bytes.len());
        bytes[at] = byte;
        read_all(&bytes);
        bytes.truncate(at);
        read_all(&bytes);
    }

    #[test]
    fn proofs_of_random_hashes_show_nothing(
        hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70),
        index in any::<u64>(),
        size in any::<u64>(),
    ) {
        let hashes: Vec<_> = hashes.into_iter().map(overt_ledger::Hash).collect();
        prop_assert!(!includes(&hashes, index, leaf(0), size, leaf(1)));
        prop_assert!(!is_consistent(&hashes, index, leaf(0), size, leaf(1)));
    }
}

/// Every change of a byte of a proof is found, but of the bytes that nobody vouches for.
#[test]
fn every_flipped_byte_of_a_proof_is_found() {
    let log = Log::of(300);
    let mut checkpoint = log.checkpoint().sign(&log_key(), 0);
    let line = witness_key(1).sign(&checkpoint.text, 1_700_000_000);
    checkpoint.signatures.push(line);
    let proof = TlogProof {
        extra: None,
        index: 123,
        hashes: log.prover().inclusion(123).unwrap(),
        checkpoint,
    };
    let policy = format!(
        "log {}\nwitness w {}\nquorum w\n",
        log_key().public(),
        witness_key(1).public()
    );
    let policy = Policy::read(policy.as_bytes()).unwrap();
    let holds = |bytes: &[u8]| {
        TlogProof::read(bytes).is_ok_and(|proof| {
            // As it would be written: base64 has spare bits that a strict reader refuses.
            let trusted = policy.verify(&proof.checkpoint);
            proof.includes(&entry(123)) && trusted.is_ok_and(|t| t.quorum)
        })
    };
    let whole = proof.to_string().into_bytes();
    assert!(holds(&whole));
    let mut tried = 0;
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            assert!(!holds(&changed), "byte {at}, bit {bit}");
            tried += 1;
        }
        assert!(!holds(&whole[..at]), "cut off at {at}");
    }
    assert!(tried > 5000, "{tried}");
}
