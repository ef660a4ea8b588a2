//! Templates of ID photos: one a player and model, and what is left to be embedded again after a change of models.

use async_trait::async_trait;

use crate::domain::face::comparison::{ModelHash, Template};
use crate::domain::face::ports::{IdTemplates, TemplateCount};
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::store::engine::columns::{corrupt, count, parse};
use crate::store::engine::encryption::Column;
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const TEMPLATE: Column = Column::new("id_template", "template");

#[async_trait]
impl IdTemplates for SqlUnitOfWork {
    async fn put_id_template(&mut self, player: PlayerId, photo: [u8; 32], template: &Template) -> Result<()> {
        let (row, model) = (player.to_string(), template.model().0.as_str());
        let key: [&[u8]; 3] = [row.as_bytes(), model.as_bytes(), &photo];
        let plain = zeroize::Zeroizing::new(template.to_bytes());
        let sealed = self.cipher.seal(TEMPLATE, &key, &plain)?;
        self.execute(
            sqlx::query(
                "INSERT INTO id_template (player, model, photo, template) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (player, model) DO UPDATE SET photo = excluded.photo, template = excluded.template",
            )
            .bind(row.as_str())
            .bind(model)
            .bind(photo.to_vec())
            .bind(sealed),
        )
        .await?;
        self.execute(
            sqlx::query("DELETE FROM id_template_refusal WHERE player = $1 AND model = $2")
                .bind(row.as_str())
                .bind(model),
        )
        .await?;
        Ok(())
    }

    async fn find_id_template(
        &mut self,
        player: PlayerId,
        photo: [u8; 32],
        model: &ModelHash,
    ) -> Result<Option<Template>> {
        let row = player.to_string();
        let found: Option<(Vec<u8>,)> = self
            .fetch_optional(
                sqlx::query_as("SELECT template FROM id_template WHERE player = $1 AND model = $2 AND photo = $3")
                    .bind(row.as_str())
                    .bind(model.0.as_str())
                    .bind(photo.to_vec()),
            )
            .await?;
        let Some((sealed,)) = found else { return Ok(None) };
        let key: [&[u8]; 3] = [row.as_bytes(), model.0.as_bytes(), &photo];
        let plain = self.cipher.open(TEMPLATE, &key, &sealed)?;
        Template::from_bytes(model.clone(), plain.expose()).map(Some).map_err(|_| corrupt("id_template.template"))
    }

    async fn list_template_due(
        &mut self,
        model: &ModelHash,
        after: Option<PlayerId>,
        limit: u32,
    ) -> Result<Vec<PlayerId>> {
        let rows: Vec<(String,)> = self
            .fetch_all(
                // The empty text stands before every id.
                sqlx::query_as(
                    "SELECT DISTINCT old.player FROM id_template old \
                     WHERE old.player > $2 \
                     AND NOT EXISTS (SELECT 1 FROM id_template t WHERE t.player = old.player AND t.model = $1) \
                     AND NOT EXISTS (SELECT 1 FROM id_template_refusal r WHERE r.player = old.player AND r.model = $1) \
                     ORDER BY old.player LIMIT $3",
                )
                .bind(model.0.as_str())
                .bind(after.map_or_else(String::new, |player| player.to_string()))
                .bind(i64::from(limit)),
            )
            .await?;
        rows.into_iter().map(|(id,)| parse(&id, "id_template.player")).collect()
    }

    async fn count_templates(&mut self, model: &ModelHash) -> Result<TemplateCount> {
        let due: Option<(i64,)> = self
            .fetch_optional(
                sqlx::query_as(
                    "SELECT COUNT(DISTINCT old.player) FROM id_template old \
                     WHERE NOT EXISTS (SELECT 1 FROM id_template t WHERE t.player = old.player AND t.model = $1) \
                     AND NOT EXISTS (SELECT 1 FROM id_template_refusal r WHERE r.player = old.player AND r.model = $1)",
                )
                .bind(model.0.as_str()),
            )
            .await?;
        let unusable: Option<(i64,)> = self
            .fetch_optional(
                sqlx::query_as("SELECT COUNT(*) FROM id_template_refusal WHERE model = $1").bind(model.0.as_str()),
            )
            .await?;
        let read = |row: Option<(i64,)>, column| count(row.map_or(0, |(number,)| number), column);
        Ok(TemplateCount {
            due: read(due, "id_template.player")?,
            unusable: read(unusable, "id_template_refusal.player")?,
        })
    }

    async fn refuse_id_template(
        &mut self,
        player: PlayerId,
        model: &ModelHash,
        reason: ReasonCode,
        now: Timestamp,
    ) -> Result<()> {
        self.execute(
            sqlx::query(
                "INSERT INTO id_template_refusal (player, model, reason, refused_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (player, model) DO UPDATE \
                 SET reason = excluded.reason, refused_at = excluded.refused_at",
            )
            .bind(player.to_string())
            .bind(model.0.as_str())
            .bind(reason.code())
            .bind(now.micros()),
        )
        .await?;
        Ok(())
    }

    async fn forget_template_refusals(&mut self, model: &ModelHash) -> Result<u64> {
        self.execute(sqlx::query("DELETE FROM id_template_refusal WHERE model = $1").bind(model.0.as_str())).await
    }

    async fn prune_id_templates(&mut self, model: &ModelHash) -> Result<u64> {
        let pruned = self
            .execute(
                sqlx::query(
                    "DELETE FROM id_template WHERE model <> $1 AND player IN \
                     (SELECT t.player FROM id_template t WHERE t.model = $1)",
                )
                .bind(model.0.as_str()),
            )
            .await?;
        self.execute(sqlx::query("DELETE FROM id_template_refusal WHERE model <> $1").bind(model.0.as_str())).await?;
        Ok(pruned)
    }
}
