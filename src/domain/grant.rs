//! What an approved verification lets an operator do for some hours: hold short tokens, and renew them as long as the
//! restrictions allow it.

use std::time::Duration;

use super::confirmation::Confirmation;
use super::id::{GrantId, PlayerId, VerificationId};
use super::operator::OperatorId;
use super::second_factor::{BoundBy, FactorKind};
use super::status_list::StatusPlace;
use super::time::Timestamp;

/// No grant is older; whoever plays on is verified anew.
pub const GREATEST_AGE: Duration = Duration::from_hours(12);
/// So long after the verification a token says how the person was verified; later it says that they were
/// ([`super::access_token::ACR_SESSION`]), and what asks for more is a reason to step up (RFC 9470).
pub const ELEVATION: Duration = Duration::from_mins(15);

/// A grant: every token of it stands and falls with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// To whom.
    pub operator: OperatorId,
    /// Of whom.
    pub player: PlayerId,
    /// By which verification.
    pub verification: VerificationId,
    /// With which second factor.
    pub factor: FactorKind,
    /// What that factor is bound by.
    pub bound_by: BoundBy,
    /// When the person was verified.
    pub verified_at: Timestamp,
    /// Whose key makes its tokens good; `None`, in a sandbox only, leaves them bearer tokens.
    pub confirmation: Option<Confirmation>,
    /// Where its tokens stand in the status lists.
    pub status: StatusPlace,
    /// When the last token of it must have been issued.
    pub expires_at: Timestamp,
    /// Ended before that.
    pub ended_at: Option<Timestamp>,
}

impl Grant {
    /// Whether tokens may be issued and stand at `now`.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.verified_at <= now && now < self.expires_at
    }

    /// Whether a token of `now` says how the person was verified.
    pub fn is_elevated(&self, now: Timestamp) -> bool {
        now.since(self.verified_at) < ELEVATION
    }
}

/// Why a grant ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndOfGrant {
    /// The operator gave it back (RFC 7009).
    Revoked,
    /// Its code came back (RFC 6749 section 4.1.2).
    CodeReplayed,
    /// A refresh token came back (RFC 9700 section 4.14.2).
    RefreshReplayed,
    /// The person may no longer play.
    Restricted,
    /// The person said that the factor it came from is not theirs.
    Disowned,
    /// The factor that was shown for it is the person's no more.
    FactorsForgotten,
    /// The person removed a factor such as was shown for it.
    FactorRemoved,
}

impl EndOfGrant {
    /// As the audit log writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::CodeReplayed => "code_replayed",
            Self::RefreshReplayed => "refresh_replayed",
            Self::Restricted => "restricted",
            Self::Disowned => "disowned",
            Self::FactorsForgotten => "factors_forgotten",
            Self::FactorRemoved => "factor_removed",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use uuid::Uuid;

    /// A grant of the second 100.
    pub(crate) fn grant() -> Grant {
        Grant {
            id: GrantId::from(Uuid::nil()),
            operator: OperatorId::parse("demo-bet").unwrap(),
            player: PlayerId::from(Uuid::nil()),
            verification: VerificationId::from(Uuid::nil()),
            factor: FactorKind::Passkey,
            bound_by: BoundBy::Contact,
            verified_at: Timestamp::from_seconds(100),
            confirmation: None,
            status: StatusPlace { list: 1, index: 2 },
            expires_at: Timestamp::from_seconds(100).plus(GREATEST_AGE),
            ended_at: None,
        }
    }

    #[test]
    fn a_grant_stands_from_the_verification_to_its_greatest_age_unless_it_ended() {
        let mut grant = grant();
        let last = 100 + 12 * 3600 - 1;
        let stands = |grant: &Grant, at| grant.stands(Timestamp::from_seconds(at));
        assert!(!stands(&grant, 99) && stands(&grant, 100) && stands(&grant, last) && !stands(&grant, last + 1));
        grant.ended_at = Some(Timestamp::from_seconds(150));
        assert!(!stands(&grant, 200));
    }

    #[test]
    fn an_elevation_ends() {
        let elevated = |at| grant().is_elevated(Timestamp::from_seconds(at));
        assert!(elevated(100) && elevated(999) && !elevated(1000));
    }
}
