//! Faces, IINs and what was measured: each look says why, and is in the log before anything is shown.

use serde_json::json;

use super::CaseWorkError;
use super::queue::note;
use crate::app::Services;
use crate::app::evidence::EvidenceError;
use crate::app::evidence::replay::open_dossier;
use crate::app::examine_patiently::{Patience, examine_patiently};
use crate::app::review_cases::CaseSummary;
use crate::app::staff::session::Admitted;
use crate::domain::audit::{AuditKind, NewAuditEvent};
use crate::domain::evidence::dossier::{Dossier, JudgedCapture};
use crate::domain::id::{CaseId, PlayerId};
use crate::domain::person::Iin;
use crate::domain::ports::{Ask, CaseFilter, Detail, EngineError, FoundFace, Gate, QueuedCase, UnitOfWork};
use crate::domain::review::Case;
use crate::domain::secret::{SecretBytes, SecretText};
use crate::domain::time::Timestamp;
use crate::domain::verification::Verification;

/// Most earlier attempts that are shown.
const EARLIER: u32 = 50;
/// Most likenesses of which cases are shown, and of each so many.
const LIKES: usize = 10;
const EACH: u32 = 10;

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
    /// Cases of people whose face is like this one.
    pub same_face: Vec<QueuedCase>,
    /// Cases with a frame of this one, byte for byte.
    pub same_frames: Vec<QueuedCase>,
    /// Whether there is a capture to look at.
    pub has_capture: bool,
}

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

/// Why somebody looks: 3 to 200 characters.
#[derive(Clone, Debug)]
pub struct Why(String);

impl Why {
    /// In their words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

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
    let same_face = cases_of_likes(unit.as_mut(), &case).await?;
    let mut same_frames = Vec::new();
    for other in unit.cases_of_same_pictures(id, EARLIER).await? {
        same_frames.extend(unit.find_queued_case(other).await?);
    }
    let has_capture = unit.open_picture(id, 0).await?.is_some();
    unit.commit().await?;
    Ok(Evidence {
        summary: CaseSummary::from(&case),
        iin,
        verification,
        has_frame: case.frame.is_some(),
        earlier,
        same_device,
        same_face,
        same_frames,
        has_capture,
    })
}

/// Cases of people, and of attackers, whose face this one is like.
async fn cases_of_likes(unit: &mut dyn UnitOfWork, case: &Case) -> Result<Vec<QueuedCase>, CaseWorkError> {
    let mut found: Vec<QueuedCase> = Vec::new();
    for hit in case.face_hits.iter().take(LIKES) {
        if let Some(player) = hit.player.filter(|player| Some(*player) != case.player) {
            found.extend(unit.queue_cases(&CaseFilter { player: Some(player), ..CaseFilter::default() }, EACH).await?);
        }
        // An attacker is known by the case that showed them.
        found.extend(unit.find_queued_case(CaseId::from(hit.subject)).await?);
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.case.id));
    found.dedup_by_key(|one| one.case.id);
    found.retain(|one| one.case.id != case.id);
    Ok(found)
}

async fn iin_of(unit: &mut dyn UnitOfWork, case: &Case) -> Result<Option<Iin>, CaseWorkError> {
    match case.player {
        Some(player) => Ok(unit.find_iin(player).await?),
        None => Ok(None),
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
    let details = json!({ "viewer": by.member.login, "why": why.0, "what": which.name() });
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
            let citizen = services.register.find(&iin.ok_or(CaseWorkError::NoPicture)?).await?;
            citizen.ok_or(CaseWorkError::NoPicture)?.photo
        }
    };
    let text = format!("{} {}", by.member.login, Timestamp::from_seconds(services.clock.now().seconds()).rfc3339());
    let face = if aligned { find_face(services, which, &plain).await } else { None };
    let marker = services.marker.clone();
    // It takes some milliseconds, which no other request should wait for.
    let marked = tokio::task::spawn_blocking(move || marker.mark(&plain, &text, face.as_ref())).await;
    Ok(marked.map_err(|error| EngineError::Failed(error.to_string()))??)
}

/// Where the face is; a picture without one is shown as it is.
async fn find_face(services: &Services, which: Picture, picture: &SecretBytes) -> Option<FoundFace> {
    let gate = if which == Picture::IdPhoto { Gate::IdPhoto } else { Gate::MovingFrame };
    let ask = Ask::of(gate, false, Detail::None);
    let found = examine_patiently(services.faces.as_ref(), picture, ask, Patience::PERSON).await.ok()?;
    found.faces.first().map(|face| FoundFace { points: face.points, size: found.size })
}

/// Opens the capture of a case, frame by frame.
pub async fn view_capture(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    why: &Why,
) -> Result<(Dossier, JudgedCapture), EvidenceError> {
    let mut unit = services.store.begin().await?;
    let (dossier, _) = open_dossier(unit.as_mut(), id).await?;
    let capture = dossier.capture.clone().ok_or(EvidenceError::NoCapture)?;
    let event = NewAuditEvent {
        kind: AuditKind::CaseViewed,
        at: services.clock.now(),
        subject: id.to_string(),
        details: json!({ "viewer": by.member.login, "why": why.0, "what": "capture" }),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok((dossier, capture))
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
