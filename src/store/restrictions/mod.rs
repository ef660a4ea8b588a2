//! The restrictions registry and what people restricted themselves to.

pub(super) mod keys;
pub(super) mod records;
pub(super) mod self_restrictions;
pub(super) mod versions;
