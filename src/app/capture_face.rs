//! The camera step: frames come in one by one and are judged on the server; a full capture is held against the ID photo.

use super::face_lockout::{clear, count_failure, expect_unlocked, locked_until};
use super::live_capture::{Lines, LiveCapture};
use super::load_id_template::load_id_template;
use super::player_session::open;
use super::recall_frames::{recall_frames, remember_frames};
use super::record_case::{Captured, Evidence, record_case};
use super::search_faces::{expect_ready, search_faces};
use super::settle_capture::{Judged, end, note_judged, settle};
use super::steady_answer::SteadyAnswer;
use super::tries::expect_room;
use super::{PlayerError, Services};
use crate::domain::authorization::HandleHash;
use crate::domain::capture::{FrameHeader, FrameRefused, Step};
use crate::domain::comparison::Template;
use crate::domain::evidence::dossier::{JudgedCapture, SealedBytes};
use crate::domain::face_search::{FaceHit, Sighting, SightingKey, SightingKind, heed};
use crate::domain::face_step::{FaceJudgement, IdPhoto, without_photo};
use crate::domain::id::{PlayerId, SightingId};
use crate::domain::liveness::chain::{FrameChain, Link};
use crate::domain::liveness::challenge::Challenge;
use crate::domain::liveness::course::Shown;
use crate::domain::ports::StoreError;
use crate::domain::reason::ReasonCode;
use crate::domain::secret::SecretBytes;
use crate::domain::time::Timestamp;
use crate::domain::tries::{Asker, Tried};
use crate::domain::verification::{Outcome, Stage, Verdict};

/// How the audit log names a capture that came to no end, and one that was not judged since a lock holds.
const BROKEN_OFF: &str = "broken_off";
const LOCKED: &str = "locked";

/// One capture under way. It lives in the process that holds the connection; a lost one is begun anew.
#[derive(Debug)]
pub struct FaceCapture {
    services: Services,
    session: HandleHash,
    player: PlayerId,
    asker: Asker,
    attempt: u32,
    id_photo: IdPhoto,
    live: LiveCapture,
    nonce: Link,
    chain: FrameChain,
    lights: bool,
}

/// What a capture begins with.
#[derive(Debug)]
pub enum Begun {
    /// Frames may come.
    Ready(Box<FaceCapture>),
    /// The verification ended instead: no attempts are left.
    Ended(Verdict),
}

/// One frame as it came.
#[derive(Debug)]
pub struct IncomingFrame {
    /// What it says of itself.
    pub header: FrameHeader,
    /// The same as bytes, which the link covers.
    pub header_bytes: Vec<u8>,
    /// Ties it to the frames before.
    pub link: Link,
    /// The JPEG.
    pub picture: SecretBytes,
}

/// What became of one frame.
#[derive(Debug)]
pub enum FrameAnswer {
    /// One hint, and what is to be shown from now on, if that changes.
    Step(Step),
    /// The capture is over: the challenge has run to its end, or there is no time left. [`FaceCapture::finish`] follows.
    Complete,
    /// The frame does not follow the one before.
    OutOfOrder,
    /// It is not tied to the frames before, or to this capture.
    NotLinked,
    /// More frames than a camera gives.
    TooMany,
}

/// What a capture came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureResult {
    /// On to the second factor.
    Passed,
    /// Once more; this much is told.
    Retry(ReasonCode),
    /// The verification has ended.
    Ended(Verdict),
}

/// Begins a capture and counts it; in the same time and in the same way whoever was named.
/// `lights` says whether the page may flash colours; `address`: from where it comes, hashed.
pub async fn begin_capture(
    services: &Services,
    session: HandleHash,
    address: Option<HandleHash>,
    lights: bool,
) -> Result<Begun, PlayerError> {
    let answer = SteadyAnswer::begin();
    let begun = begin(services, session, address, lights).await;
    answer.due().await;
    begun
}

async fn begin(
    services: &Services,
    session: HandleHash,
    address: Option<HandleHash>,
    lights: bool,
) -> Result<Begun, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    verification.expect(Stage::Face, now)?;
    let player = verification.player.ok_or(PlayerError::SessionUnknown)?;
    let asker = Asker { device: verification.device, address };
    expect_unlocked(unit.as_mut(), &verification, now).await?;
    expect_room(services, unit.as_mut(), asker, Tried::ToBeSomebody, now).await?;
    drop(unit);
    expect_ready(services)?;
    let id_photo = load_id_template(services, player).await?;

    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    verification.expect(Stage::Face, now)?;
    expect_unlocked(unit.as_mut(), &verification, now).await?;
    if verification.face_attempts_left() == 0 {
        let refusal = Outcome::new(Verdict::Refused, [ReasonCode::CaptureAttempts]);
        let verdict = refusal.verdict;
        let evidence = Evidence { reasons: refusal.codes(), ..Evidence::default() };
        record_case(services, unit.as_mut(), &verification, verdict, evidence, now).await?;
        end(services, unit.as_mut(), &mut verification, refusal, now).await?;
        unit.commit().await?;
        return Ok(Begun::Ended(verdict));
    }
    let attempt = verification.begin_capture(now)?;
    unit.update_verification(&mut verification).await?;
    unit.commit().await?;
    // Its time runs from when the page is told.
    let begun_at = services.clock.now();
    let randomness = services.randomness.as_ref();
    let live = LiveCapture::start(services.faces.clone(), Challenge::draw(randomness, lights), begun_at);
    let mut nonce = Link::default();
    randomness.fill(&mut nonce);
    let chain = FrameChain::new(nonce);
    let services = services.clone();
    let capture = FaceCapture { services, session, player, asker, attempt, id_photo, live, nonce, chain, lights };
    Ok(Begun::Ready(Box::new(capture)))
}

impl FaceCapture {
    /// What the first frame's link begins with.
    pub fn nonce(&self) -> Link {
        self.nonce
    }

    /// Whether colours may be shown.
    pub fn lights(&self) -> bool {
        self.lights
    }

    /// What is on the page now.
    pub fn shown(&self) -> Shown {
        self.live.capture().shown()
    }

    /// What the browser calls its camera.
    pub fn camera(&mut self, label: &str) {
        self.live.capture_mut().camera(label, self.services.policy.sandbox);
    }

    /// Takes one frame.
    pub async fn take_frame(&mut self, frame: IncomingFrame) -> Result<FrameAnswer, PlayerError> {
        let IncomingFrame { header, header_bytes, link, picture } = frame;
        let now = self.services.clock.now();
        match self.live.capture_mut().admit(header, now) {
            Ok(()) => {}
            Err(FrameRefused::OutOfOrder) => return Ok(FrameAnswer::OutOfOrder),
            Err(FrameRefused::TooMany) => return Ok(FrameAnswer::TooMany),
            Err(FrameRefused::TimeOver) => return Ok(FrameAnswer::Complete),
        }
        if !self.chain.take(&header_bytes, picture.expose(), link) {
            return Ok(FrameAnswer::NotLinked);
        }
        let step = self.live.take(header, picture, now, self.services.randomness.as_ref()).await?;
        Ok(if self.live.capture().is_complete() { FrameAnswer::Complete } else { FrameAnswer::Step(step) })
    }

    /// Whether the capture's time is over, or none of its frames has come for too long.
    pub fn is_over(&self) -> bool {
        let now = self.services.clock.now();
        self.live.capture().is_over(now) || self.live.capture().is_silent(now)
    }

    /// The connection is gone, or what came through it was no capture: whatever of the challenge was shown has been used up,
    /// and that is a failure; of the person, too, if it is their face that was seen. So it is when a later capture has taken this one's place: challenges cannot be leafed through.
    pub async fn break_off(self) -> Result<(), PlayerError> {
        if !self.live.capture().is_revealed() {
            return Ok(());
        }
        let now = self.services.clock.now();
        let mut unit = self.services.store.begin().await?;
        let verification = open(unit.as_mut(), self.session).await?;
        let failure = (self.asker, self.is_like());
        count_failure(&self.services, unit.as_mut(), &verification, failure, now).await?;
        if verification.expect_capture(self.attempt, now).is_ok() {
            note_judged(unit.as_mut(), &verification, BROKEN_OFF, false, now).await?;
        }
        Ok(unit.commit().await?)
    }

    /// Judges the whole capture; the decision, its case, its audit event and the face's sighting are one transaction.
    pub async fn finish(self) -> Result<CaptureResult, PlayerError> {
        let services = &self.services;
        let seen = self.live.capture().template();
        // Without a face there is nothing to compare, whatever it would be compared with.
        let photo = self.id_photo.to_compare(seen.as_ref()).map_or_else(|| nothing(services), Ok)?;
        let live = self.live.template(&photo).await?;
        let face_hits = match self.one_face(live.as_ref()) {
            Some(template) => search_faces(services, self.player, template).await?,
            None => Vec::new(),
        };
        let film = self.live.capture().film();
        let replayed = recall_frames(services, self.player, film).await?;
        let now = services.clock.now();
        let mut unit = services.store.begin().await?;
        let mut verification = open(unit.as_mut(), self.session).await?;
        if let Err(error) = verification.expect_capture(self.attempt, now) {
            drop(unit);
            self.break_off().await?;
            return Err(error.into());
        }
        // The same whatever the face: who is locked out must not learn from it whether a face is the right one.
        if let Some(until) = locked_until(unit.as_mut(), &verification, now).await? {
            note_judged(unit.as_mut(), &verification, LOCKED, false, now).await?;
            remember_frames(unit.as_mut(), &verification, film, now).await?;
            unit.commit().await?;
            return Err(PlayerError::FaceLocked(until.since(now)));
        }
        let left = verification.face_attempts_left();
        let lines = Lines { comparison: services.policy.comparison, presentation: services.policy.presentation };
        let evidence = self.live.evidence(replayed, lines);
        let (judgement, scores) = self.live.judge(evidence, live.as_ref(), &photo, lines, left);
        let is_without = matches!(self.id_photo, IdPhoto::Unusable);
        let judgement = if is_without { without_photo(judgement) } else { judgement };
        let sighting = self.sighting(&judgement, live.as_ref(), &face_hits, now);
        let mut judgement = heed(judgement, &face_hits);
        let mut locked = false;
        let unit_ref = unit.as_mut();
        if judgement == FaceJudgement::Passed {
            clear(unit_ref, &verification, self.asker, now).await?;
        } else if self.live.capture().is_revealed() {
            // Nobody waits for a lock to end within one verification.
            locked = count_failure(services, unit_ref, &verification, (self.asker, self.is_like()), now).await?;
            if locked {
                judgement = judgement.ended();
            }
        }
        let captured = (judgement != FaceJudgement::Passed).then(|| {
            let (recording, pictures, best) = self.live.recording();
            let judged = JudgedCapture {
                recording,
                embedder: services.faces.embedder().clone(),
                id_template: SealedBytes::of(&photo),
                without_photo: is_without,
                comparison: lines.comparison,
                presentation: lines.presentation,
                replayed,
                attempts_left: left,
                locked,
                face_hits: face_hits.clone(),
                scores: scores.clone(),
                judgement: judgement.clone(),
            };
            Captured { judged, pictures: pictures.to_vec(), best }
        });
        let is_nobody = matches!(self.id_photo, IdPhoto::Nobodys);
        let found = Judged { attempt: self.attempt, judgement, scores, face_hits, is_nobody, captured, pretended: false };
        let result = settle(services, unit_ref, &mut verification, found, now).await?;
        remember_frames(unit_ref, &verification, film, now).await?;
        if let Some(sighting) = &sighting {
            unit_ref.put_sighting(sighting, services.faces.embedder()).await?;
        }
        unit.commit().await?;
        if let Some(sighting) = sighting
            // The store has it: the next refresh brings what did not come through here.
            && let Err(error) = services.face_index.apply(vec![sighting]).await
        {
            tracing::error!(%error, "the face index did not take a face in");
        }
        Ok(result)
    }

    /// Whether the face that was kept, be the capture whole or not, may be the one on the ID photo.
    fn is_like(&self) -> bool {
        self.id_photo.may_show(self.live.capture().template().as_ref(), self.services.policy.comparison)
    }

    /// The template that stands for the live face among others, when the capture shows one face.
    fn one_face<'a>(&self, live: Option<&'a Template>) -> Option<&'a Template> {
        live.filter(|_| self.live.capture().shows_one_face(self.services.policy.comparison))
    }

    /// What is remembered of this face. Nothing when it would have passed but for a likeness: whoever it is like would
    /// be caught by it in turn, before a person has looked.
    fn sighting(
        &self,
        judgement: &FaceJudgement,
        live: Option<&Template>,
        hits: &[FaceHit],
        now: Timestamp,
    ) -> Option<Sighting> {
        let enabled = self.services.policy.face_search.enabled;
        let caught = *judgement == FaceJudgement::Passed && !hits.is_empty();
        let kind = SightingKind::of(judgement).filter(|_| enabled && !caught)?;
        Some(Sighting {
            id: SightingId::new(now, self.services.randomness.as_ref()),
            key: SightingKey::of_player(kind, self.player),
            player: Some(self.player),
            seen_at: now,
            template: Some(self.one_face(live)?.clone()),
        })
    }
}

/// What no face is compared with.
fn nothing(services: &Services) -> Result<Template, PlayerError> {
    let model = services.faces.embedder().clone();
    Ok(Template::new(model, vec![1.0]).map_err(|error| StoreError::Corrupt(error.to_string()))?)
}
