//! Which face of a capture is remembered, to be known again under another IIN.

use super::FaceCapture;
use crate::app::PlayerError;
use crate::app::verification::tries::{count, has_room};
use crate::domain::face::comparison::Template;
use crate::domain::face::judgement::{FaceJudgement, IdPhoto};
use crate::domain::face::search::{FaceHit, Sighting, SightingKey, SightingKind};
use crate::domain::kernel::id::SightingId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::verification::ports::{Tries, Verifications};
use crate::domain::verification::tries::{Tried, TriedBy};

impl FaceCapture {
    /// The template that stands for the live face among others, when the capture shows one face.
    pub(super) fn one_face<'a>(&self, live: Option<&'a Template>) -> Option<&'a Template> {
        live.filter(|_| self.live.capture().shows_one_face(self.services.policy.comparison))
    }

    /// What is remembered of this face. Nothing when it would have passed but for a likeness: whoever it is like would
    /// be caught by it in turn, before a person has looked. Nothing under an IIN that nobody has: a stranger has as many of
    /// these as they like.
    pub(super) fn sighting(
        &self,
        judgement: &FaceJudgement,
        live: Option<&Template>,
        hits: &[FaceHit],
        now: Timestamp,
    ) -> Option<Sighting> {
        let enabled = self.services.policy.face_search.enabled;
        let caught = *judgement == FaceJudgement::Passed && !hits.is_empty();
        let is_nobodys = matches!(self.id_photo, IdPhoto::Nobodys);
        let kind = SightingKind::of(judgement).filter(|_| enabled && !caught && !is_nobodys)?;
        Some(Sighting {
            id: SightingId::new(now, self.services.randomness.as_ref()),
            key: SightingKey::of_player(kind, self.player),
            player: Some(self.player),
            device: self.asker.device,
            seen_at: now,
            template: Some(self.one_face(live)?.clone()),
        })
    }

    /// The same, and who has used up their limit by it: of rejected faces only so many are remembered of one browser and of one
    /// address a day.
    pub(super) async fn within_limit(
        &self,
        unit: &mut (impl Tries + Verifications + ?Sized),
        sighting: Option<Sighting>,
        now: Timestamp,
    ) -> Result<(Option<Sighting>, Vec<TriedBy>), PlayerError> {
        if sighting.as_ref().is_none_or(|sighting| sighting.key.kind != SightingKind::Rejected) {
            return Ok((sighting, Vec::new()));
        }
        if !has_room(&self.services, unit, self.asker, Tried::RejectedFace, now).await? {
            return Ok((None, Vec::new()));
        }
        let spent = count(&self.services, unit, self.asker, Tried::RejectedFace, now).await?;
        Ok((sighting, spent))
    }
}
