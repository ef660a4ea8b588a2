//! Faces that were seen: templates are encrypted, bound to everything that says whose they are.

use async_trait::async_trait;
use sqlx_macros::FromRow;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::domain::face::comparison::{ModelHash, Template};
use crate::domain::face::ports::Sightings;
use crate::domain::face::search::{Sighting, SightingKey, SightingKind};
use crate::domain::kernel::id::{CaseId, SightingId};
use crate::domain::kernel::time::Timestamp;
use crate::store::engine::columns::{corrupt, handle, named, parse};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const TEMPLATE: Column = Column::new("face_sighting", "template");

#[derive(FromRow)]
struct SightingRow {
    id: String,
    kind: String,
    subject: String,
    player: Option<String>,
    device: Option<Vec<u8>>,
    seen_at: i64,
    template: Option<Vec<u8>>,
}

impl SightingRow {
    fn into_sighting(self, model: &ModelHash, cipher: &ColumnCipher) -> Result<Sighting> {
        let player = self.player.as_deref().unwrap_or_default();
        let row: [&[u8]; 5] = [&self.id, &self.kind, &self.subject, player, &model.0].map(str::as_bytes);
        let open = |sealed: &Vec<u8>| {
            let plain = cipher.open(TEMPLATE, &row, sealed)?;
            Template::from_bytes(model.clone(), plain.expose()).map_err(|_| corrupt("face_sighting.template"))
        };
        Ok(Sighting {
            template: self.template.as_ref().map(open).transpose()?,
            id: parse(&self.id, "face_sighting.id")?,
            key: SightingKey {
                kind: named(&self.kind, SightingKind::from_name, "face_sighting.kind")?,
                subject: parse(&self.subject, "face_sighting.subject")?,
            },
            player: self.player.map(|id| parse(&id, "face_sighting.player")).transpose()?,
            device: self.device.map(|hash| handle(&hash, "face_sighting.device")).transpose()?,
            seen_at: Timestamp::from_micros(self.seen_at),
        })
    }
}

/// The two as the table has them, whichever was named first.
fn ordered(one: Uuid, other: Uuid) -> (String, String) {
    (one.min(other).to_string(), one.max(other).to_string())
}

#[async_trait]
impl Sightings for SqlUnitOfWork {
    async fn put_sighting(&mut self, sighting: &Sighting, model: &ModelHash) -> Result<()> {
        let (id, kind) = (sighting.id.to_string(), sighting.key.kind.as_str());
        let (subject, player) = (sighting.key.subject.to_string(), sighting.player.map(|player| player.to_string()));
        let owner = player.as_deref().unwrap_or_default();
        let row: [&[u8]; 5] = [&id, kind, &subject, owner, &model.0].map(str::as_bytes);
        let seal = |template: &Template| {
            let plain = Zeroizing::new(template.to_bytes());
            self.cipher.seal(TEMPLATE, &row, &plain)
        };
        let sealed = sighting.template.as_ref().map(seal).transpose()?;
        self.execute(
            sqlx::query(
                "INSERT INTO face_sighting (id, kind, subject, player, model, seen_at, template, device) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                 ON CONFLICT (subject, kind) DO UPDATE SET id = excluded.id, player = excluded.player, \
                 model = excluded.model, seen_at = excluded.seen_at, template = excluded.template, device = excluded.device",
            )
            .bind(id.as_str())
            .bind(kind)
            .bind(subject.as_str())
            .bind(player.as_deref())
            .bind(model.0.as_str())
            .bind(sighting.seen_at.micros())
            .bind(sealed)
            .bind(sighting.device.map(|hash| hash.0.to_vec())),
        )
        .await?;
        Ok(())
    }

    async fn list_sightings(&mut self, model: &ModelHash, after: SightingId, limit: u32) -> Result<Vec<Sighting>> {
        let rows = self
            .fetch_all(
                sqlx::query_as::<_, SightingRow>(
                    "SELECT id, kind, subject, player, device, seen_at, template FROM face_sighting \
                     WHERE id > $1 AND model = $2 ORDER BY id LIMIT $3",
                )
                .bind(after.to_string())
                .bind(model.0.as_str())
                .bind(i64::from(limit)),
            )
            .await?;
        rows.into_iter().map(|row| row.into_sighting(model, &self.cipher)).collect()
    }

    async fn find_sightings(&mut self, model: &ModelHash, keys: &[SightingKey]) -> Result<Vec<Sighting>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (0..keys.len()).map(|place| format!("${}", place + 2)).collect();
        let text = format!(
            "SELECT id, kind, subject, player, device, seen_at, template FROM face_sighting \
             WHERE model = $1 AND template IS NOT NULL AND subject IN ({})",
            places.join(", ")
        );
        let mut query = sqlx::query_as::<_, SightingRow>(sqlx::AssertSqlSafe(text)).bind(model.0.as_str());
        for key in keys {
            query = query.bind(key.subject.to_string());
        }
        let rows = self.fetch_all(query).await?;
        let found = rows.into_iter().map(|row| row.into_sighting(model, &self.cipher));
        // A subject may have been seen in several ways of which one was asked for.
        found.filter(|found| found.as_ref().map_or(true, |sighting| keys.contains(&sighting.key))).collect()
    }

    async fn delete_sightings(&mut self, since: Timestamp, taken_back: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            sqlx::query(
                "DELETE FROM face_sighting WHERE id IN (SELECT id FROM face_sighting \
                 WHERE (kind <> 'attacker' AND seen_at < $1) OR (template IS NULL AND seen_at < $2) LIMIT $3)",
            )
            .bind(since.micros())
            .bind(taken_back.micros())
            .bind(i64::from(limit)),
        )
        .await
    }

    async fn put_clearance(&mut self, one: Uuid, other: Uuid, case: CaseId, now: Timestamp) -> Result<()> {
        let (one, other) = ordered(one, other);
        self.execute(
            sqlx::query(
                "INSERT INTO face_clearance (one, other, from_case, cleared_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (one, other) DO NOTHING",
            )
            .bind(one)
            .bind(other)
            .bind(case.to_string())
            .bind(now.micros()),
        )
        .await?;
        Ok(())
    }

    async fn cleared_with(&mut self, one: Uuid) -> Result<Vec<Uuid>> {
        let rows: Vec<(String, String)> = self
            .fetch_all(
                sqlx::query_as("SELECT one, other FROM face_clearance WHERE one = $1 OR other = $1")
                    .bind(one.to_string()),
            )
            .await?;
        let own = one.to_string();
        rows.into_iter()
            .map(|(one, other)| parse(if one == own { &other } else { &one }, "face_clearance.other"))
            .collect()
    }
}
