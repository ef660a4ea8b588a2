//! A person's own factors, as they look after them: which there are, what they call them, which may go.

use std::fmt;
use std::str::FromStr;

use super::{BoundBy, FactorKind};
use crate::domain::kernel::id::PasskeyId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::kernel::unseen::is_unseen;

/// Most passkeys of one person: a phone, a computer, some keys, and those of the phones before.
pub const MAX_PASSKEYS: usize = 10;
/// Longest name, in characters.
pub const MAX_NAME: usize = 40;

/// Which of a person's factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorId {
    /// A passkey.
    Passkey(PasskeyId),
    /// The authenticator app; there is one at most.
    Totp,
}

impl FactorId {
    /// Of which kind it is.
    pub fn kind(self) -> FactorKind {
        match self {
            Self::Passkey(_) => FactorKind::Passkey,
            Self::Totp => FactorKind::Totp,
        }
    }
}

impl fmt::Display for FactorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passkey(id) => id.fmt(f),
            Self::Totp => f.write_str(FactorKind::Totp.as_str()),
        }
    }
}

impl FromStr for FactorId {
    type Err = <PasskeyId as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == FactorKind::Totp.as_str() { Ok(Self::Totp) } else { text.parse().map(Self::Passkey) }
    }
}

/// What a person calls a factor of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorName(SecretText);

/// Nothing that could be shown as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name is text of 1 to {MAX_NAME} characters")]
pub struct FactorNameFault;

impl FactorName {
    /// Reads a name. What is not seen or turns the reading direction is left out, blanks become single.
    ///
    /// # Errors
    /// [`FactorNameFault`] when nothing is left, or more than [`MAX_NAME`] characters.
    pub fn read(text: &str) -> Result<Self, FactorNameFault> {
        // Not looked at before it is known to be short: a long text is refused, not cut.
        if text.len() > MAX_NAME * 8 {
            return Err(FactorNameFault);
        }
        let seen: String = text.chars().filter(|c| c.is_whitespace() || !(c.is_control() || is_unseen(*c))).collect();
        let name = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = (1..=MAX_NAME).contains(&name.chars().count());
        if fits { Ok(Self(SecretText::new(name))) } else { Err(FactorNameFault) }
    }

    /// The name.
    pub fn text(&self) -> &SecretText {
        &self.0
    }
}

/// One factor that can be shown. Recovery codes are none: they come with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFactor {
    /// Which.
    pub id: FactorId,
    /// What the person calls it.
    pub name: Option<FactorName>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last shown.
    pub used_at: Option<Timestamp>,
    /// What was shown before it was bound to the person.
    pub bound_by: BoundBy,
}

/// Why a factor cannot be added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnFactorFault {
    /// There is none like it.
    #[error("there is no such factor")]
    Unknown,
    /// Without it nothing could be shown any more.
    #[error("the last factor stays")]
    Last,
    /// There is one already, or there are as many as there may be.
    #[error("no more of this kind can be added")]
    Enough,
}

/// Whether everything that the person can show was made since the face step of a visit: they may be somebody else with the
/// person's face.
pub fn all_made_since(factors: &[OwnFactor], face_at: Option<Timestamp>) -> bool {
    let since = |factor: &OwnFactor| face_at.is_some_and(|face| factor.created_at >= face);
    !factors.is_empty() && factors.iter().all(since)
}

/// Whether `id` may be taken from `factors`: never the last.
pub fn expect_removable(factors: &[OwnFactor], id: FactorId) -> Result<(), OwnFactorFault> {
    match factors {
        _ if !factors.iter().any(|factor| factor.id == id) => Err(OwnFactorFault::Unknown),
        [_] => Err(OwnFactorFault::Last),
        _ => Ok(()),
    }
}

/// Whether one more of `kind` may be put beside `factors`.
pub fn expect_addable(factors: &[OwnFactor], kind: FactorKind) -> Result<(), OwnFactorFault> {
    let there = factors.iter().filter(|factor| factor.id.kind() == kind).count();
    let room = match kind {
        FactorKind::Passkey => there < MAX_PASSKEYS,
        FactorKind::Totp => there == 0,
        FactorKind::RecoveryCode => true,
    };
    match (factors, room) {
        // Beside nothing there is nothing to put it: that is an enrolment, with the proof that it takes.
        ([], _) => Err(OwnFactorFault::Unknown),
        (_, true) => Ok(()),
        (_, false) => Err(OwnFactorFault::Enough),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;
    use proptest::prelude::*;

    fn factors(passkeys: usize, totp: bool) -> Vec<OwnFactor> {
        let (now, randomness) = (Timestamp::from_seconds(0), SeededRandomness::new(1));
        let ids = (0..passkeys).map(|_| FactorId::Passkey(PasskeyId::new(now, &randomness)));
        let of = |id| OwnFactor { id, name: None, created_at: now, used_at: None, bound_by: BoundBy::Contact };
        ids.chain(totp.then_some(FactorId::Totp)).map(of).collect()
    }

    #[test]
    fn a_first_visit_is_one_before_which_there_was_nothing() {
        let at = |seconds| Some(Timestamp::from_seconds(seconds));
        let mut own = factors(2, true);
        assert!(all_made_since(&own, at(0)));
        assert!(!all_made_since(&own, at(1)) && !all_made_since(&own, None) && !all_made_since(&[], at(0)));
        own[1].created_at = Timestamp::from_seconds(9);
        assert!(!all_made_since(&own, at(9)), "one is of before");
    }

    #[test]
    fn ids_are_read_back() {
        for factor in factors(2, true) {
            assert_eq!(factor.id.to_string().parse::<FactorId>().unwrap(), factor.id);
        }
        assert!("recovery_code".parse::<FactorId>().is_err() && "".parse::<FactorId>().is_err());
    }

    #[test]
    fn a_name_is_what_is_seen_of_it() {
        for (said, name) in [
            ("  Телефон \n мамы ", "Телефон мамы"),
            ("Менің кілтім 🔑", "Менің кілтім 🔑"),
            ("safe\u{202E}gpj.exe", "safegpj.exe"),
            ("a\u{200B}\u{FEFF}b\u{0}", "ab"),
            // Not our business: whoever shows it shows it as text.
            ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ] {
            assert_eq!(FactorName::read(said).unwrap().text().expose(), name);
        }
        assert!(FactorName::read(&"ұ".repeat(MAX_NAME)).is_ok());
        for bad in ["", " ", "\u{200B}", "\u{0}\u{7}", &"a".repeat(MAX_NAME + 1), &"\u{200B}".repeat(200)] {
            assert_eq!(FactorName::read(bad), Err(FactorNameFault), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_read_again_is_the_same(text in "\\PC{0,60}") {
            if let Ok(name) = FactorName::read(&text) {
                prop_assert_eq!(FactorName::read(name.text().expose()), Ok(name.clone()));
                prop_assert!(!name.text().expose().chars().any(|c| c.is_control() || is_unseen(c)));
            }
        }

        #[test]
        fn however_they_are_removed_and_added_one_stays(
            passkeys in 0_usize..4, totp: bool, steps in prop::collection::vec((any::<bool>(), 0_usize..6), 0..40),
        ) {
            let mut own = factors(passkeys, totp);
            let had_one = !own.is_empty();
            let spare = factors(30, true);
            for (removes, which) in steps {
                if removes {
                    let Some(id) = own.get(which).map(|factor| factor.id) else { continue };
                    if expect_removable(&own, id).is_ok() {
                        own.retain(|factor| factor.id != id);
                    } else {
                        prop_assert_eq!(own.len(), 1);
                    }
                } else {
                    let kind = if which == 0 { FactorKind::Totp } else { FactorKind::Passkey };
                    if expect_addable(&own, kind).is_ok() {
                        let there: Vec<_> = own.iter().map(|factor| factor.id).collect();
                        let new = spare.iter().find(|one| one.id.kind() == kind && !there.contains(&one.id));
                        own.extend(new.cloned());
                    }
                }
                prop_assert_eq!(own.is_empty(), !had_one);
                prop_assert!(own.len() <= MAX_PASSKEYS + 1);
            }
        }
    }
}
