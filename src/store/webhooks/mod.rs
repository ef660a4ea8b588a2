//! Endpoints and the outbox.

pub(super) mod endpoints;
pub(super) mod messages;
