//! The restrictions registry: found by a keyed hash of the IIN, which itself is not kept.

use std::time::Duration;

use sqlx_macros::FromRow;

use crate::domain::identity::person::Iin;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::{Ground, Restriction, Source, self_restriction};
use crate::store::engine::Engine;
use crate::store::engine::columns::{corrupt, count, instant, named};
use crate::store::engine::encryption::{ColumnCipher, unknown_generation};
use crate::store::engine::unit_of_work::Result;

/// Joins the sources to rows of `restriction` that count in the version of theirs that counts.
macro_rules! counting_restrictions {
    () => {
        "restriction JOIN restriction_source ON restriction_source.name = restriction.source \
         AND restriction.since BETWEEN restriction_source.base AND restriction_source.version \
         AND (restriction.until IS NULL OR restriction.until > restriction_source.version)"
    };
}
pub(in crate::store) use counting_restrictions;

/// A restriction as its columns hold it.
#[derive(FromRow)]
pub(super) struct RestrictionRow {
    source: String,
    source_key: String,
    ground: String,
    legal_basis: String,
    starts_at: i64,
    ends_at: Option<i64>,
}

impl RestrictionRow {
    pub(super) fn into_restriction(self) -> Result<Restriction> {
        Ok(Restriction {
            ground: named(&self.ground, Ground::from_name, "restriction.ground")?,
            legal_basis: self.legal_basis,
            starts_at: Timestamp::from_micros(self.starts_at),
            ends_at: instant(self.ends_at),
            source: self.source,
            source_key: self.source_key,
        })
    }
}

/// A source as its columns hold it.
#[derive(FromRow)]
pub(super) struct SourceRow {
    name: String,
    refreshed_at: i64,
    max_age_micros: i64,
}

impl SourceRow {
    pub(super) fn into_source(self) -> Result<Source> {
        Ok(Source {
            name: self.name,
            refreshed_at: Timestamp::from_micros(self.refreshed_at),
            max_age: Duration::from_micros(count(self.max_age_micros, "restriction_source.max_age_micros")?),
        })
    }
}

/// A source, and one of the person's restrictions of it that count, if there is one; or, without a source, what they
/// restricted themselves to.
#[derive(FromRow)]
struct AnswerRow {
    name: String,
    refreshed_at: Option<i64>,
    max_age_micros: Option<i64>,
    key_generation: Option<i64>,
    source_key: Option<String>,
    ground: Option<String>,
    legal_basis: Option<String>,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
}

impl AnswerRow {
    fn restriction(&self) -> Result<Option<Restriction>> {
        let (Some(source_key), Some(starts_at)) = (self.source_key.clone(), self.starts_at) else { return Ok(None) };
        let (Some(ground), Some(legal_basis)) = (self.ground.clone(), self.legal_basis.clone()) else {
            let ends_at = instant(self.ends_at).ok_or_else(|| corrupt("self_restriction.ends_at"))?;
            return Ok(Some(self_restriction::restriction(&source_key, Timestamp::from_micros(starts_at), ends_at)));
        };
        let source = self.name.clone();
        let row = RestrictionRow { source, source_key, ground, legal_basis, starts_at, ends_at: self.ends_at };
        row.into_restriction().map(Some)
    }

    fn into_source(self) -> Result<Option<Source>> {
        let (Some(refreshed_at), Some(max_age_micros)) = (self.refreshed_at, self.max_age_micros) else {
            return Ok(None);
        };
        SourceRow { name: self.name, refreshed_at, max_age_micros }.into_source().map(Some)
    }
}

/// The one question about a person, who is found by any of these.
macro_rules! answer {
    ($persons:literal) => {
        concat!(
            "SELECT name, refreshed_at, max_age_micros, restriction_source.key_generation, source_key, ground, \
               legal_basis, starts_at, ends_at \
             FROM restriction_source LEFT JOIN restriction ON restriction.iin_lookup IN ",
            $persons,
            " AND restriction.source = restriction_source.name \
               AND restriction.since BETWEEN restriction_source.base AND restriction_source.version \
               AND (restriction.until IS NULL OR restriction.until > restriction_source.version) \
             WHERE version > 0 \
             UNION ALL \
             SELECT '', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), id, CAST(NULL AS TEXT), \
               CAST(NULL AS TEXT), starts_at, ends_at \
             FROM self_restriction WHERE iin_lookup IN ",
            $persons
        )
    };
}

/// What the registry says of a person: one statement, so that restrictions and sources are of one moment.
pub(in crate::store) async fn answer(
    engine: &Engine,
    cipher: &ColumnCipher,
    iin: &Iin,
) -> Result<(Vec<Restriction>, Vec<Source>)> {
    let newest = cipher.newest_generation();
    // Sources are moved to a new key one after the other.
    let oldest = newest.saturating_sub(1);
    let persons = (oldest..=newest).rev().map(|generation| cipher.person_key(iin, generation));
    let persons = persons.collect::<Result<Vec<_>>>()?;
    let question = sqlx::query_as::<_, AnswerRow>(if newest == oldest { answer!("($1)") } else { answer!("($1, $2)") });
    let question = persons.iter().fold(question, |question, person| question.bind(person.0.to_vec()));
    let rows = engine.ask(question).await?;
    let (mut restrictions, mut sources) = (Vec::<Restriction>::new(), Vec::<Source>::new());
    for row in rows {
        // With other keys than its rows have, a source would seem to restrict nobody.
        let generation = row.key_generation.map(|generation| count(generation, "restriction_source.key_generation"));
        if let Some(generation) = generation.transpose()?.filter(|known| !(oldest..=newest).contains(known)) {
            return Err(unknown_generation(generation));
        }
        restrictions.extend(row.restriction()?);
        sources.extend(row.into_source()?);
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    sources.dedup();
    // Sorted here for the same reason as operators are.
    restrictions.sort_by_cached_key(|one| (one.starts_at, one.source.clone(), one.source_key.clone()));
    Ok((restrictions, sources))
}
