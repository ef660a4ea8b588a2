//! Whoever came in by an invitation counts for nothing until another than who asked for them has confirmed the passkey: by a
//! short code, which the new one sees and tells.

use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::{Act, StaffMember};
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::id::StaffId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;

/// So long a code is good; the next is drawn at a press.
pub const LIFETIME: Duration = Duration::from_mins(15);
/// So often one code may be tried.
pub const TRIES: u32 = 5;

const DIGITS: usize = 8;
const CODES: u64 = 100_000_000;

/// Why somebody does not confirm somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmFault {
    /// They count already, were stopped, or have made no passkey.
    #[error("nobody of this login waits to be confirmed")]
    NotDue,
    /// Nobody vouches for whom they brought in, nor for themselves.
    #[error("another than who asked for them must confirm them")]
    OwnAsking,
    /// Another code, one that is over, or one that was tried too often.
    #[error("this is not the code that they see now")]
    Code,
}

/// What is kept of a code. Redacted in `Debug`: eight digits are soon tried through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ConfirmationCode {
    /// Whose passkey it vouches for.
    pub staff: StaffId,
    /// Key of the hash.
    pub salt: [u8; 32],
    /// HMAC-SHA256 of credential id and code.
    pub hash: [u8; 32],
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl fmt::Debug for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfirmationCode({}, redacted)", self.staff)
    }
}

impl ConfirmationCode {
    /// Draws a code for the passkey of this credential id: what is shown, and what is kept.
    pub fn draw(
        staff: StaffId,
        credential_id: &[u8],
        randomness: &dyn Randomness,
        now: Timestamp,
    ) -> (SecretText, Self) {
        let (mut number, mut salt) = ([0_u8; 8], [0_u8; 32]);
        randomness.fill(&mut number);
        randomness.fill(&mut salt);
        // Of 2^64 numbers no code has a share that differs by more than one in 10^11.
        let text = SecretText::new(format!("{:08}", u64::from_be_bytes(number) % CODES));
        let hash = hash(&salt, credential_id, text.expose());
        (text, Self { staff, salt, hash, expires_at: now.plus(LIFETIME) })
    }

    /// Whether `typed` is the code of the passkey of this credential id; blanks and dashes are forgiven.
    pub fn fits(&self, credential_id: &[u8], typed: &str, now: Timestamp) -> bool {
        let plain = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).take(DIGITS + 1).collect::<String>();
        let plain = SecretText::new(plain);
        let digits = plain.expose().len() == DIGITS && plain.expose().bytes().all(|byte| byte.is_ascii_digit());
        let same: bool = hash(&self.salt, credential_id, plain.expose()).ct_eq(&self.hash).into();
        digits && same && now < self.expires_at
    }
}

fn hash(salt: &[u8; 32], credential_id: &[u8], code: &str) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(salt) else {
        // HMAC takes keys of every length.
        return [0; 32];
    };
    // The code has one length: nothing of the id can be read as part of it.
    mac.update(code.as_bytes());
    mac.update(credential_id);
    mac.finalize().into_bytes().into()
}

impl StaffMember {
    /// Whether `by` may confirm them now; nobody at the console is asked where `by` is whoever has the machine.
    ///
    /// # Errors
    /// [`ConfirmFault`] why not.
    pub fn expect_confirmable(&self, by: Option<StaffId>) -> Result<(), ConfirmFault> {
        if self.confirmed_at.is_some() || self.disabled_at.is_some() {
            return Err(ConfirmFault::NotDue);
        }
        match by {
            Some(by) if by == self.id || self.asked_by.contains(&by) => Err(ConfirmFault::OwnAsking),
            _ => Ok(()),
        }
    }

    /// Whether they could confirm `other`.
    pub fn can_confirm(&self, other: &Self) -> bool {
        self.may(Act::Confirm) && other.expect_confirmable(Some(self.id)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;
    use crate::domain::staff::Role;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn member(seed: u64) -> StaffMember {
        let id = StaffId::new(at(0), &SeededRandomness::new(seed));
        StaffMember::new(id, "a.b".parse().unwrap(), "A", [Role::Supervisor].into(), at(0)).unwrap()
    }

    #[test]
    fn a_code_is_of_one_passkey_and_one_quarter_of_an_hour() {
        let (text, code) = ConfirmationCode::draw(member(1).id, b"credential", &SeededRandomness::new(1), at(0));
        let typed = text.expose();
        assert_eq!(typed.len(), 8);
        assert!(code.fits(b"credential", typed, at(899)) && !code.fits(b"credential", typed, at(900)));
        assert!(code.fits(b"credential", &format!(" {} {}", &typed[..4], &typed[4..]), at(0)));
        assert!(!code.fits(b"another", typed, at(0)), "another passkey");
        for wrong in ["", "00000000", &typed[..7], &format!("{typed}0"), &format!("x{}", &typed[1..])] {
            assert!(!code.fits(b"credential", wrong, at(0)) || wrong == typed, "{wrong}");
        }
        let (other, _) = ConfirmationCode::draw(member(1).id, b"credential", &SeededRandomness::new(2), at(0));
        assert!(other.expose() != typed && !format!("{code:?}").contains(typed));
    }

    #[test]
    fn nobody_confirms_whom_they_asked_for_nor_themselves_nor_before_they_count() {
        let (asker, mut other, mut new) =
            (StaffMember { confirmed_at: Some(at(0)), ..member(1) }, member(2), member(3));
        new.asked_by = [asker.id].into();
        assert_eq!(new.expect_confirmable(Some(asker.id)), Err(ConfirmFault::OwnAsking));
        assert_eq!(new.expect_confirmable(Some(new.id)), Err(ConfirmFault::OwnAsking));
        assert!(!other.can_confirm(&new), "who does not count vouches for nobody");
        other.confirmed_at = Some(at(1));
        assert!(other.can_confirm(&new) && !asker.can_confirm(&new));
        assert_eq!(new.expect_confirmable(None), Ok(()));
        new.disabled_at = Some(at(2));
        assert_eq!(new.expect_confirmable(Some(other.id)), Err(ConfirmFault::NotDue));
        (new.disabled_at, new.confirmed_at) = (None, Some(at(2)));
        assert_eq!(new.expect_confirmable(Some(other.id)), Err(ConfirmFault::NotDue));
    }
}
