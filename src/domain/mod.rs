//! Pure rules: no input or output, no framework, no clock of its own.
//!
//! Everything here is true with the network cable pulled. What a rule needs from outside it takes as a parameter or
//! asks of a [port](ports).

pub mod audit;
pub mod decision;
pub mod dual_control;
pub mod face;
pub mod identity;
pub mod jobs;
pub mod kernel;
pub mod notices;
pub mod oauth;
pub mod operators;
pub mod ports;
pub mod reason;
pub mod restrictions;
pub mod review;
pub mod scenario;
pub mod second_factor;
pub mod staff;
pub mod verification;
pub mod webhooks;
