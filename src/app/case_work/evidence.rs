//! Faces, IINs and what was measured: each look says why, and is in the log before anything is shown.

use serde_json::json;

use super::CaseWorkError;
use super::queue::note;
use crate::app::Services;
use crate::app::review_cases::CaseSummary;
use crate::app::staff::session::Admitted;
use crate::domain::audit::{AuditKind, NewAuditEvent};
use crate::domain::id::{CaseId, PlayerId};
use crate::domain::person::Iin;
use crate::domain::ports::{CaseFilter, EngineError, QueuedCase, UnitOfWork};
use crate::domain::review::Case;
use crate::domain::secret::{SecretBytes, SecretText};
use crate::domain::time::Timestamp;
use crate::domain::verification::Verification;

/// Most earlier attempts that are shown.
const EARLIER: u32 = 50;

/// What a case has to show.
#[derive(Debug)]
pub struct Evidence {
    /// What was measured and what the player contests.
    pub summary: CaseSummary,
    /// Who it is said to be.
    pub iin: Option<Iin>,
    /// The attempt.
    pub verification: Option<Verification>,
    /// Whether there is a live picture.
    pub has_frame: bool,
    /// Other cases of the person, the newest first.
    pub earlier: Vec<QueuedCase>,
    /// Cases of other people from the same browser, the newest first.
    pub same_device: Vec<QueuedCase>,
}

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The best live frame.
    Frame,
    /// The ID photo, as the population register has it now.
    IdPhoto,
}

impl Picture {
    /// The picture as interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::IdPhoto => "id-photo",
        }
    }

    /// Reads [`Picture::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Frame, Self::IdPhoto].into_iter().find(|picture| picture.as_str() == name)
    }
}

/// Why somebody looks: 3 to 200 characters.
#[derive(Clone, Debug)]
pub struct Why(String);

impl Why {
    /// Reads it; blanks around it are cut off.
    pub fn read(text: &str) -> Result<Self, CaseWorkError> {
        let text = text.trim();
        let fits = (3..=200).contains(&text.chars().count()) && !text.contains(char::is_control);
        fits.then(|| Self(text.to_owned())).ok_or(CaseWorkError::NoReason)
    }
}

/// Opens the evidence of a case.
pub async fn view_evidence(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    why: &Why,
) -> Result<Evidence, CaseWorkError> {
    let mut unit = services.store.begin().await?;
    let case = unit.find_case(id).await?.ok_or(CaseWorkError::Unknown)?;
    let details = json!({ "viewer": by.member.login, "why": why.0, "what": "evidence" });
    note(unit.as_mut(), services, AuditKind::CaseViewed, id, details).await?;
    let iin = iin_of(unit.as_mut(), &case).await?;
    let filter = CaseFilter { player: case.player, ..CaseFilter::default() };
    let mut earlier = match case.player {
        Some(_) => unit.queue_cases(&filter, EARLIER).await?,
        None => Vec::new(),
    };
    earlier.retain(|other| other.case.id != id);
    let verification = unit.find_verification(case.verification).await?;
    let device = verification.as_ref().and_then(|verification| verification.device);
    let mut same_device = match device {
        Some(_) => unit.queue_cases(&CaseFilter { device, ..CaseFilter::default() }, EARLIER).await?,
        None => Vec::new(),
    };
    same_device.retain(|other| other.case.player != case.player);
    unit.commit().await?;
    Ok(Evidence {
        summary: CaseSummary::from(&case),
        iin,
        verification,
        has_frame: case.frame.is_some(),
        earlier,
        same_device,
    })
}

async fn iin_of(unit: &mut dyn UnitOfWork, case: &Case) -> Result<Option<Iin>, CaseWorkError> {
    match case.player {
        Some(player) => Ok(unit.find_iin(player).await?),
        None => Ok(None),
    }
}

/// A picture of a case, marked with who looks and when.
pub async fn view_picture(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    which: Picture,
    why: &Why,
) -> Result<SecretBytes, CaseWorkError> {
    let mut unit = services.store.begin().await?;
    let case = unit.find_case(id).await?.ok_or(CaseWorkError::Unknown)?;
    let iin = iin_of(unit.as_mut(), &case).await?;
    let details = json!({ "viewer": by.member.login, "why": why.0, "what": which.as_str() });
    note(unit.as_mut(), services, AuditKind::CaseViewed, id, details).await?;
    unit.commit().await?;
    let plain = match which {
        Picture::Frame => case.frame.ok_or(CaseWorkError::NoPicture)?,
        Picture::IdPhoto => {
            // The register may be slow: no transaction is held while it is asked.
            let citizen = services.register.find(&iin.ok_or(CaseWorkError::NoPicture)?).await?;
            citizen.ok_or(CaseWorkError::NoPicture)?.photo
        }
    };
    let text = format!("{} {}", by.member.login, Timestamp::from_seconds(services.clock.now().seconds()).rfc3339());
    let marker = services.marker.clone();
    // It takes some milliseconds, which no other request should wait for.
    let marked = tokio::task::spawn_blocking(move || marker.mark(&plain, &text)).await;
    Ok(marked.map_err(|error| EngineError::Failed(error.to_string()))??)
}

/// The player with this IIN, whose cases somebody looks for. What was looked for is not in the log, but whom it found is.
pub async fn look_for(
    services: &Services,
    by: &Admitted,
    iin: &SecretText,
    why: &Why,
) -> Result<Option<PlayerId>, CaseWorkError> {
    let mut unit = services.store.begin().await?;
    let found = match Iin::parse(iin.expose()) {
        Ok(iin) => unit.find_player(&iin).await?,
        Err(_) => None,
    };
    let event = NewAuditEvent {
        kind: AuditKind::PersonLookedFor,
        at: services.clock.now(),
        subject: found.map_or_else(|| "nobody".to_owned(), |player| player.to_string()),
        details: json!({ "viewer": by.member.login, "why": why.0 }),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(found)
}
