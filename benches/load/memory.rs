//! Memory of a process while it works.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::Failure;

/// Samples under way, ten a second.
pub(super) struct Sampling {
    seen: Arc<Mutex<Vec<u64>>>,
    over: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Sampling {
    pub(super) fn of(process: u32) -> Self {
        let (seen, over): (Arc<Mutex<Vec<u64>>>, Arc<AtomicBool>) = Default::default();
        let (samples, stop) = (Arc::clone(&seen), Arc::clone(&over));
        let task = tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                samples.lock().unwrap_or_else(PoisonError::into_inner).extend(resident(process).ok());
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self { seen, over, task }
    }

    /// Resident kilobytes, in the order of time.
    pub(super) async fn samples(self) -> Vec<u64> {
        self.over.store(true, Ordering::SeqCst);
        let _ = self.task.await;
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The most that was seen.
    pub(super) async fn peak(self) -> u64 {
        self.samples().await.into_iter().max().unwrap_or(0)
    }
}

/// Resident kilobytes of a process.
pub(super) fn resident(process: u32) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
