//! File descriptors: each connection takes one, and a process that has none left serves nobody.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is open beside connections: the database, models, logs, captures' files.
const BESIDE: u64 = 256;

/// How many descriptors a service with this many connections needs.
pub(super) fn needed(connections: usize) -> u64 {
    u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(BESIDE)
}

/// How many this process may have, at most; `None`: as many as it likes.
pub(super) fn allowed() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

/// Takes what `connections` need, as far as the system allows, and returns for how many it is enough.
pub(super) fn take(connections: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let needed = needed(connections);
    if limit.current.is_none_or(|current| current >= needed) {
        return connections;
    }
    let current = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
    let taken = match setrlimit(Resource::Nofile, Rlimit { current: Some(current), maximum: limit.maximum }) {
        Ok(()) => current,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files cannot be raised");
            limit.current.unwrap_or(current)
        }
    };
    let enough = enough_for(taken).min(connections);
    if enough < connections {
        tracing::warn!(
            enough,
            "too few open files are allowed for server.max_connections: set LimitNOFILE (ulimit -n)"
        );
    }
    enough
}

/// For how many connections so many descriptors are enough.
fn enough_for(descriptors: u64) -> usize {
    usize::try_from(descriptors.saturating_sub(BESIDE)).unwrap_or(usize::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_is_enough() {
        for connections in [1, 100, 4_096, 100_000] {
            assert_eq!(enough_for(needed(connections)), connections);
        }
        assert_eq!(enough_for(10), 1, "somebody is always let in");
    }
}
