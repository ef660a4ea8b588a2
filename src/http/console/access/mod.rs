//! Who comes in at the console, and what they may call.

pub(in crate::http) mod confirmations;
pub(super) mod device_cookie;
pub(in crate::http) mod door;
pub(super) mod doorbell;
pub mod rules;
pub(super) mod session_cookie;
pub(in crate::http) mod sign_in;
