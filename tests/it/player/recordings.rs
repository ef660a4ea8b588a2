//! A recording of an earlier session is known again, whatever else it does right.

use rastau::domain::identity::person::Iin;
use rastau::workshop::attackers::{Recorder, ResentFrames};
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, puppet};
use crate::support::people::{adult, to_face};
use rastau::cli::demo::player::DemoPlayer;
use rastau::workshop::actor::Actor;
use rastau::workshop::person::VirtualPlayer;

async fn captured(app: &TestApp, iin: &Iin, actor: &mut dyn Actor) -> String {
    let player: DemoPlayer = app.arrive().await;
    to_face(&player, iin).await;
    player.capture(actor).await.unwrap().result
}

#[tokio::test]
async fn frames_of_an_earlier_session_are_known_again() {
    let app = TestApp::start().await;
    let iin = adult(120);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let mut recorder = Recorder::new(VirtualPlayer::new(puppet(Who::Astronaut), 501));
    assert_eq!(captured(&app, &iin, &mut recorder).await, "passed");
    // The same person once more is no recording.
    let mut again = VirtualPlayer::new(puppet(Who::Astronaut), 502);
    assert_eq!(captured(&app, &iin, &mut again).await, "passed");

    let mut recording = ResentFrames::new(recorder.into_frames()).unwrap();
    assert_eq!(captured(&app, &iin, &mut recording).await, "retry");
    let cases: Value = app.staff("cases").await.json().await.unwrap();
    let cues = cases[0]["scores"]["cues"].as_array().unwrap();
    let fresh = cues.iter().find(|cue| cue["cue"] == "freshness").unwrap();
    assert_eq!(fresh["findings"][0], "seen_before", "{fresh}");
    assert!(fresh["support"].as_f64().unwrap() < 0.2, "{fresh}");
}
