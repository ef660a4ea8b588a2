//! The symmetric secret of an endpoint and its signatures (Standard Webhooks, "Signature scheme": HMAC-SHA256, `v1`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::secret::{SecretBytes, SecretText};

/// What a written secret begins with.
const PREFIX: &str = "whsec_";
/// Length of the secrets that we draw, bytes; the specification takes 24 to 64.
const BYTES: usize = 32;

/// The key that signs an endpoint's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookSecret(SecretBytes);

impl WebhookSecret {
    /// A new one, 256 random bits.
    pub fn draw(randomness: &dyn Randomness) -> Self {
        let mut bytes = vec![0; BYTES];
        randomness.fill(&mut bytes);
        Self(SecretBytes::new(bytes))
    }

    /// One that was kept.
    pub fn from_bytes(bytes: SecretBytes) -> Self {
        Self(bytes)
    }

    /// The key itself.
    pub fn bytes(&self) -> &SecretBytes {
        &self.0
    }

    /// `whsec_` and the key in base64, as receivers' libraries read it.
    pub fn reveal(&self) -> SecretText {
        SecretText::new(format!("{PREFIX}{}", STANDARD.encode(self.0.expose())))
    }

    /// Reads [`WebhookSecret::reveal`] back.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (24..=64).contains(&bytes.len()).then(|| Self(SecretBytes::new(bytes)))
    }

    /// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; `timestamp` in seconds since 1970.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose()) else {
            // HMAC takes keys of every length.
            return String::new();
        };
        for part in [id, ".", &timestamp.to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;

    fn secret(base64: &str) -> WebhookSecret {
        WebhookSecret::from_bytes(SecretBytes::new(STANDARD.decode(base64).unwrap()))
    }

    /// The vector that the specification's reference libraries test themselves with.
    #[test]
    fn signatures_are_the_reference_librarys() {
        let signature = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_reads_back_and_nothing_else_does() {
        let secret = WebhookSecret::draw(&SeededRandomness::new(1));
        assert_eq!(WebhookSecret::parse(secret.reveal().expose()), Some(secret));
        for bad in ["", "whsec_", "whsec_!", "whsec_QUJD", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert_eq!(WebhookSecret::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_signature_covers_id_time_and_body() {
        let secret = WebhookSecret::draw(&SeededRandomness::new(1));
        let signed = secret.sign("id", 1, "body");
        assert_ne!(signed, secret.sign("ie", 1, "body"));
        assert_ne!(signed, secret.sign("id", 2, "body"));
        assert_ne!(signed, secret.sign("id", 1, "bodz"));
        assert_ne!(signed, WebhookSecret::draw(&SeededRandomness::new(2)).sign("id", 1, "body"));
    }

    #[test]
    fn a_secret_is_shown_only_when_asked() {
        let secret = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(secret.reveal().expose(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(format!("{secret:?}"), "WebhookSecret(SecretBytes(24 bytes))");
    }
}
