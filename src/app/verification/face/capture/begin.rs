//! A capture begins: counted, and alike whoever was named.

use super::{CaptureStart, FaceCapture};
use crate::app::face::id_template::load_id_template;
use crate::app::face::live_capture::LiveCapture;
use crate::app::support::steady_answer::SteadyAnswer;
use crate::app::verification::face::lockout::expect_unlocked;
use crate::app::verification::face::search::expect_ready;
use crate::app::verification::face::settle::end;
use crate::app::verification::record_case::{CaseDraft, record_case};
use crate::app::verification::session::open;
use crate::app::verification::tries::expect_room;
use crate::app::{PlayerError, Services};
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::face::liveness::chain::{FrameChain, Link};
use crate::domain::face::liveness::challenge::Challenge;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::reason::ReasonCode;
use crate::domain::verification::Stage;
use crate::domain::verification::tries::{Asker, Tried};

/// Begins a capture and counts it; in the same time and in the same way whoever was named.
/// `lights` says whether the page may flash colours; `address`: from where it comes, hashed.
pub async fn begin_capture(
    services: &Services,
    session: HandleHash,
    address: Option<HandleHash>,
    lights: bool,
) -> Result<CaptureStart, PlayerError> {
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
) -> Result<CaptureStart, PlayerError> {
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
        let evidence = CaseDraft { reasons: refusal.codes(), ..CaseDraft::default() };
        record_case(services, unit.as_mut(), &verification, verdict, evidence, now).await?;
        end(services, unit.as_mut(), &mut verification, refusal, now).await?;
        unit.commit().await?;
        return Ok(CaptureStart::Ended(verdict));
    }
    let attempt = verification.begin_capture(now)?;
    unit.update_verification(&mut verification).await?;
    unit.commit().await?;
    let randomness = services.randomness.as_ref();
    let challenge = Challenge::draw(randomness, lights);
    // A caller without an address is one browser.
    let caller = address.unwrap_or(session);
    let live =
        LiveCapture::start(services.face.engine.clone(), challenge, now).in_turn(services.face.turns.clone(), caller);
    let mut nonce = Link::default();
    randomness.fill(&mut nonce);
    let chain = FrameChain::new(nonce);
    let services = services.clone();
    let capture = FaceCapture { services, session, player, asker, attempt, id_photo, live, nonce, chain, lights };
    Ok(CaptureStart::Ready(Box::new(capture)))
}
