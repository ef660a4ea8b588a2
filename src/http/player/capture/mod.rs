//! The capture: frames up, hints and what to show down (docs/CAPTURE-PROTOCOL.md), over a WebSocket or, where none gets
//! through, over plain requests.

mod dialogue;
mod posts;
mod socket;
mod under_way;
mod wire;

use serde::Deserialize;

pub(super) use posts::{frame, open};
pub(super) use socket::stream;
pub(in crate::http) use under_way::CapturesUnderWay;
pub(super) use wire::MESSAGE_BYTES;

/// How the page wants its capture.
#[derive(Deserialize)]
pub(super) struct Wishes {
    /// A browser cannot choose the headers of a WebSocket: the page names its language in the address.
    ui_locales: Option<String>,
    lights: Option<Lights>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Lights {
    On,
    /// For people who want no flashes.
    Off,
}

impl Wishes {
    fn lights(&self) -> bool {
        self.lights != Some(Lights::Off)
    }
}
