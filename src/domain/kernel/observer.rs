//! What the service tells those who watch it: numbers and codes, never an identity.

use std::time::Duration;

use super::time::Timestamp;

/// What a picture is examined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InferencePurpose {
    /// A camera frame of a player who waits.
    LiveFrame,
    /// An ID photo that somebody waits for.
    IdPhoto,
    /// An ID photo that is embedded again for a new model; nobody waits.
    Reembedding,
}

impl InferencePurpose {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LiveFrame => "live_frame",
            Self::IdPhoto => "id_photo",
            Self::Reembedding => "reembedding",
        }
    }
}

/// A step of one piece of work through the inference pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InferenceStep {
    /// The queue was full: turned away at once.
    Refused,
    /// Waits for a session.
    Queued,
    /// Waited as long as it may, and was turned away.
    Expired,
    /// Its caller went away before its turn: never done.
    Dropped,
    /// Has a session.
    Begun {
        /// Time in the queue.
        waited: Duration,
    },
    /// Gave its session back.
    Ended {
        /// Time with the session.
        ran: Duration,
    },
}

/// One thing worth counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation<'a> {
    /// Work in the inference pool.
    Inference(InferencePurpose, InferenceStep),
    /// A session was lost to a panic.
    SessionLost {
        /// Whether another took its place.
        replaced: bool,
    },
    /// An HTTP request was answered.
    Request {
        /// The method.
        method: &'a str,
        /// The route's pattern, never the path itself: that carries ids.
        route: &'a str,
        /// The status.
        status: u16,
        /// Until the answer began.
        took: Duration,
    },
    /// A capture was judged: `passed`, `retry`, `refused` or `under_review`.
    Capture(&'static str),
    /// How the templates of ID photos stand with the model in use.
    Templates {
        /// Players whose photo is to be embedded again.
        due: u64,
        /// Players whose photo does not pass with the model in use.
        unusable: u64,
    },
    /// Somebody was named whom the register does not know.
    PersonUnknown,
    /// A `device` or an `address` has tried as much as it may.
    TriesSpent(&'static str),
    /// A background job ran.
    Job {
        /// Which.
        name: &'a str,
        /// `succeeded` or `failed`.
        result: &'static str,
        /// When it ended.
        ended: Timestamp,
        /// From its beginning.
        took: Duration,
    },
    /// A try to deliver a webhook left it `delivered`, `pending` (to be tried again) or `failed`.
    Webhook(&'static str),
    /// A notice of this kind over this channel: `queued`, `withheld`, or what a try left it as: `delivered`, `pending` or
    /// `failed`.
    Notice {
        /// What it says.
        kind: &'static str,
        /// Over what.
        channel: &'static str,
        /// What became of it.
        result: &'static str,
    },
}

/// Hears observations. Called on hot paths: counts, and neither waits nor fails.
pub trait Observer: Send + Sync {
    /// Takes note.
    fn note(&self, observation: Observation<'_>);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn note(&self, _observation: Observation<'_>) {}
}
