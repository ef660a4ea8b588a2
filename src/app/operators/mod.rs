//! Operators are registered and changed, and ask about people whom they know.

pub mod add;
pub mod change;
pub mod check_players;
pub mod idempotent;
pub mod list;
