//! Requests, codes, grants, and what serves once.

pub(super) mod authorizations;
pub(super) mod grants;
pub(super) mod restricted_grants;
pub(super) mod shown_once;
