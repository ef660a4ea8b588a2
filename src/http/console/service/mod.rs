//! The service itself, as those see it who look after it: what it does by itself, its keys and models.

pub(in crate::http) mod jobs;
pub(in crate::http) mod keys;
