//! What the tests share.

pub mod app;
pub mod faces;
pub mod people;
