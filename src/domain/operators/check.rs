//! An operator asks whether somebody whom it knows may play, between verifications: what for, and what it is answered.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::operator::OperatorId;
use super::scope::Scope;
use crate::domain::kernel::id::{AnswerId, PlayerId};
use crate::domain::kernel::time::Timestamp;

/// So many people may be asked about at once.
pub const MAX_SUBJECTS: usize = 1_000;
/// How long it is kept who asked.
pub const ENQUIRIES_RETENTION: Duration = Duration::from_hours(24 * 365 * 3);
/// Length of a pairwise subject: base64url of 32 bytes.
const SUBJECT_LENGTH: usize = 43;

/// What an operator asks for. All ask the same of the law; the person is told which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckPurpose {
    /// To let somebody into their account.
    Login,
    /// To take a bet.
    Bet,
    /// To send advertising.
    Marketing,
}

impl CheckPurpose {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Login, Self::Bet, Self::Marketing];

    /// As requests, receipts and columns write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Bet => "bet",
            Self::Marketing => "marketing",
        }
    }

    /// Reads [`CheckPurpose::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// What an operator must be registered for to ask.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Login => Scope::CheckLogin,
            Self::Bet => Scope::CheckBet,
            Self::Marketing => Scope::CheckMarketing,
        }
    }
}

/// The operator's own name of a request: 1 to 64 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let good = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        good.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether this can be a subject of ours: 43 characters of base64url.
pub fn is_subject(text: &str) -> bool {
    text.len() == SUBJECT_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What is kept of a check, for the person whom it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enquiry {
    /// The answer's id.
    pub id: AnswerId,
    /// About whom.
    pub player: PlayerId,
    /// Who asked.
    pub operator: OperatorId,
    /// What for.
    pub purpose: CheckPurpose,
    /// The operator's name of its request.
    pub request: RequestId,
    /// When.
    pub asked_at: Timestamp,
    /// The answer.
    pub allowed: bool,
}

/// An operator asked about a person: a check, or a verification and every renewal while what it granted lasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Sorts by time; the next page begins before it.
    pub id: uuid::Uuid,
    /// The operator's name as players read it.
    pub operator: String,
    /// [`CheckPurpose::as_str`], or `play` for a verification.
    pub purpose: String,
    /// When.
    pub at: Timestamp,
    /// Until when it asked again and again.
    pub until: Option<Timestamp>,
}

/// What a receipt says (`typ: check-receipt+jwt`, ES256): the one bit, to be shown later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptClaims<'a> {
    /// We.
    pub iss: &'a str,
    /// The operator that asked.
    pub aud: &'a str,
    /// When it was answered, seconds.
    pub iat: i64,
    /// The answer's id.
    pub jti: String,
    /// About whom, as the operator knows them.
    pub sub: &'a str,
    /// What for.
    pub purpose: &'static str,
    /// The operator's name of its request.
    pub request_id: &'a str,
    /// Whether they may, at that moment.
    pub allowed: bool,
    /// Present and true in a sandbox only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_read_back_and_each_needs_a_scope_of_its_own() {
        for purpose in CheckPurpose::ALL {
            assert_eq!(CheckPurpose::from_name(purpose.as_str()), Some(purpose));
            assert_eq!(purpose.scope().as_str(), format!("check:{}", purpose.as_str()));
        }
        assert_eq!(CheckPurpose::from_name("play"), None);
    }

    #[test]
    fn request_ids_and_subjects_are_what_they_say() {
        for good in ["1", "b2f7-42", &"~".repeat(64)] {
            assert_eq!(RequestId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "a\n", "қ", &"x".repeat(65)] {
            assert_eq!(RequestId::parse(bad), None, "{bad:?}");
        }
        assert!(is_subject(&"aZ0-_".repeat(9)[..43]));
        for bad in ["", &"a".repeat(42), &"a".repeat(44), &"=".repeat(43), &"+".repeat(43)] {
            assert!(!is_subject(bad), "{bad:?}");
        }
    }
}
