//! A write that is sent twice happens once (draft-ietf-httpapi-idempotency-key-header).

use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::kernel::secret::SecretBytes;

/// So long is an answer kept for whoever asks again.
pub const ANSWER_RETENTION: Duration = Duration::from_hours(24);

/// The key that a caller drew for one write. Of it the hash is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(pub [u8; 32]);

/// What was asked for under a key: a hash over method, path and body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RequestFingerprint(pub [u8; 32]);

/// The first answer, for every later request of the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: u16,
    /// JSON; it may hold a secret that is shown once, and then again to whoever did not hear it.
    pub body: SecretBytes,
}

/// What stands under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing did; it is this request's now.
    New,
    /// The answer to an earlier request.
    Answered {
        /// What was asked.
        request: RequestFingerprint,
        /// What was answered.
        answer: KeptAnswer,
    },
}

impl IdempotencyKey {
    /// Reads the header: 1 to 64 visible characters of ASCII, in quotes (RFC 9651 section 3.3.3) or bare. `door` keeps
    /// the keys of different callers apart.
    pub fn parse(door: &str, header: &str) -> Option<Self> {
        let bare = match header.strip_prefix('"') {
            Some(rest) => rest.strip_suffix('"')?,
            None => header,
        };
        let good = |c: char| matches!(c, '!'..='~') && !matches!(c, '"' | '\\');
        let fits = (1..=64).contains(&bare.len()) && bare.chars().all(good);
        fits.then(|| Self(Sha256::new().chain_update(door).chain_update([0]).chain_update(bare).finalize().into()))
    }
}

impl RequestFingerprint {
    /// Of this request.
    pub fn of(method: &str, path: &str, body: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(method).chain_update([0]).chain_update(path).chain_update([0]);
        Self(hash.chain_update(body).finalize().into())
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(redacted)")
    }
}

impl fmt::Debug for RequestFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0[..4]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_make_no_difference_and_doors_do() {
        let key = IdempotencyKey::parse("a", "8e03978e").unwrap();
        assert_eq!(IdempotencyKey::parse("a", "\"8e03978e\""), Some(key));
        assert_ne!(IdempotencyKey::parse("b", "8e03978e"), Some(key));
        assert_ne!(IdempotencyKey::parse("a", "8e03978f"), Some(key));
        for bad in ["", "\"\"", "\"", "a b", "\"a", "a\"", "a\\b", "ключ", &"x".repeat(65)] {
            assert_eq!(IdempotencyKey::parse("a", bad), None, "{bad}");
        }
    }

    #[test]
    fn another_request_has_another_fingerprint() {
        let one = RequestFingerprint::of("POST", "/a", b"{}");
        assert_eq!(one, RequestFingerprint::of("POST", "/a", b"{}"));
        for (method, path, body) in [("PUT", "/a", "{}"), ("POST", "/b", "{}"), ("POST", "/a", "{ }")] {
            assert_ne!(one, RequestFingerprint::of(method, path, body.as_bytes()));
        }
    }
}
