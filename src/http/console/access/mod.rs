//! Who comes in at the console, and what they may call.

pub(in crate::http) mod authorize;
pub(in crate::http) mod confirmations;
pub(super) mod device_cookie;
pub mod rules;
pub(super) mod session_cookie;
pub(in crate::http) mod sign_in;
pub(super) mod sign_in_rate_limiter;
