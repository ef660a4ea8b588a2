//! A case is judged again: its sealed inputs go through the models of now, and the same rules.

use std::collections::BTreeMap;

use serde_json::json;

use super::EvidenceError;
use crate::app::Services;
use crate::app::face::examine::{RetryPolicy, examine_with_retry};
use crate::app::face::live_capture::{JudgementThresholds, LiveCapture};
use crate::app::verification::error::PlayerError;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::face::comparison::{NamedModel, Template};
use crate::domain::face::engine::{Examination, ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::face::judgement::{FaceJudgement, without_photo};
use crate::domain::face::liveness::cues::{Cue, Support};
use crate::domain::face::scores::FaceScores;
use crate::domain::face::search::heed;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::review::evidence::dossier;
use crate::domain::review::evidence::dossier::{Dossier, JudgedCapture};
use crate::domain::review::ports::{CaseEvidence, CaseQueue};

/// What came of judging again.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What was decided then.
    pub then: FaceJudgement,
    /// What would be decided now.
    pub now: FaceJudgement,
    /// What was measured then.
    pub scores_then: FaceScores,
    /// What is measured now.
    pub scores_now: FaceScores,
    /// Pictures that the models saw again.
    pub pictures: usize,
    /// Frames of the course, of which the numbers were taken as they were sealed.
    pub frames: usize,
    /// Models whose files are not those of then.
    pub changed_models: Vec<String>,
}

impl Replay {
    /// Whether the same was decided.
    pub fn is_same(&self) -> bool {
        self.then == self.now
    }

    /// The largest difference between a number of then and one of now, and which it is of.
    pub fn largest_difference(&self) -> Option<(String, f32)> {
        let of = |scores: &FaceScores, cue: Cue| {
            scores.cues.iter().find(|evidence| evidence.cue == cue)?.support.map(Support::value)
        };
        let pair = |name: &str, then: Option<f32>, now: Option<f32>| {
            let difference = match (then, now) {
                (Some(then), Some(now)) => (then - now).abs(),
                (None, None) => 0.0,
                _ => 1.0,
            };
            (name.to_owned(), difference)
        };
        let (then, now) = (&self.scores_then, &self.scores_now);
        [
            pair("similarity", then.similarity, now.similarity),
            pair("presentation", then.presentation, now.presentation),
            pair("quality", then.quality, now.quality),
        ]
        .into_iter()
        .chain(Cue::ALL.into_iter().map(|cue| pair(cue.code(), of(then, cue), of(now, cue))))
        .max_by(|one, other| one.1.total_cmp(&other.1))
    }
}

/// Opens the sealed record of a case, and checks that it is the one whose hash stands in the log.
pub async fn open_dossier(
    unit: &mut (impl AuditLog + CaseEvidence + CaseQueue + ?Sized),
    case: CaseId,
) -> Result<(Dossier, SecretBytes), EvidenceError> {
    unit.find_queued_case(case).await?.ok_or(EvidenceError::Unknown)?;
    let kept = unit.find_evidence(case).await?;
    if let Some(at) = kept.erased_at {
        return Err(EvidenceError::Erased(at));
    }
    let record = unit.open_record(case).await?.ok_or(EvidenceError::NoRecord)?;
    let digest = hex::encode(dossier::digest(&record));
    let opened = AuditKind::CaseOpened.as_str();
    let logged = unit.audit_trail(&[case.to_string()], u32::MAX).await?;
    let logged = logged.iter().find(|event| event.kind == opened).map(|event| event.details.clone());
    let logged: serde_json::Value = logged.and_then(|details| serde_json::from_str(&details).ok()).unwrap_or_default();
    if logged["evidence"].as_str() != Some(&digest) {
        return Err(EvidenceError::Tampered("its hash differs"));
    }
    let read = Dossier::from_bytes(&record).map_err(|_| EvidenceError::Tampered("it cannot be read"))?;
    if read.case == case { Ok((read, record)) } else { Err(EvidenceError::Tampered("it is another case's")) }
}

/// One of its pictures, checked against what the record notes of it.
pub(super) async fn open_picture(
    unit: &mut (impl CaseEvidence + ?Sized),
    dossier: &Dossier,
    number: usize,
) -> Result<SecretBytes, EvidenceError> {
    let missing = || EvidenceError::Tampered("a picture is missing");
    let place = u32::try_from(number).map_err(|_| missing())?;
    let picture = unit.open_picture(dossier.case, place).await?.ok_or_else(missing)?;
    if dossier.pictures.get(number) == Some(&dossier::note(&picture)) {
        Ok(picture)
    } else {
        Err(EvidenceError::Tampered("a picture was changed"))
    }
}

/// Judges a case again, for `by` (never empty). The trace is written before anything is said.
pub async fn replay_case(services: &Services, case: CaseId, by: &str) -> Result<Replay, EvidenceError> {
    let mut unit = services.store.read().await?;
    let (dossier, _) = open_dossier(unit.as_mut(), case).await?;
    let judged = dossier.capture.clone().ok_or(EvidenceError::NoCapture)?;
    let embedder = services.face.engine.embedder();
    if judged.embedder != *embedder {
        return Err(EvidenceError::OtherModels { then: judged.embedder.0, now: embedder.0.clone() });
    }
    let mut pictures = BTreeMap::new();
    for (number, gate) in judged.recording.frames.iter().filter_map(|frame| Some((frame.picture?, frame.gate()?))) {
        pictures.insert(number, (open_picture(unit.as_mut(), &dossier, number).await?, gate));
    }
    drop(unit);
    let seen = look_again(services, pictures).await?;
    let is_of_then = |model: &&NamedModel| dossier.models.contains(*model);
    let changed = services.face.engine.models().iter().filter(|model| !is_of_then(model));
    let changed_models = changed.map(|model| format!("{} {}", model.role, model.name)).collect();
    let replay = Replay { changed_models, ..judge_again(services, judged, &seen).await? };
    let mut unit = services.store.begin().await?;
    let event = NewAuditEvent {
        kind: AuditKind::EvidenceReplayed,
        at: services.clock.now(),
        subject: case.to_string(),
        details: json!({ "by": by, "same": replay.is_same() }),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(replay)
}

async fn look_again(
    services: &Services,
    pictures: BTreeMap<usize, (SecretBytes, QualityGate)>,
) -> Result<BTreeMap<usize, (SecretBytes, Examination)>, EvidenceError> {
    let mut seen = BTreeMap::new();
    for (number, (picture, gate)) in pictures {
        let ask = ExamineRequest::of(gate, true, TemplateDepth::Quick);
        let found = examine_with_retry(services.face.engine.as_ref(), &picture, ask, RetryPolicy::COMMAND).await?;
        seen.insert(number, (picture, found));
    }
    Ok(seen)
}

async fn judge_again(
    services: &Services,
    judged: JudgedCapture,
    seen: &BTreeMap<usize, (SecretBytes, Examination)>,
) -> Result<Replay, EvidenceError> {
    let unreadable = |_| EvidenceError::Tampered("the template of the ID photo cannot be read");
    let id_photo = Template::from_bytes(judged.embedder.clone(), judged.id_template.0.expose()).map_err(unreadable)?;
    let capture = judged.recording.run_again(seen);
    let live = LiveCapture::run_again(services.face.engine.clone(), &judged.recording, capture);
    let template = live.template(&id_photo).await.map_err(|error| match error {
        PlayerError::Engine(error) => EvidenceError::Engine(error),
        _ => EvidenceError::Tampered("no template can be made"),
    })?;
    let lines = JudgementThresholds { comparison: judged.comparison, presentation: judged.presentation };
    let evidence = live.evidence(judged.replayed, lines);
    let (judgement, scores) = live.judge(evidence, template.as_ref(), &id_photo, lines, judged.attempts_left);
    let judgement = if judged.without_photo { without_photo(judgement) } else { judgement };
    let judgement = heed(judgement, &judged.face_hits);
    let now = if judged.locked { judgement.ended() } else { judgement };
    Ok(Replay {
        then: judged.judgement,
        now,
        scores_then: judged.scores,
        scores_now: scores,
        pictures: seen.len(),
        frames: judged.recording.frames.len(),
        changed_models: Vec::new(),
    })
}
