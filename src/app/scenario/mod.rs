//! Stand-ins of a sandbox: below everything that asks whom it plays.

pub(super) mod played;
