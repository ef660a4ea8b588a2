use super::workshop::Workshop;
use crate::support::receiver::Receiver;
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::operators::operator::OperatorId;
use rastau::domain::ports::Store as _;
use rastau::domain::webhooks::event::WebhookEvent;
use serde_json::{Value, json};

/// A sandbox with the operator demo-bet.
fn shop() -> Workshop {
    let shop = Workshop::sandbox();
    let uri = "https://bet.example/cb";
    shop.run(&["operator", "add", "demo-bet", "--name", "Demo", "--redirect-uri", uri, "--sandbox-secret"]).good();
    shop
}

fn webhook<'a>(command: &[&'a str]) -> Vec<&'a str> {
    [&["webhook"], command, &["--operator", "demo-bet"]].concat()
}

fn set(shop: &Workshop, receiver: &Receiver) -> Value {
    shop.run(&webhook(&["set", "--url", receiver.url.as_str(), "--json"])).json()
}

/// A message in the outbox; its id.
async fn queue(shop: &Workshop) -> String {
    use rastau::app::webhooks::queue::queue_webhook;
    use rastau::domain::kernel::testing::SeededRandomness;
    let store = shop.store().await;
    let mut unit = store.begin().await.unwrap();
    let operator = OperatorId::parse("demo-bet").unwrap();
    let (event, now) = (WebhookEvent::test(), Timestamp::from_seconds(1_795_000_000));
    queue_webhook(unit.as_mut(), &operator, &event, now, &SeededRandomness::new(1)).await.unwrap();
    unit.commit().await.unwrap();
    let id = shop.run(&["webhook", "list", "--json"]).json()["messages"][0]["id"].as_str().unwrap().to_owned();
    store.close().await;
    id
}

async fn audit(shop: &Workshop) -> Vec<(String, String)> {
    let mut unit = shop.store().await.read().await.unwrap();
    let events = unit.list_audit(2, 100).await.unwrap();
    events.into_iter().map(|event| (event.kind, event.details)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_is_set_tested_rotated_and_removed_and_all_of_it_is_audited() {
    let shop = shop();
    let receiver = Receiver::start();
    let first = set(&shop, &receiver);
    let secret = SecretText::new(first["secret"].as_str().unwrap());
    assert!(secret.expose().starts_with("whsec_") && secret.expose().len() == 50, "{first}");
    assert_eq!(set(&shop, &receiver)["secret"], json!(null), "shown once");

    let told = shop.run(&webhook(&["test"])).good();
    assert!(told.contains("was answered 204"), "{told}");
    let received = receiver.seen()[0].clone();
    assert!(received.is_signed_by(&secret));
    assert_eq!(received.json()["type"], "webhook.test");

    let rotated = shop.run(&webhook(&["rotate", "--json"])).json();
    let new = SecretText::new(rotated["secret"].as_str().unwrap());
    assert!(rotated["old_secret_until"].is_string());
    receiver.answer(500);
    let err = shop.run(&webhook(&["test"])).bad();
    assert!(err.contains("answered 500 instead of 2xx: \"what an operator's server says\""), "{err}");
    let received = receiver.seen()[1].clone();
    assert!(received.is_signed_by(&secret) && received.is_signed_by(&new));

    let listed = shop.run(&["webhook", "list"]).good();
    assert_eq!(listed, format!("endpoint demo-bet  {}  in use\n", receiver.url));
    assert!(shop.run(&webhook(&["remove"])).good().contains("0 messages were not delivered"));
    assert_eq!(shop.run(&["webhook", "list"]).good(), "no webhooks; `rastau webhook set` makes an endpoint\n");

    let events = audit(&shop).await;
    let kinds: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
    let expected =
        ["webhook_set", "webhook_set", "webhook_tested", "webhook_secret_rotated", "webhook_tested", "webhook_removed"];
    assert_eq!(kinds, expected);
    assert!(events.iter().all(|(_, details)| details.contains("user id") && !details.contains("whsec_")), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_listed_and_replayed() {
    let shop = shop();
    set(&shop, &Receiver::start());
    let id = queue(&shop).await;
    let listed = shop.run(&["webhook", "list", "--operator", "demo-bet", "--state", "pending", "--json"]).json();
    assert_eq!(
        listed["messages"],
        json!([{
            "id": id, "operator": "demo-bet", "type": "webhook.test", "created_at": "2026-11-18T11:06:40Z",
            "state": "pending", "attempts": 0, "next_try_at": "2026-11-18T11:06:40Z", "last_result": null,
        }])
    );
    let line = shop.run(&["webhook", "list"]).good();
    assert!(line.ends_with("demo-bet  webhook.test  attempts 0, last -, next 2026-11-18T11:06:40Z\n"), "{line}");
    let err = shop.run(&["webhook", "replay", &id]).bad();
    assert_eq!(err, format!("rastau: message {id} is pending: its next try comes at 2026-11-18T11:06:40Z\n"));
    shop.tamper("UPDATE webhook_message SET state = 'failed', attempts = 10, last_result = '503'").await;
    assert_eq!(shop.run(&["webhook", "replay", &id]).good(), "1 to be delivered\n");
    shop.tamper("UPDATE webhook_message SET state = 'failed'").await;
    let since =
        |day: &str| shop.run(&["webhook", "replay", "--failed-since", day, "--json"]).json()["replayed"].clone();
    assert_eq!((since("2026-11-19"), since("2026-11-18")), (json!(0), json!(1)));
    assert_eq!(shop.run(&["webhook", "replay"]).code, 2);
    assert_eq!(shop.run(&["webhook", "replay", &id, "--failed-since", "2026-11-18"]).code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_leave_neither_endpoint_nor_event() {
    let shop = shop();
    for (url, why) in [
        ("http://bet.example/", "a webhook needs an absolute https URL"),
        ("https://10.0.0.1/", "a webhook needs an absolute https URL"),
        ("https://user:word@bet.example/", "a webhook needs an absolute https URL"),
        ("bet.example", "a webhook needs an absolute https URL"),
        ("https://nowhere.invalid/", "the name has no address"),
    ] {
        let err = shop.run(&webhook(&["set", "--url", url])).bad();
        assert!(err.starts_with("rastau: the endpoint was not set: ") && err.contains(why), "{url}: {err}");
    }
    let stranger = ["webhook", "set", "--operator", "stranger", "--url", "http://localhost:9/"];
    assert_eq!(shop.run(&stranger).bad(), "rastau: the endpoint was not set: there is no operator stranger\n");
    for command in ["rotate", "remove", "test"] {
        let err = shop.run(&webhook(&[command])).bad();
        assert!(err.contains("demo-bet has no webhook endpoint; `rastau webhook set` makes one"), "{err}");
    }
    let err = shop.run(&["webhook", "replay", "00000000-0000-0000-0000-000000000001"]).bad();
    assert_eq!(err, "rastau: there is no message 00000000-0000-0000-0000-000000000001\n");
    assert!(audit(&shop).await.is_empty());
    shop.claim_production();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_does_not_answer_is_told_as_such() {
    let shop = shop();
    shop.run(&webhook(&["set", "--url", "http://127.0.0.1:9/"])).good();
    let outcome = shop.run(&webhook(&["test", "--json"]));
    let told: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!((&told["status"], &told["failure"]), (&json!(null), &json!("no_connection")));
    assert!(outcome.bad().contains("no connection"));
}
