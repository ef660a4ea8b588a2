//! The operator's door over HTTP: real store, real signatures, a clock that stands still.

// A world that cannot be built is a failed test, in helpers too.
#![allow(clippy::unwrap_used)]

mod administration;
mod at_once;
mod authorization_code;
mod certificates;
mod checks;
mod client;
mod client_authentication;
mod discovery;
mod fapi2;
mod forged_assertions;
mod forged_proofs;
mod forms;
mod introspection;
mod midnight;
mod not_asked;
mod over_the_wire;
mod own_record;
mod production;
mod proof_of_key;
mod published_keys;
mod pushed_authorization;
mod refresh;
mod registration;
mod remote_registries;
mod revocation;
mod rsa_client;
mod status_list;
mod sweep;
pub(crate) mod webhooks;
pub(crate) mod world;
