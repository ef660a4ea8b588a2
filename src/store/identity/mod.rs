//! People of the embedded register, their contacts, and players.

pub(super) mod citizens;
pub(super) mod contacts;
pub(super) mod embedded_register;
pub(super) mod players;
