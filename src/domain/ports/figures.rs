//! Figures about many attempts, of nobody in particular.

use async_trait::async_trait;

use super::repositories::StoreError;
use crate::domain::operator::OperatorId;
use crate::domain::reason::ReasonCode;
use crate::domain::time::Timestamp;
use crate::domain::verification::Verdict;

type Result<T> = std::result::Result<T, StoreError>;

/// How many verifications for an operator ended so, on a day of Almaty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictFigure {
    /// Days since 1970-01-01, by the calendar of Almaty.
    pub day: i64,
    /// For whom.
    pub operator: OperatorId,
    /// How.
    pub verdict: Verdict,
    /// How many.
    pub count: u64,
}

/// How many cases for an operator had a reason, on the day of Almaty on which they were opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonFigure {
    /// As above.
    pub day: i64,
    /// For whom.
    pub operator: OperatorId,
    /// Which.
    pub reason: ReasonCode,
    /// How many.
    pub count: u64,
}

/// Figures.
#[async_trait]
pub trait Figures {
    /// Of verifications that ended from `from` on and before `until`.
    async fn verdicts_by_day(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<VerdictFigure>>;
    /// Of cases that were opened then.
    async fn reasons_by_day(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<ReasonFigure>>;
}
