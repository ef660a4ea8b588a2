//! What takes two of the staff.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::dual_control::ports::Proposals;
use crate::domain::dual_control::{IdentityCheck, Proposal};
use crate::domain::kernel::id::MeasureId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::case_work::Settlement;
use crate::store::engine::columns::{corrupt, from_json, instant, micros, parse, to_json};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const IDENTITY_CHECK: Column = Column::new("proposal", "identity_check");

#[derive(FromRow)]
struct ProposalRow {
    id: String,
    measure: String,
    why: String,
    staff: String,
    proposed_at: i64,
    second: Option<String>,
    settled_at: Option<i64>,
    yes: Option<i64>,
    done_at: Option<i64>,
    identity_check: Option<Vec<u8>>,
}

impl ProposalRow {
    fn into_proposal(self, cipher: &ColumnCipher) -> Result<Proposal> {
        let identity_check = self.identity_check.as_deref().map(|sealed| {
            let words = cipher.open(IDENTITY_CHECK, &[self.id.as_bytes()], sealed)?;
            let words = std::str::from_utf8(words.expose()).ok().and_then(|words| IdentityCheck::read(words).ok());
            words.ok_or_else(|| corrupt("proposal.identity_check"))
        });
        let settlement = match (&self.second, instant(self.settled_at), self.yes) {
            (Some(second), Some(at), Some(yes)) => {
                Some(Settlement { by: parse(second, "proposal.second")?, at, yes: yes != 0 })
            }
            (None, None, None) => None,
            _ => return Err(corrupt("proposal.second")),
        };
        Ok(Proposal {
            id: parse(&self.id, "proposal.id")?,
            measure: from_json(self.measure.as_bytes(), "proposal.measure")?,
            why: self.why,
            identity_check: identity_check.transpose()?,
            by: parse(&self.staff, "proposal.staff")?,
            at: Timestamp::from_micros(self.proposed_at),
            settlement,
            done_at: instant(self.done_at),
        })
    }
}

#[async_trait]
impl Proposals for SqlUnitOfWork {
    async fn insert_proposal(&mut self, proposal: &Proposal) -> Result<()> {
        let row = proposal.id.to_string();
        let seal = |check: &IdentityCheck| {
            self.cipher.seal(IDENTITY_CHECK, &[row.as_bytes()], check.words().expose().as_bytes())
        };
        let check = proposal.identity_check.as_ref().map(seal).transpose()?;
        self.change(
            sqlx::query(
                "INSERT INTO proposal (id, kind, subject, measure, why, staff, proposed_at, identity_check) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            )
            .bind(row.as_str())
            .bind(proposal.measure.kind())
            .bind(proposal.measure.subject())
            .bind(to_json(&proposal.measure, "proposal.measure")?)
            .bind(proposal.why.clone())
            .bind(proposal.by.to_string())
            .bind(proposal.at.micros())
            .bind(check),
        )
        .await
    }

    async fn find_proposal(&mut self, id: MeasureId) -> Result<Option<Proposal>> {
        let query = "SELECT id, measure, why, staff, proposed_at, second, settled_at, yes, done_at, identity_check FROM proposal WHERE id = $1";
        let row = self.fetch_optional(sqlx::query_as::<_, ProposalRow>(query).bind(id.to_string())).await?;
        row.map(|row| row.into_proposal(&self.cipher)).transpose()
    }

    async fn list_proposals(&mut self, subject: Option<&str>, limit: u32) -> Result<Vec<Proposal>> {
        let query = match subject {
            Some(subject) => sqlx::query_as::<_, ProposalRow>(
                "SELECT id, measure, why, staff, proposed_at, second, settled_at, yes, done_at, identity_check FROM proposal \
                 WHERE subject = $2 ORDER BY id DESC LIMIT $1",
            )
            .bind(i64::from(limit))
            .bind(subject.to_owned()),
            None => sqlx::query_as::<_, ProposalRow>(
                "SELECT id, measure, why, staff, proposed_at, second, settled_at, yes, done_at, identity_check FROM proposal \
                 ORDER BY id DESC LIMIT $1",
            )
            .bind(i64::from(limit)),
        };
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(|row| row.into_proposal(&self.cipher)).collect()
    }

    async fn settle_proposal(&mut self, proposal: &Proposal) -> Result<()> {
        let settlement = proposal.settlement;
        self.change(
            sqlx::query(
                "UPDATE proposal SET second = $2, settled_at = $3, yes = $4, done_at = $5 \
                 WHERE id = $1 AND settled_at IS NULL",
            )
            .bind(proposal.id.to_string())
            .bind(settlement.map(|settled| settled.by.to_string()))
            .bind(micros(settlement.map(|settled| settled.at)))
            .bind(settlement.map(|settled| i64::from(settled.yes)))
            .bind(micros(proposal.done_at)),
        )
        .await
    }

    async fn finish_proposal(&mut self, proposal: &Proposal) -> Result<()> {
        let query = sqlx::query("UPDATE proposal SET done_at = $2 WHERE id = $1 AND yes = 1 AND done_at IS NULL");
        self.change(query.bind(proposal.id.to_string()).bind(micros(proposal.done_at))).await
    }
}
