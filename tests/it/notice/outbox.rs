use std::time::Duration;

use rastau::app::notices::outbox::sandbox_outbox;
use rastau::domain::identity::contact::Contact;
use rastau::domain::identity::person::Iin;

use super::world::{CODE, IINS, World, code, phone};
use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo};

#[tokio::test]
async fn nothing_leaves_a_sandbox_and_its_outbox_shows_it() {
    let world = World::sandbox().await;
    let iin = Iin::parse(IINS[0]).unwrap();
    assert!(sandbox_outbox(&world.services, &iin).await.unwrap().unwrap().is_empty(), "nobody was told anything");
    let player = world.player(0, &[phone(1)]).await;
    world.tell(0, player, &code()).await.unwrap();
    world.deliver_after(Duration::from_hours(1)).await;
    assert!(world.gateway.sent().is_empty());
    let shown = sandbox_outbox(&world.services, &iin).await.unwrap().unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].content.code().unwrap().expose(), shown[0].to.clone()), (CODE, phone(1)));
}

#[tokio::test]
async fn production_shows_nobody_what_they_were_told() {
    let world = World::production().await;
    let player = world.player(0, &[phone(1)]).await;
    world.tell(0, player, &code()).await.unwrap();
    let iin = Iin::parse(IINS[0]).unwrap();
    assert_eq!(sandbox_outbox(&world.services, &iin).await.unwrap(), None);
}

#[tokio::test]
async fn the_outbox_is_read_over_http() {
    let app = TestApp::start().await;
    let iin = Iin::parse(IINS[0]).unwrap();
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let address = |query: &str| app.base.join(&format!("api/sandbox/notices{query}")).unwrap();
    let get = async |query: &str| {
        let answer = reqwest::get(address(query)).await.unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap())
    };
    let query = format!("?iin={}", iin.expose());
    assert_eq!(get(&query).await, (200, serde_json::json!([])));
    let mut unit = app.unit().await;
    let id = rastau::domain::kernel::id::PlayerId::new(app.now(), app.services.randomness.as_ref());
    let player = unit.player_of(&iin, id, app.now()).await.unwrap();
    let to = [Contact::made_up(&iin)];
    let locale = rastau::domain::kernel::locale::Locale::En;
    rastau::app::notices::queue::queue_notice(&app.services, unit.as_mut(), player, &to, &code(), locale, app.now())
        .await
        .unwrap();
    unit.commit().await.unwrap();
    let (status, told) = get(&query).await;
    assert_eq!(status, 200);
    let notice = &told[0];
    assert_eq!(
        (&notice["kind"], &notice["channel"], &notice["code"]),
        (&"enrolment_code".into(), &"sms".into(), &CODE.into())
    );
    assert_eq!(notice["masked"], to[0].masked());
    assert!(notice["text"].as_str().unwrap().starts_with("Rastau: 847261"), "{notice}");
    assert_eq!(notice["links"], serde_json::json!([]));
    assert_eq!(get("?iin=900101300018").await.0, 422);
    let shown = printed(app.base.as_str(), iin.expose()).await;
    assert!(shown.contains("Rastau: 847261") && shown.contains(&to[0].masked()), "{shown}");
    assert_eq!(get("").await.0, 400);
}

/// What `rastau sandbox notices` prints.
async fn printed(base: &str, iin: &str) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rastau"));
    command.args(["sandbox", "notices", iin, "--url", base]).env_clear();
    let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}
