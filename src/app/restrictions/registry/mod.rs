//! The restrictions registry: what sources say comes in as versions. Read once from the file, sorted by person beside it,
//! staged where nobody sees it, and switched to in one transaction; one step back is kept.

pub mod feed;
pub mod file;
pub mod follow;
pub mod import;
pub mod list;
pub mod manage;
pub mod notes;
#[cfg(test)]
mod office_file_tests;
pub mod rekey;
pub mod spooled_file;
pub mod tidy;
pub mod wire;
