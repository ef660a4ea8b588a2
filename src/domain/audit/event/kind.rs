//! What the log tells of.

use serde::{Deserialize, Serialize};

macro_rules! audit_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What happened. New kinds are added at the end; the names are part of the hashed record.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum AuditKind {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl AuditKind {
            /// Every kind, for the test that holds the documents complete.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The kind as columns and hashes write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

audit_kinds! {
    /// A verification began.
    VerificationStarted = "verification_started",
    /// The player consented.
    ConsentGiven = "consent_given",
    /// The player named themselves.
    PersonIdentified = "person_identified",
    /// A capture was judged.
    FaceJudged = "face_judged",
    /// Too many captures failed: person or device are locked for a while.
    FaceLocked = "face_locked",
    /// Staff ended a person's lock.
    FaceUnlocked = "face_unlocked",
    /// A second factor was enrolled.
    FactorEnrolled = "factor_enrolled",
    /// A second factor was accepted.
    FactorAccepted = "factor_accepted",
    /// A wrong code or assertion.
    FactorRejected = "factor_rejected",
    /// A verification ended.
    VerificationDecided = "verification_decided",
    /// A token was issued.
    TokenIssued = "token_issued",
    /// Tokens died before their time.
    TokenRevoked = "token_revoked",
    /// An operator was added.
    OperatorAdded = "operator_added",
    /// A restrictions file was imported.
    RegistryImported = "registry_imported",
    /// A version of a source waits for a person.
    RegistryQuarantined = "registry_quarantined",
    /// A person let a version count that had waited.
    RegistryReleased = "registry_released",
    /// A person dropped a version that had waited.
    RegistryDiscarded = "registry_discarded",
    /// A source went back to the version before.
    RegistryRolledBack = "registry_rolled_back",
    /// What a source says is found by a further key.
    RegistryRekeyed = "registry_rekeyed",
    /// People were imported into the embedded population register.
    PeopleImported = "people_imported",
    /// Staff looked at a case or its picture.
    CaseViewed = "case_viewed",
    /// Embedding ID photos again for another model began, or went on.
    ReembeddingStarted = "reembedding_started",
    /// Every ID photo was embedded again or found unusable.
    ReembeddingEnded = "reembedding_ended",
    /// Staff found the likeness of two players innocent.
    FaceCleared = "face_cleared",
    /// Staff confirmed that a case shows an attacker.
    AttackConfirmed = "attack_confirmed",
    /// Staff took an attacker back.
    AttackForgotten = "attack_forgotten",
    /// An operator's registration was changed.
    OperatorChanged = "operator_changed",
    /// An operator may ask for nothing any more, and what it was granted has ended.
    OperatorDisabled = "operator_disabled",
    /// An operator may ask again.
    OperatorEnabled = "operator_enabled",
    /// An operator's webhook endpoint was set.
    WebhookSet = "webhook_set",
    /// It was given a new secret.
    WebhookSecretRotated = "webhook_secret_rotated",
    /// It was removed.
    WebhookRemoved = "webhook_removed",
    /// Its receiver said that it is gone for good.
    WebhookDisabled = "webhook_disabled",
    /// Messages are to be delivered once more.
    WebhookReplayed = "webhook_replayed",
    /// A test message was sent.
    WebhookTested = "webhook_tested",
    /// A tester moved the clock of a sandbox.
    ClockMoved = "clock_moved",
    /// A person restricted themselves.
    SelfRestricted = "self_restricted",
    /// An operator asked whether people may play.
    PlayersChecked = "players_checked",
    /// A person contested a reason of a refusal.
    ReasonContested = "reason_contested",
    /// Somebody was invited to the staff, or anew.
    StaffInvited = "staff_invited",
    /// They made a passkey.
    StaffJoined = "staff_joined",
    /// The invitation that they had joined by was shown once more: it may have been meant for somebody else.
    StaffInvitationShownAgain = "staff_invitation_shown_again",
    /// Another than who asked for them confirmed it: from now on they count.
    StaffConfirmed = "staff_confirmed",
    /// The code that was typed for it was not the one they see.
    StaffNotConfirmed = "staff_not_confirmed",
    /// Name, roles or being stopped were changed.
    StaffChanged = "staff_changed",
    /// One of the staff signed in.
    StaffSignedIn = "staff_signed_in",
    /// They showed their passkey once more.
    StaffSteppedUp = "staff_stepped_up",
    /// They signed out.
    StaffSignedOut = "staff_signed_out",
    /// Somebody took a case, handed it over or let it go.
    CaseAssigned = "case_assigned",
    /// Somebody said what an attempt was.
    CaseConcluded = "case_concluded",
    /// Another said yes or no to that.
    CaseSettled = "case_settled",
    /// Somebody looked for a person's cases by IIN.
    PersonLookedFor = "person_looked_for",
    /// A refusal fell: the player goes on without another capture.
    VerificationReopened = "verification_reopened",
    /// The face step was passed by what staff found before.
    FaceWaived = "face_waived",
    /// An attempt was kept for staff; the hash of its evidence stands here.
    CaseOpened = "case_opened",
    /// Evidence is kept beyond its term.
    EvidenceHeld = "evidence_held",
    /// It is not any more.
    EvidenceLetGo = "evidence_let_go",
    /// The key of a case's evidence was destroyed.
    EvidenceErased = "evidence_erased",
    /// Evidence left the house, signed.
    EvidenceExported = "evidence_exported",
    /// Sealed inputs went through the models once more.
    EvidenceReplayed = "evidence_replayed",
    /// Somebody asked for what takes two.
    MeasureProposed = "measure_proposed",
    /// Another said yes or no to that.
    MeasureSettled = "measure_settled",
    /// A person is to be told something.
    NoticeQueued = "notice_queued",
    /// They had been told so much that they are not told this.
    NoticeWithheld = "notice_withheld",
    /// Whoever delivers it took a notice.
    NoticeDelivered = "notice_delivered",
    /// A notice is tried no more.
    NoticeGivenUp = "notice_given_up",
    /// The code of a contact of record came back.
    ContactProven = "contact_proven",
    /// A wrong one did.
    ContactRejected = "contact_rejected",
    /// The person waits instead of typing a code.
    ContactPutOff = "contact_put_off",
    /// A factor was made that counts later.
    EnrolmentHeld = "enrolment_held",
    /// Its time came, and it counts.
    EnrolmentCounts = "enrolment_counts",
    /// It is gone, since the person gave a better proof.
    EnrolmentOverruled = "enrolment_overruled",
    /// It is gone, since somebody said that it was not them.
    EnrolmentDisowned = "enrolment_disowned",
    /// All second factors of a person were taken away; how they showed who they are was written down.
    FactorsForgotten = "factors_forgotten",
    /// A person put a further factor beside theirs.
    FactorAdded = "factor_added",
    /// A person gave a factor of theirs a name.
    FactorRenamed = "factor_renamed",
    /// A person removed a factor of theirs.
    FactorRemoved = "factor_removed",
    /// A person drew new recovery codes.
    RecoveryCodesRenewed = "recovery_codes_renewed",
    /// A self-restriction of the first visit was taken back, by an independent proof.
    SelfRestrictionTakenBack = "self_restriction_taken_back",
    /// Somebody who says that they lost every factor proved face and contact: the held time begins.
    RecoveryStarted = "recovery_started",
    /// Somebody objected, or showed a factor that was said to be lost.
    RecoveryCancelled = "recovery_cancelled",
    /// The old factors are gone, and a new one may be made.
    RecoveryCompleted = "recovery_completed",
    /// Nobody came to carry it out.
    RecoveryLapsed = "recovery_lapsed",
    /// Staff took the factors away that it was about.
    RecoveryOverruled = "recovery_overruled",
    /// A browser or an address has tried to be somebody, or shown faces that were rejected, as often as it may.
    TriesSpent = "tries_spent",
    /// A person showed a passkey, and the lock of their captures holds no more in this visit.
    FaceLockPassed = "face_lock_passed",
}
