//! A fixed number of workers behind a bounded queue and a bounded wait: overload is a plain error, never a long wait.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::domain::kernel::observer::{InferencePurpose, InferenceStep, Observation, Observer};

/// How many pictures are worked on, and how many may wait for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Workers, each with a session of every model and one thread; at least 1.
    pub sessions: usize,
    /// Callers that may wait for a worker.
    pub queue: usize,
    /// The longest that a caller waits for its worker.
    pub longest_wait: Duration,
    /// What a caller that is turned away is told to wait.
    pub retry_after: Duration,
}

impl PoolSettings {
    /// For a service: few wait, and not for long, so that whoever is served is served soon (docs/adr/0013-overload.md).
    pub fn serving(sessions: usize) -> Self {
        Self {
            sessions,
            queue: (sessions / 2).max(1),
            longest_wait: Duration::from_millis(4),
            retry_after: Duration::from_secs(1),
        }
    }

    /// For a command that has the machine to itself and would rather wait than be turned away.
    pub fn patient(sessions: usize) -> Self {
        Self { queue: 1024, longest_wait: Duration::from_mins(10), ..Self::serving(sessions) }
    }

    /// Processors of this machine.
    pub fn processors() -> usize {
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
    }
}

impl Default for PoolSettings {
    /// A patient worker for each processor.
    fn default() -> Self {
        Self::patient(Self::processors())
    }
}

/// Why work was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// Every worker is busy, and the queue is full or moves too slowly.
    #[error("every worker is busy and the queue is full or slow")]
    Busy {
        /// When to come back.
        retry_after: Duration,
    },
    /// The work ended without an answer.
    #[error("the work ended without an answer: {0}")]
    Failed(String),
}

/// Makes a worker in place of one that panicked; says why when it cannot.
pub type Replace<T> = Box<dyn Fn() -> Result<T, String> + Send + Sync>;

/// Hands workers out, one caller each, in the order of asking.
pub struct SessionPool<T> {
    shared: Arc<Shared<T>>,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    settings: PoolSettings,
}

struct Shared<T> {
    idle: Mutex<Vec<T>>,
    /// Workers that were not lost.
    alive: AtomicUsize,
    replace: Replace<T>,
    observer: Arc<dyn Observer>,
}

/// A worker on loan. The worker goes back before its turn and its place are given free, in the order of these fields.
struct Loan<T> {
    worker: Return<T>,
    turn: OwnedSemaphorePermit,
    place: OwnedSemaphorePermit,
}

struct Return<T> {
    worker: Option<T>,
    to: Arc<Shared<T>>,
}

impl<T> Drop for Return<T> {
    fn drop(&mut self) {
        self.to.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.worker.take());
    }
}

/// A caller in the queue; one that goes away is noticed by its drop.
struct Waiting<'a> {
    observer: &'a dyn Observer,
    purpose: InferencePurpose,
    settled: bool,
}

impl<'a> Waiting<'a> {
    fn begin(observer: &'a dyn Observer, purpose: InferencePurpose) -> Self {
        observer.note(Observation::Inference(purpose, InferenceStep::Queued));
        Self { observer, purpose, settled: false }
    }

    fn settle(mut self, step: InferenceStep) {
        self.settled = true;
        self.observer.note(Observation::Inference(self.purpose, step));
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.observer.note(Observation::Inference(self.purpose, InferenceStep::Dropped));
        }
    }
}

impl<T: Send + 'static> SessionPool<T> {
    /// A pool of these workers; `settings.sessions` is theirs to decide.
    pub fn new(workers: Vec<T>, settings: PoolSettings, replace: Replace<T>, observer: Arc<dyn Observer>) -> Self {
        let turns = workers.len();
        Self {
            shared: Arc::new(Shared { alive: AtomicUsize::new(turns), idle: Mutex::new(workers), replace, observer }),
            places: Arc::new(Semaphore::new(turns + settings.queue)),
            turns: Arc::new(Semaphore::new(turns)),
            settings,
        }
    }

    /// Workers that are left: one that panicked and could not be replaced is not.
    pub fn workers(&self) -> usize {
        self.shared.alive.load(Ordering::SeqCst)
    }

    /// Waits for a worker and runs `work` with it on a thread that may block. A caller that is gone before its turn is
    /// skipped; work that has begun runs to its end.
    ///
    /// # Errors
    /// [`PoolError::Busy`] at once when the queue is full and later when the wait grows too long;
    /// [`PoolError::Failed`] when the work panicked, no worker is left or the process is ending.
    pub async fn run<R: Send + 'static>(
        &self,
        purpose: InferencePurpose,
        work: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, PoolError> {
        let place = self.place(purpose)?;
        let waiting = Waiting::begin(self.shared.observer.as_ref(), purpose);
        let began = Instant::now();
        let turn = timeout(self.settings.longest_wait, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(turn) = turn else {
            waiting.settle(InferenceStep::Expired);
            return Err(self.busy());
        };
        let turn = turn.map_err(|_| none_left())?;
        waiting.settle(InferenceStep::Begun { waited: began.elapsed() });
        self.serve(purpose, turn, place, work).await
    }

    /// As [`SessionPool::run`] for work that nobody waits for: it begins at once, or not at all while anybody is served.
    ///
    /// # Errors
    /// As [`SessionPool::run`].
    pub async fn run_when_idle<R: Send + 'static>(
        &self,
        purpose: InferencePurpose,
        work: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, PoolError> {
        let place = self.place(purpose)?;
        if self.turns.is_closed() {
            return Err(none_left());
        }
        let idle = self.turns.available_permits() >= self.workers();
        let turn = if idle { Arc::clone(&self.turns).try_acquire_owned().ok() } else { None };
        let Some(turn) = turn else {
            self.shared.observer.note(Observation::Inference(purpose, InferenceStep::Refused));
            return Err(self.busy());
        };
        Waiting::begin(self.shared.observer.as_ref(), purpose).settle(InferenceStep::Begun { waited: Duration::ZERO });
        self.serve(purpose, turn, place, work).await
    }

    /// Runs `work` once with every worker, and lets nobody else in until it is done.
    ///
    /// # Errors
    /// [`PoolError::Failed`] when the work panicked or the process is ending.
    pub async fn run_with_each<R: Send + 'static>(
        &self,
        work: impl Fn(&mut T) -> R + Send + 'static,
    ) -> Result<Vec<R>, PoolError> {
        let all = u32::try_from(self.workers()).unwrap_or(u32::MAX);
        let turns = Arc::clone(&self.turns).acquire_many_owned(all).await.map_err(|_| none_left())?;
        let shared = Arc::clone(&self.shared);
        let task = tokio::task::spawn_blocking(move || {
            let _turns = turns;
            let mut workers = shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
            workers.iter_mut().map(work).collect()
        });
        task.await.map_err(|error| PoolError::Failed(error.to_string()))
    }

    fn place(&self, purpose: InferencePurpose) -> Result<OwnedSemaphorePermit, PoolError> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            self.shared.observer.note(Observation::Inference(purpose, InferenceStep::Refused));
            self.busy()
        })
    }

    fn busy(&self) -> PoolError {
        PoolError::Busy { retry_after: self.settings.retry_after }
    }

    async fn serve<R: Send + 'static>(
        &self,
        purpose: InferencePurpose,
        turn: OwnedSemaphorePermit,
        place: OwnedSemaphorePermit,
        work: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, PoolError> {
        let shared = Arc::clone(&self.shared);
        let turns = Arc::clone(&self.turns);
        let worker = shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut loan = Loan { worker: Return { worker, to: Arc::clone(&shared) }, turn, place };
        let task = tokio::task::spawn_blocking(move || {
            let began = Instant::now();
            let outcome = match loan.worker.worker.as_mut() {
                // What a panic left half done is dropped with its worker.
                Some(worker) => catch_unwind(AssertUnwindSafe(|| work(worker))),
                None => return Err(none_left()),
            };
            let ended = InferenceStep::Ended { ran: began.elapsed() };
            shared.observer.note(Observation::Inference(purpose, ended));
            outcome.map_err(|_| {
                loan.replace(&turns);
                PoolError::Failed("the work panicked".into())
            })
        });
        task.await.map_err(|error| PoolError::Failed(error.to_string()))?
    }
}

impl<T> Loan<T> {
    /// Another worker in place of one that panicked; without one the pool shrinks, and with the last it closes.
    fn replace(mut self, turns: &Semaphore) {
        let shared = Arc::clone(&self.worker.to);
        drop(self.worker.worker.take());
        let fresh = catch_unwind(AssertUnwindSafe(|| (shared.replace)())).unwrap_or_else(|_| Err("it panicked".into()));
        let replaced = fresh.is_ok();
        shared.observer.note(Observation::SessionLost { replaced });
        match fresh {
            Ok(worker) => self.worker.worker = Some(worker),
            Err(why) => {
                tracing::error!(why, "a session panicked and could not be replaced");
                self.turn.forget();
                self.place.forget();
                if shared.alive.fetch_sub(1, Ordering::SeqCst) == 1 {
                    turns.close();
                }
            }
        }
    }
}

fn none_left() -> PoolError {
    PoolError::Failed("no worker is left".into())
}

impl<T> fmt::Debug for SessionPool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionPool").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
