//! Captures that are carried by plain requests: between two of them, they wait here.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::rt;
use tokio::sync::Mutex as AsyncMutex;

use super::dialogue::Dialogue;
use crate::domain::kernel::handle::HandleHash;

/// Captures that may wait at once; each holds a few frames, some 400 KiB.
const MAX_CAPTURES: usize = 500;
const TICK: Duration = Duration::from_secs(1);

/// A capture and whom it belongs to.
#[derive(Clone)]
struct Waiting {
    handle: HandleHash,
    dialogue: Arc<AsyncMutex<Dialogue>>,
}

/// The captures under way in this process, one a session.
#[derive(Clone, Default)]
pub(in crate::http) struct CapturesUnderWay(Arc<Mutex<HashMap<HandleHash, Waiting>>>);

impl fmt::Debug for CapturesUnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CapturesUnderWay({})", self.captures().len())
    }
}

impl CapturesUnderWay {
    /// Whether there is room for one more.
    pub(super) fn has_room(&self) -> bool {
        self.captures().len() < MAX_CAPTURES
    }

    /// Keeps a capture under its handle until it is over. One that the session had before is broken off.
    pub(super) async fn keep(&self, session: HandleHash, handle: HandleHash, dialogue: Dialogue) {
        let dialogue = Arc::new(AsyncMutex::new(dialogue));
        let before = self.captures().insert(session, Waiting { handle, dialogue: dialogue.clone() });
        if let Some(before) = before {
            before.dialogue.lock().await.break_off().await;
        }
        let captures = self.clone();
        // Nobody may come again: what is silent ends by itself.
        rt::spawn(async move {
            loop {
                rt::time::sleep(TICK).await;
                let mut dialogue = dialogue.lock().await;
                dialogue.tick().await;
                if dialogue.is_over() {
                    return captures.forget(session, handle);
                }
            }
        });
    }

    /// The session's capture of this handle.
    pub(super) fn find(&self, session: HandleHash, handle: HandleHash) -> Option<Arc<AsyncMutex<Dialogue>>> {
        let captures = self.captures();
        captures.get(&session).filter(|waiting| waiting.handle == handle).map(|waiting| waiting.dialogue.clone())
    }

    fn captures(&self) -> MutexGuard<'_, HashMap<HandleHash, Waiting>> {
        // Nothing is done under the lock that could leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, session: HandleHash, handle: HandleHash) {
        let mut captures = self.captures();
        if captures.get(&session).is_some_and(|waiting| waiting.handle == handle) {
            captures.remove(&session);
        }
    }
}
