//! What the store keeps of cases.

mod cases;
mod evidence;
mod figures;
mod queue;

pub use cases::Cases;
pub use evidence::{CaseEvidence, KeptEvidence, SealedEvidence};
pub use figures::{Figures, FindingFigure, ReasonFigure, TimeFigure, VerdictFigure};
pub use queue::{CaseFilter, CaseHolder, CaseQueue, QueuedCase};
