//! The workshop: those who stand before the camera in tests, in the demonstration and in the attack workshop.

pub mod actor;
