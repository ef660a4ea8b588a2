//! Secret handles (codes, request URIs, sessions): random, and kept as their hash alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::clock::Randomness;

/// SHA-256 of a secret handle (code, request_uri, session): what the database keeps in its stead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HandleHash(pub [u8; 32]);

/// A random handle of 256 bits, base64url.
pub fn new_handle(randomness: &dyn Randomness) -> String {
    let mut bytes = [0_u8; 32];
    randomness.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether `text` has the form of a handle of ours.
pub fn is_handle(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|raw| raw.len() == 32)
}

/// The hash of a handle as it came over the wire.
pub fn hash_handle(handle: &str) -> HandleHash {
    HandleHash(Sha256::digest(handle.as_bytes()).into())
}

/// What a visit is called where its page says which one it shows. It tells nothing of the session's handle and opens nothing.
pub fn visit_name(session: HandleHash) -> String {
    let digest = Sha256::new().chain_update(b"rastau visit\0").chain_update(session.0).finalize();
    URL_SAFE_NO_PAD.encode(&digest[..16])
}
