//! Services outside this house, behind the ports of [`crate::domain::ports`].

pub mod circuit_breaker;
mod configured_http;
mod guarded_http;
pub mod jwks_http;
pub mod population_register_http;
pub mod restriction_feeds;
pub mod webhook_http;
