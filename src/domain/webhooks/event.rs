//! What an operator is told: one bit and the ids that it may know, never a ground, a score or a name.

use serde_json::{Map, Value, json};

use crate::domain::kernel::id::VerificationId;
use crate::domain::kernel::time::Timestamp;

/// The kind of an event, `type` in the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A verification was approved.
    VerificationCompleted,
    /// A verification ended otherwise: refused or cancelled, which is not told apart.
    VerificationFailed,
    /// A person looks at a verification; until then: may not play.
    VerificationUnderReview,
    /// A refusal fell: the player may go on, or come again.
    VerificationReopened,
    /// An access token ended before its time.
    TokenRevoked,
    /// A player who was approved may play no longer.
    PlayerRestricted,
    /// Of the operator itself something was changed: where answers or messages go, its keys, its scopes, or that it may ask.
    RegistrationChanged,
    /// Somebody tries the endpoint out.
    Test,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::VerificationCompleted,
        Self::VerificationFailed,
        Self::VerificationUnderReview,
        Self::VerificationReopened,
        Self::TokenRevoked,
        Self::PlayerRestricted,
        Self::RegistrationChanged,
        Self::Test,
    ];

    /// The kind as payloads and columns write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerificationCompleted => "verification.completed",
            Self::VerificationFailed => "verification.failed",
            Self::VerificationUnderReview => "verification.under_review",
            Self::VerificationReopened => "verification.reopened",
            Self::TokenRevoked => "token.revoked",
            Self::PlayerRestricted => "player.restricted",
            Self::RegistrationChanged => "registration.changed",
            Self::Test => "webhook.test",
        }
    }

    /// Reads [`EventKind::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An event and all that is told of it. A constructor a kind: what belongs to which is fixed, since a member that is
/// there at times would be a second bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    kind: EventKind,
    verification: Option<VerificationId>,
    state: Option<String>,
    sub: Option<String>,
}

impl WebhookEvent {
    /// A verification was approved; `state` is the one of its request, by which the operator knows its session; `sub` is
    /// the player's pairwise subject for this operator.
    pub fn verification_completed(verification: VerificationId, state: Option<String>, sub: String) -> Self {
        let kind = EventKind::VerificationCompleted;
        Self { kind, verification: Some(verification), state, sub: Some(sub) }
    }

    /// A verification was refused or cancelled. Without a subject: who it was is not proven, and the named person may
    /// be the victim.
    pub fn verification_failed(verification: VerificationId, state: Option<String>) -> Self {
        Self { kind: EventKind::VerificationFailed, verification: Some(verification), state, sub: None }
    }

    /// A person looks at it; without a subject, as above.
    pub fn verification_under_review(verification: VerificationId, state: Option<String>) -> Self {
        Self { kind: EventKind::VerificationUnderReview, verification: Some(verification), state, sub: None }
    }

    /// Staff found that a refusal was wrong; without a subject, as above.
    pub fn verification_reopened(verification: VerificationId, state: Option<String>) -> Self {
        Self { kind: EventKind::VerificationReopened, verification: Some(verification), state, sub: None }
    }

    /// A token of this verification and player ended before its time.
    pub fn token_revoked(verification: VerificationId, sub: String) -> Self {
        Self { kind: EventKind::TokenRevoked, verification: Some(verification), state: None, sub: Some(sub) }
    }

    /// A player who was approved may play no longer.
    pub fn player_restricted(sub: String) -> Self {
        Self { kind: EventKind::PlayerRestricted, verification: None, state: None, sub: Some(sub) }
    }

    /// The registration was changed; what, the operator asks of whom it had it changed by, or of us.
    pub fn registration_changed() -> Self {
        Self { kind: EventKind::RegistrationChanged, verification: None, state: None, sub: None }
    }

    /// Says nothing but that it came.
    pub fn test() -> Self {
        Self { kind: EventKind::Test, verification: None, state: None, sub: None }
    }

    /// Its kind.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The payload, JSON as it is signed: `{"type", "timestamp", "data"}` (Standard Webhooks, "Payload structure").
    pub fn payload(&self, at: Timestamp) -> String {
        let verification = self.verification.map(|id| ("verification", id.to_string()));
        let state = self.state.clone().map(|state| ("state", state));
        let sub = self.sub.clone().map(|sub| ("sub", sub));
        let data: Map<String, Value> = verification
            .into_iter()
            .chain(state)
            .chain(sub)
            .map(|(name, id)| (name.to_owned(), Value::String(id)))
            .collect();
        json!({ "type": self.kind.as_str(), "timestamp": at.rfc3339(), "data": data }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn payload(event: &WebhookEvent) -> Value {
        serde_json::from_str(&event.payload(Timestamp::from_seconds(1_795_000_000))).unwrap()
    }

    #[test]
    fn a_payload_is_its_kind_its_time_and_ids() {
        let id = VerificationId::from(Uuid::from_u128(1));
        assert_eq!(
            payload(&WebhookEvent::verification_completed(id, Some("xyz".into()), "subject".into())),
            json!({
                "type": "verification.completed",
                "timestamp": "2026-11-18T11:06:40Z",
                "data": { "verification": "00000000-0000-0000-0000-000000000001", "state": "xyz", "sub": "subject" },
            })
        );
        let data = |event: &WebhookEvent| payload(event)["data"].clone();
        let id_alone = json!({ "verification": "00000000-0000-0000-0000-000000000001" });
        assert_eq!(data(&WebhookEvent::verification_failed(id, None)), id_alone);
        assert_eq!(data(&WebhookEvent::verification_under_review(id, None)), id_alone);
        assert_eq!(data(&WebhookEvent::player_restricted("subject".into())), json!({ "sub": "subject" }));
        assert_eq!(data(&WebhookEvent::test()), json!({}));
    }

    #[test]
    fn names_read_back() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_name(kind.as_str()), Some(kind));
        }
        assert_eq!(EventKind::from_name("verification"), None);
    }
}
