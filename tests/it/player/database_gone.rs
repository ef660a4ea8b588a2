//! A database that goes away: clear refusals, nothing half-written, and on again when it is back.

use rastau::domain::oauth::access_token::MAX_LIFETIME;
use serde_json::json;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living};
use crate::support::line::Line;
use crate::support::people::{adult, refusal, to_face};

#[tokio::test]
async fn the_player_is_told_and_goes_on_when_it_is_back() {
    let Some((app, line)) = TestApp::start_on_postgres().await else {
        return;
    };
    let iin = adult(80);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let player = app.arrive().await;
    let consent = json!({ "accepted": true, "version": "2026-11" });

    line.send(Line::Cut).unwrap();
    assert_eq!(refusal(player.post("consent", &consent).await), "unavailable");
    assert_eq!(refusal(player.view().await), "unavailable");
    let ready = app.base.join("health/ready").unwrap();
    assert_eq!(reqwest::get(ready.clone()).await.unwrap().status(), 503);
    let live = app.base.join("health/live").unwrap();
    assert_eq!(reqwest::get(live).await.unwrap().status(), 200);

    line.send(Line::Open).unwrap();
    assert_eq!(reqwest::get(ready).await.unwrap().status(), 200);
    to_face(&player, &iin).await;

    // In the middle of a capture, and at its decision: no face passes that was not written down.
    let mut socket = player.open_capture().await.unwrap();
    line.send(Line::Cut).unwrap();
    let cut_off = player.capture_over(&mut socket, &mut *living(Who::Astronaut)).await;
    assert!(cut_off.is_err(), "{cut_off:?}");
    line.send(Line::Open).unwrap();
    assert_eq!(player.view().await.unwrap()["stage"], "face");

    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    // At the second proof: no code goes out that was not written down.
    line.send(Line::Cut).unwrap();
    assert!(player.prove_contact(iin.expose()).await.is_err());
    line.send(Line::Open).unwrap();
    assert!(app.notices(&iin).await.is_empty());
    player.prove_contact(iin.expose()).await.unwrap();
    line.send(Line::Cut).unwrap();
    assert!(player.enrol_passkey(&mut SoftPasskey::new(true)).await.is_err());
    line.send(Line::Open).unwrap();
    player.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap();
    let visit = player.go_back().await.unwrap();
    let claims = &visit["claims"];
    let life = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
    assert!(life <= MAX_LIFETIME.as_secs());
    app.verify_audit().await;
}
