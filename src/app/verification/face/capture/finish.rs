//! A capture is over: held against the ID photo, judged, and what follows of it.

use super::{CaptureResult, FaceCapture, LOCKED};
use crate::app::face::live_capture::JudgementThresholds;
use crate::app::face::recall_frames::{recall_frames, remember_frames};
use crate::app::verification::face::lockout::{
    FailedCapture, clear, count_failure, device_locked_until, person_locked_until,
};
use crate::app::verification::face::search::search_faces;
use crate::app::verification::face::settle::{SettledCapture, note_judged, settle};
use crate::app::verification::record_case::Captured;
use crate::app::verification::session::open;
use crate::app::verification::tries::note_spent;
use crate::app::{PlayerError, Services};
use crate::domain::audit::ports::AuditLog;
use crate::domain::face::comparison::Template;
use crate::domain::face::judgement::{FaceJudgement, IdPhoto, without_photo};
use crate::domain::face::ports::{FaceLockouts, FrameFingerprints};
use crate::domain::face::search::{Sighting, heed};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::evidence::dossier::{JudgedCapture, SealedBytes};
use crate::domain::verification::Verification;
use crate::domain::verification::ports::Verifications;
use crate::domain::verification::tries::Tried;

impl FaceCapture {
    /// Judges the whole capture; the decision, its case, its audit event and the face's sighting are one transaction.
    pub async fn finish(self) -> Result<CaptureResult, PlayerError> {
        let services = &self.services;
        let seen = self.live.capture().template();
        // Without a face there is nothing to compare, whatever it would be compared with.
        let photo = self.id_photo.to_compare(seen.as_ref()).map_or_else(|| nothing(services), Ok)?;
        let live = self.live.template(&photo).await?;
        let face_hits = match self.one_face(live.as_ref()) {
            Some(template) => search_faces(services, (self.player, self.asker.device), template).await?,
            None => Vec::new(),
        };
        let film = self.live.capture().film();
        let replayed = recall_frames(services, self.player, film).await?;
        let now = services.clock.now();
        let mut unit = services.store.begin().await?;
        let mut verification = open(unit.as_mut(), self.session).await?;
        if let Err(error) = verification.expect_capture(self.attempt, now) {
            drop(unit);
            self.break_off().await?;
            return Err(error.into());
        }
        if let Some(until) = self.note_lock(unit.as_mut(), &mut verification, now).await? {
            unit.commit().await?;
            return Err(PlayerError::FaceLocked(until.since(now)));
        }
        let left = verification.face_attempts_left();
        let lines =
            JudgementThresholds { comparison: services.policy.comparison, presentation: services.policy.presentation };
        let evidence = self.live.evidence(replayed, lines);
        let (judgement, scores) = self.live.judge(evidence, live.as_ref(), &photo, lines, left);
        let is_without = matches!(self.id_photo, IdPhoto::Unusable);
        let judgement = if is_without { without_photo(judgement) } else { judgement };
        let unit_ref = unit.as_mut();
        let sighting = self.sighting(&judgement, live.as_ref(), &face_hits, now);
        let (sighting, spent) = self.within_limit(unit_ref, sighting, now).await?;
        let mut judgement = heed(judgement, &face_hits);
        let mut locked = false;
        if judgement == FaceJudgement::Passed {
            clear(unit_ref, &verification, self.asker, now).await?;
        } else if self.live.capture().is_revealed()
            && !self.is_forgiven(unit_ref, (&verification, &judgement), now).await?
        {
            // Nobody waits for a lock to end within one verification.
            let failure = FailedCapture::of(self.asker, self.is_like());
            locked = count_failure(services, unit_ref, &verification, failure, now).await?;
            if locked {
                judgement = judgement.ended();
            }
        }
        let captured = (judgement != FaceJudgement::Passed).then(|| {
            let (recording, pictures, best) = self.live.recording();
            let judged = JudgedCapture {
                recording,
                embedder: services.face.engine.embedder().clone(),
                id_template: SealedBytes::of(&photo),
                without_photo: is_without,
                comparison: lines.comparison,
                presentation: lines.presentation,
                replayed,
                attempts_left: left,
                locked,
                face_hits: face_hits.clone(),
                scores: scores.clone(),
                judgement: judgement.clone(),
            };
            Captured { judged, pictures: pictures.to_vec(), best }
        });
        let is_nobody = matches!(self.id_photo, IdPhoto::Nobodys);
        let (attempt, asker) = (self.attempt, self.asker);
        let (mirrored, pretended) = (self.live.capture().is_mirrored(), false);
        let found =
            SettledCapture { attempt, judgement, scores, face_hits, is_nobody, captured, asker, mirrored, pretended };
        let result = settle(services, unit_ref, &mut verification, found, now).await?;
        remember_frames(unit_ref, &verification, film, now).await?;
        note_spent(services, unit_ref, &verification, (Tried::RejectedFace, &spent), now).await?;
        if let Some(sighting) = &sighting {
            unit_ref.put_sighting(sighting, services.face.engine.embedder()).await?;
        }
        unit.commit().await?;
        index(services, sighting).await;
        Ok(result)
    }

    /// Until when a lock holds, of the device or of the person: nothing is then judged, and nothing counted. The same whatever the face:
    /// who is locked out must not learn whether one is the right one.
    async fn note_lock(
        &self,
        unit: &mut (impl AuditLog + FaceLockouts + FrameFingerprints + Verifications + ?Sized),
        verification: &mut Verification,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, PlayerError> {
        let of_person = person_locked_until(unit, verification, now).await?;
        let Some(until) = of_person.max(device_locked_until(unit, verification, now).await?) else { return Ok(None) };
        if of_person.is_some() {
            verification.tell_person_lock();
            unit.update_verification(verification).await?;
        }
        note_judged(unit, verification, LOCKED, false, now).await?;
        remember_frames(unit, verification, self.live.capture().film(), now).await?;
        Ok(Some(until))
    }
}

/// What no face is compared with.
fn nothing(services: &Services) -> Result<Template, PlayerError> {
    let model = services.face.engine.embedder().clone();
    Ok(Template::new(model, vec![1.0]).map_err(|error| StoreError::Corrupt(error.to_string()))?)
}

/// Takes a face that the store has into the index.
async fn index(services: &Services, sighting: Option<Sighting>) {
    if let Some(sighting) = sighting
        // The next refresh brings what did not come through here.
        && let Err(error) = services.face.index.apply(vec![sighting]).await
    {
        tracing::error!(%error, "the face index did not take a face in");
    }
}
