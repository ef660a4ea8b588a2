//! The endpoints of OAuth 2.0, one a file.

pub(in crate::http) mod introspection;
pub(in crate::http) mod jwks;
pub(in crate::http) mod metadata;
pub(in crate::http) mod par;
pub(super) mod proof;
pub(in crate::http) mod revocation;
pub(in crate::http) mod status;
pub(in crate::http) mod token;
pub(in crate::http) mod userinfo;
