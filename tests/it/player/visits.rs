//! A browser has one session and may have several tabs: what is done in one counts for the visit that it shows, or for none.

use rastau::cli::demo::player::DemoPlayer;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo, living};
use crate::support::people::{adult, to_face};

/// A request of the page of `shows`, in the browser of `player`.
fn ask(app: &TestApp, player: &DemoPlayer, method: Method, path: &str) -> RequestBuilder {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    client
        .request(method, app.base.join(path).unwrap())
        .header("cookie", player.cookie())
        .header("origin", app.base.origin().ascii_serialization())
        .header("accept-language", "en")
}

async fn refused(request: RequestBuilder) {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "other_visit");
}

#[tokio::test]
async fn a_tab_of_an_earlier_visit_does_nothing_for_a_later_one() {
    let app = TestApp::start().await;
    let (first, second) = (app.arrive().await, app.arrive().await);
    assert_ne!(first.visit(), second.visit());
    let consent = json!({ "accepted": true, "version": "2026-11" });
    let give = |visit: Option<&str>| {
        let request = ask(&app, &second, Method::POST, "api/player/consent").json(&consent);
        visit.iter().fold(request, |request, visit| request.header("rastau-visit", *visit))
    };
    for visit in [Some(first.visit()), None, Some(""), Some("made up")] {
        refused(give(visit)).await;
    }
    refused(ask(&app, &second, Method::GET, "api/player/verification").header("rastau-visit", first.visit())).await;
    assert_eq!(second.view().await.unwrap()["stage"], "consent", "nothing was agreed to");
    let given: Value = give(Some(second.visit())).send().await.unwrap().json().await.unwrap();
    assert_eq!((&given["stage"], &given["visit"]), (&json!("identify"), &json!(second.visit())));
}

#[tokio::test]
async fn a_page_that_has_just_come_learns_whose_visit_it_shows() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    let view = ask(&app, &player, Method::GET, "api/player/verification").send().await.unwrap();
    let view: Value = view.json().await.unwrap();
    assert_eq!(view["visit"], player.visit());
}

#[tokio::test]
async fn a_capture_belongs_to_the_visit_of_its_page() {
    let app = TestApp::start().await;
    let iin = adult(431);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let (earlier, player) = (app.arrive().await, app.arrive().await);
    to_face(&player, &iin).await;
    refused(
        ask(&app, &player, Method::POST, "api/player/captures")
            .header("rastau-visit", earlier.visit())
            .json(&json!({})),
    )
    .await;

    // A page reads no refused handshake: it is told on the stream.
    let address = format!("ws://127.0.0.1:{}/api/player/capture?visit={}", app.base.port().unwrap(), earlier.visit());
    let mut request = address.into_client_request().unwrap();
    for (name, value) in [("cookie", player.cookie()), ("origin", &app.base.origin().ascii_serialization())] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let said = rastau::cli::demo::line::Line::hear(&mut socket).await.unwrap();
    assert_eq!((&said[0]["type"], &said[0]["code"]), (&json!("problem"), &json!("other_visit")));

    assert_eq!(player.view().await.unwrap()["face"]["attempts_left"], 3, "nothing was counted");
    assert_eq!(player.capture(&mut *living(Who::Astronaut)).await.unwrap().result, "passed");
}

#[tokio::test]
async fn nobody_is_sent_back_to_the_operator_but_by_the_link_of_their_page() {
    let app = TestApp::start().await;
    let (earlier, player) = (app.arrive().await, app.arrive().await);
    player.post("cancel", &json!({})).await.unwrap();
    let back = |query: &str| ask(&app, &player, Method::GET, &format!("api/player/return{query}"));
    for query in [String::new(), "?visit=".to_owned(), format!("?visit={}", earlier.visit())] {
        refused(back(&query)).await;
        // A browser is shown a page.
        let shown = back(&query).header("accept", "text/html").send().await.unwrap();
        assert_eq!((shown.status().as_u16(), &shown.headers()["location"]), (303, &"/verify/".parse().unwrap()));
    }
    let view = player.view().await.unwrap();
    assert_eq!(view["stage"], "decided");
    let link = view["outcome"]["return_url"].as_str().unwrap();
    assert_eq!(link, format!("{}api/player/return?visit={}", app.base, player.visit()));
    let address = player.return_address().await.unwrap();
    assert!(address.query().unwrap().contains("error=access_denied"), "{address}");
}
