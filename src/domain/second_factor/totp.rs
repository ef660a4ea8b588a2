//! Time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 s, one step of tolerance each way).
//!
//! The step that a code was accepted for is stored, and only a later one is accepted next: no code works twice.

use subtle::ConstantTimeEq as _;
use totp_rs::{Builder, Secret, Totp};
use url::Url;
use zeroize::Zeroizing;

use super::{Binding, BoundBy};
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;

/// Length of a step in seconds.
const STEP: i64 = 30;
/// Steps beside now whose codes are told from wrong ones: ten minutes each way.
const MAX_DRIFT: i64 = 20;
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
    /// The step of which somebody was told that their clock is ahead; its code is not taken when its time comes.
    pub told_step: Option<i64>,
    /// By what it is bound to the player; says nothing until it is confirmed.
    pub binding: Binding,
}

/// A code that is right at another time: the clock of the device that shows it is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The step that the code is of.
    pub step: i64,
    /// Steps between that and now; negative for a clock that is behind.
    steps: i64,
}

impl Drift {
    /// Whether the clock is ahead: the code is still to come.
    pub fn is_ahead(self) -> bool {
        self.steps > 0
    }

    /// By how many minutes it is wrong, 1 to 10, rounded.
    pub fn minutes(self) -> u64 {
        (self.steps.unsigned_abs() * STEP.unsigned_abs() + 30) / 60
    }
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
        Self {
            player,
            secret: secret.into(),
            last_step: None,
            told_step: None,
            binding: Binding::at_once(BoundBy::Face),
        }
    }

    /// Whether a code has confirmed it.
    pub fn is_confirmed(&self) -> bool {
        self.last_step.is_some()
    }

    /// The step that `code` fits at `now`, when it is later than the last accepted one. The caller must store it by
    /// compare-and-set before the code counts.
    pub fn accept(&self, code: &str, now: Timestamp) -> Option<i64> {
        let digits = digits(code)?;
        let code = str::from_utf8(digits.as_slice()).ok()?;
        let seconds = u64::try_from(now.seconds()).ok()?;
        let step = i64::try_from(self.engine("player", None).check(code, seconds)?).ok()?;
        (self.is_unused(step) && self.told_step != Some(step)).then_some(step)
    }

    /// How far the clock of the device is off whose code this is, when it is of another time and was not used then. It is never
    /// accepted for that: whoever guesses is told of one code in some 25,000, and the caller keeps the step of one that is still
    /// to come, so that it is of no use then either.
    pub fn drift(&self, code: &str, now: Timestamp) -> Option<Drift> {
        let digits = digits(code)?;
        let today = now.seconds().div_euclid(STEP);
        let nearest_first = (2..=MAX_DRIFT).flat_map(|steps| [-steps, steps]);
        let engine = self.engine("player", None);
        let fits = |step: i64| {
            let shown = u64::try_from(step * STEP).ok().map(|seconds| engine.generate(seconds).to_string());
            shown.is_some_and(|shown| shown.as_bytes().ct_eq(digits.as_slice()).into())
        };
        nearest_first
            .map(|steps| Drift { step: today + steps, steps })
            .find(|one| self.is_unused(one.step) && fits(one.step))
    }

    fn is_unused(&self, step: i64) -> bool {
        self.last_step.is_none_or(|last| step > last)
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

/// The six digits of a code, which people and apps write in groups.
fn digits(code: &str) -> Option<Zeroizing<[u8; 6]>> {
    let mut digits = Zeroizing::new([0; 6]);
    let mut places = digits.iter_mut();
    for byte in code.bytes().filter(|byte| *byte != b' ') {
        *places.next().filter(|_| byte.is_ascii_digit())? = byte;
    }
    places.next().is_none().then_some(digits)
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
            told_step: None,
            binding: Binding::at_once(BoundBy::Face),
        }
    }

    /// The code of `steps` from `now`.
    fn beside(now: Timestamp, steps: i64) -> SecretText {
        rfc6238().code_at(Timestamp::from_seconds(now.seconds() + steps * 30))
    }

    #[test]
    fn a_code_of_another_time_tells_how_far_the_clock_is_off_and_is_not_taken() {
        let now = Timestamp::from_seconds(1_111_111_109);
        for (steps, minutes) in [(-2, 1), (-3, 2), (2, 1), (5, 3), (-20, 10), (20, 10)] {
            let code = beside(now, steps);
            assert_eq!(rfc6238().accept(code.expose(), now), None, "{steps}");
            let drift = rfc6238().drift(code.expose(), now).unwrap();
            assert_eq!((drift.minutes(), drift.is_ahead()), (minutes, steps > 0), "{steps}");
            assert_eq!(drift.step, 1_111_111_109 / 30 + steps);
        }
        for steps in [-1, 0, 1, -21, 21] {
            assert_eq!(rfc6238().drift(beside(now, steps).expose(), now), None, "{steps}");
        }
        assert_eq!(rfc6238().drift("nonsense", now), None);
        assert_eq!(
            rfc6238()
                .drift(rfc6238().code_at(Timestamp::from_seconds(0)).expose(), Timestamp::from_seconds(60))
                .unwrap()
                .step,
            0
        );
    }

    #[test]
    fn a_code_that_was_used_tells_nothing_of_a_clock() {
        let now = Timestamp::from_seconds(1_111_111_109);
        let used = TotpEnrolment { last_step: Some(now.seconds() / 30 - 3), ..rfc6238() };
        assert_eq!(used.drift(beside(now, -3).expose(), now), None);
        assert_eq!(used.drift(beside(now, -4).expose(), now), None, "nor one before it");
        assert!(used.drift(beside(now, -2).expose(), now).is_some());
    }

    #[test]
    fn a_code_that_was_told_to_be_of_later_is_not_taken_then_and_its_neighbours_are() {
        let now = Timestamp::from_seconds(1_111_111_109);
        let told = rfc6238().drift(beside(now, 4).expose(), now).unwrap();
        let enrolment = TotpEnrolment { told_step: Some(told.step), ..rfc6238() };
        let later = Timestamp::from_seconds(now.seconds() + 4 * 30);
        assert_eq!(enrolment.accept(beside(now, 4).expose(), later), None);
        for steps in [3, 5] {
            assert_eq!(enrolment.accept(beside(now, steps).expose(), later), Some(now.seconds() / 30 + steps));
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
        for grouped in ["081 804", " 081804 ", "0 8 1 8 0 4"] {
            assert_eq!(rfc6238().accept(grouped, now), Some(now.seconds() / 30), "{grouped:?}");
        }
        for odd in ["", "      ", "081-804", "081 8045", "81804", "0818040", " 81804", "08180a", "０８１８０４"] {
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
