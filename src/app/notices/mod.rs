//! Notices: what a person is told over their contacts of record when something happens to what is bound to their name.

pub mod deliver;
pub mod outbox;
pub mod purge;
pub mod queue;
pub(super) mod tell;
