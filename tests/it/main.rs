//! Integration tests: one binary, so that they link once.

// Clippy forgives these in #[test] functions only; here every function is a test's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod architecture;
mod cli;
mod console;
mod documents;
mod image;
mod jobs;
mod notice;
mod operator;
mod pages;
mod player;
mod registry;
mod store;
mod support;
mod webhook;
