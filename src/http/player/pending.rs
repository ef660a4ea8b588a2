//! What waits until it counts, in the browser's words.

use serde::Serialize;

use crate::domain::kernel::time::Timestamp;

/// What waits.
#[derive(Debug, Serialize)]
pub(super) struct PendingJson {
    since: String,
    until: String,
}

impl PendingJson {
    pub(super) fn of((since, until): (Timestamp, Timestamp)) -> Self {
        Self { since: since.rfc3339(), until: until.rfc3339() }
    }
}
