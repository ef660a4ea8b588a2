//! Overload, callers that leave, workers that break.

use super::*;
use std::sync::mpsc;
use tokio::task::JoinHandle;

const RETRY: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_mins(1);

/// Keeps what it hears, in order.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn note(&self, observation: Observation<'_>) {
        let said = match observation {
            Observation::Inference(_, InferenceStep::Begun { .. }) => "begun".to_owned(),
            Observation::Inference(_, InferenceStep::Ended { .. }) => "ended".to_owned(),
            Observation::Inference(_, step) => format!("{step:?}").to_lowercase(),
            Observation::SessionLost { replaced } => format!("lost, replaced: {replaced}"),
            other => format!("{other:?}"),
        };
        self.0.lock().unwrap().push(said);
    }
}

impl Heard {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn times(&self, said: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|heard| *heard == said).count()
    }
}

struct Scene {
    pool: Arc<SessionPool<usize>>,
    heard: Arc<Heard>,
}

impl Scene {
    fn new(workers: usize, queue: usize, longest_wait: Duration, spare: Result<usize, String>) -> Self {
        let heard = Arc::new(Heard::default());
        let settings = PoolSettings { sessions: workers, queue, longest_wait, retry_after: RETRY };
        let replace: Replace<usize> = Box::new(move || spare.clone());
        let pool = SessionPool::new((0..workers).collect(), settings, replace, heard.clone());
        Self { pool: Arc::new(pool), heard }
    }

    fn with_queue(workers: usize, queue: usize) -> Self {
        Self::new(workers, queue, LONG, Ok(99))
    }

    async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut usize) -> R + Send + 'static,
    ) -> Result<R, PoolError> {
        self.pool.run(InferencePurpose::LiveFrame, work).await
    }

    /// Keeps a worker until the sender speaks or is gone.
    async fn hold(&self) -> (mpsc::Sender<()>, JoinHandle<Result<(), PoolError>>) {
        let (release, held) = mpsc::channel::<()>();
        let (begun, started) = tokio::sync::oneshot::channel();
        let pool = Arc::clone(&self.pool);
        let work = move |_: &mut usize| {
            let _ = begun.send(());
            let _ = held.recv();
        };
        let task = tokio::spawn(async move { pool.run(InferencePurpose::LiveFrame, work).await });
        started.await.unwrap();
        (release, task)
    }

    async fn until_heard(&self, said: &str, times: usize) {
        while self.heard.times(said) != times {
            tokio::task::yield_now().await;
        }
    }

    async fn until_places(&self, left: usize) {
        while self.pool.places.available_permits() != left {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_busy_and_empties_again() {
    let scene = Scene::with_queue(1, 1);
    let (release, first) = scene.hold().await;
    let pool = Arc::clone(&scene.pool);
    let second = tokio::spawn(async move { pool.run(InferencePurpose::IdPhoto, |_| 2).await });
    // Its place is taken a moment before it is heard.
    scene.until_heard("queued", 2).await;
    assert_eq!(scene.run(|_| 3).await, Err(PoolError::Busy { retry_after: RETRY }));
    release.send(()).unwrap();
    assert_eq!(first.await.unwrap(), Ok(()));
    assert_eq!(second.await.unwrap(), Ok(2));
    assert_eq!(scene.run(|_| 4).await, Ok(4));
    let told = ["queued", "begun", "queued", "refused", "ended", "begun", "ended", "queued", "begun", "ended"];
    assert_eq!(scene.heard.take(), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_longer_than_the_longest_wait() {
    let scene = Scene::new(1, 4, Duration::from_millis(30), Ok(99));
    let (release, first) = scene.hold().await;
    let began = Instant::now();
    assert_eq!(scene.run(|_| ()).await, Err(PoolError::Busy { retry_after: RETRY }));
    assert!(began.elapsed() >= Duration::from_millis(30));
    scene.until_places(4).await;
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(scene.heard.take(), ["queued", "begun", "queued", "expired", "ended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_of_a_caller_that_is_gone_is_skipped() {
    let scene = Scene::with_queue(1, 4);
    let done = Arc::new(AtomicUsize::new(0));
    let (release, first) = scene.hold().await;
    let (pool, counter) = (Arc::clone(&scene.pool), Arc::clone(&done));
    let work = move |_: &mut usize| counter.fetch_add(1, Ordering::SeqCst);
    let waiting = tokio::spawn(async move { pool.run(InferencePurpose::LiveFrame, work).await });
    scene.until_places(3).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(scene.run(|_| 1).await, Ok(1));
    assert_eq!(done.load(Ordering::SeqCst), 0);
    assert_eq!(scene.pool.places.available_permits(), 5);
    assert!(scene.heard.take().contains(&"dropped".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_panics_is_replaced() {
    let scene = Scene::with_queue(1, 0);
    let outcome = scene.run(|_| -> () { panic!("on purpose") }).await;
    assert!(matches!(outcome, Err(PoolError::Failed(_))));
    assert_eq!(scene.run(|worker| *worker).await, Ok(99));
    assert_eq!(scene.pool.workers(), 1);
    assert!(scene.heard.take().contains(&"lost, replaced: true".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_cannot_replace_shrinks_and_says_so_at_its_end() {
    let scene = Scene::new(2, 0, LONG, Err("no models".into()));
    for left in [1, 0] {
        assert!(scene.run(|_| -> () { panic!("on purpose") }).await.is_err());
        assert_eq!(scene.pool.workers(), left);
        assert_eq!(scene.pool.places.available_permits(), left);
    }
    // Not "busy": coming back does not help.
    let settings = PoolSettings { sessions: 1, queue: 1, longest_wait: LONG, retry_after: RETRY };
    let replace: Replace<usize> = Box::new(|| Err("no models".into()));
    let pool = SessionPool::new(vec![0], settings, replace, scene.heard.clone());
    assert!(pool.run(InferencePurpose::LiveFrame, |_| -> () { panic!("on purpose") }).await.is_err());
    assert_eq!(pool.run(InferencePurpose::LiveFrame, |_| ()).await, Err(none_left()));
    assert_eq!(pool.run_when_idle(InferencePurpose::Reembedding, |_| ()).await, Err(none_left()));
}

#[tokio::test(flavor = "multi_thread")]
async fn background_work_begins_only_when_nobody_is_served() {
    let scene = Scene::with_queue(2, 2);
    let (release, first) = scene.hold().await;
    let busy = Err(PoolError::Busy { retry_after: RETRY });
    assert_eq!(scene.pool.run_when_idle(InferencePurpose::Reembedding, |_| 1).await, busy);
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    scene.until_places(4).await;
    assert_eq!(scene.pool.run_when_idle(InferencePurpose::Reembedding, |_| 2).await, Ok(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_worker_is_met_once_and_callers_wait_meanwhile() {
    let scene = Scene::with_queue(3, 1);
    let met = scene.pool.run_with_each(|worker| *worker).await.unwrap();
    assert_eq!(met, [0, 1, 2]);
    let (release, first) = scene.hold().await;
    let pool = Arc::clone(&scene.pool);
    let each = tokio::spawn(async move { pool.run_with_each(|_| ()).await });
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(each.await.unwrap().unwrap().len(), 3);
    assert_eq!(scene.run(|_| 1).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_worker_serves_two_at_once_and_everyone_is_served() {
    let scene = Scene::with_queue(3, 200);
    let at_work = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..200)
        .map(|_| {
            let (pool, at_work) = (Arc::clone(&scene.pool), Arc::clone(&at_work));
            let work = move |_: &mut usize| {
                let together = at_work.fetch_add(1, Ordering::SeqCst) + 1;
                std::thread::yield_now();
                at_work.fetch_sub(1, Ordering::SeqCst);
                together
            };
            tokio::spawn(async move { pool.run(InferencePurpose::LiveFrame, work).await })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.unwrap().unwrap() <= 3);
    }
}
