//! The second step: factors made, shown, looked after and lost; and the second proof that binds the first of them.

mod attempt;
pub mod confirm;
pub(super) mod contacts;
mod end_reached;
mod enrol;
pub mod enrol_passkey;
pub(in crate::app) mod enrolled;
pub mod own;
pub mod pretend;
pub mod prove_passkey;
pub(in crate::app) mod purge_codes;
pub mod recovery;
pub mod recovery_codes;
pub mod report_lost;
pub mod reset;
pub mod second_proof;
pub mod totp;
