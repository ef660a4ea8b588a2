//! Many captures before few sessions: whoever sends frames takes turns with the others, however many captures one of them has.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::observer::{InferencePurpose, InferenceStep, Observation, Observer};

/// Who waits for a turn: callers go round, and the frames of one caller come in their order.
#[derive(Clone)]
pub struct EngineTurns {
    shared: Arc<Mutex<Waiting>>,
    longest_wait: Duration,
    observer: Arc<dyn Observer>,
}

/// A frame's time with the engine; the next one's begins when it is dropped.
pub struct Turn {
    shared: Arc<Mutex<Waiting>>,
}

struct Waiting {
    free: usize,
    /// Each caller that has frames waiting, once; the first is next.
    callers: VecDeque<HandleHash>,
    frames: HashMap<HandleHash, VecDeque<oneshot::Sender<Turn>>>,
}

impl Waiting {
    fn enter(&mut self, caller: HandleHash, frame: oneshot::Sender<Turn>) {
        let frames = self.frames.entry(caller).or_default();
        if frames.is_empty() {
            self.callers.push_back(caller);
        }
        // Of those that gave up meanwhile nothing stays.
        frames.retain(|waits| !waits.is_closed());
        frames.push_back(frame);
    }

    /// The next frame that still waits.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        while let Some(caller) = self.callers.pop_front() {
            let Some(mut frames) = self.frames.remove(&caller) else { continue };
            let found = std::iter::from_fn(|| frames.pop_front()).find(|waits| !waits.is_closed());
            if !frames.is_empty() {
                self.frames.insert(caller, frames);
                self.callers.push_back(caller);
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

impl EngineTurns {
    /// A hint that comes later than the next frame helps nobody.
    pub const MAX_WAIT: Duration = Duration::from_millis(120);

    /// So many frames have their turn at once, of an engine of so many sessions; none waits longer than `longest_wait`.
    pub fn new(at_once: usize, longest_wait: Duration, observer: Arc<dyn Observer>) -> Self {
        let waiting = Waiting { free: at_once.max(1), callers: VecDeque::new(), frames: HashMap::new() };
        Self { shared: Arc::new(Mutex::new(waiting)), longest_wait, observer }
    }

    /// Waits for a turn of this caller; `None` when it does not come in time.
    pub async fn wait(&self, caller: HandleHash) -> Option<Turn> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut waiting = lock(&self.shared);
            if waiting.free > 0 {
                waiting.free -= 1;
                drop(waiting);
                return Some(Turn { shared: self.shared.clone() });
            }
            waiting.enter(caller, sender);
        }
        let turn = timeout(self.longest_wait, receiver).await.ok().and_then(Result::ok);
        if turn.is_none() {
            self.observer.note(Observation::Inference(InferencePurpose::LiveFrame, InferenceStep::Refused));
        }
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut waiting = lock(&self.shared);
            let next = waiting.next();
            waiting.free += usize::from(next.is_none());
            next
        };
        if let Some(next) = next {
            // One that gave up in this moment drops its turn, which goes on to the one after it.
            let _ = next.send(Self { shared: self.shared.clone() });
        }
    }
}

impl fmt::Debug for EngineTurns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EngineTurns({} callers wait)", lock(&self.shared).callers.len())
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}

fn lock(shared: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    // Nothing is done under the lock that could leave it half changed.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::observer::Unobserved;
    use futures_util::FutureExt as _;
    use futures_util::future::{BoxFuture, join_all};
    use proptest::prelude::*;

    const FLOOD: HandleHash = HandleHash([1; 32]);
    const OTHER: HandleHash = HandleHash([2; 32]);
    const LONG: Duration = Duration::from_hours(1);

    fn turns(at_once: usize) -> EngineTurns {
        EngineTurns::new(at_once, LONG, Arc::new(Unobserved))
    }

    /// A frame that has begun to wait.
    fn waits(turns: &EngineTurns, caller: HandleHash) -> BoxFuture<'static, Option<Turn>> {
        let turns = turns.clone();
        let mut wait = async move { turns.wait(caller).await }.boxed();
        assert!((&mut wait).now_or_never().is_none(), "no turn is free");
        wait
    }

    #[tokio::test]
    async fn one_of_many_captures_of_a_caller_does_not_keep_another_caller_waiting() {
        let turns = turns(1);
        let turn = turns.wait(FLOOD).await.unwrap();
        let mut flood: Vec<_> = (0..24).map(|_| waits(&turns, FLOOD)).collect();
        let mut other = waits(&turns, OTHER);
        drop(turn);
        let flooded = flood.remove(0).now_or_never().flatten().expect("who came first");
        assert!((&mut other).now_or_never().is_none());
        drop(flooded);
        assert!(other.now_or_never().flatten().is_some(), "then the other caller, before 23 frames that came earlier");
    }

    #[tokio::test]
    async fn a_turn_goes_past_those_that_gave_up_and_is_never_lost() {
        let turns = turns(1);
        let turn = turns.wait(FLOOD).await.unwrap();
        drop((0..9).map(|_| waits(&turns, FLOOD)).collect::<Vec<_>>());
        let other = waits(&turns, OTHER);
        drop(turn);
        drop(other);
        assert!(turns.wait(FLOOD).now_or_never().flatten().is_some(), "it was given to one that went away");
        assert!(lock(&turns.shared).frames.is_empty() && lock(&turns.shared).callers.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_is_passed_over() {
        let turns = EngineTurns::new(1, EngineTurns::MAX_WAIT, Arc::new(Unobserved));
        let _turn = turns.wait(FLOOD).await.unwrap();
        assert!(turns.wait(OTHER).await.is_none());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_have_their_turn_than_there_are_sessions() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let (turns, now, most) = (turns(3), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let frames = (0..200_u8).map(|number| {
            let (turns, now, most) = (turns.clone(), now.clone(), most.clone());
            tokio::spawn(async move {
                let _turn = turns.wait(HandleHash([number % 7; 32])).await.unwrap();
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                now.fetch_sub(1, Ordering::SeqCst);
            })
        });
        assert!(join_all(frames).await.iter().all(Result::is_ok));
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(lock(&turns.shared).free, 3);
    }

    proptest! {
        #[test]
        fn callers_that_wait_have_turns_as_often_as_each_other(captures in proptest::collection::vec(1_usize..30, 2..6)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let _entered = runtime.enter();
            let turns = turns(1);
            let mut turn = turns.wait(FLOOD).now_or_never().flatten();
            let caller = |place: usize| HandleHash([10 + place as u8; 32]);
            let mut all: Vec<(usize, BoxFuture<'static, Option<Turn>>)> = Vec::new();
            for (place, count) in captures.iter().enumerate() {
                all.extend((0..*count).map(|_| (place, waits(&turns, caller(place)))));
            }
            let mut had = vec![0_usize; captures.len()];
            for _ in 0..20 * captures.len() {
                drop(turn.take());
                let ready = all.iter_mut().position(|(_, wait)| match wait.now_or_never() {
                    Some(given) => { turn = given; true }
                    None => false,
                });
                let (place, _) = all.swap_remove(ready.unwrap());
                had[place] += 1;
                // A capture sends its next frame once the one before was looked at.
                all.push((place, waits(&turns, caller(place))));
            }
            prop_assert!(had.iter().all(|turns| *turns == 20), "{had:?}");
        }
    }
}
