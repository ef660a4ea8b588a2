//! Figures about many attempts.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::decision::Verdict;
use crate::domain::face::liveness::cues::Finding;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::review::ports::{Figures, FindingFigure, ReasonFigure, TimeFigure, VerdictFigure};
use crate::store::engine::columns::{count, named};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::operators::registrations::operator_id;

#[derive(FromRow)]
struct FigureRow {
    day: i64,
    operator: String,
    what: String,
    many: i64,
}

#[derive(FromRow)]
struct TimeRow {
    day: i64,
    operator: String,
    mean: i64,
    longest: i64,
    many: i64,
}

impl TimeRow {
    fn into_figure(self) -> Result<TimeFigure> {
        let seconds = |micros: i64| count(micros.max(0) / 1_000_000, "verification.decided_at");
        Ok(TimeFigure {
            day: self.day,
            operator: operator_id(&self.operator)?,
            mean_seconds: seconds(self.mean)?,
            longest_seconds: seconds(self.longest)?,
            count: count(self.many, "verification")?,
        })
    }
}

/// Whole days since 1970-01-01 in Almaty (UTC+5) of a column in microseconds.
macro_rules! day {
    ($column:literal) => {
        concat!("(", $column, " + 18000000000) / 86400000000")
    };
}

#[async_trait]
impl Figures for SqlUnitOfWork {
    async fn verdicts_by_day(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<VerdictFigure>> {
        let query = concat!(
            "SELECT ",
            day!("decided_at"),
            " AS day, operator, verdict AS what, COUNT(*) AS many FROM verification \
             WHERE decided_at >= $1 AND decided_at < $2 AND verdict IS NOT NULL GROUP BY 1, 2, 3"
        );
        let query = sqlx::query_as::<_, FigureRow>(query).bind(from.micros()).bind(until.micros());
        let figure = |row: FigureRow| {
            Ok(VerdictFigure {
                day: row.day,
                operator: operator_id(&row.operator)?,
                verdict: named(&row.what, Verdict::from_name, "verification.verdict")?,
                count: count(row.many, "verification")?,
            })
        };
        self.fetch_all(query).await?.into_iter().map(figure).collect()
    }

    async fn reasons_by_day(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<ReasonFigure>> {
        // Ids sort by time.
        let query = concat!(
            "SELECT ",
            day!("opened_at"),
            " AS day, operator, case_reason.reason AS what, COUNT(*) AS many \
             FROM review_case JOIN case_reason ON case_reason.review_case = review_case.id \
             WHERE review_case.id >= $1 AND review_case.id < $2 GROUP BY 1, 2, 3"
        );
        let query = sqlx::query_as::<_, FigureRow>(query)
            .bind(CaseId::least(from).to_string())
            .bind(CaseId::least(until).to_string());
        let figure = |row: FigureRow| {
            Ok(ReasonFigure {
                day: row.day,
                operator: operator_id(&row.operator)?,
                reason: named(&row.what, ReasonCode::from_code, "case_reason.reason")?,
                count: count(row.many, "review_case")?,
            })
        };
        self.fetch_all(query).await?.into_iter().map(figure).collect()
    }

    async fn findings_by_day(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<FindingFigure>> {
        let query = concat!(
            "SELECT ",
            day!("opened_at"),
            " AS day, operator, case_finding.finding AS what, COUNT(*) AS many \
             FROM review_case JOIN case_finding ON case_finding.review_case = review_case.id \
             WHERE review_case.id >= $1 AND review_case.id < $2 GROUP BY 1, 2, 3"
        );
        let query = sqlx::query_as::<_, FigureRow>(query)
            .bind(CaseId::least(from).to_string())
            .bind(CaseId::least(until).to_string());
        let figure = |row: FigureRow| {
            Ok(FindingFigure {
                day: row.day,
                operator: operator_id(&row.operator)?,
                finding: named(&row.what, Finding::from_code, "case_finding.finding")?,
                count: count(row.many, "review_case")?,
            })
        };
        self.fetch_all(query).await?.into_iter().map(figure).collect()
    }

    async fn verification_times(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<TimeFigure>> {
        let query = concat!(
            "SELECT ",
            day!("decided_at"),
            " AS day, operator, CAST(AVG(decided_at - started_at) AS BIGINT) AS mean, \
             MAX(decided_at - started_at) AS longest, COUNT(*) AS many FROM verification \
             WHERE decided_at >= $1 AND decided_at < $2 AND reopened_at IS NULL \
             AND verdict <> 'cancelled' GROUP BY 1, 2"
        );
        let query = sqlx::query_as::<_, TimeRow>(query).bind(from.micros()).bind(until.micros());
        self.fetch_all(query).await?.into_iter().map(TimeRow::into_figure).collect()
    }

    async fn case_times(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<TimeFigure>> {
        let query = concat!(
            "SELECT ",
            day!("COALESCE(settled_at, decided_at)"),
            " AS day, operator, CAST(AVG(COALESCE(settled_at, decided_at) - opened_at) AS BIGINT) AS mean, \
             MAX(COALESCE(settled_at, decided_at) - opened_at) AS longest, COUNT(*) AS many \
             FROM case_decision JOIN review_case ON review_case.id = case_decision.review_case \
             WHERE status = 'decided' AND (yes IS NULL OR yes = 1) AND decided_at >= $1 AND decided_at < $2 GROUP BY 1, 2"
        );
        let query = sqlx::query_as::<_, TimeRow>(query).bind(from.micros()).bind(until.micros());
        self.fetch_all(query).await?.into_iter().map(TimeRow::into_figure).collect()
    }
}
