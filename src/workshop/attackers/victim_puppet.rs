//! One photo of the victim on a 3-D face mesh, who does all that is asked. The strongest attack that needs nothing but a
//! photo; the virtual player of the demonstration is exactly this.

use std::sync::Arc;

use super::super::person::VirtualPlayer;
use crate::workshop::scene::puppet::Puppet;

/// The puppet.
pub(super) fn victim_puppet(victim: Arc<Puppet>, seed: u64) -> VirtualPlayer {
    VirtualPlayer::new(victim, seed)
}
