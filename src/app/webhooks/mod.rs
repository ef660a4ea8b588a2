//! What operators are told without asking.

pub mod deliver;
pub mod events;
pub mod manage;
pub mod purge;
pub mod queue;
pub mod replay;
pub mod trial;
pub mod view;
