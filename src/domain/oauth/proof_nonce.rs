//! Nonces for DPoP proofs (RFC 9449 section 8): made of the time and a key, so that replicas know each other's without a word.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;

/// A nonce is handed out for so long, and good for [`SLOTS`] times that.
const SLOT_SECONDS: i64 = 60;
const SLOTS: i64 = 3;
/// No proof is good for longer than its nonce; so long its `jti` is remembered.
pub const MAX_LIFE: Duration = Duration::from_secs((SLOT_SECONDS * SLOTS) as u64);
/// No sector begins with this byte: a pairwise subject made with the same key is never a nonce.
const CONTEXT: &[u8] = b"\0rastau dpop nonce v1";

/// The nonce of `now`, 43 characters.
pub fn nonce(key: &SecretBytes, now: Timestamp) -> String {
    of_slot(key, slot(now))
}

/// Whether it was handed out a short while ago.
pub fn is_current(key: &SecretBytes, shown: &str, now: Timestamp) -> bool {
    // All are compared, whichever fits.
    (0..SLOTS).fold(false, |fits, back| {
        let made = of_slot(key, slot(now) - back);
        fits | bool::from(made.as_bytes().ct_eq(shown.as_bytes()))
    })
}

fn slot(now: Timestamp) -> i64 {
    now.seconds().div_euclid(SLOT_SECONDS)
}

fn of_slot(key: &SecretBytes, slot: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else {
        // HMAC takes keys of every length.
        return String::new();
    };
    mac.update(CONTEXT);
    mac.update(&slot.to_be_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_for_minutes_and_for_its_key() {
        let (key, other) = (SecretBytes::new(vec![1; 32]), SecretBytes::new(vec![2; 32]));
        let at = Timestamp::from_seconds;
        let made = nonce(&key, at(600));
        assert_eq!(made.len(), 43);
        for (seconds, good) in [(599, false), (600, true), (659, true), (779, true), (780, false)] {
            assert_eq!(is_current(&key, &made, at(seconds)), good, "{seconds}");
        }
        assert!(!is_current(&other, &made, at(600)));
        assert!(!is_current(&key, "", at(600)));
    }
}
