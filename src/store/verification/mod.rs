//! Verifications, and what strangers tried.

pub(super) mod tries;
pub(super) mod verifications;
