//! The restrictions registry: what sources say comes in as versions. Read once from the file, sorted by person beside it,
//! staged where nobody sees it, and switched to in one transaction; one step back is kept.

pub mod aside;
pub mod feed;
pub mod file;
pub mod follow;
mod freed;
pub mod import;
pub mod manage;
pub mod rekey;
mod sorted;
pub mod tidy;
pub mod wire;
