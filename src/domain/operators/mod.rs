//! Betting operators: who they are, what they may ask for, and where they may be called.

pub mod address;
pub mod check;
pub mod idempotency;
pub mod operator;
pub mod ports;
pub mod scope;
