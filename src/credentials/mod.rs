//! The credential standards behind the ports of [`crate::domain::ports`]: signed tokens and client assertions (JOSE),
//! passkeys (WebAuthn).

pub mod jose;
pub mod passkeys;
pub mod testing;
