//! Notices: what a person is told over their contacts of record when something happens to what is bound to their name.

pub mod deliver;
pub mod forget;
pub mod outbox;
pub mod queue;
