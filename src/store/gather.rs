//! Single questions of many callers, put to the database as one.
//!
//! Whoever asks while a batch is under way joins the next one, which begins after they came: an answer is never older than
//! its question, and nothing is kept. What it saves is the way to the database and back, which costs far more than the
//! question.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::unit_of_work::Result;
use crate::domain::ports::StoreError;

/// Keys of one batch, at most.
pub(super) const MOST: usize = 64;

type Answers<K, V> = Pin<Box<dyn Future<Output = Result<HashMap<K, V>>> + Send>>;
type Ask<K, V> = Box<dyn Fn(Vec<K>) -> Answers<K, V> + Send + Sync>;
type Reply<V> = oneshot::Sender<Result<Option<V>>>;

/// Gathers questions by key. A key that is asked for twice in a batch is asked once.
pub(super) struct Gatherer<K, V> {
    ask: Ask<K, V>,
    waiting: Mutex<Waiting<K, V>>,
}

struct Waiting<K, V> {
    replies: HashMap<K, Vec<Reply<V>>>,
    under_way: bool,
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + 'static> Gatherer<K, V> {
    /// `ask` answers a batch; a key that it leaves out has no answer.
    pub(super) fn new<F>(ask: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Arc<Self>
    where
        F: Future<Output = Result<HashMap<K, V>>> + Send + 'static,
    {
        let ask: Ask<K, V> = Box::new(move |keys| Box::pin(ask(keys)));
        let waiting = Waiting { replies: HashMap::new(), under_way: false };
        Arc::new(Self { ask, waiting: Mutex::new(waiting) })
    }

    /// The answer for `key`.
    ///
    /// # Errors
    /// That of the batch.
    pub(super) async fn get(self: &Arc<Self>, key: K) -> Result<Option<V>> {
        let (reply, answer) = oneshot::channel();
        let begin = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.replies.entry(key).or_default().push(reply);
            !std::mem::replace(&mut waiting.under_way, true)
        };
        if begin {
            // Its own task: whoever began may go away, the others still wait.
            tokio::spawn(Arc::clone(self).run());
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the batch was abandoned".to_owned())))
    }

    async fn run(self: Arc<Self>) {
        // Whatever ends this task, the next caller begins another.
        let _end = End(&self);
        loop {
            let mut batch = self.take();
            if batch.is_empty() {
                return;
            }
            match (self.ask)(batch.keys().cloned().collect()).await {
                Ok(mut answers) => {
                    for (key, replies) in batch.drain() {
                        let answer = answers.remove(&key);
                        send(replies, &Ok(answer));
                    }
                }
                Err(error) => batch.drain().for_each(|(_, replies)| send(replies, &Err(error.clone()))),
            }
        }
    }

    /// Up to [`MOST`] keys with all who wait for them; when there are none, nothing is under way any more.
    fn take(&self) -> HashMap<K, Vec<Reply<V>>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.replies.len() <= MOST {
            waiting.under_way = !waiting.replies.is_empty();
            return std::mem::take(&mut waiting.replies);
        }
        let keys: Vec<K> = waiting.replies.keys().take(MOST).cloned().collect();
        keys.into_iter().filter_map(|key| waiting.replies.remove_entry(&key)).collect()
    }
}

fn send<V: Clone>(replies: Vec<Reply<V>>, answer: &Result<Option<V>>) {
    for reply in replies {
        // Who went away needs no answer.
        drop(reply.send(answer.clone()));
    }
}

/// Lets the next caller begin, and those who wait go with an error, when a batch panics.
struct End<'a, K: Eq + Hash, V>(&'a Gatherer<K, V>);

impl<K: Eq + Hash, V> Drop for End<'_, K, V> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if std::thread::panicking() {
            waiting.under_way = false;
            waiting.replies.clear();
        }
    }
}

/// `$1, $2, ...`: `count` places, `width` a key, from the first on.
pub(super) fn places(count: usize, width: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=width).map(|place| format!("${}", row * width + place)).collect();
        places.join(", ")
    };
    let rows: Vec<String> = (0..count).map(|index| if width == 1 { row(index) } else { format!("({})", row(index)) }).collect();
    rows.join(", ")
}

/// So many places as a statement has: a power of two, so that few different texts are prepared. The last key fills up.
pub(super) fn padded<K: Clone>(mut keys: Vec<K>) -> Vec<K> {
    if let Some(last) = keys.last().cloned() {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::sync::Semaphore;

    struct Scene {
        gatherer: Arc<Gatherer<u32, String>>,
        asked: Arc<Mutex<Vec<Vec<u32>>>>,
        gate: Arc<Semaphore>,
    }

    /// Answers even keys, once the gate lets it.
    fn scene() -> Scene {
        let asked: Arc<Mutex<Vec<Vec<u32>>>> = Arc::default();
        let gate = Arc::new(Semaphore::new(0));
        let (seen, held) = (asked.clone(), gate.clone());
        let gatherer = Gatherer::new(move |mut keys: Vec<u32>| {
            let held = held.clone();
            keys.sort_unstable();
            seen.lock().unwrap().push(keys.clone());
            async move {
                held.acquire().await.unwrap().forget();
                match keys.as_slice() {
                    [666] => Err(StoreError::Unavailable("on purpose".to_owned())),
                    [13] => panic!("on purpose"),
                    _ => Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key.to_string())).collect()),
                }
            }
        });
        Scene { gatherer, asked, gate }
    }

    impl Scene {
        fn get(&self, key: u32) -> tokio::task::JoinHandle<Result<Option<String>>> {
            let gatherer = self.gatherer.clone();
            tokio::spawn(async move { gatherer.get(key).await })
        }

        async fn until_waiting(&self, keys: usize) {
            while self.gatherer.waiting.lock().unwrap().replies.len() != keys {
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
        let many: Vec<_> = (1..=2 * MOST as u32).map(|key| scene.get(key)).collect();
        scene.until_waiting(2 * MOST).await;
        first.abort();
        scene.gate.add_permits(3);
        for one in many {
            one.await.unwrap().unwrap();
        }
        assert!(scene.asked.lock().unwrap().iter().all(|batch| batch.len() <= MOST));
    }

    #[tokio::test]
    async fn a_failure_is_everybodys_and_the_next_one_is_asked_anew() {
        let scene = scene();
        scene.gate.add_permits(3);
        assert!(scene.get(666).await.unwrap().is_err());
        assert!(scene.get(13).await.unwrap().is_err(), "a panic is an error to who waits");
        let next = tokio::time::timeout(Duration::from_secs(5), scene.get(2)).await.unwrap();
        assert_eq!(next.unwrap(), Ok(Some("2".to_owned())));
    }

    #[test]
    fn places_are_numbered_through_and_padded() {
        assert_eq!(places(3, 1), "$1, $2, $3");
        assert_eq!(places(2, 2), "($1, $2), ($3, $4)");
        assert_eq!(padded(vec![1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(padded(vec![7]), [7]);
        assert!(padded(Vec::<u8>::new()).is_empty());
    }
}
