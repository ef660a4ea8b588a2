//! Time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 s, one step of tolerance each way).
//!
//! The step that a code was accepted for is stored, and only a later one is accepted next: no code works twice.

use totp_rs::{Builder, Secret, Totp};
use url::Url;

use crate::domain::id::PlayerId;
use crate::domain::ports::Randomness;
use crate::domain::second_factor::{Binding, BoundBy};
use crate::domain::secret::{SecretBytes, SecretText};
use crate::domain::time::Timestamp;

/// Length of a secret in bytes (RFC 4226 section 4, R6 recommends 160 bits).
const SECRET_BYTES: usize = 20;

/// A TOTP enrolment as stored.
#[derive(Clone, Debug)]
pub struct TotpEnrolment {
    /// Whose.
    pub player: PlayerId,
    /// The shared secret, 20 bytes.
    pub secret: SecretBytes,
    /// The last step that was accepted; `None` until the first code confirms the enrolment.
    pub last_step: Option<i64>,
    /// By what it is bound to the player; says nothing until it is confirmed.
    pub binding: Binding,
}

/// What an authenticator app needs.
#[derive(Clone, Debug)]
pub struct Provisioning {
    /// `otpauth://totp/...`
    pub uri: SecretText,
    /// The secret in base32, for typing.
    pub secret_base32: SecretText,
}

impl TotpEnrolment {
    /// A new enrolment that no code has confirmed yet.
    pub fn begin(player: PlayerId, randomness: &dyn Randomness) -> Self {
        let mut secret = vec![0_u8; SECRET_BYTES];
        randomness.fill(&mut secret);
        Self { player, secret: secret.into(), last_step: None, binding: Binding::at_once(BoundBy::Face) }
    }

    /// Whether a code has confirmed it.
    pub fn is_confirmed(&self) -> bool {
        self.last_step.is_some()
    }

    /// The step that `code` fits at `now`, when it is later than the last accepted one. The caller must store it by
    /// compare-and-set before the code counts.
    pub fn accept(&self, code: &str, now: Timestamp) -> Option<i64> {
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let seconds = u64::try_from(now.seconds()).ok()?;
        let step = i64::try_from(self.engine("player", None).check(code, seconds)?).ok()?;
        self.last_step.is_none_or(|last| step > last).then_some(step)
    }

    /// The address that the QR code carries. `account` tells entries of one app apart and must not be an IIN.
    pub fn provisioning(&self, issuer: &str, account: &str) -> Provisioning {
        let engine = self.engine(account, Some(issuer));
        // An issuer or account with a colon makes no address: both are ours, and have none.
        let uri = engine.to_url().unwrap_or_default();
        let secret_base32 = Url::parse(&uri)
            .ok()
            .and_then(|url| url.query_pairs().find(|(key, _)| key == "secret").map(|(_, value)| value.into_owned()))
            .unwrap_or_default();
        Provisioning { uri: SecretText::new(uri), secret_base32: SecretText::new(secret_base32) }
    }

    /// The code an authenticator shows at `now`; for the demo's own player and for tests.
    pub fn code_at(&self, now: Timestamp) -> SecretText {
        let seconds = u64::try_from(now.seconds()).unwrap_or(0);
        SecretText::new(self.engine("player", None).generate(seconds).to_string())
    }

    fn engine(&self, account: &str, issuer: Option<&str>) -> Totp {
        // The secret always has 20 bytes and the parameters are the RFC's own, so compliance is given.
        Builder::new()
            .with_secret(Secret::new(self.secret.expose().to_vec().into_boxed_slice()))
            .with_account_name(account)
            .with_issuer(issuer)
            .build_noncompliant()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn rfc6238() -> TotpEnrolment {
        TotpEnrolment {
            player: PlayerId::from(Uuid::nil()),
            secret: b"12345678901234567890".to_vec().into(),
            last_step: None,
            binding: Binding::at_once(BoundBy::Face),
        }
    }

    #[test]
    fn codes_of_the_rfc_fit_their_step() {
        // RFC 6238 appendix B, the last six of the eight digits.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = Timestamp::from_seconds(seconds);
            assert_eq!(rfc6238().accept(code, now), Some(seconds / 30));
            assert_eq!(rfc6238().code_at(now).expose(), code);
        }
    }

    #[test]
    fn no_code_works_twice_and_one_step_of_tolerance_is_all() {
        let now = Timestamp::from_seconds(1_111_111_109);
        let mut enrolment = rfc6238();
        enrolment.last_step = enrolment.accept("081804", now);
        assert_eq!(enrolment.accept("081804", now), None);
        assert_eq!(rfc6238().accept("081804", Timestamp::from_seconds(1_111_111_109 + 29)), Some(1_111_111_109 / 30));
        assert_eq!(rfc6238().accept("081804", Timestamp::from_seconds(1_111_111_109 + 62)), None);
        for odd in ["", "81804", "0818040", " 81804", "08180a", "０８１８０４"] {
            assert_eq!(rfc6238().accept(odd, now), None, "{odd:?}");
        }
    }

    #[test]
    fn the_address_carries_what_an_app_needs() {
        let provisioning = rfc6238().provisioning("Rastau", "Demo Bet");
        assert_eq!(provisioning.secret_base32.expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let uri = provisioning.uri.expose();
        assert!(uri.starts_with("otpauth://totp/Rastau:Demo%20Bet?"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
        assert!(!format!("{provisioning:?}").contains("GEZDG"));
    }
}
