//! Those who hold up or feed in what is not the person: one file each, after ISO/IEC 30107-3's presentation attacks and
//! the injection attacks of CEN/TS 18099.

mod cut_out;
mod face_swap;
mod moved_photo;
mod screen_replay;
mod sheet;
mod still_photo;
mod straight_swap;
mod victim_puppet;
mod victim_puppet_relit;
mod victim_warp;
mod wrong_person;

use std::sync::Arc;

pub use recording::resent_frames::{Recorder, ResentFrames};

use super::actor::{Actor, Shown};
use crate::vision::animate::AnimateError;
use crate::workshop::scene::puppet::Puppet;

/// One way to attack; [`AttackKind::sentence`] says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttackKind {
    /// A print on a stand.
    StillPhoto,
    /// A print in a hand.
    MovedPhoto,
    /// A print with holes.
    CutOut,
    /// A monitor.
    ScreenReplay,
    /// A capture under another challenge.
    EarlierRecording,
    /// A recording that guesses.
    GuessingRecording,
    /// A short clip, looped.
    Loop,
    /// Two people.
    FaceSwap,
    /// A picture while nothing is asked, a stranger else.
    StraightSwap,
    /// A stranger.
    WrongPerson,
    /// Old bytes.
    ResentFrames,
    /// A photo on a mesh.
    VictimPuppet,
    /// The same, lit and filmed.
    VictimPuppetRelit,
    /// A photo bent in the plane.
    VictimWarp,
}

impl AttackKind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::StillPhoto,
        Self::MovedPhoto,
        Self::CutOut,
        Self::ScreenReplay,
        Self::EarlierRecording,
        Self::GuessingRecording,
        Self::Loop,
        Self::FaceSwap,
        Self::StraightSwap,
        Self::WrongPerson,
        Self::ResentFrames,
        Self::VictimPuppet,
        Self::VictimPuppetRelit,
        Self::VictimWarp,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::StillPhoto => "still_photo",
            Self::MovedPhoto => "moved_photo",
            Self::CutOut => "cut_out",
            Self::ScreenReplay => "screen_replay",
            Self::EarlierRecording => "earlier_recording",
            Self::GuessingRecording => "guessing_recording",
            Self::Loop => "loop",
            Self::FaceSwap => "face_swap",
            Self::StraightSwap => "straight_swap",
            Self::WrongPerson => "wrong_person",
            Self::ResentFrames => "resent_frames",
            Self::VictimPuppet => "victim_puppet",
            Self::VictimPuppetRelit => "victim_puppet_relit",
            Self::VictimWarp => "victim_warp",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What they do, in one plain sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::StillPhoto => "a print of the victim, held before the camera without moving",
            Self::MovedPhoto => {
                "a print that a hand tilts, turns, bends and brings closer as an answer to each command"
            }
            Self::CutOut => "a print with holes, behind which living eyes blink and a living mouth opens",
            Self::ScreenReplay => "a recording of the victim, following other commands, filmed from a monitor",
            Self::EarlierRecording => "a capture of the victim with other commands and lights, fed in as a camera",
            Self::GuessingRecording => "an injected recording that answers every command and light with a guess",
            Self::Loop => "two seconds of the living victim looking straight, fed in again and again",
            Self::FaceSwap => "two people in one capture: one face before the second command, the other one from it on",
            Self::StraightSwap => {
                "a picture of the victim whenever the page asks for nothing but a straight face, a living stranger else"
            }
            Self::WrongPerson => "a living stranger who does all that is asked",
            Self::ResentFrames => "the very bytes of frames that were sent in another capture",
            Self::VictimPuppet => "one photo of the victim on a 3-D face mesh, animated to do all that is asked",
            Self::VictimPuppetRelit => {
                "the same puppet with the room's shadows, a sensor's noise and a hand-held camera added to every frame"
            }
            Self::VictimWarp => {
                "one photo of the victim bent in the plane, with painted lids and mouth: another renderer"
            }
        }
    }
}

/// Somebody who attacks `victim`; `other` is the attacker's own face. The same seed gives the same attack.
///
/// # Errors
/// When OpenCV fails at making the print or the screen.
pub fn attacker(
    kind: AttackKind,
    victim: &Arc<Puppet>,
    other: &Arc<Puppet>,
    seed: u64,
) -> Result<Box<dyn Actor>, AnimateError> {
    let victim = || Arc::clone(victim);
    let other = || Arc::clone(other);
    Ok(match kind {
        AttackKind::StillPhoto => Box::new(still_photo::StillPhoto::new(&victim(), seed)?),
        AttackKind::MovedPhoto => Box::new(moved_photo::MovedPhoto::new(&victim(), seed)?),
        AttackKind::CutOut => Box::new(cut_out::CutOut::new(&victim(), other(), seed)),
        AttackKind::ScreenReplay => Box::new(screen_replay::ScreenReplay::new(victim(), seed)?),
        AttackKind::EarlierRecording => Box::new(recording::earlier_recording::EarlierRecording::new(victim(), seed)),
        AttackKind::GuessingRecording => {
            Box::new(recording::guessing_recording::GuessingRecording::new(victim(), seed))
        }
        AttackKind::Loop => Box::new(recording::looped::Looped::new(victim(), seed)),
        AttackKind::FaceSwap => Box::new(face_swap::FaceSwap::new(victim(), other(), seed)),
        AttackKind::StraightSwap => Box::new(straight_swap::StraightSwap::new(victim(), other(), seed)),
        AttackKind::WrongPerson => Box::new(Unnamed(wrong_person::wrong_person(other(), seed))),
        AttackKind::ResentFrames => Box::new(ResentFrames::of_another_session(victim(), seed)),
        AttackKind::VictimPuppet => Box::new(Unnamed(victim_puppet::victim_puppet(victim(), seed))),
        AttackKind::VictimPuppetRelit => Box::new(victim_puppet_relit::VictimPuppetRelit::new(victim(), seed)),
        AttackKind::VictimWarp => Box::new(victim_warp::VictimWarp::new(&victim(), seed)?),
    })
}

/// An actor who does not say what the sandbox's own player says of its camera.
struct Unnamed<A>(A);

impl<A: Actor> Actor for Unnamed<A> {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        self.0.frame(shown)
    }
}

pub mod recording;
#[cfg(test)]
mod tests;
