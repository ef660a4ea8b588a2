//! A capture and the engine that looks at its frames: what happens to it whoever carries the frames here.

use std::sync::Arc;

use super::engine_turns::EngineTurns;
use super::examine::{RetryPolicy, examine_with_retry};
use crate::app::PlayerError;
use crate::domain::face::capture::{Capture, FrameHeader, Step};
use crate::domain::face::comparison::{Template, Thresholds};
use crate::domain::face::engine::{EngineError, Examination, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use crate::domain::face::judgement::{FaceJudgement, Measured, evidence, judge};
use crate::domain::face::liveness::challenge::Challenge;
use crate::domain::face::liveness::cues::CueResult;
use crate::domain::face::liveness::decision::PresentationThresholds;
use crate::domain::face::liveness::replay::Replayed;
use crate::domain::face::scores::FaceScores;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::evidence::recording::{Drawn, Recorder, Recording};

/// Where comparison and passive PAD draw their lines.
#[derive(Clone, Copy, Debug)]
pub struct JudgementThresholds {
    /// Of comparison.
    pub comparison: Thresholds,
    /// Of passive PAD.
    pub presentation: PresentationThresholds,
}

/// One capture under way.
pub struct LiveCapture {
    faces: Arc<dyn FaceEngine>,
    capture: Capture,
    recorder: Recorder,
    /// Where others have captures, too, and who this one counts as among them.
    turns: Option<(EngineTurns, HandleHash)>,
    /// Frames that were looked at, and frames for which the engine had no time.
    looked_at: (u32, u32),
}

impl std::fmt::Debug for LiveCapture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LiveCapture").field(&self.capture).finish()
    }
}

impl LiveCapture {
    /// Starts at `now` with nothing kept.
    pub fn start(faces: Arc<dyn FaceEngine>, challenge: Challenge, now: Timestamp) -> Self {
        let written = challenge.clone();
        let capture = Capture::start(challenge, now);
        let recorder = Recorder::begin(written, capture.shown(), now);
        Self { faces, capture, recorder, turns: None, looked_at: (0, 0) }
    }

    /// Its frames take turns with those of other callers.
    #[must_use]
    pub fn in_turn(self, turns: EngineTurns, caller: HandleHash) -> Self {
        Self { turns: Some((turns, caller)), ..self }
    }

    /// A capture whose course was run again, to be judged again.
    pub fn run_again(faces: Arc<dyn FaceEngine>, recording: &Recording, capture: Capture) -> Self {
        let recorder = Recorder::begin(recording.challenge.clone(), capture.shown(), recording.begun_at);
        Self { faces, capture, recorder, turns: None, looked_at: (0, 0) }
    }

    /// What was written down of it: the recording, its pictures, and which of them is the best one.
    pub fn recording(&self) -> (Recording, &[SecretBytes], Option<usize>) {
        let (recording, pictures) = self.recorder.finish(&self.capture);
        let best = self.capture.best().and_then(|best| {
            let place = self.capture.frames().iter().position(|frame| std::ptr::eq(frame, best))?;
            recording.frames.iter().filter(|frame| frame.kept).nth(place)?.picture
        });
        (recording, pictures, best)
    }

    /// The capture itself.
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// The same, to be changed.
    pub fn capture_mut(&mut self) -> &mut Capture {
        &mut self.capture
    }

    /// Looks at a frame that was admitted.
    pub async fn take(
        &mut self,
        header: FrameHeader,
        picture: SecretBytes,
        now: Timestamp,
        randomness: &dyn Randomness,
    ) -> Result<Step, EngineError> {
        if !self.capture.is_within_share() {
            return Ok(self.capture.pass_over());
        }
        match self.examine(&picture, now).await {
            Ok(found) => {
                self.looked_at.0 += 1;
                let seen = self.recorder.see(header, &found, &self.capture, now);
                let drawn = Drawn::from(randomness);
                let step = self.capture.take(header, picture.clone(), found, now, &drawn);
                self.recorder.took(seen, &picture, &self.capture, drawn.finish(), now);
                Ok(step)
            }
            // A busy engine drops the frame, not the capture: the next one may find a free session.
            Err(EngineError::Busy { .. }) => {
                self.looked_at.1 += 1;
                Ok(self.capture.pass_over())
            }
            Err(error) => Err(error),
        }
    }

    async fn examine(&self, picture: &SecretBytes, now: Timestamp) -> Result<Examination, EngineError> {
        let _turn = match &self.turns {
            Some((turns, caller)) => {
                let busy = EngineError::Busy { retry_after: EngineTurns::MAX_WAIT };
                Some(turns.wait(*caller).await.ok_or(busy)?)
            }
            None => None,
        };
        examine_with_retry(self.faces.as_ref(), picture, self.capture.ask(now), RetryPolicy::FRAME).await
    }

    /// Whether the engine had no time for most of it: then its time was over by no fault of who stood there.
    pub fn is_starved(&self) -> bool {
        let (seen, passed_over) = self.looked_at;
        passed_over > seen
    }

    /// The template of the whole capture. Where the first embedder leaves room for doubt, the second looks at the best
    /// frame, too; a frame that it cannot judge adds nothing, and the doubt stays.
    pub async fn template(&self, id_photo: &Template) -> Result<Option<Template>, PlayerError> {
        let Some(live) = self.capture.template().filter(|_| self.capture.is_complete()) else {
            return Ok(None);
        };
        let best = self.capture.best().filter(|_| live.needs_second(id_photo));
        let Some(best) = best else {
            return Ok(Some(live));
        };
        let ask = ExamineRequest::of(QualityGate::LiveFrame, false, TemplateDepth::Both);
        let full = examine_with_retry(self.faces.as_ref(), &best.picture, ask, RetryPolicy::PERSON).await?.template;
        Ok(Some(match full {
            Some(full) => live.with_second_of(&full),
            None => live,
        }))
    }

    /// What every cue says of it; `replayed`: what of its frames was seen before.
    pub fn evidence(&self, replayed: Replayed, lines: JudgementThresholds) -> Vec<CueResult> {
        let (straight, turned) = self.capture.meshes();
        let turns =
            straight.map(|straight| turned.iter().filter_map(|turned| self.faces.turn(straight, turned)).collect());
        let measured = Measured { turns: turns.unwrap_or_default(), replayed };
        evidence(&self.capture, &measured, lines.comparison, lines.presentation)
    }

    /// What follows from this evidence; `attempts_left` counts those after this one.
    pub fn judge(
        &self,
        evidence: Vec<CueResult>,
        live: Option<&Template>,
        id_photo: &Template,
        lines: JudgementThresholds,
        attempts_left: u32,
    ) -> (FaceJudgement, FaceScores) {
        judge(&self.capture, evidence, live, id_photo, lines.comparison, attempts_left)
    }
}
