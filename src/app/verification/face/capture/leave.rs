//! A capture that is left before its end: broken off, or given up since the camera was taken away.

use super::FaceCapture;
use crate::app::PlayerError;
use crate::app::verification::face::lockout::{FailedCapture, count_failure};
use crate::app::verification::face::settle::note_judged;
use crate::app::verification::session::open;
use crate::app::verification::tries::{count, has_room, note_spent};
use crate::domain::verification::tries::{Tried, TriedBy};

/// How a capture is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    BrokenOff,
    GivenUp,
}

impl Left {
    /// As the audit log names it.
    fn as_str(self) -> &'static str {
        match self {
            Self::BrokenOff => "broken_off",
            Self::GivenUp => "given_up",
        }
    }
}

impl FaceCapture {
    /// The connection is gone, or what came through it was no capture: whatever of the challenge was shown has been used up,
    /// and that is a failure; of the person, too, if it is their face that was seen. So it is when a later capture has taken
    /// this one's place: challenges cannot be leafed through.
    pub async fn break_off(self) -> Result<(), PlayerError> {
        self.leave(Left::BrokenOff).await
    }

    /// The page gives the capture up: a call or another program has the camera. Nobody can check that, so it is a capture that is broken
    /// off, but that the browser is spared, as often as other captures are forgiven. The person is not: else whoever has their picture
    /// could look at one challenge after the other until one suits.
    pub async fn give_up(self) -> Result<(), PlayerError> {
        self.leave(Left::GivenUp).await
    }

    async fn leave(self, how: Left) -> Result<(), PlayerError> {
        if !self.live.capture().is_revealed() {
            return Ok(());
        }
        let services = &self.services;
        let now = services.clock.now();
        let mut unit = services.store.begin().await?;
        let unit_ref = unit.as_mut();
        let verification = open(unit_ref, self.session).await?;
        // Counted before, and noted after: the log's head is held last.
        let forgives =
            how == Left::GivenUp && has_room(services, unit_ref, self.asker, Tried::LostCapture, now).await?;
        let spent: Vec<TriedBy> =
            if forgives { count(services, unit_ref, self.asker, Tried::LostCapture, now).await? } else { Vec::new() };
        let failure = FailedCapture { asker: self.asker, like: self.is_like(), spares_browser: forgives };
        count_failure(services, unit_ref, &verification, failure, now).await?;
        if verification.expect_capture(self.attempt, now).is_ok() {
            note_judged(unit_ref, &verification, how.as_str(), false, now).await?;
        }
        note_spent(services, unit_ref, &verification, (Tried::LostCapture, &spent), now).await?;
        Ok(unit.commit().await?)
    }
}
