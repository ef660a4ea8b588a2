//! What operators are given: requests, codes, grants and tokens (RFC 6749, RFC 9068, RFC 9126, RFC 9449).

pub mod access_token;
pub mod authorization;
pub mod confirmation;
pub mod credentials;
pub mod grant;
pub mod id_token;
pub mod ports;
pub mod proof_nonce;
pub mod status_list;
