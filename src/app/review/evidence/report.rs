//! The report of a case, from what is kept of it.

use sha2::{Digest, Sha256};

use super::EvidenceError;
use super::taken_out::{TakenOut, picture_file};
use crate::app::Services;
use crate::app::face::examine::{RetryPolicy, examine_with_retry};
use crate::domain::face::comparison::Template;
use crate::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::case_work::CaseDecision;
use crate::domain::review::evidence::dossier::{Dossier, JudgedCapture};
use crate::domain::review::evidence::report::{
    ComparisonPart, DecisionPart, LivenessPart, PersonPart, PicturePart, ReferencePart, Report, SettledPart,
};
use crate::domain::staff::{StaffMember, login_of};

/// Where ID photos come from.
const REGISTER: &str = "population register";
const ID_PHOTO: &str = "pictures/id-photo";

/// The report, and the ID photo that it names.
pub(super) async fn report(
    services: &Services,
    case: CaseId,
    dossier: Option<&Dossier>,
    taken: &TakenOut,
) -> Result<(Report, Option<SecretBytes>), EvidenceError> {
    let mut unit = services.store.read().await?;
    let found = unit.find_case(case).await?.ok_or(EvidenceError::Unknown)?;
    let kept = unit.find_evidence(case).await?;
    let decisions = unit.list_case_decisions(case).await?;
    let staff = unit.list_staff().await?;
    let verification = unit.find_verification(found.verification).await?;
    let operator = unit.find_operator(&found.operator).await?;
    let iin = match found.player {
        Some(player) => unit.find_iin(player).await?,
        None => None,
    };
    drop(unit);
    // The register may be slow: no transaction is held while it is asked. What was erased stays so.
    let citizen = match (&iin, kept.erased_at) {
        (Some(iin), None) => services.identity.register.find(iin).await?,
        _ => None,
    };
    let capture = dossier.and_then(|dossier| dossier.capture.as_ref());
    let photo = citizen.as_ref().map(|citizen| citizen.photo.clone()).filter(|_| capture.is_some());
    let reference = match (&photo, capture) {
        (Some(photo), Some(capture)) => Some(reference(services, photo, capture).await?),
        _ => None,
    };
    let picture = |number: usize| {
        let note = dossier?.pictures.get(number)?;
        Some(PicturePart { file: picture_file(number), sha256: note.sha256.clone() })
    };
    let time = |at: Option<Timestamp>| at.map(Timestamp::rfc3339);
    let attempt = verification.as_ref();
    let report = Report {
        case: found.id.to_string(),
        verification: found.verification.to_string(),
        operator: found.operator.to_string(),
        operator_name: operator.map(|operator| operator.name),
        sandbox: services.policy.sandbox,
        made_at: services.clock.now().rfc3339(),
        made_by: taken.by.clone(),
        allowed_by: taken.allowed_by.clone(),
        person: iin
            .map(|iin| PersonPart { iin: SecretText::new(iin.expose()), name: citizen.map(|citizen| citizen.name) }),
        started_at: time(attempt.map(|attempt| attempt.started_at)),
        consent_at: time(attempt.and_then(|attempt| attempt.consent_at)),
        consent_version: attempt.and_then(|attempt| attempt.consent_version.clone()),
        opened_at: found.opened_at.rfc3339(),
        decided_at: time(attempt.and_then(|attempt| attempt.decided_at)),
        captures: attempt.map_or(0, |attempt| attempt.face_attempts),
        live: dossier.and_then(|dossier| dossier.best).and_then(picture),
        pictures: (0..dossier.map_or(0, |dossier| dossier.pictures.len())).filter_map(picture).collect(),
        reference,
        liveness: capture.map(|capture| LivenessPart {
            challenge: capture.recording.asked(),
            cues: capture.scores.cues.clone(),
            presentation: capture.scores.presentation,
            thresholds: capture.presentation,
            frames: capture.recording.frames.len(),
        }),
        comparison: capture
            .map(|capture| ComparisonPart { similarity: capture.scores.similarity, thresholds: capture.comparison }),
        second_factor: attempt.and_then(|attempt| attempt.factor).map(|factor| factor.as_str().to_owned()),
        outcome: attempt.and_then(|attempt| attempt.outcome.clone()),
        reasons: found.reasons,
        contested: found.contest.as_ref().map(|contest| contest.reason),
        statement: found.contest.and_then(|contest| contest.statement),
        decisions: decisions.into_iter().map(|one| decided(one, &staff)).collect(),
        program: dossier.map(|dossier| dossier.program.clone()),
        models: dossier.map(|dossier| dossier.models.clone()).unwrap_or_default(),
        erased_at: time(kept.erased_at),
        held_since: time(kept.hold.map(|hold| hold.since)),
    };
    Ok((report, photo))
}

/// The register's photo of now, and how like it is to what the attempt was compared with.
async fn reference(
    services: &Services,
    photo: &SecretBytes,
    capture: &JudgedCapture,
) -> Result<ReferencePart, EvidenceError> {
    let same_models = capture.embedder == *services.face.engine.embedder();
    let like_then = if same_models {
        let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
        let now = examine_with_retry(services.face.engine.as_ref(), photo, ask, RetryPolicy::PERSON).await?.template;
        let then = Template::from_bytes(capture.embedder.clone(), capture.id_template.0.expose()).ok();
        now.zip(then).and_then(|(now, then)| now.similarity(&then).ok())
    } else {
        None
    };
    // Registers keep JPEG, PNG and WebP.
    let kind = match photo.expose() {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'R', b'I', b'F', b'F', ..] => "webp",
        _ => "jpg",
    };
    let sha256 = hex::encode(Sha256::digest(photo.expose()));
    let picture = PicturePart { file: format!("{ID_PHOTO}.{kind}"), sha256 };
    Ok(ReferencePart { picture, source: REGISTER.to_owned(), like_then })
}

fn decided(decision: CaseDecision, staff: &[StaffMember]) -> DecisionPart {
    DecisionPart {
        conclusion: decision.conclusion.as_str().to_owned(),
        to_player: decision.to_player,
        by: login_of(decision.by, staff),
        at: decision.at.rfc3339(),
        settled: decision.settlement.map(|settled| SettledPart {
            by: login_of(settled.by, staff),
            at: settled.at.rfc3339(),
            yes: settled.yes,
        }),
    }
}
