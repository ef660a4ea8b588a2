//! **Rastau** (Kazakh: confirmation) decides whether the person about to place a bet is who they say they are and may
//! play at all.
//!
//! The map of the house:
//!
//! - [`domain`]: pure rules, no input or output;
//! - [`app`]: one use case a file, named by its verb;
//! - [`vision`], [`store`], [`gateways`], [`credentials`]: adapters behind the ports of the domain;
//! - [`workshop`]: who stands before the camera in tests, demonstration and attacks: a photo on a 3-D face mesh;
//! - [`metrics`]: counts what the observer port is told;
//! - [`http`], [`cli`]: HTTP for players, operators and staff; the command line for whoever runs it;
//! - [`config`]: what can be set; [`messages`]: what people read;
//! - [`startup`]: the composition root; it alone puts concrete adapters behind the ports of a service.
//!
//! Arrows: `http, cli, store, gateways -> app -> domain`, `vision, credentials -> domain`; `tests/it/architecture` holds them.

pub mod app;
pub mod cli;
pub mod config;
pub mod credentials;
pub mod domain;
pub mod gateways;
pub mod http;
#[cfg(test)]
#[path = "../tests/it/support/left_out.rs"]
mod left_out;
pub mod messages;
pub mod metrics;
pub mod startup;
pub mod store;
pub mod vision;
pub mod workshop;
