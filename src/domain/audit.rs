//! Audit events: every decision about a person, chained by hashes so that no edit, gap or reorder goes unseen.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::operator::OperatorId;
use super::time::Timestamp;

/// Domain separation: a hash of this chain is a hash of nothing else.
const CONTEXT: &[u8] = b"rastau audit event v1\0";

/// What happened. New kinds are added at the end; the names are part of the hashed record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    /// A verification began.
    VerificationStarted,
    /// The player consented.
    ConsentGiven,
    /// The player named themselves.
    PersonIdentified,
    /// A capture was judged.
    FaceJudged,
    /// Too many captures failed: person or device are locked for a while.
    FaceLocked,
    /// Staff ended a person's lock.
    FaceUnlocked,
    /// A second factor was enrolled.
    FactorEnrolled,
    /// A second factor was accepted.
    FactorAccepted,
    /// A wrong code or assertion.
    FactorRejected,
    /// A verification ended.
    VerificationDecided,
    /// A token was issued.
    TokenIssued,
    /// Tokens died because their code came back.
    TokenRevoked,
    /// An operator was added.
    OperatorAdded,
    /// A restrictions file was imported.
    RegistryImported,
    /// A version of a source waits for a person.
    RegistryQuarantined,
    /// A person let a version count that had waited.
    RegistryReleased,
    /// A person dropped a version that had waited.
    RegistryDiscarded,
    /// A source went back to the version before.
    RegistryRolledBack,
    /// What a source says is found by a further key.
    RegistryRekeyed,
    /// People were imported into the embedded population register.
    PeopleImported,
    /// Staff looked at a case or its picture.
    CaseViewed,
    /// Embedding ID photos again for another model began, or went on.
    ReembeddingStarted,
    /// Every ID photo was embedded again or found unusable.
    ReembeddingEnded,
    /// Staff found the likeness of two players innocent.
    FaceCleared,
    /// Staff confirmed that a case shows an attacker.
    AttackConfirmed,
    /// Staff took an attacker back.
    AttackForgotten,
    /// An operator's registration was changed.
    OperatorChanged,
    /// An operator may ask for nothing any more, and what it was granted has ended.
    OperatorDisabled,
    /// An operator may ask again.
    OperatorEnabled,
    /// An operator's webhook endpoint was set.
    WebhookSet,
    /// It was given a new secret.
    WebhookSecretRotated,
    /// It was removed.
    WebhookRemoved,
    /// Its receiver said that it is gone for good.
    WebhookDisabled,
    /// Messages are to be delivered once more.
    WebhookReplayed,
    /// A test message was sent.
    WebhookTested,
    /// A tester moved the clock of a sandbox.
    ClockMoved,
    /// A person restricted themselves.
    SelfRestricted,
    /// An operator asked whether people may play.
    PlayersChecked,
    /// A person contested a reason of a refusal.
    ReasonContested,
    /// Somebody was invited to the staff, or anew.
    StaffInvited,
    /// They made a passkey.
    StaffJoined,
    /// Name, roles or being stopped were changed.
    StaffChanged,
    /// One of the staff signed in.
    StaffSignedIn,
    /// They showed their passkey once more.
    StaffSteppedUp,
    /// They signed out.
    StaffSignedOut,
    /// Somebody took a case, handed it over or let it go.
    CaseAssigned,
    /// Somebody said what an attempt was.
    CaseConcluded,
    /// Another said yes or no to that.
    CaseSettled,
    /// Somebody looked for a person's cases by IIN.
    PersonLookedFor,
    /// A refusal fell: the player goes on without another capture.
    VerificationReopened,
    /// The face step was passed by what staff found before.
    FaceWaived,
    /// An attempt was kept for staff; the hash of its evidence stands here.
    CaseOpened,
    /// Evidence is kept beyond its term.
    EvidenceHeld,
    /// It is not any more.
    EvidenceLetGo,
    /// The key of a case's evidence was destroyed.
    EvidenceErased,
    /// Evidence left the house, signed.
    EvidenceExported,
    /// Sealed inputs went through the models once more.
    EvidenceReplayed,
    /// Somebody asked for what takes two.
    MeasureProposed,
    /// Another said yes or no to that.
    MeasureSettled,
    /// A person is to be told something.
    NoticeQueued,
    /// They had been told so much that they are not told this.
    NoticeWithheld,
    /// Whoever delivers it took a notice.
    NoticeDelivered,
    /// A notice is tried no more.
    NoticeGivenUp,
    /// The code of a contact of record came back.
    ContactProven,
    /// A wrong one did.
    ContactRejected,
    /// The person waits instead of typing a code.
    ContactPutOff,
    /// A factor was made that counts later.
    EnrolmentHeld,
    /// Its time came, and it counts.
    EnrolmentCounts,
    /// It is gone, since the person gave a better proof.
    EnrolmentOverruled,
    /// It is gone, since somebody said that it was not them.
    EnrolmentDisowned,
    /// All second factors of a person were taken away; how they showed who they are was written down.
    FactorsForgotten,
    /// A person put a further factor beside theirs.
    FactorAdded,
    /// A person gave a factor of theirs a name.
    FactorRenamed,
    /// A person removed a factor of theirs.
    FactorRemoved,
    /// A person drew new recovery codes.
    RecoveryCodesRenewed,
    /// A self-restriction of the first visit was taken back, by an independent proof.
    SelfRestrictionTakenBack,
}

impl AuditKind {
    /// The kind as columns and hashes write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerificationStarted => "verification_started",
            Self::ConsentGiven => "consent_given",
            Self::PersonIdentified => "person_identified",
            Self::FaceJudged => "face_judged",
            Self::FaceLocked => "face_locked",
            Self::FaceUnlocked => "face_unlocked",
            Self::FactorEnrolled => "factor_enrolled",
            Self::FactorAccepted => "factor_accepted",
            Self::FactorRejected => "factor_rejected",
            Self::VerificationDecided => "verification_decided",
            Self::TokenIssued => "token_issued",
            Self::TokenRevoked => "token_revoked",
            Self::OperatorAdded => "operator_added",
            Self::RegistryImported => "registry_imported",
            Self::RegistryQuarantined => "registry_quarantined",
            Self::RegistryReleased => "registry_released",
            Self::RegistryDiscarded => "registry_discarded",
            Self::RegistryRolledBack => "registry_rolled_back",
            Self::RegistryRekeyed => "registry_rekeyed",
            Self::PeopleImported => "people_imported",
            Self::CaseViewed => "case_viewed",
            Self::ReembeddingStarted => "reembedding_started",
            Self::ReembeddingEnded => "reembedding_ended",
            Self::FaceCleared => "face_cleared",
            Self::AttackConfirmed => "attack_confirmed",
            Self::AttackForgotten => "attack_forgotten",
            Self::OperatorChanged => "operator_changed",
            Self::OperatorDisabled => "operator_disabled",
            Self::OperatorEnabled => "operator_enabled",
            Self::WebhookSet => "webhook_set",
            Self::WebhookSecretRotated => "webhook_secret_rotated",
            Self::WebhookRemoved => "webhook_removed",
            Self::WebhookDisabled => "webhook_disabled",
            Self::WebhookReplayed => "webhook_replayed",
            Self::WebhookTested => "webhook_tested",
            Self::ClockMoved => "clock_moved",
            Self::SelfRestricted => "self_restricted",
            Self::PlayersChecked => "players_checked",
            Self::ReasonContested => "reason_contested",
            Self::StaffInvited => "staff_invited",
            Self::StaffJoined => "staff_joined",
            Self::StaffChanged => "staff_changed",
            Self::StaffSignedIn => "staff_signed_in",
            Self::StaffSteppedUp => "staff_stepped_up",
            Self::StaffSignedOut => "staff_signed_out",
            Self::CaseAssigned => "case_assigned",
            Self::CaseConcluded => "case_concluded",
            Self::CaseSettled => "case_settled",
            Self::PersonLookedFor => "person_looked_for",
            Self::VerificationReopened => "verification_reopened",
            Self::FaceWaived => "face_waived",
            Self::CaseOpened => "case_opened",
            Self::EvidenceHeld => "evidence_held",
            Self::EvidenceLetGo => "evidence_let_go",
            Self::EvidenceErased => "evidence_erased",
            Self::EvidenceExported => "evidence_exported",
            Self::EvidenceReplayed => "evidence_replayed",
            Self::MeasureProposed => "measure_proposed",
            Self::MeasureSettled => "measure_settled",
            Self::NoticeQueued => "notice_queued",
            Self::NoticeWithheld => "notice_withheld",
            Self::NoticeDelivered => "notice_delivered",
            Self::NoticeGivenUp => "notice_given_up",
            Self::ContactProven => "contact_proven",
            Self::ContactRejected => "contact_rejected",
            Self::ContactPutOff => "contact_put_off",
            Self::EnrolmentHeld => "enrolment_held",
            Self::EnrolmentCounts => "enrolment_counts",
            Self::EnrolmentOverruled => "enrolment_overruled",
            Self::EnrolmentDisowned => "enrolment_disowned",
            Self::FactorsForgotten => "factors_forgotten",
            Self::FactorAdded => "factor_added",
            Self::FactorRenamed => "factor_renamed",
            Self::FactorRemoved => "factor_removed",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::SelfRestrictionTakenBack => "self_restriction_taken_back",
        }
    }
}

/// An event before it has a place in the chain. `subject` and `details` carry ids and codes, never an IIN or a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEvent {
    /// What.
    pub kind: AuditKind,
    /// When.
    pub at: Timestamp,
    /// What it is about: usually a verification's id.
    pub subject: String,
    /// More, as a JSON object.
    pub details: serde_json::Value,
}

impl NewAuditEvent {
    /// About an operator.
    pub fn of_operator(kind: AuditKind, operator: &OperatorId, details: serde_json::Value, at: Timestamp) -> Self {
        Self { kind, at, subject: operator.to_string(), details }
    }
}

/// An event in its place. The texts are kept as they were hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// 1, 2, 3 ... without a gap.
    pub sequence: i64,
    /// What, see [`AuditKind::as_str`].
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub subject: String,
    /// JSON text exactly as hashed.
    pub details: String,
    /// Hash of the event before; zeros for the first.
    pub previous: [u8; 32],
    /// Hash over everything above.
    pub hash: [u8; 32],
}

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The last event's number, 0 when there is none.
    pub sequence: i64,
    /// The last event's hash, zeros when there is none.
    pub hash: [u8; 32],
}

impl ChainHead {
    /// An empty chain.
    pub const EMPTY: Self = Self { sequence: 0, hash: [0; 32] };

    /// Gives `event` the next place.
    pub fn append(self, event: &NewAuditEvent) -> AuditEvent {
        let mut placed = AuditEvent {
            sequence: self.sequence + 1,
            kind: event.kind.as_str().to_owned(),
            at: event.at,
            subject: event.subject.clone(),
            details: event.details.to_string(),
            previous: self.hash,
            hash: [0; 32],
        };
        placed.hash = placed.compute_hash();
        placed
    }
}

impl AuditEvent {
    /// SHA-256 over the length-prefixed fields, so that no two different events share an encoding.
    pub fn compute_hash(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(CONTEXT);
        hasher.update(self.sequence.to_be_bytes());
        hasher.update(self.at.micros().to_be_bytes());
        for text in [&self.kind, &self.subject, &self.details] {
            hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.update(self.previous);
        hasher.finalize().into()
    }
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A number is missing or out of order.
    #[error("event {expected} is missing: found {found} in its place")]
    Gap {
        /// The number that was due.
        expected: i64,
        /// The number that came.
        found: i64,
    },
    /// The event was changed after it was written.
    #[error("event {0} was changed: its hash does not fit its content")]
    Edited(i64),
    /// The event does not follow the one before it.
    #[error("event {0} does not follow the event before it")]
    Unlinked(i64),
    /// The chain ends before (or after) the recorded head.
    #[error("the log ends at event {found}, but its head says {expected}")]
    Truncated {
        /// What the head says.
        expected: i64,
        /// Where the events end.
        found: i64,
    },
}

/// Walks a chain from its beginning, event by event.
#[derive(Debug)]
pub struct ChainWalk {
    head: ChainHead,
}

impl Default for ChainWalk {
    fn default() -> Self {
        Self { head: ChainHead::EMPTY }
    }
}

impl ChainWalk {
    /// Checks the next event.
    pub fn step(&mut self, event: &AuditEvent) -> Result<(), ChainFault> {
        let expected = self.head.sequence + 1;
        if event.sequence != expected {
            return Err(ChainFault::Gap { expected, found: event.sequence });
        }
        if event.compute_hash() != event.hash {
            return Err(ChainFault::Edited(event.sequence));
        }
        if event.previous != self.head.hash {
            return Err(ChainFault::Unlinked(event.sequence));
        }
        self.head = ChainHead { sequence: event.sequence, hash: event.hash };
        Ok(())
    }

    /// Compares the end with the recorded head.
    pub fn finish(self, head: ChainHead) -> Result<ChainHead, ChainFault> {
        if self.head == head {
            Ok(head)
        } else {
            Err(ChainFault::Truncated { expected: head.sequence, found: self.head.sequence })
        }
    }
}

/// Lower-case hex of a hash, for people.
pub fn hex(hash: &[u8; 32]) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain(length: usize) -> (Vec<AuditEvent>, ChainHead) {
        let mut head = ChainHead::EMPTY;
        let mut events = Vec::new();
        for number in 0..length {
            let event = head.append(&NewAuditEvent {
                kind: AuditKind::VerificationDecided,
                at: Timestamp::from_seconds(i64::try_from(number).unwrap()),
                subject: format!("verification {number}"),
                details: serde_json::json!({ "verdict": "approved" }),
            });
            head = ChainHead { sequence: event.sequence, hash: event.hash };
            events.push(event);
        }
        (events, head)
    }

    fn walk(events: &[AuditEvent], head: ChainHead) -> Result<ChainHead, ChainFault> {
        let mut walk = ChainWalk::default();
        for event in events {
            walk.step(event)?;
        }
        walk.finish(head)
    }

    #[test]
    fn an_untouched_chain_is_whole() {
        let (events, head) = chain(5);
        assert_eq!(walk(&events, head), Ok(head));
        assert_eq!(walk(&[], ChainHead::EMPTY), Ok(ChainHead::EMPTY));
    }

    proptest! {
        #[test]
        fn any_edit_gap_or_reorder_is_found(place in 0_usize..6, way in 0_u8..6) {
            let (mut events, head) = chain(6);
            match way {
                0 => events[place].subject.push('x'),
                1 => events[place].at = Timestamp::from_seconds(999),
                2 => { events.remove(place); }
                3 => { let other = (place + 1) % 6; events.swap(place, other); }
                // An edit whose hash was made to fit again breaks the link to the next one, or the head.
                4 => { events[place].details = "{}".into(); events[place].hash = events[place].compute_hash(); }
                _ => { events.truncate(place); }
            }
            prop_assert!(walk(&events, head).is_err());
        }
    }
}
