//! What tests of the workshop share; without models they say so and pass.

use std::path::Path;
use std::sync::Arc;

use crate::cli::demo::camera::puppet_with;
use crate::cli::demo::people::{ASTRONAUT, COLLEAGUE, DemoPortrait};
use crate::vision::examiner::{Examiner, Models, PictureLimits};
use crate::vision::model::manifest::Manifest;
use crate::workshop::scene::puppet::Puppet;

pub(super) fn examiner() -> Option<Examiner> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    if !models.join("store/sface.onnx").exists() {
        eprintln!("skipped: no models (run `make models`)");
        return None;
    }
    let manifest = Manifest::load(&models).unwrap();
    Some(Models::read(&manifest).unwrap().examiner(PictureLimits::default()).unwrap())
}

pub(super) fn puppet(examiner: &mut Examiner, which: DemoPortrait) -> Arc<Puppet> {
    puppet_with(examiner, &Path::new(env!("CARGO_MANIFEST_DIR")).join("models"), which).unwrap()
}

/// The NASA portrait, and another person.
pub(super) fn cast(examiner: &mut Examiner) -> [Arc<Puppet>; 2] {
    [puppet(examiner, ASTRONAUT), puppet(examiner, COLLEAGUE)]
}
