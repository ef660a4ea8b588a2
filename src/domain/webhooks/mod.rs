//! Webhooks: what operators are told without asking, after Standard Webhooks (standardwebhooks.com, specification 1.0).
//!
//! - [`event`]: what is told, and how little;
//! - [`secret`]: keys and signatures;
//! - [`endpoint`]: where it is told;
//! - [`address`]: which addresses of the network we may call at all;
//! - [`message`]: one message in the outbox, and when it is tried again.

pub mod endpoint;
pub mod event;
pub mod message;
pub mod ports;
pub mod secret;
