//! What an approved verification lets an operator do for some hours: hold short tokens, and renew them as long as the
//! restrictions allow it.

use std::time::Duration;

use super::confirmation::Confirmation;
use super::status_list::StatusListIndex;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{GrantId, PlayerId, VerificationId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::second_factor::{BoundBy, FactorKind};

/// No grant is older; whoever plays on is verified anew.
pub const MAX_AGE: Duration = Duration::from_hours(12);
/// So long after the verification a token says how the person was verified; later it says that they were
/// ([`super::access_token::ACR_SESSION`]), and what asks for more is a reason to step up (RFC 9470).
pub const ELEVATION: Duration = Duration::from_mins(15);
/// So long after its first use a refresh token serves once more, while nobody has used what came of it. Whoever lost the answer
/// notices when the access token that they hold runs out, at the latest (FAPI 2.0 Security Profile section 5.3.2.1, item 9).
pub const RETRY: Duration = super::access_token::MAX_LIFETIME;

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
    pub status: StatusListIndex,
    /// An ID token was asked for, and with it the scope `openid`.
    pub openid: bool,
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

/// A refresh token that is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRefreshToken {
    /// Of the token.
    pub hash: HandleHash,
    /// Whose it is.
    pub grant: GrantId,
    /// How many renewals lie between the grant's first and this one.
    pub generation: u32,
}

/// What is known of a refresh token in the moment in which it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownRefreshToken {
    /// How many renewals lie between the grant's first and this one.
    pub generation: u32,
    /// When it was shown before, for the first time.
    pub used_at: Option<Timestamp>,
    /// The latest generation of its grant of which one was used.
    pub latest_used: Option<u32>,
    /// When its grant ended.
    pub grant_ended_at: Option<Timestamp>,
}

impl ShownRefreshToken {
    /// Whether it gives new tokens: none that came later was used, and if it was used itself, then a short while ago. An answer
    /// that was lost and two servers that renew at once look like this; a copy that somebody keeps does not (RFC 9700 section
    /// 4.14.2).
    pub fn serves(&self, now: Timestamp) -> bool {
        let outrun = self.latest_used.is_some_and(|latest| latest > self.generation);
        !outrun && self.used_at.is_none_or(|used_at| now.since(used_at) <= RETRY)
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
            status: StatusListIndex { list: 1, index: 2 },
            openid: false,
            expires_at: Timestamp::from_seconds(100).plus(MAX_AGE),
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
    fn a_refresh_token_serves_again_until_its_successor_was_used_or_a_while_has_passed() {
        let now = Timestamp::from_seconds(10_000);
        let shown = |generation, used_before: Option<i64>, latest_used| {
            let used_at = used_before.map(|seconds| Timestamp::from_seconds(10_000 - seconds));
            ShownRefreshToken { generation, used_at, latest_used, grant_ended_at: None }.serves(now)
        };
        assert!(shown(0, None, None) && shown(3, None, Some(2)), "a new one");
        assert!(shown(2, Some(0), Some(2)) && shown(2, Some(300), Some(2)), "the answer was lost");
        assert!(!shown(2, Some(301), Some(2)), "too long ago");
        assert!(!shown(2, Some(1), Some(3)), "its successor was used");
        assert!(shown(3, None, Some(3)), "of two that were given for one, the other was used first");
        assert!(!shown(3, None, Some(4)), "and then that one's successor");
    }

    #[test]
    fn an_elevation_ends() {
        let elevated = |at| grant().is_elevated(Timestamp::from_seconds(at));
        assert!(elevated(100) && elevated(999) && !elevated(1000));
    }
}
