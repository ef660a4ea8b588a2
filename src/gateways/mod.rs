//! Services outside this house, behind the ports of [`crate::domain::ports`].

pub mod circuit_breaker;
pub mod population_register_http;
pub mod webhook_http;
