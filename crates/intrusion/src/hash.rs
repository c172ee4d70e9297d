//! Texts told apart by a number.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// Stands for a text where texts are too many to keep. Whoever sends requests chooses them, so it has to be hard to find
/// another text with the number of an ordinary one: a hash that is made for speed alone would let it pass as known. The
/// key is fixed, for the same logs give the same state.
pub(crate) fn of(text: &str) -> u64 {
    of_bytes(text.as_bytes())
}

/// The same of bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(0x6f76_6572_745f_6c6f, 0x6773_5f69_6e5f_3031);
    hasher.write(bytes);
    hasher.finish()
}
