//! The sender against a real receiver, and against names that lead where nobody may go.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use super::super::guarded_http::resolver::{Lookup, SystemLookup};
use super::*;

/// What a receiver does.
type Behaviour = fn() -> HttpResponse;

/// Headers and body of a request.
type Seen = (Vec<(String, String)>, String);

struct Receiver {
    url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
}

fn receiver(behaviour: Behaviour) -> Receiver {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/hooks", listener.local_addr().unwrap())).unwrap();
    let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let shared = seen.clone();
    let server = HttpServer::new(move || {
        let seen = shared.clone();
        App::new().default_service(web::to(move |request: HttpRequest, body: String| {
            let headers = request.headers().iter();
            let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
            seen.lock().unwrap().push((headers, body));
            async move { behaviour() }
        }))
    });
    let server = server.workers(1).disable_signals().shutdown_timeout(0).listen(listener).unwrap().run();
    tokio::spawn(server);
    Receiver { url, seen }
}

impl Receiver {
    fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// The same place by another name.
    fn named(&self, host: &str) -> Url {
        let mut url = self.url.clone();
        url.set_host(Some(host)).unwrap();
        url
    }
}

fn message(url: &Url) -> SignedMessage {
    SignedMessage {
        url: url.clone(),
        id: "0199d6a0-7c1e-7000-8000-000000000001".to_owned(),
        timestamp: 1_795_000_000,
        signature: "v1,AAAA v1,BBBB".to_owned(),
        body: r#"{"type":"webhook.test"}"#.to_owned(),
    }
}

/// Answers by turns; the last one for ever.
struct Scripted(Mutex<VecDeque<Vec<IpAddr>>>);

impl Scripted {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(parse).collect())))
    }
}

#[async_trait]
impl Lookup for Scripted {
    async fn lookup(&self, _name: String) -> io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        answer.filter(|addresses| !addresses.is_empty()).ok_or_else(|| io::Error::other("no such name"))
    }
}

fn sender(sandbox: bool, lookup: Arc<dyn Lookup>) -> HttpWebhookSender {
    HttpWebhookSender(GuardedHttp::with(sandbox, lookup, Duration::from_millis(500)).unwrap())
}

fn usual(sandbox: bool) -> HttpWebhookSender {
    sender(sandbox, Arc::new(SystemLookup))
}

#[actix_web::test]
async fn a_message_carries_the_standards_headers_and_its_body_to_the_byte() {
    let receiver = receiver(|| HttpResponse::NoContent().finish());
    let answer = usual(true).send(&message(&receiver.url)).await.unwrap();
    assert_eq!((answer.status, answer.body), (204, Vec::new()));
    let seen = receiver.seen.lock().unwrap();
    let (headers, body) = &seen[0];
    for (name, value) in [
        ("webhook-id", "0199d6a0-7c1e-7000-8000-000000000001"),
        ("webhook-timestamp", "1795000000"),
        ("webhook-signature", "v1,AAAA v1,BBBB"),
        ("content-type", "application/json"),
    ] {
        assert!(headers.contains(&(name.to_owned(), value.to_owned())), "{name} in {headers:?}");
    }
    assert_eq!(body, r#"{"type":"webhook.test"}"#);
}

#[actix_web::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    static TARGET: Mutex<String> = Mutex::new(String::new());
    let target = receiver(|| HttpResponse::Ok().finish());
    *TARGET.lock().unwrap() = target.url.to_string();
    let receiver = receiver(|| {
        HttpResponse::TemporaryRedirect().insert_header(("location", TARGET.lock().unwrap().as_str())).finish()
    });
    assert_eq!(usual(true).send(&message(&receiver.url)).await.unwrap().status, 307);
    assert_eq!((receiver.calls(), target.calls()), (1, 0));
}

#[actix_web::test]
async fn an_endless_body_is_read_no_further_than_its_beginning() {
    let receiver = receiver(|| {
        HttpResponse::Ok().streaming(stream::repeat(Bytes::from(vec![b'x'; 1 << 16])).map(Ok::<_, io::Error>))
    });
    let answer = usual(true).send(&message(&receiver.url)).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, MAX_BODY));
}

fn first_byte() -> impl futures_util::Stream<Item = io::Result<Bytes>> {
    stream::iter([Ok(Bytes::from_static(b"a"))])
}

#[actix_web::test]
async fn a_body_that_stalls_or_breaks_off_does_not_undo_the_status() {
    // Headers leave with the first bytes.
    let stalled = receiver(|| HttpResponse::Ok().streaming(first_byte().chain(stream::pending())));
    assert_eq!(usual(true).send(&message(&stalled.url)).await.unwrap().status, 200);
    let broken = receiver(|| {
        let cut = stream::once(async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Err(io::Error::other("cut"))
        });
        HttpResponse::Accepted().streaming(first_byte().chain(cut))
    });
    assert_eq!(usual(true).send(&message(&broken.url)).await.unwrap().status, 202);
}

#[actix_web::test]
async fn silence_and_an_empty_port_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    assert_eq!(usual(true).send(&message(&url)).await, Err(SendFailure::Timeout));
    drop(listener);
    assert_eq!(usual(true).send(&message(&url)).await, Err(SendFailure::NoConnection));
}

#[actix_web::test]
async fn this_machine_is_not_called_outside_a_sandbox() {
    let receiver = receiver(|| HttpResponse::Ok().finish());
    let sender = usual(false);
    for url in [&receiver.url, &receiver.named("localhost")] {
        assert_eq!(sender.check(url).await, Err(SendFailure::UrlRefused));
        assert_eq!(sender.send(&message(url)).await, Err(SendFailure::UrlRefused));
    }
    assert_eq!(receiver.calls(), 0);
    assert_eq!(usual(true).send(&message(&receiver.named("localhost"))).await.unwrap().status, 200);
}

#[actix_web::test]
async fn a_name_with_one_address_that_is_not_public_is_refused_whole() {
    let mixtures: [&[&str]; 6] = [
        &["127.0.0.1"],
        &["1.1.1.1", "10.0.0.1"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:10.0.0.1"],
        &["2606:4700::1111", "64:ff9b::a00:1"],
    ];
    let url = Url::parse("https://bet.example/hooks").unwrap();
    for addresses in mixtures {
        // In a sandbox neither: the name is not this machine's.
        for sandbox in [false, true] {
            let sender = sender(sandbox, Scripted::new(&[addresses]));
            assert_eq!(sender.check(&url).await, Err(SendFailure::AddressRefused), "{addresses:?}");
            assert_eq!(sender.send(&message(&url)).await, Err(SendFailure::AddressRefused), "{addresses:?}");
        }
    }
    let nowhere = sender(false, Scripted::new(&[&[]]));
    assert_eq!(nowhere.check(&url).await, Err(SendFailure::NameUnknown));
    assert_eq!(nowhere.send(&message(&url)).await, Err(SendFailure::NameUnknown));
}

#[actix_web::test]
async fn a_name_that_turns_private_after_its_check_is_refused() {
    let url = Url::parse("https://bet.example/hooks").unwrap();
    let sender = sender(false, Scripted::new(&[&["1.1.1.1"], &["127.0.0.1"]]));
    assert_eq!(sender.check(&url).await, Ok(()));
    assert_eq!(sender.send(&message(&url)).await, Err(SendFailure::AddressRefused));
}

#[actix_web::test]
async fn the_sandboxs_own_name_leads_to_this_machine_alone() {
    let receiver = receiver(|| HttpResponse::Ok().finish());
    let url = receiver.named("localhost");
    let elsewhere = sender(true, Scripted::new(&[&["1.1.1.1"]]));
    assert_eq!(elsewhere.send(&message(&url)).await, Err(SendFailure::AddressRefused));
    // One look-up a connection: the second answer is not this machine's, and it is not asked for.
    let here = sender(true, Scripted::new(&[&["127.0.0.1"], &["1.1.1.1"]]));
    assert_eq!(here.send(&message(&url)).await.unwrap().status, 200);
    assert_eq!(here.send(&message(&url)).await, Err(SendFailure::AddressRefused), "no connection outlives its check");
}
