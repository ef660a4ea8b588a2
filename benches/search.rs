//! Search of a face among many: `make bench-search`, or `cargo bench --bench search -- FACES STORED`.
//!
//! FACES (2,500,000) made-up templates in memory, searched on one core: time, memory, and how many of the planted
//! likenesses are found. STORED (100,000) sightings in a database of each engine: time to fill an index from it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rastau::app::face::sightings::refresh_index;
use rastau::domain::face::comparison::{ModelHash, Template};
use rastau::domain::face::index::FaceIndex as _;
use rastau::domain::face::search::{CANDIDATES, Sighting, SightingKey, SightingKind};
use rastau::domain::kernel::id::{PlayerId, SightingId};
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::ports::Store as _;
use rastau::store::{ColumnKeys, SqlStore, StoreOptions};
use rastau::vision::face_index::ScannedFaceIndex;
use tokio::runtime::Runtime;
use uuid::Uuid;

#[allow(dead_code, clippy::unwrap_used)]
#[path = "../tests/it/support/left_out.rs"]
mod left_out;
#[allow(dead_code, clippy::unwrap_used, clippy::panic)]
#[path = "../tests/it/support/postgres.rs"]
mod postgres;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
/// Numbers of a template in memory: what the index looks at.
const SEARCHED: usize = 128;
/// Numbers of a template in the database: those of two models.
const STORED: usize = 640;
/// Searches, each for a likeness that was planted.
const SEARCHES: usize = 200;
/// Cosine of a planted likeness with its face; two pictures of one person are seldom less alike.
const LIKENESS: f32 = 0.5;
const PAGE: usize = 10_000;

/// Numbers that follow from a seed (xorshift).
struct Numbers(u64);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// About a normal distribution: the sum of four even ones.
    fn normal(&mut self) -> f32 {
        let bits = self.next();
        let part = |shift: u32| ((bits >> shift) & 0xffff) as f32 / 65_536.0 - 0.5;
        part(0) + part(16) + part(32) + part(48)
    }

    /// A direction that every other is as likely as.
    fn face(&mut self, width: usize) -> Outcome<Template> {
        let values = std::iter::repeat_with(|| self.normal()).take(width).collect();
        Ok(Template::new(ModelHash("bench".into()), values)?)
    }
}

fn seeded(seed: u128, width: usize) -> Outcome<Template> {
    Numbers::new(seed as u64).face(width)
}

fn sighting(number: u128, width: usize) -> Outcome<Sighting> {
    Ok(Sighting {
        id: SightingId::from(Uuid::from_u128(SightingId::least(NOW).uuid().as_u128() + number)),
        key: SightingKey { kind: SightingKind::Accepted, subject: Uuid::from_u128(number) },
        player: None,
        device: None,
        seen_at: NOW,
        template: Some(seeded(number, width)?),
    })
}

fn main() -> Outcome<()> {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let faces = numbers.next().unwrap_or(2_500_000);
    let stored = numbers.next().unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(in_memory(faces))?;
    from_databases(&runtime, stored)
}

async fn in_memory(faces: usize) -> Outcome<()> {
    let before = resident();
    let index = ScannedFaceIndex::new(ModelHash("bench".into()), 1);
    let mut filling = Duration::ZERO;
    for start in (0..faces).step_by(PAGE) {
        let page: Outcome<Vec<Sighting>> =
            (start..faces.min(start + PAGE)).map(|number| sighting(number as u128, SEARCHED)).collect();
        let page = page?;
        let began = Instant::now();
        index.apply(page).await?;
        filling += began.elapsed();
    }
    println!("{} faces in memory: {} MiB, taken in within {filling:.1?}", index.len(), resident() - before);

    let nobody = PlayerId::from(Uuid::nil());
    let (mut times, mut found) = (Vec::new(), 0);
    for search in 0..SEARCHES {
        let number = (search * (faces / SEARCHES) + 7) as u128;
        let probe = likeness(number, SEARCHED)?;
        let began = Instant::now();
        let nearest = index.nearest(&probe, nobody, Timestamp::from_seconds(0), CANDIDATES).await?;
        times.push(began.elapsed());
        found += usize::from(nearest.iter().any(|key| key.subject.as_u128() == number));
    }
    times.sort();
    println!(
        "one search on one core: median {:.1?}, 99th percentile {:.1?}; {found} of {SEARCHES} likenesses of cosine \
         {LIKENESS} among the {CANDIDATES} nearest",
        times[SEARCHES / 2],
        times[SEARCHES * 99 / 100]
    );
    Ok(())
}

/// Another picture of face `number`: as alike as [`LIKENESS`] says.
fn likeness(number: u128, width: usize) -> Outcome<Template> {
    let (face, other) = (seeded(number, width)?, seeded(number + (1 << 40), width)?);
    let aside = Template::weighted_mean([(1.0, &other), (-other.similarity(&face)?, &face)])?;
    Ok(Template::weighted_mean([(LIKENESS, &face), ((1.0 - LIKENESS * LIKENESS).sqrt(), &aside)])?)
}

fn from_databases(runtime: &Runtime, stored: usize) -> Outcome<()> {
    // Beside the programs and not in /tmp, which may be memory.
    let folder = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    let url = format!("sqlite://{}", folder.path().join("bench.db").display());
    runtime.block_on(from_database("SQLite", &url, stored))?;
    let Some(url) = runtime.block_on(postgres::new_database()) else {
        return Ok(());
    };
    runtime.block_on(from_database("PostgreSQL", &url, stored))
}

async fn from_database(name: &str, url: &str, stored: usize) -> Outcome<()> {
    let key = || SecretBytes::new(vec![1; 32]);
    let keys = ColumnKeys { encryption: vec![key()], lookup: key(), registry: Vec::new() };
    let store = SqlStore::connect(url, keys, Arc::new(SeededRandomness::new(1)), StoreOptions::default()).await?;
    store.migrate().await?;
    let model = ModelHash("bench".into());
    for start in (0..stored).step_by(PAGE) {
        let mut unit = store.begin().await?;
        for number in start..stored.min(start + PAGE) {
            unit.put_sighting(&sighting(number as u128 + 1, STORED)?, &model).await?;
        }
        unit.commit().await?;
    }
    let index = ScannedFaceIndex::new(model.clone(), 1);
    let began = Instant::now();
    let held = refresh_index(&store, &index, &model, NOW).await?;
    let took = began.elapsed();
    let whole = took.mul_f64(2_500_000.0 / stored.max(1) as f64);
    println!("{name}: an index of {held} faces filled within {took:.1?} (2.5 million: about {whole:.0?})");

    let probe = likeness(stored as u128 / 2 + 1, STORED)?;
    let nobody = PlayerId::from(Uuid::nil());
    let nearest = index.nearest(&probe, nobody, Timestamp::from_seconds(0), CANDIDATES).await?;
    let began = Instant::now();
    let exact = store.read().await?.find_sightings(&model, &nearest).await?;
    println!("{name}: the {} nearest fetched for the exact comparison within {:.1?}", exact.len(), began.elapsed());
    Ok(())
}

/// Resident memory of this process, MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1_024
}
