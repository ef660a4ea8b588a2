//! What operators are given: codes, tokens, their status, and their end.

pub mod client;
pub mod end_restricted;
pub mod exchange;
pub mod introspect;
pub mod issue;
pub mod prove_key;
pub mod purge;
pub mod push;
pub mod renew;
pub mod revoke;
pub mod status_lists;
pub mod use_token;
