//! Whom the workshop can put before a camera, by their codes.

use crate::workshop::attackers::AttackKind;

/// Who stands before the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cast {
    /// A puppet that stands for the person on the ID photo.
    VirtualPlayer,
    /// Somebody who is not, or not there.
    Attacker(AttackKind),
}

impl Cast {
    /// The code of [`Cast::VirtualPlayer`].
    pub(super) const PLAYER: &'static str = "virtual_player";

    /// The player first, then all attackers.
    pub(super) fn all() -> Vec<Self> {
        std::iter::once(Self::VirtualPlayer).chain(AttackKind::ALL.map(Self::Attacker)).collect()
    }

    /// The stable code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::VirtualPlayer => Self::PLAYER,
            Self::Attacker(kind) => kind.code(),
        }
    }

    /// What they do, in one plain sentence.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::VirtualPlayer => {
                "a puppet that stands for the person on the ID photo and follows everything: the one who must pass"
            }
            Self::Attacker(kind) => kind.sentence(),
        }
    }

    /// The one with this code; else what there is.
    pub(super) fn parse(code: &str) -> Result<Self, String> {
        let known = || Self::all().into_iter().map(Self::code).collect::<Vec<_>>().join(", ");
        let found = Self::all().into_iter().find(|cast| cast.code() == code);
        found.ok_or_else(|| format!("one of {}", known()))
    }
}
