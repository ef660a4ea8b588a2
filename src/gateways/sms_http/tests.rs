//! The adapter against a real server that takes, refuses, lies, stalls and fails.

use std::sync::atomic::Ordering;

use serde_json::Value;

use super::*;
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::testing::SeededRandomness;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeWords;
use crate::gateways::stand_in::{Asked, Reply, StandIn, nobody, stand_in, stand_in_that};

const TEXT: &str = "Rastau: 847261 — растау коды.";

fn notice() -> OutgoingNotice {
    OutgoingNotice {
        id: NoticeId::new(Timestamp::from_seconds(1_000), &SeededRandomness::new(1)),
        to: Contact::new(Channel::Sms, "+77011234567").unwrap(),
        words: NoticeWords { subject: "-".to_owned(), text: SecretText::new(TEXT) },
        locale: Locale::Kk,
    }
}

fn gateway(stand_in: &StandIn) -> HttpSmsGateway {
    let url = stand_in.base.join("send").unwrap();
    HttpSmsGateway::new(url, &SecretText::new("s3cret"), Duration::from_millis(300)).unwrap()
}

fn taken(asked: &Asked) -> Value {
    let notice: Value = serde_json::from_str(&asked.body).unwrap();
    json!({ "id": notice["id"], "accepted": true })
}

#[actix_web::test]
async fn a_notice_is_handed_over_under_its_id() {
    let stand_in = stand_in_that(|asked| Reply::Json(202, taken(asked)));
    let (gateway, notice) = (gateway(&stand_in), notice());
    assert_eq!(gateway.send(&notice).await, Ok(()));
    assert_eq!(gateway.send(&notice).await, Ok(()), "again under the same id");
    let id = notice.id.to_string();
    for (line, bearer, body) in stand_in.seen.lock().unwrap().iter() {
        assert_eq!((line.as_str(), bearer.as_str()), ("POST /send", "Bearer s3cret"));
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body, json!({ "id": id, "to": "+77011234567", "text": TEXT }));
    }
    assert_eq!(*stand_in.keys.lock().unwrap(), [id.clone(), id]);
}

#[actix_web::test]
async fn a_lie_is_not_a_yes() {
    type Lie = fn(Value) -> Reply;
    let lies: [Lie; 10] = [
        |mut answer| {
            answer["accepted"] = json!(false);
            Reply::Json(200, answer)
        },
        |mut answer| {
            answer["id"] = json!("another");
            Reply::Json(200, answer)
        },
        |mut answer| {
            answer["error"] = json!({ "message": "no credit" });
            Reply::Json(200, answer)
        },
        |_| Reply::Json(200, json!({ "accepted": true })),
        |_| Reply::Json(200, json!([])),
        |_| Reply::Text(200, "OK".to_owned()),
        |answer| Reply::Json(201, answer),
        |answer| Reply::Json(302, answer),
        |_| Reply::Json(422, json!({ "code": "address_refused" })),
        |_| Reply::Endless,
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let stand_in = stand_in_that(move |asked| lie(taken(asked)));
        assert_eq!(gateway(&stand_in).send(&notice()).await, Err(NoticeFailure::Unreadable), "lie {number}");
        assert_eq!(stand_in.calls.load(Ordering::SeqCst), 1, "the outbox tries again, not the gateway");
    }
}

#[actix_web::test]
async fn failures_are_told_apart() {
    for (status, failure) in [
        (401, NoticeFailure::Unauthorized),
        (403, NoticeFailure::Unauthorized),
        (429, NoticeFailure::NotNow),
        (500, NoticeFailure::NotNow),
        (503, NoticeFailure::NotNow),
        (404, NoticeFailure::Unreadable),
    ] {
        let stand_in = stand_in_that(move |_| Reply::Json(status, json!({})));
        assert_eq!(gateway(&stand_in).send(&notice()).await, Err(failure), "{status}");
    }
    let refuses = stand_in_that(|asked| {
        let notice: Value = serde_json::from_str(&asked.body).unwrap();
        Reply::Json(422, json!({ "id": notice["id"], "code": "address_refused" }))
    });
    assert_eq!(gateway(&refuses).send(&notice()).await, Err(NoticeFailure::AddressRefused));
    assert_eq!(gateway(&stand_in(|_| Reply::Stall)).send(&notice()).await, Err(NoticeFailure::Timeout));
    let cut = stand_in_that(|asked| Reply::BreakOff(taken(asked)));
    let end = gateway(&cut).send(&notice()).await;
    assert!(matches!(end, Err(NoticeFailure::Unreadable | NoticeFailure::NoConnection)), "{end:?}");
    assert_eq!(gateway(&nobody()).send(&notice()).await, Err(NoticeFailure::NoConnection));
}

#[actix_web::test]
async fn a_check_sends_nothing() {
    let stand_in = stand_in(|call| Reply::Json([405, 401, 503][call], json!({})));
    let gateway = gateway(&stand_in);
    let ends = [gateway.check().await, gateway.check().await, gateway.check().await];
    assert_eq!(ends, [Ok(()), Err(NoticeFailure::Unauthorized), Err(NoticeFailure::NotNow)]);
    assert!(stand_in.seen.lock().unwrap().iter().all(|(line, _, body)| line == "HEAD /send" && body.is_empty()));
}

#[test]
fn codes_do_not_travel_in_the_clear() {
    let new = |url: &str| HttpSmsGateway::new(url.parse().unwrap(), &SecretText::new("s3cret"), CONNECT);
    for bad in ["http://sms.example", "https://user:x@sms.example", "http://127.0.0.1.example"] {
        assert!(matches!(new(bad), Err(SettingsError::Address)), "{bad}");
    }
    assert!(!format!("{:?}", new("https://sms.example").unwrap()).contains("s3cret"));
}
