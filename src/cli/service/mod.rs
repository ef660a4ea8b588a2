//! Commands about the service as a whole.

pub(super) mod config;
pub(super) mod doctor;
pub(super) mod jobs;
pub(super) mod keys;
pub(super) mod migrate;
pub(super) mod sandbox;
pub(super) mod serve;
