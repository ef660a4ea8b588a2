//! Newcomers of a sandbox: they come with a photo, and leave with it.

use rastau::cli::demo::player::{add_newcomer, remove_newcomer};
use rastau::domain::identity::person::Iin;
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::faces::{Who, empty_room, id_photo, turned};
use crate::support::people::{adult, refusal, to_second_factor};

async fn listed(app: &TestApp) -> Vec<Value> {
    reqwest::get(app.base.join("api/sandbox/people").unwrap()).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_newcomer_joins_plays_and_leaves_with_their_photo() {
    let app = TestApp::start().await;
    let photo = id_photo(Who::Astronaut);
    let iin = add_newcomer(&app.base, "Newcomer", "1990-01-01", &photo).await.unwrap();
    let shown = listed(&app).await[0]["photo_url"].as_str().unwrap().to_owned();
    let small = reqwest::get(app.base.join(&format!("{shown}?small=true")).unwrap()).await.unwrap();
    assert_eq!(small.headers()["content-type"], "image/jpeg");
    let small = image::load_from_memory(&small.bytes().await.unwrap()).unwrap();
    assert_eq!((small.width(), small.height()), (192, 240));
    let shown = reqwest::get(app.base.join(&shown).unwrap()).await.unwrap();
    assert_eq!(shown.headers()["content-type"], "image/jpeg");
    assert_eq!(shown.bytes().await.unwrap(), photo);

    let player = app.arrive().await;
    to_second_factor(&player, &Iin::parse(&iin).unwrap(), Who::Astronaut).await;
    remove_newcomer(&app.base, &iin).await.unwrap();
    assert!(listed(&app).await.is_empty());
    assert!(remove_newcomer(&app.base, &iin).await.is_err(), "nobody leaves twice");
    let next = add_newcomer(&app.base, "Another", "1990-01-01", &photo).await.unwrap();
    assert_ne!(next, iin, "an IIN that was someone's is nobody else's");
}

#[tokio::test]
async fn a_newcomer_without_a_usable_photo_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    let refused = add_newcomer(&app.base, "Newcomer", "1990-01-01", &empty_room()).await;
    assert_eq!(refusal(refused), "no_face");
    let refused = add_newcomer(&app.base, "Newcomer", "1990-01-01", b"no picture").await;
    assert_eq!(refusal(refused), "picture_format");
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let refused = add_newcomer(&app.base, "Newcomer", "1990-01-01", heic).await;
    assert_eq!(refusal(refused), "picture_heic");
    let refused = add_newcomer(&app.base, " ", "1990-01-01", &id_photo(Who::Other)).await;
    assert_eq!(refusal(refused), "name_invalid");
    assert_eq!(refusal(add_newcomer(&app.base, "Newcomer", "1990-02-30", b"x").await), "iin_date");
    assert!(listed(&app).await.is_empty());
}

#[tokio::test]
async fn whoever_comes_with_a_photo_upside_down_is_known_again() {
    let app = TestApp::start().await;
    for quarters in [2, 1] {
        let photo = turned(&id_photo(Who::Astronaut), quarters);
        let iin = add_newcomer(&app.base, "Newcomer", "1990-01-01", &photo).await.unwrap();
        let player = app.arrive().await;
        to_second_factor(&player, &Iin::parse(&iin).unwrap(), Who::Astronaut).await;
    }
}

#[tokio::test]
async fn a_foreign_page_neither_adds_nor_removes() {
    let app = TestApp::start().await;
    let iin = adult(90);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let address = app.base.join(&format!("api/sandbox/people/{}", iin.expose())).unwrap();
    let foreign = reqwest::Client::new().delete(address).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    assert_eq!(listed(&app).await.len(), 1);
}
