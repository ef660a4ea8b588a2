//! Many sit behind one address, and one of them uses it up for the others: whom that keeps out, and for how long.

use std::time::Duration;

use rastau::domain::verification::tries::{Tried, TryLimits};
use reqwest::header::RETRY_AFTER;
use serde_json::json;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::strangers::{HERE, ask, identify, stranger, tried};
use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, to_face, to_second_factor};

const LIMIT: u32 = 6;

/// A service at the beginning of an hour: none ends while the test runs.
async fn at_the_full_hour() -> TestApp {
    let limits = TryLimits { address_an_hour: LIMIT, ..TryLimits::default() };
    let app = TestApp::start_with(|policy| policy.tries = limits).await;
    app.clock.advance(Tried::ToBeSomebody.wait(app.now()));
    app
}

/// Somebody of this address names one IIN after the other, with a browser that was never here each time.
async fn use_up(app: &TestApp) {
    for number in 0..100 {
        let answer = identify(app, &stranger(app).await, HERE, &adult(660 + number)).await;
        if answer.status != 200 {
            assert_eq!(answer.code(), (429, "too_many_tries"));
            return;
        }
    }
    panic!("nothing stopped them");
}

#[tokio::test]
async fn who_uses_a_shared_address_up_keeps_newcomers_waiting_to_the_full_hour_and_nobody_else() {
    let app = at_the_full_hour().await;
    let (regular, newcomer, waiting, further) = (adult(640), adult(641), adult(642), adult(643));
    for iin in [&regular, &newcomer, &waiting, &further] {
        app.add_person(iin, &id_photo(Who::Astronaut)).await;
    }
    let mut passkey = SoftPasskey::new(true);
    let own = app.arrive().await;
    to_second_factor(&own, &regular, Who::Astronaut).await;
    own.enrol_passkey(&mut passkey).await.unwrap();
    // One has named themselves, one is past the camera.
    let before_the_camera = app.arrive().await;
    to_face(&before_the_camera, &waiting).await;
    let past_the_camera = app.arrive().await;
    to_second_factor(&past_the_camera, &further, Who::Astronaut).await;
    use_up(&app).await;

    // Whoever was never here waits, whatever they do, and is told until when.
    let fresh = stranger(&app).await;
    let refused = identify(&app, &fresh, HERE, &newcomer).await;
    assert_eq!(refused.code(), (429, "too_many_tries"));
    let wait: u64 = refused.headers[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    let hour = Tried::ToBeSomebody.wait(app.now()).as_secs();
    assert!(wait.abs_diff(hour) <= 2, "{wait} s, and the hour has {hour} s left");
    let camera = ask(&app, &before_the_camera, HERE, "captures", Some(json!({}))).await;
    assert_eq!(camera.code(), (429, "too_many_tries"));
    assert_eq!(before_the_camera.view().await.unwrap()["face"]["attempts_left"], 3, "it costs no attempt");
    assert_eq!(tried(&app, HERE).await, LIMIT, "what is refused counts for nothing: the wait is not made longer");

    // Whoever is past the camera goes on.
    past_the_camera.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap();
    assert_eq!(past_the_camera.go_back().await.unwrap()["introspection"]["active"], true);
    // So does, the whole way, whoever played in this browser before.
    let again = own.come_again().await.unwrap();
    again.consent().await.unwrap();
    assert_eq!(identify(&app, &again, HERE, &regular).await.status, 200);
    assert_eq!(again.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
    assert_eq!(again.show_passkey(&mut passkey).await.unwrap()["outcome"]["result"], "approved");
    assert_eq!(again.go_back().await.unwrap()["introspection"]["active"], true);
    // And the newcomer, from anywhere else at once, from here in the next hour.
    assert_eq!(identify(&app, &stranger(&app).await, "198.51.100.20", &newcomer).await.status, 200);
    app.clock.advance(Duration::from_secs(wait + 1));
    assert_eq!(identify(&app, &stranger(&app).await, HERE, &newcomer).await.status, 200);
}

#[tokio::test]
async fn a_browser_that_proved_itself_passes_the_address_and_not_its_own_limit() {
    let app = at_the_full_hour().await;
    let iin = adult(645);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let own = app.arrive().await;
    to_second_factor(&own, &iin, Who::Astronaut).await;
    own.enrol_passkey(&mut SoftPasskey::new(true)).await.unwrap();
    use_up(&app).await;
    // A stranger who plays themselves first has twenty tries more in that browser, and no more.
    let mut answered = 0;
    let mut player = own;
    loop {
        player = player.come_again().await.unwrap();
        player.consent().await.unwrap();
        let answer = identify(&app, &player, HERE, &adult(680 + answered)).await;
        if answer.status != 200 {
            assert_eq!(answer.code(), (429, "too_many_tries"));
            break;
        }
        answered += 1;
    }
    assert_eq!(answered, 20);
    assert_eq!(tried(&app, HERE).await, LIMIT + 20, "and all of them count against the address, too");
}
