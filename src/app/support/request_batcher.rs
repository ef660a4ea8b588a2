//! Single requests of many callers, done as one (docs/adr/0023-gathered-requests.md).
//!
//! Whoever asks while a batch is under way joins the next one, which begins after they came: an answer is never older than
//! its question, and nothing is kept. What it saves is the way to the database and back, and of writes the wait for the
//! disk, which cost far more than the request itself.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::domain::kernel::store_error::StoreError;

type Result<T> = std::result::Result<T, StoreError>;

/// Keys of one batch, at most.
const MAX_BATCH: usize = 256;

type Reply<V> = oneshot::Sender<Result<Option<V>>>;

/// Tells requests apart that must not be taken for one another, in the order of their coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestToken(u64);

impl RequestToken {
    /// One that nobody else has.
    pub fn draw() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Gathers requests by key. What is asked for twice under one key is done once, and both get its answer.
#[derive(Debug)]
pub struct RequestBatcher<K, V>(Mutex<Waiting<K, V>>);

#[derive(Debug)]
struct Waiting<K, V> {
    replies: HashMap<K, Vec<Reply<V>>>,
    under_way: bool,
}

impl<K, V> Default for RequestBatcher<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Waiting { replies: HashMap::new(), under_way: false }))
    }
}

impl<K, V> RequestBatcher<K, V> {
    fn waiting(&self) -> MutexGuard<'_, Waiting<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + 'static> RequestBatcher<K, V> {
    /// The answer for `key`; `None` where the batch has none. `ask` does a batch, and must be the same for all who come.
    ///
    /// # Errors
    /// That of the batch.
    pub async fn get<F>(
        self: &Arc<Self>,
        key: K,
        ask: impl Fn(Vec<K>) -> F + Send + Sync + 'static,
    ) -> Result<Option<V>>
    where
        F: Future<Output = Result<HashMap<K, V>>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let begin = {
            let mut waiting = self.waiting();
            waiting.replies.entry(key).or_default().push(reply);
            !std::mem::replace(&mut waiting.under_way, true)
        };
        if begin {
            // Its own task: whoever began may go away, the others still wait.
            tokio::spawn(Arc::clone(self).run(ask));
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the batch was abandoned".to_owned())))
    }

    async fn run<F>(self: Arc<Self>, ask: impl Fn(Vec<K>) -> F)
    where
        F: Future<Output = Result<HashMap<K, V>>>,
    {
        let mut end = End { gatherer: &self, orderly: false };
        loop {
            let mut batch = self.take();
            if batch.is_empty() {
                end.orderly = true;
                return;
            }
            match ask(batch.keys().cloned().collect()).await {
                Ok(mut answers) => {
                    for (key, replies) in batch.drain() {
                        let answer = answers.remove(&key);
                        send(replies, &Ok(answer));
                    }
                }
                Err(error) => {
                    if matches!(error, StoreError::Unavailable(_)) {
                        // Nobody is made to wait out a database that is gone once more.
                        batch.extend(std::mem::take(&mut self.waiting().replies));
                    }
                    for (_, replies) in batch.drain() {
                        send(replies, &Err(error.clone()));
                    }
                }
            }
        }
    }

    /// Up to [`MAX_BATCH`] keys with all who wait for them; when there are none, nothing is under way any more.
    fn take(&self) -> HashMap<K, Vec<Reply<V>>> {
        let mut waiting = self.waiting();
        if waiting.replies.len() <= MAX_BATCH {
            waiting.under_way = !waiting.replies.is_empty();
            return std::mem::take(&mut waiting.replies);
        }
        let keys: Vec<K> = waiting.replies.keys().take(MAX_BATCH).cloned().collect();
        keys.into_iter().filter_map(|key| waiting.replies.remove_entry(&key)).collect()
    }
}

fn send<V: Clone>(replies: Vec<Reply<V>>, answer: &Result<Option<V>>) {
    for reply in replies {
        // Who went away needs no answer.
        drop(reply.send(answer.clone()));
    }
}

/// Lets the next caller begin, and those who wait go with an error, when a batch panics or its runtime ends.
struct End<'a, K, V> {
    gatherer: &'a RequestBatcher<K, V>,
    orderly: bool,
}

impl<K, V> Drop for End<'_, K, V> {
    fn drop(&mut self) {
        if !self.orderly {
            let mut waiting = self.gatherer.waiting();
            waiting.under_way = false;
            waiting.replies.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::sync::Semaphore;

    struct Scene {
        gatherer: Arc<RequestBatcher<u32, String>>,
        asked: Arc<Mutex<Vec<Vec<u32>>>>,
        gate: Arc<Semaphore>,
    }

    /// Answers even keys, once the gate lets it.
    fn scene() -> Scene {
        Scene { gatherer: Arc::default(), asked: Arc::default(), gate: Arc::new(Semaphore::new(0)) }
    }

    impl Scene {
        fn get(&self, key: u32) -> tokio::task::JoinHandle<Result<Option<String>>> {
            let (gatherer, seen, gate) = (self.gatherer.clone(), self.asked.clone(), self.gate.clone());
            let ask = move |mut keys: Vec<u32>| {
                let gate = gate.clone();
                keys.sort_unstable();
                seen.lock().unwrap().push(keys.clone());
                async move {
                    gate.acquire().await.unwrap().forget();
                    match keys.as_slice() {
                        [666] => Err(StoreError::Unavailable("on purpose".to_owned())),
                        [13] => panic!("on purpose"),
                        _ => {
                            Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key.to_string())).collect())
                        }
                    }
                }
            };
            tokio::spawn(async move { gatherer.get(key, ask).await })
        }

        async fn until_waiting(&self, keys: usize) {
            while self.gatherer.0.lock().unwrap().replies.len() != keys {
                tokio::task::yield_now().await;
            }
        }

        async fn until_asked(&self, batches: usize) {
            while self.asked.lock().unwrap().len() != batches {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn who_comes_meanwhile_is_asked_for_together_and_each_hears_its_own() {
        let scene = scene();
        let first = scene.get(2);
        scene.until_asked(1).await;
        let rest = [scene.get(4), scene.get(5), scene.get(4)];
        scene.until_waiting(2).await;
        scene.gate.add_permits(2);
        assert_eq!(first.await.unwrap(), Ok(Some("2".to_owned())));
        let [one, none, same] = rest;
        assert_eq!(one.await.unwrap(), Ok(Some("4".to_owned())));
        assert_eq!(none.await.unwrap(), Ok(None));
        assert_eq!(same.await.unwrap(), Ok(Some("4".to_owned())));
        assert_eq!(*scene.asked.lock().unwrap(), [vec![2], vec![4, 5]]);
    }

    #[tokio::test]
    async fn a_question_is_never_answered_by_a_batch_that_began_before_it() {
        let scene = scene();
        let first = scene.get(2);
        scene.until_asked(1).await;
        let second = scene.get(2);
        scene.until_waiting(1).await;
        scene.gate.add_permits(2);
        first.await.unwrap().unwrap();
        second.await.unwrap().unwrap();
        assert_eq!(scene.asked.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn batches_have_a_size_and_who_goes_away_holds_nobody_up() {
        let scene = scene();
        let first = scene.get(0);
        scene.until_asked(1).await;
        let many: Vec<_> = (1..=2 * MAX_BATCH as u32).map(|key| scene.get(key)).collect();
        scene.until_waiting(2 * MAX_BATCH).await;
        first.abort();
        scene.gate.add_permits(3);
        for one in many {
            one.await.unwrap().unwrap();
        }
        assert!(scene.asked.lock().unwrap().iter().all(|batch| batch.len() <= MAX_BATCH));
    }

    #[tokio::test]
    async fn a_failure_is_everybodys_and_the_next_one_is_asked_anew() {
        let scene = scene();
        let failing = scene.get(666);
        scene.until_asked(1).await;
        let waiting = scene.get(4);
        scene.until_waiting(1).await;
        scene.gate.add_permits(3);
        assert!(failing.await.unwrap().is_err());
        assert!(waiting.await.unwrap().is_err(), "the database is gone for who waits, too");
        assert!(scene.get(13).await.unwrap().is_err(), "a panic is an error to who waits");
        let next = tokio::time::timeout(Duration::from_secs(5), scene.get(2)).await.unwrap();
        assert_eq!(next.unwrap(), Ok(Some("2".to_owned())));
    }
}
