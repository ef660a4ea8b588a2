//! The code that goes to a contact of record: six digits, ten minutes, few tries, once (NIST SP 800-63B-4, section 3.1.3).
//!
//! Guesses are few in two ways: of one code by [`TRIES`], of one person over all codes and sessions by the lock that other
//! codes have, too ([`Lockout`](super::lockout::Lockout)). Sending is rationed by person, so that nobody is flooded.

use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::id::{ContactCodeId, PlayerId, VerificationId};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;

/// So long a code is good.
pub const LIFETIME: Duration = Duration::from_mins(10);
/// So often one code may be tried.
pub const TRIES: u32 = 5;
/// So long after one code the next may be asked for.
pub const PAUSE: Duration = Duration::from_mins(1);
/// So many codes go to one person in an hour and in a day, over all sessions.
pub const MAX_SENT: [(Duration, usize); 2] = [(Duration::from_hours(1), 5), (MAX_COUNT, 10)];
/// Codes are counted for so long.
pub const MAX_COUNT: Duration = Duration::from_hours(24);

const DIGITS: u32 = 6;
const CODES: u32 = 10_u32.pow(DIGITS);

/// What a code is for: one that was sent for one thing is good for no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePurpose {
    /// A first factor is to be bound.
    Enrolment,
    /// Every factor was lost.
    Recovery,
    /// A self-restriction is to be taken back.
    TakeBack,
}

impl CodePurpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::Enrolment, Self::Recovery, Self::TakeBack];

    /// The purpose as columns and the log write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enrolment => "enrolment",
            Self::Recovery => "recovery",
            Self::TakeBack => "take_back",
        }
    }

    /// Reads [`CodePurpose::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }
}

/// What the store keeps of a code. Redacted in `Debug`: six digits are soon tried through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeDigest {
    /// Key of the hash.
    pub salt: [u8; 32],
    /// HMAC-SHA256 of the code.
    pub hash: [u8; 32],
}

impl fmt::Debug for CodeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeDigest(redacted)")
    }
}

/// A code as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactCode {
    /// Its id.
    pub id: ContactCodeId,
    /// The only verification that it is good in.
    pub verification: VerificationId,
    /// Whose contact it went to.
    pub player: PlayerId,
    /// The only thing that it is good for.
    pub purpose: CodePurpose,
    /// What is kept of it.
    pub digest: CodeDigest,
    /// Over which contact of record it went; `None` when that is not known.
    pub channel: Option<Channel>,
    /// Where it went, as the person is told.
    pub masked: SecretText,
    /// When.
    pub sent_at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl ContactCode {
    /// Draws a code: what is sent, and what is kept.
    pub fn draw(
        (verification, player): (VerificationId, PlayerId),
        purpose: CodePurpose,
        contact: &Contact,
        randomness: &dyn Randomness,
        now: Timestamp,
    ) -> (SecretText, Self) {
        let text = draw_digits(randomness);
        let mut salt = [0_u8; 32];
        randomness.fill(&mut salt);
        let digest = CodeDigest { salt, hash: hash(&salt, text.expose()) };
        let id = ContactCodeId::new(now, randomness);
        let (channel, masked) = (Some(contact.channel()), SecretText::new(contact.masked()));
        (
            text,
            Self { id, verification, player, purpose, digest, channel, masked, sent_at: now, tries: 0, used_at: None },
        )
    }

    /// Until when it is good.
    pub fn expires_at(&self) -> Timestamp {
        self.sent_at.plus(LIFETIME)
    }

    /// Whether it may be tried at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && self.tries < TRIES && now < self.expires_at()
    }

    /// Whether `typed` is the code; blanks and dashes are forgiven. The caller must use it up by compare-and-set.
    pub fn fits(&self, typed: &str, now: Timestamp) -> bool {
        let plain: String =
            typed.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).take(DIGITS as usize + 1).collect();
        let plain = SecretText::new(plain);
        let digits =
            plain.expose().len() == DIGITS as usize && plain.expose().bytes().all(|byte| byte.is_ascii_digit());
        let same: bool = hash(&self.digest.salt, plain.expose()).ct_eq(&self.digest.hash).into();
        digits && same && self.is_open(now)
    }
}

/// How long a person must wait for the next code, after codes sent at these times, the newest first.
pub fn wait_for_next(sent: &[Timestamp], now: Timestamp) -> Duration {
    let pause = sent.first().map_or(Duration::ZERO, |last| last.plus(PAUSE).since(now));
    MAX_SENT.iter().fold(pause, |wait, (span, most)| {
        let oldest = sent.get(most - 1).map_or(Duration::ZERO, |oldest| oldest.plus(*span).since(now));
        wait.max(oldest)
    })
}

fn draw_digits(randomness: &dyn Randomness) -> SecretText {
    // Numbers past the last whole million would make some codes likelier than others.
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let mut bytes = [0_u8; 4];
        randomness.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        if number < FAIR {
            return SecretText::new(format!("{:06}", number % CODES));
        }
    }
}

fn hash(salt: &[u8; 32], code: &str) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(salt) else {
        // HMAC takes keys of every length.
        return [0; 32];
    };
    mac.update(code.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn contact() -> Contact {
        Contact::new(Channel::Sms, "+77011234534").unwrap()
    }

    fn drawn(seed: u64) -> (SecretText, ContactCode) {
        let of = (VerificationId::from(Uuid::nil()), PlayerId::from(Uuid::nil()));
        ContactCode::draw(of, CodePurpose::Recovery, &contact(), &SeededRandomness::new(seed), at(0))
    }

    #[test]
    fn a_code_fits_however_typed_for_ten_minutes_and_few_tries() {
        let (text, mut code) = drawn(1);
        let text = text.expose();
        assert!(text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()));
        for typed in
            [text.to_owned(), format!("{} {}", &text[..3], &text[3..]), format!(" {}-{}", &text[..2], &text[2..])]
        {
            assert!(code.fits(&typed, at(599)), "{typed:?}");
        }
        assert!(!code.fits(text, at(600)), "expired");
        for odd in ["", "12345", &format!("{text}0"), &text[1..], "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}"] {
            assert!(!code.fits(odd, at(1)), "{odd:?}");
        }
        code.tries = TRIES;
        assert!(!code.fits(text, at(1)), "tried too often");
        let used = ContactCode { tries: 0, used_at: Some(at(1)), ..code.clone() };
        assert!(!used.fits(text, at(2)), "used");
        let printed = format!("{code:?}");
        assert!(!printed.contains(text) && !printed.contains(&contact().masked()), "{printed}");
        assert!(printed.contains("CodeDigest(redacted)"), "{printed}");
    }

    #[test]
    fn purposes_read_back() {
        assert!(CodePurpose::ALL.into_iter().all(|one| CodePurpose::from_name(one.as_str()) == Some(one)));
    }

    #[test]
    fn the_next_code_waits_for_a_pause_and_for_its_hour_and_day() {
        assert_eq!(wait_for_next(&[], at(0)), Duration::ZERO);
        assert_eq!(wait_for_next(&[at(0)], at(20)), Duration::from_secs(40));
        assert_eq!(wait_for_next(&[at(0)], at(60)), Duration::ZERO);
        let five: Vec<_> = (0..5).rev().map(|minute| at(minute * 60)).collect();
        assert_eq!(wait_for_next(&five, at(300)), Duration::from_mins(55));
        let ten: Vec<_> = (0..10).rev().map(|hour| at(hour * 3_600)).collect();
        assert_eq!(wait_for_next(&ten, at(10 * 3_600)), Duration::from_hours(14));
    }

    proptest! {
        #[test]
        fn every_code_has_six_digits_and_its_neighbour_does_not_fit(seed in any::<u64>()) {
            let (text, code) = drawn(seed);
            prop_assert!(code.fits(text.expose(), at(1)));
            let number: u32 = text.expose().parse().unwrap();
            let neighbour = format!("{:06}", (number + 1) % CODES);
            let fits = code.fits(&neighbour, at(1));
            prop_assert!(!fits);
        }

        #[test]
        fn no_schedule_of_asking_sends_more_than_its_hour_and_day_allow(gaps in prop::collection::vec(0_i64..4_000, 1..80)) {
            let (mut sent, mut now): (Vec<Timestamp>, i64) = (Vec::new(), 0);
            for gap in gaps {
                now += gap;
                if wait_for_next(&sent, at(now)).is_zero() {
                    sent.insert(0, at(now));
                }
                for (span, most) in MAX_SENT {
                    let within = sent.iter().filter(|one| at(now).since(**one) < span).count();
                    prop_assert!(within <= most);
                }
            }
        }
    }
}
