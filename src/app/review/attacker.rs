//! Staff make the attacker whom a case shows known, or take that back.

use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::face::comparison::ModelHash;
use crate::domain::face::engine::{EngineError, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use crate::domain::face::search::{Sighting, SightingKey, shows_the_victim};
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::id::{CaseId, SightingId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;

/// Why nothing was decided about a case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// No such case.
    #[error("there is no case {0}")]
    Unknown(CaseId),
    /// The face was like nobody's.
    #[error("the face of case {0} was like nobody else's: there is nothing to clear")]
    NoLikeness(CaseId),
    /// There is no picture.
    #[error("case {0} has no frame: there is no face to make known")]
    NoFrame(CaseId),
    /// The picture shows no usable face.
    #[error("the frame of case {0} shows no usable face")]
    NoFace(CaseId),
    /// A picture of the rightful person was held up.
    #[error(
        "the frame of case {0} shows the person of the ID photo, perhaps as a picture held up: it would make the victim \
         the attacker"
    )]
    Victim(CaseId),
    /// No attacker is known from it.
    #[error("no attacker is known from case {0}")]
    NotConfirmed(CaseId),
    /// The face engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CaseError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "case_unknown",
            Self::NoLikeness(_) => "case_without_likeness",
            Self::NoFrame(_) => "case_without_frame",
            Self::NoFace(_) => "case_without_face",
            Self::Victim(_) => "case_shows_victim",
            Self::NotConfirmed(_) => "attacker_unknown",
            Self::Engine(_) => "engine_failed",
            Self::Store(_) => "store_failed",
        }
    }
}

/// What deciding about attackers takes.
pub struct Desk<'a> {
    /// Transactions.
    pub store: &'a dyn Store,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Randomness.
    pub randomness: &'a dyn Randomness,
    /// Who decides, never empty.
    pub by: &'a str,
}

impl Desk<'_> {
    /// Makes the face on the frame of `case` a confirmed attacker's. `no_match_below`: see [`shows_the_victim`].
    pub async fn confirm_attack(
        &self,
        faces: &dyn FaceEngine,
        no_match_below: f32,
        case: CaseId,
    ) -> Result<(), CaseError> {
        let mut unit = self.store.read().await?;
        let found = unit.find_case(case).await?.ok_or(CaseError::Unknown(case))?;
        drop(unit);
        if shows_the_victim(&found.reasons, found.scores.similarity, no_match_below) {
            return Err(CaseError::Victim(case));
        }
        let frame = found.frame.ok_or(CaseError::NoFrame(case))?;
        let ask = ExamineRequest::of(QualityGate::LiveFrame, false, TemplateDepth::Full);
        let template = match faces.examine(frame, ask).await {
            Ok(examination) => examination.template.ok_or(CaseError::NoFace(case))?,
            Err(EngineError::Picture(_)) => return Err(CaseError::NoFace(case)),
            Err(error) => return Err(error.into()),
        };
        let now = self.clock.now();
        let model = template.model().clone();
        let sighting = Sighting {
            id: SightingId::new(now, self.randomness),
            key: SightingKey::of_attacker(case),
            player: found.player,
            device: None,
            seen_at: now,
            template: Some(template),
        };
        self.keep(&sighting, &model, AuditKind::AttackConfirmed, case).await
    }

    /// Takes the attacker known from `case` back; `model` is the embedder in use.
    pub async fn forget_attack(&self, model: &ModelHash, case: CaseId) -> Result<(), CaseError> {
        let key = SightingKey::of_attacker(case);
        let mut unit = self.store.read().await?;
        let known = unit.find_sightings(model, &[key]).await?.pop().ok_or(CaseError::NotConfirmed(case))?;
        drop(unit);
        let now = self.clock.now();
        let id = SightingId::new(now, self.randomness);
        let gone = Sighting { id, seen_at: now, template: None, ..known };
        self.keep(&gone, model, AuditKind::AttackForgotten, case).await
    }

    async fn keep(
        &self,
        sighting: &Sighting,
        model: &ModelHash,
        kind: AuditKind,
        case: CaseId,
    ) -> Result<(), CaseError> {
        let mut unit = self.store.begin().await?;
        unit.put_sighting(sighting, model).await?;
        let details = serde_json::json!({ "by": self.by });
        let event = NewAuditEvent { kind, at: sighting.seen_at, subject: case.to_string(), details };
        unit.append_audit(&event).await?;
        unit.commit().await?;
        Ok(())
    }
}
