//! The restrictions registry: what sources say comes in as versions. Read once from the file, sorted by person beside it,
//! staged where nobody sees it, and switched to in one transaction; one step back is kept.

pub mod aside;
pub mod feed;
pub mod file;
pub mod follow;
mod freed;
pub mod import;
pub mod manage;
mod members;
pub mod notes;
#[cfg(test)]
mod office_file_tests;
pub mod rekey;
mod sorted;
mod staging;
pub mod tidy;
pub mod wire;
