//! Services outside this house, behind the ports of [`crate::domain::ports`].

pub mod circuit_breaker;
pub mod configured_http;
pub mod contacts_http;
mod guarded_http;
pub mod jwks_http;
mod patience;
pub mod population_register_http;
pub mod remote_registry_http;
pub mod restriction_feeds;
mod retry;
pub mod sms_http;
pub mod smtp;
#[cfg(test)]
mod stand_in;
pub mod webhook_http;
