//! A disk that fills up, and a process that dies, at every stage of an import; people are asked about meanwhile.

use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rastau::domain::identity::person::Iin;
use rastau::domain::ports::Store as _;
use rastau::store::SqlStore;

use super::workshop::Workshop;

const IIN: &str = "900101300017";
/// Records of the one person in every version.
const ALWAYS: usize = 3;
/// SIGXFSZ: a write past the limit.
const KILLED: i32 = 25;

/// A version whose records are called after it.
fn file(name: &str) -> String {
    let mut text = "iin,ground,legal_basis,starts_at,ends_at,source_key\n".to_owned();
    for key in 0..ALWAYS {
        writeln!(text, "{IIN},debtor,x,2026-01-01,,{name}{key}").unwrap();
    }
    for key in 0..6_000 {
        writeln!(text, "900101300027,debtor,x,2026-01-01,,{name}s{key}").unwrap();
    }
    text
}

/// Imports where no file may grow past so many KiB: told so when `full`, else killed at the first write past them.
fn import(shop: &Workshop, name: &str, limit: u32, full: bool) -> Result<(), String> {
    let trap = if full { "trap '' XFSZ;" } else { "" };
    let output = Command::new("bash")
        .args(["-c", &format!("{trap} ulimit -f {limit}; exec \"$@\""), "bash", env!("CARGO_BIN_EXE_rastau")])
        .args(["registry", "import", name, "--source", "debtors", "--max-age", "24h"])
        .current_dir(shop.path(""))
        .env("TMPDIR", shop.path(""))
        .output()
        .unwrap();
    match output.status.code() {
        Some(0) => Ok(()),
        Some(1) if full => Err(String::from_utf8(output.stderr).unwrap()),
        _ => {
            assert!(!full && output.status.signal() == Some(KILLED), "{output:?}");
            Err("killed".to_owned())
        }
    }
}

async fn keys(store: &SqlStore) -> Vec<String> {
    let (found, _) = store.registry_answer(&Iin::parse(IIN).unwrap()).await.unwrap();
    found.into_iter().map(|one| one.source_key).collect()
}

/// Every answer is one whole version.
async fn ask_on(store: Arc<SqlStore>, done: Arc<AtomicBool>, asked: Arc<AtomicUsize>) {
    while !done.load(Ordering::Relaxed) {
        let keys = keys(&store).await;
        assert_eq!(keys.len(), ALWAYS, "{keys:?}");
        assert!(keys.iter().all(|key| key[..1] == keys[0][..1]), "{keys:?}");
        asked.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn what_counted_counts_until_an_import_is_through() {
    let shop = Arc::new(Workshop::sandbox());
    let store = Arc::new(shop.store().await);
    for name in ["a", "b"] {
        shop.write(name, file(name));
    }
    import(&shop, "a", 1 << 20, true).unwrap();
    let (done, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let asking = tokio::spawn(ask_on(store.clone(), done.clone(), asked.clone()));
    let (mut counting, mut failed, mut through) = ("a", 0, 0);
    for (round, limit) in [1, 64, 400, 500, 600, 700, 800, 1_000, 1_400, 2_000, 3_000, 1 << 20].into_iter().enumerate()
    {
        for full in [true, false] {
            // Imports that died are out of the way after two minutes; a checkpoint leaves the log of writes empty.
            shop.tamper("UPDATE restriction_version SET touched_at = touched_at - 300000000").await;
            shop.tamper("PRAGMA wal_checkpoint(TRUNCATE)").await;
            let next = if counting == "a" { "b" } else { "a" };
            let (shop, store) = (shop.clone(), store.clone());
            let came_to = tokio::task::spawn_blocking(move || import(&shop, next, limit, full)).await.unwrap();
            match &came_to {
                Ok(()) => (counting, through) = (next, through + 1),
                Err(why) => {
                    failed += 1;
                    assert!(!why.contains("panicked") && !why.contains(IIN), "{why}");
                }
            }
            let keys = keys(&store).await;
            // One that died may have been through with what counts, but nothing that was told to be through is lost.
            if came_to.is_err() && keys[0].starts_with(next) {
                counting = next;
            }
            assert!(keys.iter().all(|key| key.starts_with(counting)), "round {round}: {came_to:?}, {keys:?}");
        }
    }
    done.store(true, Ordering::Relaxed);
    asking.await.unwrap();
    assert!(failed >= 8 && through >= 2, "{failed} failed, {through} were through");
    assert!(asked.load(Ordering::Relaxed) > 2_000, "{asked:?}");
}
