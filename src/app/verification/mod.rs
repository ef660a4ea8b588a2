//! A player's way through the gate, one step a file: each changes the verification and says so in the log.

pub mod cancel;
pub mod consent;
pub(super) mod error;
pub mod face;
pub mod identify;
pub mod older_verdicts;
pub mod proven_browser;
mod record_case;
pub mod second_factor;
pub mod self_service;
pub(super) mod session;
pub mod start;
mod tries;
pub mod view;
pub mod way_back;
