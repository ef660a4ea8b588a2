//! A gateway for text messages on this machine: remembers what came, sends one id once, and answers as it is told.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use rastau::domain::kernel::secret::SecretText;
use rastau::domain::notices::ports::NoticeSender;
use rastau::gateways::sms_http::HttpSmsGateway;
use serde_json::{Value, json};
use url::Url;

/// What it does with a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Takes,
    /// It takes the message, and its answer is lost.
    TakesAndFails,
    Fails,
    RefusesAddress,
}

/// Stopped with its runtime.
pub(super) struct Gateway {
    url: Url,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
    mood: Arc<Mutex<Mood>>,
}

impl Gateway {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/send", listener.local_addr().unwrap())).unwrap();
        let seen: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let mood = Arc::new(Mutex::new(Mood::Takes));
        let shared = (seen.clone(), mood.clone());
        let server = HttpServer::new(move || {
            let (seen, mood) = shared.clone();
            App::new().default_service(web::to(move |request: HttpRequest, body: web::Json<Value>| {
                let key = request.headers().get("idempotency-key").unwrap().to_str().unwrap().to_owned();
                let mood = *mood.lock().unwrap();
                let id = body["id"].clone();
                let mut seen = seen.lock().unwrap();
                if matches!(mood, Mood::Takes | Mood::TakesAndFails) && seen.iter().all(|(known, _)| *known != key) {
                    seen.push((key, body.into_inner()));
                }
                let (status, answer) = match mood {
                    Mood::Takes => (202, json!({ "id": id, "accepted": true })),
                    Mood::TakesAndFails | Mood::Fails => (500, json!({})),
                    Mood::RefusesAddress => (422, json!({ "id": id, "code": "address_refused" })),
                };
                async move { HttpResponse::build(StatusCode::from_u16(status).unwrap()).json(answer) }
            }))
        });
        let server = server.workers(1).disable_signals().shutdown_timeout(0).listen(listener).unwrap().run();
        tokio::spawn(server);
        Self { url, seen, mood }
    }

    pub(super) fn sender(&self) -> Arc<dyn NoticeSender> {
        let key = SecretText::new("s3cret");
        Arc::new(HttpSmsGateway::new(self.url.clone(), &key, Duration::from_secs(5)).unwrap())
    }

    pub(super) fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Address and text of each message that it sent on.
    pub(super) fn sent(&self) -> Vec<(String, String)> {
        let text = |message: &Value, member: &str| message[member].as_str().unwrap().to_owned();
        self.seen.lock().unwrap().iter().map(|(_, message)| (text(message, "to"), text(message, "text"))).collect()
    }
}
