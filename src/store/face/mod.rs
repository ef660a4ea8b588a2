//! Templates, faces that were seen, lockouts, fingerprints of frames.

pub(super) mod frame_fingerprints;
pub(super) mod id_templates;
pub(super) mod lockouts;
pub(super) mod sightings;
