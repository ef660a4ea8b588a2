//! The story itself: a player is verified, and the operator holds a token that it can check.

use serde_json::json;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, to_second_factor};

#[tokio::test]
async fn a_player_is_verified_end_to_end_and_the_operator_holds_a_token() {
    tell(&TestApp::start().await).await;
}

#[tokio::test]
async fn the_same_story_on_postgresql() {
    if let Some((app, _line)) = TestApp::start_on_postgres().await {
        tell(&app).await;
    }
}

async fn tell(app: &TestApp) {
    let iin = adult(1);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;

    let player = app.arrive().await;
    assert_eq!(player.view().await.unwrap()["stage"], "consent");
    to_second_factor(&player, &iin, Who::Astronaut).await;
    assert_eq!(player.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap(), 10);
    let view = player.view().await.unwrap();
    assert_eq!(view["outcome"]["result"], "approved", "{view}");

    let visit = player.go_back().await.unwrap();
    let claims = &visit["claims"];
    assert_eq!(visit["introspection"]["active"], true, "{visit}");
    assert_eq!(claims["acr"], "urn:rastau:acr:face+contact+passkey");
    assert_eq!(claims["sandbox"], true);
    assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 300);
    // The operator learns nothing that names the person or says how sure we were.
    let told = visit.to_string();
    assert!(!told.contains(iin.expose()) && !told.contains("similarity"), "{told}");
    let again = player.return_address().await.unwrap_err().to_string();
    assert!(again.contains("409"), "the operator has its answer: {again}");
    app.verify_audit().await;
}

#[tokio::test]
async fn nothing_of_the_person_lies_readable_in_the_database() {
    let app = TestApp::start().await;
    let iin = adult(2);
    let photo = id_photo(Who::Astronaut);
    app.add_person(&iin, &photo).await;
    let player = app.arrive().await;
    player.post("consent", &json!({ "accepted": true, "version": "2026-11" })).await.unwrap();
    player.post("identify", &json!({ "iin": iin.expose() })).await.unwrap();
    player.capture(&mut *living(Who::Other)).await.unwrap();

    for entry in std::fs::read_dir(app.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let contains = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!contains(iin.expose().as_bytes()), "an IIN lies in the open");
        assert!(!contains(b"Test Person"), "a name lies in the open");
        assert!(!contains(&photo[100..140]), "an ID photo lies in the open");
        assert!(!contains(b"JFIF"), "a frame lies in the open");
    }
}
