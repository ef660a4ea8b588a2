//! A database that is slow, gone or kills its sessions while versions come and people are asked about.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{join, join4};
use rastau::app::restrictions::registry::import::{DEAD_AFTER, Imported};
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::ports::Store as _;
use rastau::domain::restrictions::VersionKind;
use rastau::store::{SqlStore, StoreOptions};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::watch;
use tokio::time::sleep;
use url::Url;

use super::shop::{HEADER, Shop};
use crate::store::database::{Database, IINS, iin, keys};
use crate::support::line::{Line, line};

/// Records of the first person in every version.
const ALWAYS: usize = 3;
const WAIT: Duration = Duration::from_millis(400);

/// A version whose records are called after its number.
fn version(number: usize) -> String {
    let own = (0..ALWAYS).map(|key| format!("{},debtor,x,2026-01-01,,{number} {key}\n", IINS[0]));
    let others = (0..1_500).map(|key| format!("{},debtor,x,2026-01-01,,{number} s{key}\n", IINS[1]));
    format!("{HEADER}{}", own.chain(others).collect::<String>())
}

/// The number of the one version that an answer is of.
async fn counting(store: &SqlStore) -> Option<usize> {
    let (found, _) = store.registry_answer(&iin(0)).await.ok()?;
    assert_eq!(found.len(), ALWAYS, "half of a version was seen");
    let numbers: Vec<&str> = found.iter().map(|one| one.source_key.split_once(' ').unwrap().0).collect();
    assert!(numbers.iter().all(|number| *number == numbers[0]), "two versions at once: {numbers:?}");
    Some(numbers[0].parse().unwrap())
}

/// What everybody sees.
#[derive(Default)]
struct Seen {
    /// The last version that was told to count.
    through: AtomicUsize,
    failed: AtomicUsize,
    answered: AtomicUsize,
    unanswered: AtomicUsize,
    done: AtomicBool,
}

impl Seen {
    async fn ask_on(&self, store: &SqlStore) {
        while !self.done.load(Ordering::SeqCst) {
            let through = self.through.load(Ordering::SeqCst);
            if let Some(number) = counting(store).await {
                assert!(number >= through, "{number} after {through} was acknowledged");
                self.answered.fetch_add(1, Ordering::SeqCst);
            } else {
                self.unanswered.fetch_add(1, Ordering::SeqCst);
                sleep(Duration::from_millis(1)).await;
            }
        }
    }

    async fn import_on(&self, shop: &Shop<'_>) {
        for number in 1.. {
            if self.done.load(Ordering::SeqCst) {
                return;
            }
            // What died is out of the way.
            shop.clock.advance(DEAD_AFTER);
            match shop.take(VersionKind::Snapshot, version(number).as_bytes()).await.0 {
                Ok(Imported::Counts { .. }) => self.through.store(number, Ordering::SeqCst),
                Ok(other) => panic!("{other:?}"),
                Err(_) => drop(self.failed.fetch_add(1, Ordering::SeqCst)),
            }
        }
    }
}

/// Breaks it in every way, again and again, and ends with the line open.
async fn break_it(direct: &str, state: &watch::Sender<Line>, seen: &Seen) {
    for round in 0_u64..24 {
        // Never in step with the imports.
        sleep(Duration::from_millis(150 + round * 37 % 200)).await;
        match round % 3 {
            0 => kill_sessions(direct).await,
            1 => drop(state.send(Line::Cut)),
            _ => drop(state.send(Line::Silent)),
        }
        sleep(Duration::from_millis(20 + round * 53 % 600)).await;
        state.send(Line::Open).unwrap();
    }
    sleep(Duration::from_secs(1)).await;
    seen.done.store(true, Ordering::SeqCst);
}

async fn kill_sessions(direct: &str) {
    let mut connection = PgConnection::connect(direct).await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(kill).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nobody_is_let_in() {
    let Some(database) = Database::postgres().await else { return };
    let (state, receiver) = watch::channel(Line::Open);
    let port = line(receiver).await;
    let path = Url::parse(&database.url).unwrap().path().to_owned();
    let url = format!("postgres://rastau@127.0.0.1:{port}{path}?sslmode=disable");
    let options = StoreOptions { connections: 8, acquire: WAIT, lock: WAIT, statement: WAIT };
    let broken = SqlStore::connect(&url, keys(&[1]), Arc::new(SeededRandomness::new(9)), options).await.unwrap();
    let shop = Shop::new(&broken);
    let seen = Seen::default();
    shop.take(VersionKind::Snapshot, version(0).as_bytes()).await.0.unwrap();
    let asking = join4(seen.ask_on(&broken), seen.ask_on(&broken), seen.ask_on(&broken), seen.ask_on(&broken));
    let working = join(seen.import_on(&shop), break_it(&database.url, &state, &seen));
    join(asking, working).await;
    println!(
        "{:?} answered, {:?} not; {:?} imports failed, {:?} was the last through",
        seen.answered, seen.unanswered, seen.failed, seen.through
    );
    let through = seen.through.load(Ordering::SeqCst);
    assert!(counting(&database.store).await.unwrap() >= through);
    assert!(seen.answered.load(Ordering::SeqCst) > 2_000 && seen.unanswered.load(Ordering::SeqCst) > 10);
    assert!(seen.failed.load(Ordering::SeqCst) > 3 && through > 3);
    // By itself, through the same connections.
    shop.clock.advance(DEAD_AFTER);
    shop.take(VersionKind::Snapshot, version(100_000).as_bytes()).await.0.unwrap();
    assert_eq!(counting(&broken).await, Some(100_000));
}
