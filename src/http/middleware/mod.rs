//! What stands before the handlers.

pub mod bearer_key;
pub mod body_deadline;
pub mod explain;
pub mod observe;
pub mod own_origin;
pub mod per_session;
pub(in crate::http) mod refused;
pub mod security_headers;
