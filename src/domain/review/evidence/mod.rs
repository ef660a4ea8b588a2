//! Evidence: what a decision was made of, sealed with its case, so that it can be seen, proven and judged again.

pub mod dossier;
pub mod recording;
pub mod report;
pub mod retention;
