//! Strangers who know a person's IIN and have their picture go on for a while; then the person plays.

use std::time::{Duration, Instant};

use rastau::cli::demo::player::DemoPlayer;
use rastau::domain::identity::person::Iin;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::lockout::break_off;
use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, to_face, to_second_factor};

/// Whom they know of, and the face on the ID photo.
struct Victim {
    iin: Iin,
    face: Who,
    /// Somebody else's IIN, under which the victim's picture is shown.
    other: Iin,
}

impl Victim {
    async fn of(app: &TestApp, number: u16, face: Who) -> Self {
        let victim = Self { iin: adult(number), face, other: adult(number + 1) };
        app.add_person(&victim.iin, &id_photo(face)).await;
        app.add_person(&victim.other, &id_photo(other_than(face))).await;
        victim
    }
}

fn other_than(face: Who) -> Who {
    if face == Who::Astronaut { Who::Other } else { Who::Astronaut }
}

/// A browser that was never here, before the camera in this name; `None` where it is told to wait.
async fn stranger(app: &TestApp, iin: &Iin) -> Option<DemoPlayer> {
    let player = app.arrive().await;
    player.consent().await.unwrap();
    player.identify(iin.expose()).await.ok().map(|_| player)
}

/// Everything once: failing in the victim's name, showing their picture under other IINs, trying numbers.
async fn round(app: &TestApp, victim: &Victim, number: u16) {
    for _ in 0..3 {
        if let Some(player) = stranger(app, &victim.iin).await {
            break_off(app, &player, other_than(victim.face)).await;
        }
    }
    for iin in [victim.other.clone(), adult(500 + number % 400)] {
        if let Some(player) = stranger(app, &iin).await {
            // Refused, or told to wait.
            let captured = player.capture(&mut *living(victim.face)).await.map(|captured| captured.result);
            assert_ne!(captured.ok().as_deref(), Some("passed"));
        }
    }
    for more in 0..5 {
        stranger(app, &adult(500 + (number * 7 + more) % 400)).await;
    }
}

async fn attacked_for(time: Duration) {
    let app = TestApp::start_with(|policy| policy.face_search.enabled = true).await;
    let (known, newcomer) = (Victim::of(&app, 450, Who::Astronaut).await, Victim::of(&app, 460, Who::Other).await);
    let mut passkey = SoftPasskey::new(true);
    let own = app.arrive().await;
    to_second_factor(&own, &known.iin, known.face).await;
    own.enrol_passkey(&mut passkey).await.unwrap();

    let (began, mut number) = (Instant::now(), 0);
    while number == 0 || began.elapsed() < time {
        round(&app, &known, number).await;
        round(&app, &newcomer, number + 1).await;
        rastau::app::face::sightings::refresh(&app.services).await.unwrap();
        number += 2;
    }

    // Undisturbed in their own browser, whatever the address has come to.
    let again = own.come_again().await.unwrap();
    to_face(&again, &known.iin).await;
    assert_eq!(again.capture(&mut *living(known.face)).await.unwrap().result, "passed", "{number} rounds");
    assert_eq!(again.show_passkey(&mut passkey).await.unwrap()["outcome"]["result"], "approved");
    // Where they were never seen, at the latest when the strangers' address has its next hour.
    app.clock.advance(Duration::from_hours(1));
    rastau::app::face::sightings::refresh(&app.services).await.unwrap();
    for victim in [&known, &newcomer] {
        let elsewhere = stranger(&app, &victim.iin).await.unwrap();
        assert_eq!(elsewhere.capture(&mut *living(victim.face)).await.unwrap().result, "passed", "{number} rounds");
    }
    app.verify_audit().await;
}

#[tokio::test]
async fn a_round_of_strangers_does_nothing_to_a_person() {
    attacked_for(Duration::ZERO).await;
}

#[tokio::test]
#[ignore = "ten minutes: cargo test --test it -- --ignored ten_minutes"]
async fn ten_minutes_of_strangers_do_nothing_to_a_person() {
    attacked_for(Duration::from_mins(10)).await;
}
