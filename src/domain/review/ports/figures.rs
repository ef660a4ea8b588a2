//! Figures about many attempts, of nobody in particular.

use async_trait::async_trait;

use crate::domain::decision::Verdict;
use crate::domain::face::liveness::cues::Finding;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::reason::ReasonCode;

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

/// How many cases for an operator had a finding, on the day of Almaty on which they were opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingFigure {
    /// As above.
    pub day: i64,
    /// For whom.
    pub operator: OperatorId,
    /// What a cue saw.
    pub finding: Finding,
    /// How many.
    pub count: u64,
}

/// What took how long, by day of Almaty and operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFigure {
    /// The day on which it ended.
    pub day: i64,
    /// For whom.
    pub operator: OperatorId,
    /// Mean, seconds.
    pub mean_seconds: u64,
    /// The longest, seconds.
    pub longest_seconds: u64,
    /// How many.
    pub count: u64,
}

/// Figures.
#[async_trait]
pub trait Figures: Send {
    /// Of verifications that ended from `from` on and before `until`.
    async fn verdicts_by_day(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<VerdictFigure>>;
    /// Of cases that were opened then.
    async fn reasons_by_day(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<ReasonFigure>>;
    /// What cues saw in those.
    async fn findings_by_day(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<FindingFigure>>;
    /// From the beginning of a verification to its end; those that were cancelled are left out.
    async fn verification_times(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<TimeFigure>>;
    /// From the opening of a case to the decision that ended it.
    async fn case_times(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<TimeFigure>>;
}
