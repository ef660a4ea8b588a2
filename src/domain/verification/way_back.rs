//! The way back to the operator, with the answer.

use std::time::Duration;

use super::{Stage, StepError, Verification};
use crate::domain::kernel::time::Timestamp;

/// The operator gets its answer this long after the decision, or not at all: what was shown then says nothing of later.
pub const RETURN_WITHIN: Duration = Duration::from_mins(20);

impl Verification {
    /// The answer is handed to the operator; true the first time. It may be asked for again while [`Self::may_hand_back`], for the
    /// first may never have arrived.
    pub fn hand_back(&mut self, now: Timestamp) -> Result<bool, StepError> {
        if self.is_over() && !self.may_hand_back(now) {
            return Err(StepError::Expired);
        }
        match self.stage {
            Stage::Decided => {
                self.stage = Stage::Returned;
                Ok(true)
            }
            Stage::Returned => Ok(false),
            _ => Err(StepError::OutOfTurn),
        }
    }

    /// Whether it was handed to the operator at least once.
    pub fn was_handed_back(&self) -> bool {
        self.stage == Stage::Returned
    }

    /// Whether it is time to hand it over.
    pub fn may_hand_back(&self, now: Timestamp) -> bool {
        self.decided_at.is_some_and(|at| now < at.plus(RETURN_WITHIN))
    }
}
