//! A fixed number of workers behind a bounded queue: overload is a plain error, never an unbounded wait.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many pictures are worked on, and how many may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Workers, each with a session of every model and one thread; at least 1.
    pub sessions: usize,
    /// Callers that may wait for a worker.
    pub queue: usize,
    /// What a caller that finds the queue full is told to wait.
    pub retry_after: Duration,
}

impl Default for PoolSettings {
    /// A worker for each processor, four callers waiting for each.
    fn default() -> Self {
        let sessions = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { sessions, queue: 4 * sessions, retry_after: Duration::from_secs(1) }
    }
}

/// Why work was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// Every worker is busy and the queue is full.
    #[error("every worker is busy and the queue is full")]
    Busy {
        /// When to come back.
        retry_after: Duration,
    },
    /// The work ended without an answer.
    #[error("the work ended without an answer: {0}")]
    Failed(String),
}

/// Hands workers out, one caller each, in the order of asking.
#[derive(Debug)]
pub struct SessionPool<T> {
    idle: Arc<Mutex<Vec<T>>>,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    retry_after: Duration,
}

/// A worker on loan. The worker goes back before its turn and its place are given free, in the order of these fields.
struct Loan<T> {
    worker: Return<T>,
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

struct Return<T> {
    worker: Option<T>,
    to: Arc<Mutex<Vec<T>>>,
}

impl<T> Drop for Return<T> {
    fn drop(&mut self) {
        let mut idle = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.worker.take());
    }
}

impl<T: Send + 'static> SessionPool<T> {
    /// A pool of these workers with room for `queue` waiting callers.
    pub fn new(workers: Vec<T>, queue: usize, retry_after: Duration) -> Self {
        let turns = workers.len();
        Self {
            idle: Arc::new(Mutex::new(workers)),
            places: Arc::new(Semaphore::new(turns + queue)),
            turns: Arc::new(Semaphore::new(turns)),
            retry_after,
        }
    }

    /// Waits for a worker and runs `work` with it on a thread that may block. A caller that is gone before its turn is
    /// skipped; work that has begun runs to its end.
    ///
    /// # Errors
    /// [`PoolError::Busy`] at once when the queue is full; [`PoolError::Failed`] when the work panicked or the process
    /// is ending.
    pub async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, PoolError> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| PoolError::Busy { retry_after: self.retry_after })?;
        let turn =
            Arc::clone(&self.turns).acquire_owned().await.map_err(|error| PoolError::Failed(error.to_string()))?;
        let worker = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut loan = Loan { worker: Return { worker, to: Arc::clone(&self.idle) }, _turn: turn, _place: place };
        tokio::task::spawn_blocking(move || loan.worker.worker.as_mut().map(work))
            .await
            .map_err(|error| PoolError::Failed(error.to_string()))?
            .ok_or_else(|| PoolError::Failed("no worker is left".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    const RETRY: Duration = Duration::from_secs(1);

    fn pool(workers: usize, queue: usize) -> Arc<SessionPool<usize>> {
        Arc::new(SessionPool::new((0..workers).collect(), queue, RETRY))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_queue_is_busy_and_empties_again() {
        let pool = pool(1, 1);
        let (release, held) = mpsc::channel::<()>();
        let (begun, started) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move {
                pool.run(move |_| {
                    let _ = begun.send(());
                    held.recv().is_ok()
                })
                .await
            }
        });
        started.await.unwrap();
        let second = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(|_| 2).await }
        });
        while pool.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|_| 3).await, Err(PoolError::Busy { retry_after: RETRY }));
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(second.await.unwrap(), Ok(2));
        assert_eq!(pool.run(|_| 4).await, Ok(4));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn work_of_a_caller_that_is_gone_is_skipped() {
        let pool = pool(1, 4);
        let done = Arc::new(AtomicUsize::new(0));
        let (release, held) = mpsc::channel::<()>();
        let (begun, started) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move {
                pool.run(move |_| {
                    let _ = begun.send(());
                    let _ = held.recv();
                })
                .await
            }
        });
        started.await.unwrap();
        let waiting = tokio::spawn({
            let (pool, done) = (Arc::clone(&pool), Arc::clone(&done));
            async move { pool.run(move |_| done.fetch_add(1, Ordering::SeqCst)).await }
        });
        while pool.places.available_permits() > 3 {
            tokio::task::yield_now().await;
        }
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        release.send(()).unwrap();
        first.await.unwrap().unwrap();
        assert_eq!(pool.run(|_| 1).await, Ok(1));
        assert_eq!(done.load(Ordering::SeqCst), 0);
        assert_eq!(pool.places.available_permits(), 5);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn work_that_panics_is_an_error_and_its_worker_comes_back() {
        let pool = pool(1, 0);
        let outcome = pool.run(|_| -> () { panic!("on purpose") }).await;
        assert!(matches!(outcome, Err(PoolError::Failed(_))));
        assert_eq!(pool.run(|worker| *worker).await, Ok(0));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_worker_serves_two_at_once_and_everyone_is_served() {
        let pool = pool(3, 200);
        let at_work = Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = (0..200)
            .map(|_| {
                let (pool, at_work) = (Arc::clone(&pool), Arc::clone(&at_work));
                tokio::spawn(async move {
                    pool.run(move |_| {
                        let together = at_work.fetch_add(1, Ordering::SeqCst) + 1;
                        std::thread::yield_now();
                        at_work.fetch_sub(1, Ordering::SeqCst);
                        together
                    })
                    .await
                })
            })
            .collect();
        for caller in callers {
            assert!(caller.await.unwrap().unwrap() <= 3);
        }
    }
}
