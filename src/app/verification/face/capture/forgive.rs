//! A capture for which the engine had no time, or of a camera that mirrors, is held against nobody, and not for ever.

use super::FaceCapture;
use crate::app::PlayerError;
use crate::app::verification::tries::count_if_room;
use crate::domain::audit::ports::AuditLog;
use crate::domain::face::judgement::{FaceJudgement, told_at_retry};
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::verification::Verification;
use crate::domain::verification::ports::{Tries, Verifications};
use crate::domain::verification::tries::Tried;

impl FaceCapture {
    /// Whether it came to nothing because others kept the engine busy, or all was followed to the other side, and is no failure for that.
    /// The attempt stays counted, so that challenges cannot be leafed through; and of one browser and one address only so many are forgiven, since visits are free and
    /// whoever keeps the engine busy may be the one who asks.
    pub(super) async fn is_forgiven(
        &self,
        unit: &mut (impl AuditLog + Tries + Verifications + ?Sized),
        (verification, judgement): (&Verification, &FaceJudgement),
        now: Timestamp,
    ) -> Result<bool, PlayerError> {
        let FaceJudgement::Retry(reason) = judgement else { return Ok(false) };
        // By what is told alone: forgiven only where all else was well, the attempts left would say that it was.
        let lost = match told_at_retry(*reason, self.live.capture().is_mirrored()) {
            ReasonCode::CaptureTimeout => self.live.is_starved(),
            ReasonCode::CaptureMirrored => true,
            _ => false,
        };
        let counts = (self.asker, Tried::LostCapture);
        Ok(lost && count_if_room(&self.services, unit, verification, counts, now).await?)
    }
}
