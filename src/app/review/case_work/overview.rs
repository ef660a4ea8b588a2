//! How many attempts there were, how they ended and why, by day and operator; and how old what sources say is.

use std::time::Duration;

use super::CaseWorkError;
use crate::app::Services;
use crate::domain::kernel::time::{Timestamp, almaty_midnight};
use crate::domain::restrictions::Source;
use crate::domain::review::ports::{FindingFigure, ReasonFigure, TimeFigure, VerdictFigure};

/// Most days.
pub const MAX_DAYS: u32 = 366;

/// The figures of some days.
#[derive(Clone, Debug)]
pub struct Overview {
    /// From the first instant of the first day in Almaty.
    pub from: Timestamp,
    /// Until now.
    pub until: Timestamp,
    /// How verifications ended.
    pub verdicts: Vec<VerdictFigure>,
    /// Why cases were opened.
    pub reasons: Vec<ReasonFigure>,
    /// What cues saw.
    pub findings: Vec<FindingFigure>,
    /// How long verifications took.
    pub verification_times: Vec<TimeFigure>,
    /// How long cases took.
    pub case_times: Vec<TimeFigure>,
    /// Every source of restrictions.
    pub sources: Vec<Source>,
}

/// Reads the last `days` days, today among them.
pub async fn read_overview(services: &Services, days: u32) -> Result<Overview, CaseWorkError> {
    let until = services.clock.now();
    let before = Duration::from_hours(24) * (days.clamp(1, MAX_DAYS) - 1);
    let from = almaty_midnight(until.minus(before).almaty_date());
    let mut unit = services.store.read().await?;
    let mut verdicts = unit.verdicts_by_day(from, until).await?;
    verdicts.sort_by_key(|figure| (figure.day, figure.operator.to_string(), figure.verdict.as_str()));
    let mut reasons = unit.reasons_by_day(from, until).await?;
    reasons.sort_by_key(|figure| (figure.day, figure.operator.to_string(), figure.reason));
    let mut findings = unit.findings_by_day(from, until).await?;
    findings.sort_by_key(|figure| (figure.day, figure.operator.to_string(), figure.finding));
    let mut verification_times = unit.verification_times(from, until).await?;
    verification_times.sort_by_key(|figure| (figure.day, figure.operator.to_string()));
    let mut case_times = unit.case_times(from, until).await?;
    case_times.sort_by_key(|figure| (figure.day, figure.operator.to_string()));
    let mut sources = unit.list_sources().await?;
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Overview { from, until, verdicts, reasons, findings, verification_times, case_times, sources })
}
