//! Where the operators' endpoints are.

pub(in crate::http) const BULK_CHECKS: &str = "/api/operator/checks/bulk";
pub(in crate::http) const CHECKS: &str = "/api/operator/checks";
pub(in crate::http) const EVENTS: &str = "/api/operator/events";
pub(in crate::http) const INTROSPECTION: &str = "/oauth2/introspect";
pub(in crate::http) const JWKS: &str = "/oauth2/jwks";
pub(in crate::http) const ME: &str = "/api/operator/me";
pub(in crate::http) const PAR: &str = "/oauth2/par";
pub(in crate::http) const REVOCATION: &str = "/oauth2/revoke";
/// One list; the last segment is its number.
pub(in crate::http) const STATUS: &str = "/oauth2/status/{list}";
pub(in crate::http) const TOKEN: &str = "/oauth2/token";
pub(in crate::http) const USERINFO: &str = "/oauth2/userinfo";
