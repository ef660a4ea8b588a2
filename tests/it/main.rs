//! Integration tests: one binary, so that they link once.

mod architecture;
mod store;
mod support;
