//! Enrolments that wait until they count.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{HoldId, PlayerId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::enrolment::{EndOfHold, HeldEnrolment, HoldKind};
use crate::domain::second_factor::ports::HeldEnrolments;
use crate::store::engine::columns::{corrupt, handle, instant, micros, named, parse};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

macro_rules! select_hold {
    ($condition:literal) => {
        concat!(
            "SELECT id, kind, player, verification, began_at, until, not_me, ended_at, how FROM held_enrolment WHERE ",
            $condition
        )
    };
}

#[derive(FromRow)]
struct HoldRow {
    id: String,
    kind: String,
    player: String,
    verification: String,
    began_at: i64,
    until: i64,
    not_me: Vec<u8>,
    ended_at: Option<i64>,
    how: Option<String>,
}

impl HoldRow {
    fn into_hold(self) -> Result<HeldEnrolment> {
        const HOW: &str = "held_enrolment.how";
        let ended = match (instant(self.ended_at), self.how) {
            (None, None) => None,
            (Some(at), Some(how)) => Some((at, named(&how, EndOfHold::from_name, HOW)?)),
            _ => return Err(corrupt(HOW)),
        };
        Ok(HeldEnrolment {
            id: parse(&self.id, "held_enrolment.id")?,
            kind: named(&self.kind, HoldKind::from_name, "held_enrolment.kind")?,
            player: parse(&self.player, "held_enrolment.player")?,
            verification: parse(&self.verification, "held_enrolment.verification")?,
            began_at: Timestamp::from_micros(self.began_at),
            until: Timestamp::from_micros(self.until),
            not_me: handle(&self.not_me, "held_enrolment.not_me")?,
            ended,
        })
    }
}

#[async_trait]
impl HeldEnrolments for SqlUnitOfWork {
    async fn insert_held_enrolment(&mut self, hold: &HeldEnrolment) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO held_enrolment (id, kind, player, verification, began_at, until, not_me, ended_at, how) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            )
            .bind(hold.id.to_string())
            .bind(hold.kind.as_str())
            .bind(hold.player.to_string())
            .bind(hold.verification.to_string())
            .bind(hold.began_at.micros())
            .bind(hold.until.micros())
            .bind(hold.not_me.0.to_vec())
            .bind(micros(hold.ended.map(|(at, _)| at)))
            .bind(hold.ended.map(|(_, how)| how.as_str())),
        )
        .await
    }

    async fn open_hold(&mut self, player: PlayerId) -> Result<Option<HeldEnrolment>> {
        let query = sqlx::query_as::<_, HoldRow>(select_hold!("player = $1 AND ended_at IS NULL"));
        self.fetch_optional(query.bind(player.to_string())).await?.map(HoldRow::into_hold).transpose()
    }

    async fn recoveries(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<HeldEnrolment>> {
        let query = sqlx::query_as::<_, HoldRow>(select_hold!(
            "player = $1 AND kind = $2 AND (ended_at IS NULL OR ended_at > $3) ORDER BY began_at DESC LIMIT 100"
        ));
        let query = query.bind(player.to_string()).bind(HoldKind::Recovery.as_str()).bind(since.micros());
        self.fetch_all(query).await?.into_iter().map(HoldRow::into_hold).collect()
    }

    async fn find_hold(&mut self, not_me: HandleHash) -> Result<Option<HeldEnrolment>> {
        let query = sqlx::query_as::<_, HoldRow>(select_hold!("not_me = $1")).bind(not_me.0.to_vec());
        self.fetch_optional(query).await?.map(HoldRow::into_hold).transpose()
    }

    async fn end_hold(&mut self, id: HoldId, how: EndOfHold, now: Timestamp) -> Result<bool> {
        let ended = self
            .execute(
                sqlx::query(
                    "UPDATE held_enrolment SET ended_at = $2, how = $3 \
                     WHERE id = $1 AND (ended_at IS NULL OR (how = $4 AND $5 = 1) OR (how = $6 AND $7 = 1))",
                )
                .bind(id.to_string())
                .bind(now.micros())
                .bind(how.as_str())
                .bind(EndOfHold::Passed.as_str())
                .bind(i64::from(matches!(how, EndOfHold::NotMe | EndOfHold::Overruled)))
                .bind(EndOfHold::NotMe.as_str())
                .bind(i64::from(how == EndOfHold::Overruled)),
            )
            .await?;
        Ok(ended > 0)
    }

    async fn remove_held_factors(&mut self, hold: &HeldEnrolment) -> Result<u64> {
        let (id, player) = (hold.id.to_string(), hold.player.to_string());
        let passkeys = self.execute(sqlx::query("DELETE FROM passkey WHERE hold = $1").bind(id.as_str())).await?;
        let totp = self.execute(sqlx::query("DELETE FROM totp WHERE hold = $1").bind(id.as_str())).await?;
        // Recovery codes stand for a factor and come with it: the last one takes them along.
        for text in [
            "DELETE FROM recovery_code WHERE player = $1 AND NOT EXISTS (SELECT 1 FROM passkey WHERE player = $1) \
             AND NOT EXISTS (SELECT 1 FROM totp WHERE player = $1)",
            "DELETE FROM recovery_code_set WHERE player = $1 AND NOT EXISTS (SELECT 1 FROM passkey WHERE player = $1) \
             AND NOT EXISTS (SELECT 1 FROM totp WHERE player = $1)",
        ] {
            self.execute(sqlx::query(text).bind(player.as_str())).await?;
        }
        Ok(passkeys + totp)
    }
}
