//! Faces: the models, and how sure they must be.

pub(super) mod comparison;
pub(super) mod models;
pub(super) mod presentation;
pub(super) mod search;
