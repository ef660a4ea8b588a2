//! A capture without a camera: the scenario stands in for the engine's judgement, and all else is as ever.

use super::capture::CaptureResult;
use super::lockout::expect_unlocked;
use super::settle::{SettledCapture, settle};
use crate::app::scenario::played::expect_scenario;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::face::scores::FaceScores;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::verification::Stage;
use crate::domain::verification::tries::Asker;

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
    let judged = SettledCapture {
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
