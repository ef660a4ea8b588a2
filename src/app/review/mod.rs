//! Staff work on cases and their evidence.

pub mod attacker;
pub mod case_work;
pub mod cases;
pub mod clear_face;
pub mod evidence;
pub mod why;
