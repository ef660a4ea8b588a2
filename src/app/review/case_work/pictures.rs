//! Pictures of a case, decrypted for one look: marked with who looks and when, and noted in the log before.

use serde_json::json;

use super::CaseWorkError;
use super::evidence::iin_of;
use super::queue::note;
use crate::app::Services;
use crate::app::face::examine::{RetryPolicy, examine_with_retry};
use crate::app::review::why::Why;
use crate::app::staff::session::Admitted;
use crate::domain::audit::event::AuditKind;
use crate::domain::face::engine::{EngineError, ExamineRequest, FoundFace, QualityGate, TemplateDepth};
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The best live frame.
    Frame,
    /// The ID photo, as the population register has it now.
    IdPhoto,
    /// One of the capture's, by its number.
    Captured(u32),
}

impl Picture {
    /// The picture as interfaces write it.
    pub fn name(self) -> String {
        match self {
            Self::Frame => "frame".to_owned(),
            Self::IdPhoto => "id-photo".to_owned(),
            Self::Captured(number) => number.to_string(),
        }
    }

    /// Reads [`Picture::name`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        let named = [Self::Frame, Self::IdPhoto].into_iter().find(|picture| picture.name() == name);
        named.or_else(|| name.parse().ok().map(Self::Captured))
    }
}

/// A picture of a case, marked with who looks and when; brought to one pose and size, where that is wanted and a face is found.
pub async fn view_picture(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    (which, aligned): (Picture, bool),
    why: &Why,
) -> Result<SecretBytes, CaseWorkError> {
    let mut unit = services.store.begin().await?;
    let case = unit.find_queued_case(id).await?.ok_or(CaseWorkError::Unknown)?.case;
    let details = json!({ "viewer": by.member.login, "why": why.as_str(), "what": which.name() });
    note(unit.as_mut(), services, AuditKind::CaseViewed, id, details).await?;
    let kept = match which {
        Picture::Frame => unit.find_case(id).await?.and_then(|case| case.frame),
        Picture::Captured(number) => unit.open_picture(id, number).await?,
        Picture::IdPhoto => None,
    };
    let iin = match which {
        Picture::IdPhoto => iin_of(unit.as_mut(), &case).await?,
        Picture::Frame | Picture::Captured(_) => None,
    };
    unit.commit().await?;
    let plain = match which {
        Picture::Frame | Picture::Captured(_) => kept.ok_or(CaseWorkError::NoPicture)?,
        Picture::IdPhoto => {
            // The register may be slow: no transaction is held while it is asked.
            let citizen = services.identity.register.find(&iin.ok_or(CaseWorkError::NoPicture)?).await?;
            citizen.ok_or(CaseWorkError::NoPicture)?.photo
        }
    };
    let face = if aligned { find_face(services, which, &plain).await } else { None };
    Ok(mark(services, plain, by.member.login.as_str(), face).await?)
}

/// The picture with `viewer` (ASCII) and the time over all of it.
pub async fn mark_picture(services: &Services, plain: SecretBytes, viewer: &str) -> Result<SecretBytes, EngineError> {
    mark(services, plain, viewer, None).await
}

async fn mark(
    services: &Services,
    plain: SecretBytes,
    viewer: &str,
    face: Option<FoundFace>,
) -> Result<SecretBytes, EngineError> {
    let text = format!("{viewer} {}", Timestamp::from_seconds(services.clock.now().seconds()).rfc3339());
    let marker = services.face.marker.clone();
    // It takes some milliseconds, which no other request should wait for.
    let marked = tokio::task::spawn_blocking(move || marker.mark(&plain, &text, face.as_ref())).await;
    marked.map_err(|error| EngineError::Failed(error.to_string()))?
}

/// Where the face is; a picture without one is shown as it is.
async fn find_face(services: &Services, which: Picture, picture: &SecretBytes) -> Option<FoundFace> {
    let gate = if which == Picture::IdPhoto { QualityGate::IdPhoto } else { QualityGate::MovingFrame };
    let ask = ExamineRequest::of(gate, false, TemplateDepth::None);
    let found = examine_with_retry(services.face.engine.as_ref(), picture, ask, RetryPolicy::PERSON).await.ok()?;
    found.faces.first().map(|face| FoundFace { points: face.points, size: found.size })
}
