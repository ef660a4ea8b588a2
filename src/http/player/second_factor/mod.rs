//! The second step: contacts, passkeys, TOTP, what a person has and what they lost.

pub(in crate::http) mod contact;
pub(super) mod factors;
pub(super) mod passkey;
pub(in crate::http) mod recovery;
pub(super) mod totp;
