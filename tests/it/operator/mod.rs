//! The operator's door over HTTP: real store, real signatures, a clock that stands still.

mod authorization_code;
mod client_authentication;
mod discovery;
mod introspection;
mod pushed_authorization;
mod world;
