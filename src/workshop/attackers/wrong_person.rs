//! A living stranger who does all that is asked.

use std::sync::Arc;

use super::super::person::VirtualPlayer;
use crate::workshop::scene::puppet::Puppet;

/// The stranger.
pub(super) fn wrong_person(other: Arc<Puppet>, seed: u64) -> VirtualPlayer {
    VirtualPlayer::new(other, seed)
}
