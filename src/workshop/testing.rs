//! What tests of the workshop share.

use std::path::Path;
use std::sync::Arc;

use crate::cli::demo::camera::puppet_with;
use crate::cli::demo::people::{ASTRONAUT, COLLEAGUE, DemoPortrait};
use crate::vision::examiner::Examiner;
pub(super) use crate::vision::testing::examiner;
use crate::workshop::scene::puppet::Puppet;

pub(super) fn puppet(examiner: &mut Examiner, which: DemoPortrait) -> Arc<Puppet> {
    puppet_with(examiner, &Path::new(env!("CARGO_MANIFEST_DIR")).join("models"), which).unwrap()
}

/// The NASA portrait, and another person.
pub(super) fn cast(examiner: &mut Examiner) -> [Arc<Puppet>; 2] {
    [puppet(examiner, ASTRONAUT), puppet(examiner, COLLEAGUE)]
}
