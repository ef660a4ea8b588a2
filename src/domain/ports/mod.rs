//! What the rules ask of the world. Every trait here is implemented by an adapter and named in `startup` alone.

mod case_evidence;
mod case_work;
mod credentials;
mod engines;
mod enrolments;
mod face_search;
mod factor_life;
mod figures;
mod notices;
mod observer;
mod proposals;
mod repositories;
mod restricted_grants;
mod restrictions;
mod staff;
pub mod testing;
mod tries;
mod webhooks;

pub use case_evidence::{CaseEvidence, KeptEvidence, SealedEvidence};
pub use case_work::{CaseFilter, CaseQueue, Holder, QueuedCase};
pub use credentials::{
    AssertionError, AssertionVerifier, KeySetError, KeySets, PasskeyCeremonies, PasskeyError, Proof, ProofError,
    ProofVerifier, SignError, StartedCeremony, Statement, StatementReader, TokenSigner, VerifiedAssertion,
    VerifiedProof,
};
pub use engines::{
    Ask, Detail, EngineError, Examination, FaceEngine, FoundFace, Gate, PictureMarker, PopulationRegister,
    RegisterError,
};
pub use enrolments::{ContactCodes, HeldEnrolments};
pub use face_search::{FaceIndex, FaceIndexError};
pub use factor_life::FactorLife;
pub use figures::{Figures, FindingFigure, ReasonFigure, TimeFigure, VerdictFigure};
pub use notices::{
    ContactError, ContactsOfRecord, NoticeSender, NoticeWriter, Notices, OutgoingNotice, RecordedContacts,
};
pub use observer::{InferenceStep, Observation, Observer, Purpose, Unobserved};
pub use proposals::Proposals;
pub use repositories::{
    AuditLog, Authorizations, Cases, Citizens, Enquiries, FaceLockouts, Factors, FrameFingerprints, Grants,
    IdTemplates, IdempotentRequests, Operators, Players, SelfRestrictions, Sightings, Store, StoreError, TemplateCount,
    UnitOfWork, Verifications,
};
pub use restricted_grants::{RegistryMark, RestrictedGrants};
pub use restrictions::{
    RecordKey, RegistryKeys, RemoteAnswer, RemoteRegistry, RemoteRegistryError, RestrictionVersions,
};
pub use staff::{Staff, StaffCeremony};
pub use tries::Tries;
pub use webhooks::{WebhookAnswer, WebhookEndpoints, WebhookFilter, WebhookMessages, WebhookSender};

use std::time::Duration;

use super::sandbox_clock::TooFarAhead;
use super::time::Timestamp;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// The same clock where a tester may move it: in a sandbox alone.
    fn movable(&self) -> Option<&dyn MovableClock> {
        None
    }
}

/// A clock that a tester moves ahead. It is never before real time.
pub trait MovableClock: Clock {
    /// How far it is ahead.
    fn ahead(&self) -> Duration;

    /// Moves it on.
    ///
    /// # Errors
    /// [`TooFarAhead`]; it then stays where it is.
    fn advance(&self, by: Duration) -> Result<(), TooFarAhead>;

    /// Back to real time.
    fn reset(&self);
}

/// Unpredictable bytes.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`. An adapter that cannot must end the process rather than return something predictable.
    fn fill(&self, bytes: &mut [u8]);
}
