//! Cases for compliance staff, their evidence, and how staff work on them.

pub mod case;
pub mod case_work;
pub mod evidence;
pub mod ports;
