//! A capture for which the engine had no time is held against nobody, and not for ever.

use super::FaceCapture;
use crate::app::PlayerError;
use crate::app::tries::{count, has_room, note_spent};
use crate::domain::face_step::FaceJudgement;
use crate::domain::ports::UnitOfWork;
use crate::domain::reason::ReasonCode;
use crate::domain::time::Timestamp;
use crate::domain::tries::Tried;
use crate::domain::verification::Verification;

impl FaceCapture {
    /// Whether it came to nothing because others kept the engine busy, and is no failure for that. The attempt stays counted, so that
    /// challenges cannot be leafed through; and of one browser and one address only so many are forgiven, since visits are free and
    /// whoever keeps the engine busy may be the one who asks.
    pub(super) async fn is_forgiven(
        &self,
        unit: &mut dyn UnitOfWork,
        (verification, judgement): (&Verification, &FaceJudgement),
        now: Timestamp,
    ) -> Result<bool, PlayerError> {
        let lost = *judgement == FaceJudgement::Retry(ReasonCode::CaptureTimeout) && self.live.is_starved();
        if !lost || !has_room(&self.services, unit, self.asker, Tried::LostCapture, now).await? {
            return Ok(false);
        }
        let spent = count(&self.services, unit, self.asker, Tried::LostCapture, now).await?;
        note_spent(&self.services, unit, verification, (Tried::LostCapture, &spent), now).await?;
        Ok(true)
    }
}
