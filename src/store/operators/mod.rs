//! Operators, the writes of their API, and whom they asked about.

pub(super) mod enquiries;
pub(super) mod idempotent_requests;
pub(super) mod registrations;
