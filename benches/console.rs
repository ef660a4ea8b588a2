//! The queue of cases and one case, as the console asks for them, with as many cases and audit events as years bring:
//! `cargo bench --bench console -- [CASES] [EVENTS]`.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use rastau::app::review::evidence::log_proof::{extend_tree, prove};
use rastau::domain::face::liveness::cues::{Cue, CueResult, Finding, Support};
use rastau::domain::face::scores::FaceScores;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::handle::HandleHash;
use rastau::domain::kernel::id::{CaseId, PlayerId, VerificationId};
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::oauth::authorization::PushedRequest;
use rastau::domain::operators::operator::{ClientAuthentication, KeySource, Operator, OperatorId};
use rastau::domain::ports::Store;
use rastau::domain::reason::ReasonCode;
use rastau::domain::review::case::{Case, CaseStatus, Risk};
use rastau::domain::review::ports::{CaseFilter, CaseHolder, SealedEvidence};
use rastau::domain::verification::Verification;
use rastau::store::{ColumnKeys, SqlStore, StoreOptions};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};

#[allow(dead_code)]
#[path = "../tests/it/support/left_out.rs"]
mod left_out;
#[allow(dead_code, clippy::panic)]
#[path = "../tests/it/support/postgres.rs"]
mod postgres;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// A day in seconds; cases come evenly over years.
const BEGIN: i64 = 1_700_000_000;
const APART: i64 = 300;
const DAY: Duration = Duration::from_hours(24);
/// Of a picture as it is kept.
const FRAME_BYTES: usize = 30_000;
/// Every so manieth case has one; a disk of this size is not the point.
const WITH_FRAME: usize = 20;
/// So many cases have a whole capture: a record of this size, and so many pictures.
const WHOLE: usize = 50;
const RECORD_BYTES: usize = 80_000;
const PICTURES: usize = 14;
/// Events of one case in the log.
const TRAIL: usize = 20;
const LOOKS: usize = 200;

fn main() -> Outcome<()> {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let (cases, events) = (*numbers.first().unwrap_or(&100_000), *numbers.get(1).unwrap_or(&5_000_000));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let sqlite = format!("sqlite://{}", folder.path().join("rastau.db").display());
        measure("SQLite", &sqlite, cases, events).await?;
        let postgres = postgres::new_database().await.ok_or("PostgreSQL is missing: apt-get install postgresql")?;
        measure("PostgreSQL", &postgres, cases, events).await
    })
}

async fn measure(engine: &str, url: &str, cases: usize, events: usize) -> Outcome<()> {
    let key = || SecretBytes::new(vec![1; 32]);
    let keys = ColumnKeys { encryption: vec![key()], lookup: key(), registry: Vec::new() };
    let store = SqlStore::connect(url, keys, Arc::new(SeededRandomness::new(1)), StoreOptions::default()).await?;
    store.migrate().await?;
    let ids = fill(&store, cases).await?;
    fill_log(url, events).await?;
    println!("{engine}: {cases} cases, {events} audit events");

    let open = CaseFilter { status: Some(CaseStatus::Open), oldest_first: true, ..CaseFilter::default() };
    let day = Timestamp::from_seconds(BEGIN + i64::try_from(cases / 2)? * APART);
    let queues = [
        ("open, the oldest first", open.clone()),
        ("open and nobody's", CaseFilter { holder: Some(CaseHolder::Nobody), ..open.clone() }),
        ("recorded", CaseFilter { status: Some(CaseStatus::Recorded), ..CaseFilter::default() }),
        ("of a rare reason", CaseFilter { reason: Some(ReasonCode::FaceSeenElsewhere), ..CaseFilter::default() }),
        ("of a common reason, open", CaseFilter { reason: Some(ReasonCode::FaceMismatch), ..open.clone() }),
        ("of a rare finding", CaseFilter { finding: Some(Finding::VirtualCamera), ..CaseFilter::default() }),
        ("of a common finding, open", CaseFilter { finding: Some(Finding::NotAnswered), ..open.clone() }),
        ("of a high risk, open", CaseFilter { risk: Some(Risk::High), ..open.clone() }),
        ("of a day", CaseFilter { from: Some(day), until: Some(day.plus(DAY)), ..CaseFilter::default() }),
        ("of an operator", CaseFilter { operator: Some(OperatorId::parse("bet-3")?), ..CaseFilter::default() }),
        ("old ones", CaseFilter { before: Some(ids[cases / 10]), ..CaseFilter::default() }),
    ];
    for (name, filter) in queues {
        let mut times = Vec::new();
        for _ in 0..LOOKS {
            let began = Instant::now();
            let mut unit = store.read().await?;
            unit.queue_cases(&filter, 50).await?;
            unit.count_cases().await?;
            unit.list_staff().await?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        println!("{engine}: queue, {name}: p95 {:.1} ms (bar 100)", p95(times));
    }
    let mut times = Vec::new();
    for look in 0..LOOKS {
        let id = ids[(look * 7_919) % ids.len()];
        let began = Instant::now();
        let mut unit = store.read().await?;
        let case = unit.find_case(id).await?.ok_or("a case is missing")?;
        unit.find_queued_case(id).await?;
        unit.list_case_decisions(id).await?;
        unit.find_evidence(id).await?;
        unit.cases_of_same_pictures(id, 50).await?;
        unit.queue_cases(&CaseFilter { player: case.player, ..CaseFilter::default() }, 50).await?;
        unit.find_verification(case.verification).await?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    println!("{engine}: a case with evidence and earlier ones: p95 {:.1} ms (bar 200)", p95(times));
    let mut times = Vec::new();
    for look in 0..LOOKS {
        let began = Instant::now();
        store.read().await?.open_record(ids[look % WHOLE]).await?.ok_or("a record is missing")?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    println!("{engine}: a capture's record: p95 {:.1} ms (bar 200)", p95(times));
    let began = Instant::now();
    let size = extend_tree(&store).await?;
    println!("{engine}: the log's tree, from nothing: {:.1} s", began.elapsed().as_secs_f64());
    let mut times = Vec::new();
    for look in 0..LOOKS {
        let began = Instant::now();
        extend_tree(&store).await?;
        let mut unit = store.read().await?;
        for event in unit.audit_trail(&[format!("case {}", look % WHOLE)], 500).await? {
            prove(unit.as_mut(), u64::try_from(event.sequence - 1)?, size).await?;
        }
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    println!("{engine}: {TRAIL} events of a case, each proven: p95 {:.1} ms (bar 200)\n", p95(times));
    Ok(())
}

fn p95(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() * 95 / 100]
}

/// Cases of a few thousand people at ten operators, one in a hundred open.
async fn fill(store: &SqlStore, cases: usize) -> Outcome<Vec<CaseId>> {
    let randomness = SeededRandomness::new(2);
    let at = |number: usize| Timestamp::from_seconds(BEGIN + i64::try_from(number).unwrap_or(0) * APART);
    let mut unit = store.begin().await?;
    let mut operators = Vec::new();
    for number in 0..10 {
        let keys = ClientAuthentication::PrivateKeyJwt(KeySource::Registered(String::new()));
        let id = OperatorId::parse(&format!("bet-{number}"))?;
        let uris = vec!["https://operator.example/callback".to_owned()];
        let operator = Operator::register(id, "Bet", keys, uris, false)?;
        unit.insert_operator(&operator, at(0)).await?;
        operators.push(operator.id);
    }
    let mut players = Vec::new();
    for iin in iins().take(3_000) {
        players.push(unit.player_of(&iin, PlayerId::new(at(0), &randomness), at(0)).await?);
    }
    unit.commit().await?;
    let mut ids = Vec::with_capacity(cases);
    for first in (0..cases).step_by(500) {
        let mut unit = store.begin().await?;
        for number in first..cases.min(first + 500) {
            let (operator, player) = (operators[number % operators.len()].clone(), players[number % players.len()]);
            let verification = verification(&operator, number, at(number), &randomness);
            unit.insert_verification(&verification).await?;
            let reason = match number % 1_000 {
                0 => ReasonCode::FaceSeenElsewhere,
                one if one % 3 == 0 => ReasonCode::PresentationDoubtful,
                _ => ReasonCode::FaceMismatch,
            };
            let case = Case {
                id: CaseId::new(at(number), &randomness),
                verification: verification.id,
                operator,
                player: Some(player),
                opened_at: at(number),
                status: if number % 100 == 0 { CaseStatus::Open } else { CaseStatus::Recorded },
                reasons: vec![reason],
                scores: FaceScores { similarity: Some(0.3), frames: 6, cues: cues(number), ..FaceScores::default() },
                face_hits: Vec::new(),
                frame: None,
                attempt: Some(1),
                contest: None,
            };
            unit.insert_case(&case).await?;
            let (record, pictures) = match number {
                number if number < WHOLE => (RECORD_BYTES, PICTURES),
                number if number % WITH_FRAME == 0 => (FRAME_BYTES, 1),
                _ => (1_000, 0),
            };
            let picture =
                |place: usize| SecretBytes::new([&number.to_be_bytes()[..], &vec![place as u8; FRAME_BYTES]].concat());
            let evidence = SealedEvidence {
                digest: [7; 32],
                record: SecretBytes::new(vec![7; record]),
                pictures: (0..pictures).map(picture).collect(),
                best: (pictures > 0).then_some(0),
            };
            unit.seal_evidence(case.id, &evidence).await?;
            ids.push(case.id);
        }
        unit.commit().await?;
    }
    Ok(ids)
}

/// What cues saw: something common, something rare.
fn cues(number: usize) -> Vec<CueResult> {
    let findings = match number {
        number if number % 1_000 == 1 => vec![Finding::VirtualCamera],
        number if number % 7 == 0 => vec![Finding::NotAnswered],
        _ => Vec::new(),
    };
    vec![CueResult { cue: Cue::Continuity, support: Some(Support::UNCLEAR), findings }]
}

fn verification(operator: &OperatorId, number: usize, now: Timestamp, randomness: &SeededRandomness) -> Verification {
    let request = PushedRequest {
        operator: operator.clone(),
        redirect_uri: "https://operator.example/callback".to_owned(),
        state: None,
        code_challenge: "challenge".to_owned(),
        ui_locales: None,
        acr_values: None,
        id_token: None,
        dpop_jkt: None,
        expires_at: now,
    };
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    Verification::start(VerificationId::new(now, randomness), request, HandleHash(hash), now)
}

/// People born from 1970 on, by whatever serial number fits.
fn iins() -> impl Iterator<Item = Iin> {
    (0..10_000_u32).flat_map(|number| {
        let day = format!("{:02}{:02}{:02}", 70 + number % 30, number / 30 % 12 + 1, number / 360 % 28 + 1);
        (0..10).filter_map(move |digit| Iin::parse(&format!("{day}3{:04}{digit}", number % 9_999 + 1)).ok()).take(1)
    })
}

/// Events that nobody checks: their number is what matters here.
async fn fill_log(url: &str, events: usize) -> Outcome<()> {
    sqlx::any::install_default_drivers();
    let apart = (events / WHOLE / TRAIL).max(1);
    let mut connection = AnyConnection::connect(url).await?;
    let (numbers, hash) = if url.starts_with("sqlite") {
        (
            format!("WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {events})"),
            "zeroblob(32)",
        )
    } else {
        (
            format!("WITH numbers AS (SELECT i FROM generate_series(1, {events}) AS i)"),
            "decode(repeat('00', 32), 'hex')",
        )
    };
    let insert = format!(
        "{numbers} INSERT INTO audit_event (sequence, kind, at, subject, details, previous, hash) \
         SELECT i, 'case_viewed', i, CASE WHEN i % {apart} = 0 THEN 'case ' || (i / {apart} % {WHOLE}) ELSE 'subject ' || (i / 7) END, \
         '{{}}', {hash}, {hash} FROM numbers"
    );
    connection.execute(AssertSqlSafe(insert)).await?;
    let head = format!("INSERT INTO audit_head (id, sequence, hash) VALUES (1, {events}, {hash})");
    connection.execute(AssertSqlSafe(head)).await?;
    Ok(connection.close().await?)
}
