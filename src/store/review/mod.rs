//! Cases, their queue, evidence and figures.

pub(super) mod cases;
pub(super) mod evidence;
pub(super) mod figures;
pub(super) mod queue;
