//! A capture for which the engine had no time is held against nobody, and not for ever.

use super::FaceCapture;
use crate::app::PlayerError;
use crate::app::tries::count_if_room;
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
        let counts = (self.asker, Tried::LostCapture);
        Ok(lost && count_if_room(&self.services, unit, verification, counts, now).await?)
    }
}
