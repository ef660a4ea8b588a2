//! The work on faces that belongs to no single step: frames through the engine, templates, the index, evaluation.

pub mod engine_turns;
pub mod evaluate_faces;
pub mod evaluate_liveness;
pub(super) mod examine;
pub(super) mod id_template;
pub mod keep_current;
pub mod live_capture;
pub mod purge;
pub(super) mod recall_frames;
pub mod reembed;
pub mod sightings;
