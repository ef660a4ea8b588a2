//! A capture without a camera: the scenario stands in for the engine's judgement, and all else is as ever.

use super::capture_face::CaptureResult;
use super::face_lockout::expect_unlocked;
use super::played_scenario::expect_scenario;
use super::player_session::open;
use super::settle_capture::{Judged, settle};
use super::{PlayerError, Services};
use crate::domain::authorization::HandleHash;
use crate::domain::review::FaceScores;
use crate::domain::tries::Asker;
use crate::domain::verification::Stage;

/// Judges as the person's scenario says. A failure adds to no lock: a scenario goes the same way every time, and a lock
/// would close it for everybody who tests.
///
/// # Errors
/// [`PlayerError::NoScenario`] for everybody whom no scenario plays, and outside a sandbox.
pub async fn pretend_capture(services: &Services, session: HandleHash) -> Result<CaptureResult, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    let scenario = expect_scenario(services, unit.as_mut(), &verification).await?;
    verification.expect(Stage::Face, now)?;
    expect_unlocked(unit.as_mut(), &verification, now).await?;
    let judged = Judged {
        attempt: verification.begin_capture(now)?,
        judgement: scenario.judgement(),
        scores: FaceScores::default(),
        face_hits: Vec::new(),
        is_nobody: scenario.is_nobody(),
        captured: None,
        asker: Asker::default(),
        mirrored: false,
        pretended: true,
    };
    let result = settle(services, unit.as_mut(), &mut verification, judged, now).await?;
    unit.commit().await?;
    Ok(result)
}
