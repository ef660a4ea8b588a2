//! The models: what they are, how they run and how many at once.

pub mod manifest;
pub mod runtime;
pub mod session_pool;
pub mod tensor;
