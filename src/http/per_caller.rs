//! Things of which one caller may hold so many at once, and no more.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::peer::Caller;

/// How many of one kind each caller holds.
#[derive(Clone)]
pub(in crate::http) struct PerCaller {
    held: Arc<Mutex<HashMap<Caller, usize>>>,
    most: usize,
}

/// One of them; given back when dropped.
pub(in crate::http) struct Held {
    caller: Caller,
    of: PerCaller,
}

impl PerCaller {
    /// At most `most` for each.
    pub(in crate::http) fn new(most: usize) -> Self {
        Self { held: Arc::default(), most }
    }

    /// One more for this caller; `None` when they hold all that they may.
    pub(in crate::http) fn take(&self, caller: Caller) -> Option<Held> {
        let mut held = self.held();
        let count = held.entry(caller).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Held { caller, of: self.clone() })
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Caller, usize>> {
        // Nothing is done under the lock that could leave a count half changed.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = self.of.held().entry(self.caller) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

impl fmt::Debug for PerCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PerCaller({} callers)", self.held().len())
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(number: u8) -> Caller {
        Caller::of([198, 51, 100, number].into())
    }

    #[test]
    fn a_caller_has_so_many_and_no_more_until_one_is_given_back() {
        let held = PerCaller::new(2);
        let first = held.take(caller(1));
        let _second = held.take(caller(1)).unwrap();
        assert!(held.take(caller(1)).is_none());
        assert!(held.take(caller(2)).is_some(), "another caller");
        drop(first);
        assert!(held.take(caller(1)).is_some());
    }

    #[test]
    fn who_holds_nothing_is_forgotten() {
        let held = PerCaller::new(9);
        let all: Vec<_> = (0..9).map(|_| held.take(caller(1)).unwrap()).collect();
        drop(all);
        assert!(held.held().is_empty());
    }
}
