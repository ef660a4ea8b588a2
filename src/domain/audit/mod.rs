//! The tamper-evident log: its events, and the tree that proves them.

pub mod event;
pub mod ports;
pub mod tree;
