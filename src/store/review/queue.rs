//! The queue of cases, and what staff do with them. Notes are encrypted.

use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;

use super::cases::{CASE_COLUMNS, CaseRow, WITHOUT_EVIDENCE};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{CaseId, PlayerId, VerificationId};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::review::case::CaseStatus;
use crate::domain::review::case_work::{CaseDecision, CaseWork, Conclusion, Settlement};
use crate::domain::review::ports::{CaseFilter, CaseHolder, CaseQueue, QueuedCase};
use crate::store::engine::columns::{corrupt, count, instant, micros, named, parse};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const TO_PLAYER: Column = Column::new("case_decision", "to_player");
const INTERNAL: Column = Column::new("case_decision", "internal");

#[derive(FromRow)]
struct QueuedRow {
    assignee: Option<String>,
    revision: i64,
    #[sqlx(flatten)]
    case: CaseRow,
}

impl QueuedRow {
    fn into_queued(self, cipher: &ColumnCipher) -> Result<QueuedCase> {
        let case = self.case.into_case(cipher)?;
        let assignee = self.assignee.map(|id| parse(&id, "review_case.assignee")).transpose()?;
        let work = CaseWork { case: case.id, status: case.status, assignee, revision: self.revision };
        Ok(QueuedCase { case, work })
    }
}

#[derive(FromRow)]
struct DecisionRow {
    id: String,
    review_case: String,
    conclusion: String,
    to_player: Option<Vec<u8>>,
    internal: Option<Vec<u8>>,
    staff: String,
    decided_at: i64,
    second: Option<String>,
    settled_at: Option<i64>,
    yes: Option<i64>,
}

impl DecisionRow {
    fn into_decision(self, cipher: &ColumnCipher) -> Result<CaseDecision> {
        let note = |column, sealed: Option<Vec<u8>>| {
            let open = |sealed: Vec<u8>| note_of(cipher, column, &self.id, &sealed);
            sealed.map(open).transpose()
        };
        let settlement = match (&self.second, instant(self.settled_at), self.yes) {
            (Some(second), Some(at), Some(yes)) => {
                Some(Settlement { by: parse(second, "case_decision.second")?, at, yes: yes != 0 })
            }
            (None, None, None) => None,
            _ => return Err(corrupt("case_decision.second")),
        };
        Ok(CaseDecision {
            to_player: note(TO_PLAYER, self.to_player)?,
            internal: note(INTERNAL, self.internal)?,
            id: parse(&self.id, "case_decision.id")?,
            case: parse(&self.review_case, "case_decision.review_case")?,
            conclusion: named(&self.conclusion, Conclusion::from_name, "case_decision.conclusion")?,
            by: parse(&self.staff, "case_decision.staff")?,
            at: Timestamp::from_micros(self.decided_at),
            settlement,
        })
    }
}

fn note_of(cipher: &ColumnCipher, column: Column, id: &str, sealed: &[u8]) -> Result<SecretText> {
    let plain = cipher.open(column, &[id.as_bytes()], sealed)?;
    std::str::from_utf8(plain.expose()).map(SecretText::new).map_err(|_| corrupt("case_decision.note"))
}

/// Rows of [`QueuedRow`], without picture and statement.
fn select_queued(from: &str, condition: &str) -> String {
    format!("SELECT {CASE_COLUMNS}, {WITHOUT_EVIDENCE}, assignee, revision FROM {from} WHERE {condition}")
}

/// A value of a filter.
enum Value {
    Text(String),
    Bytes(Vec<u8>),
}

/// The statement for a filter: each filter that is there is a condition, with its values in the order of the conditions.
fn statement(filter: &CaseFilter) -> (String, Vec<Value>) {
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    let mut add_value = |condition: &str, value: Value| {
        values.push(value);
        conditions.push(condition.replace('?', &format!("${}", values.len() + 1)));
    };
    if let Some(device) = filter.device {
        let condition = "verification IN (SELECT verification.id FROM verification WHERE device = ?)";
        add_value(condition, Value::Bytes(device.0.to_vec()));
    }
    let mut add = |condition: &str, value: String| add_value(condition, Value::Text(value));
    if let Some(status) = filter.status {
        add("review_case.status = ?", status.as_str().to_owned());
    }
    if let Some(CaseHolder::Of(staff)) = filter.holder {
        add("assignee = ?", staff.to_string());
    }
    if let Some(reason) = filter.reason {
        add("case_reason.reason = ?", reason.code().to_owned());
    }
    if let Some(finding) = filter.finding {
        add("case_finding.finding = ?", finding.code().to_owned());
    }
    if let Some(risk) = filter.risk {
        add("risk = ?", risk.as_str().to_owned());
    }
    // Ids sort by time.
    if let Some(from) = filter.from {
        add("id >= ?", CaseId::least(from).to_string());
    }
    if let Some(until) = filter.until {
        add("id < ?", CaseId::least(until).to_string());
    }
    if let Some(operator) = &filter.operator {
        add("operator = ?", operator.as_str().to_owned());
    }
    if let Some(player) = filter.player {
        add("player = ?", player.to_string());
    }
    if let Some(after) = filter.after {
        add("id > ?", after.to_string());
    }
    if let Some(before) = filter.before {
        add("id < ?", before.to_string());
    }
    if filter.holder == Some(CaseHolder::Nobody) {
        conditions.push("assignee IS NULL".to_owned());
    }
    let mut from = "review_case".to_owned();
    if filter.reason.is_some() {
        from.push_str(" JOIN case_reason ON case_reason.review_case = review_case.id");
    }
    if filter.finding.is_some() {
        from.push_str(" JOIN case_finding ON case_finding.review_case = review_case.id");
    }
    let condition = if conditions.is_empty() { "1 = 1".to_owned() } else { conditions.join(" AND ") };
    let order = if filter.oldest_first { "ASC" } else { "DESC" };
    // By the table whose index is walked: with a reason that is the table of reasons, or else that of findings.
    let key = match (filter.reason, filter.finding) {
        (Some(_), _) => "case_reason.review_case",
        (None, Some(_)) => "case_finding.review_case",
        (None, None) => "id",
    };
    (format!("{} ORDER BY {key} {order} LIMIT $1", select_queued(&from, &condition)), values)
}

#[async_trait]
impl CaseQueue for SqlUnitOfWork {
    async fn queue_cases(&mut self, filter: &CaseFilter, limit: u32) -> Result<Vec<QueuedCase>> {
        let (text, values) = statement(filter);
        let query = sqlx::query_as::<_, QueuedRow>(AssertSqlSafe(text)).bind(i64::from(limit));
        let query = values.into_iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        });
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(|row| row.into_queued(&self.cipher)).collect()
    }

    async fn count_cases(&mut self) -> Result<Vec<(CaseStatus, u64)>> {
        let query = sqlx::query_as::<_, (String, i64)>("SELECT status, COUNT(*) FROM review_case GROUP BY status");
        let rows = self.fetch_all(query).await?;
        let number = |status: CaseStatus| {
            let row = rows.iter().find(|(name, _)| name == status.as_str());
            Ok((status, row.map_or(Ok(0), |(_, number)| count(*number, "count"))?))
        };
        CaseStatus::ALL.into_iter().map(number).collect()
    }

    async fn find_queued_case(&mut self, case: CaseId) -> Result<Option<QueuedCase>> {
        let text = select_queued("review_case", "id = $1");
        let row =
            self.fetch_optional(sqlx::query_as::<_, QueuedRow>(AssertSqlSafe(text)).bind(case.to_string())).await?;
        row.map(|row| row.into_queued(&self.cipher)).transpose()
    }

    async fn update_case_work(&mut self, work: &mut CaseWork) -> Result<()> {
        self.change(
            sqlx::query(
                "UPDATE review_case SET status = $3, assignee = $4, revision = revision + 1 \
                 WHERE id = $1 AND revision = $2",
            )
            .bind(work.case.to_string())
            .bind(work.revision)
            .bind(work.status.as_str())
            .bind(work.assignee.map(|id| id.to_string())),
        )
        .await?;
        work.revision += 1;
        Ok(())
    }

    async fn insert_case_decision(&mut self, decision: &CaseDecision) -> Result<()> {
        let row = decision.id.to_string();
        let seal = |column, note: &Option<SecretText>| {
            let seal = |note: &SecretText| self.cipher.seal(column, &[row.as_bytes()], note.expose().as_bytes());
            note.as_ref().map(seal).transpose()
        };
        let (to_player, internal) = (seal(TO_PLAYER, &decision.to_player)?, seal(INTERNAL, &decision.internal)?);
        self.change(
            sqlx::query(
                "INSERT INTO case_decision (id, review_case, conclusion, to_player, internal, staff, decided_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            )
            .bind(row)
            .bind(decision.case.to_string())
            .bind(decision.conclusion.as_str())
            .bind(to_player)
            .bind(internal)
            .bind(decision.by.to_string())
            .bind(decision.at.micros()),
        )
        .await
    }

    async fn settle_case_decision(&mut self, decision: &CaseDecision) -> Result<()> {
        let settlement = decision.settlement;
        self.change(
            sqlx::query(
                "UPDATE case_decision SET second = $2, settled_at = $3, yes = $4 WHERE id = $1 AND second IS NULL",
            )
            .bind(decision.id.to_string())
            .bind(settlement.map(|settlement| settlement.by.to_string()))
            .bind(micros(settlement.map(|settlement| settlement.at)))
            .bind(settlement.map(|settlement| i64::from(settlement.yes))),
        )
        .await
    }

    async fn list_case_decisions(&mut self, case: CaseId) -> Result<Vec<CaseDecision>> {
        let query = "SELECT id, review_case, conclusion, to_player, internal, staff, decided_at, second, settled_at, yes \
                     FROM case_decision WHERE review_case = $1 ORDER BY decided_at, id";
        let rows = self.fetch_all(sqlx::query_as::<_, DecisionRow>(query).bind(case.to_string())).await?;
        rows.into_iter().map(|row| row.into_decision(&self.cipher)).collect()
    }

    async fn note_to_player(&mut self, verification: VerificationId) -> Result<Option<SecretText>> {
        let query = "SELECT case_decision.id, to_player FROM case_decision \
                     JOIN review_case ON review_case.id = case_decision.review_case \
                     WHERE verification = $1 AND status = 'decided' AND to_player IS NOT NULL \
                     AND (yes IS NULL OR yes = 1) ORDER BY decided_at DESC LIMIT 1";
        let query = sqlx::query_as::<_, (String, Vec<u8>)>(query).bind(verification.to_string());
        let row = self.fetch_optional(query).await?;
        row.map(|(id, sealed)| note_of(&self.cipher, TO_PLAYER, &id, &sealed)).transpose()
    }

    async fn grant_face_waiver(&mut self, case: CaseId, device: HandleHash, until: Timestamp) -> Result<()> {
        let query = sqlx::query("UPDATE review_case SET cleared_until = $2, cleared_device = $3 WHERE id = $1");
        self.change(query.bind(case.to_string()).bind(until.micros()).bind(device.0.to_vec())).await
    }

    async fn consume_face_waiver(
        &mut self,
        player: PlayerId,
        operator: &OperatorId,
        device: HandleHash,
        now: Timestamp,
    ) -> Result<Option<CaseId>> {
        let query = "UPDATE review_case SET cleared_until = NULL WHERE player = $1 AND operator = $2 \
                     AND cleared_device = $3 AND cleared_until > $4 RETURNING id";
        let query = sqlx::query_as::<_, (String,)>(query)
            .bind(player.to_string())
            .bind(operator.as_str().to_owned())
            .bind(device.0.to_vec())
            .bind(now.micros());
        // All of them at once: two refusals that fell are one leave to go on.
        let taken = self.fetch_all(query).await?;
        taken.into_iter().next().map(|(id,)| parse(&id, "review_case.id")).transpose()
    }
}
