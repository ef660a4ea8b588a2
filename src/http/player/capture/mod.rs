//! The capture: frames up, hints and what to show down (docs/CAPTURE-PROTOCOL.md), over a WebSocket or, where none gets
//! through, over plain requests.

mod dialogue;
mod posts;
mod socket;
mod under_way;
mod wire;

use std::time::Duration;

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::problem::problem;
use crate::app::Services;
use crate::app::verification::proven_browser::is_proven_browser;
use crate::domain::kernel::handle::HandleHash;
use crate::http::peer::caller;
use crate::http::per_caller::{Held, PerCaller};
use crate::http::problem::{Problem, ProblemCode, locale};

pub(super) use posts::{frame, give_up, open};
pub(super) use socket::stream;
pub(in crate::http) use under_way::CapturesUnderWay;
pub(super) use wire::MESSAGE_BYTES;

/// How the page wants its capture.
#[derive(Deserialize)]
pub(super) struct Wishes {
    /// A browser cannot choose the headers of a WebSocket: the page names its language in the address.
    ui_locales: Option<String>,
    lights: Option<Lights>,
    /// Nor can it choose the header that says whose visit the page shows.
    visit: Option<String>,
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

/// When it is worth asking again where too many captures are under way.
const FULL_WAIT: Duration = Duration::from_secs(5);

/// How many captures each caller has under way.
#[derive(Clone, Debug)]
pub(in crate::http) struct CapturesByCaller(PerCaller);

impl CapturesByCaller {
    /// At most `most` for each.
    pub(in crate::http) fn new(most: usize) -> Self {
        Self(PerCaller::new(most))
    }
}

/// A place for one more capture of this caller: nobody may have all of them. A browser in which somebody proved themselves needs none:
/// else a stranger at a shared address could keep the camera from all who sit behind it.
async fn place(request: &HttpRequest, services: &Services, session: HandleHash) -> Result<Option<Held>, Problem> {
    let captures = request.app_data::<web::Data<CapturesByCaller>>();
    let (Some(captures), Some(caller)) = (captures, caller(request)) else { return Ok(None) };
    if let Some(held) = captures.0.take(caller) {
        return Ok(Some(held));
    }
    match is_proven_browser(services, session).await {
        Ok(true) => Ok(None),
        Ok(false) => Err(full(request)),
        Err(error) => Err(problem(&error, locale(request))),
    }
}

fn full(request: &HttpRequest) -> Problem {
    Problem::new(ProblemCode::Busy, locale(request)).retry_after(FULL_WAIT)
}
