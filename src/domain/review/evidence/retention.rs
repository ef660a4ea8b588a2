//! How long evidence is kept, and who keeps it longer.

use crate::domain::kernel::id::StaffId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::case::CaseStatus;

/// Somebody said that evidence must stay: a court asks, or a person complains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Who.
    pub by: StaffId,
    /// Since when.
    pub since: Timestamp,
}

/// Why evidence is not erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EraseFault {
    /// It is held.
    #[error("the evidence is under legal hold")]
    Held,
    /// Somebody still works on the case.
    #[error("the case is not decided yet")]
    Open,
    /// It is gone already.
    #[error("the evidence was erased before")]
    Erased,
}

/// Whether the evidence of a case may be erased.
pub fn may_erase(status: CaseStatus, hold: Option<Hold>, erased_at: Option<Timestamp>) -> Result<(), EraseFault> {
    match (erased_at, hold, status) {
        (Some(_), _, _) => Err(EraseFault::Erased),
        (None, Some(_), _) => Err(EraseFault::Held),
        (None, None, CaseStatus::Open | CaseStatus::Proposed) => Err(EraseFault::Open),
        (None, None, CaseStatus::Recorded | CaseStatus::Decided) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;

    #[test]
    fn only_what_is_over_and_not_held_is_erased_and_once() {
        let now = Timestamp::from_seconds(1);
        let hold = Hold { by: StaffId::new(now, &SeededRandomness::new(1)), since: now };
        for status in CaseStatus::ALL {
            assert_eq!(may_erase(status, Some(hold), None), Err(EraseFault::Held));
            assert_eq!(may_erase(status, Some(hold), Some(now)), Err(EraseFault::Erased));
            let over = matches!(status, CaseStatus::Recorded | CaseStatus::Decided);
            assert_eq!(may_erase(status, None, None), if over { Ok(()) } else { Err(EraseFault::Open) });
        }
    }
}
