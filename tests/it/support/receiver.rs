//! An operator's receiver of webhooks on this machine: remembers what came, and answers as it is told.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rastau::domain::kernel::secret::SecretText;
use sha2::Sha256;
use url::Url;

/// One message as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) timestamp: String,
    pub(crate) signatures: Vec<String>,
    pub(crate) body: String,
}

impl Received {
    /// Checks a message as an operator would: one of its signatures is made with this secret.
    pub(crate) fn is_signed_by(&self, secret: &SecretText) -> bool {
        let key = STANDARD.decode(secret.expose().strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signatures.contains(&expected)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Stopped with its runtime.
pub(crate) struct Receiver {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Received>>>,
    answer: Arc<Mutex<(u16, Option<Url>)>>,
}

impl Receiver {
    /// Answers 204.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/webhooks", listener.local_addr().unwrap())).unwrap();
        let seen: Arc<Mutex<Vec<Received>>> = Arc::default();
        let answer = Arc::new(Mutex::new((204, None::<Url>)));
        let shared = (seen.clone(), answer.clone());
        let server = HttpServer::new(move || {
            let (seen, answer) = shared.clone();
            App::new().default_service(web::to(move |request: HttpRequest, body: String| {
                let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap().to_owned();
                seen.lock().unwrap().push(Received {
                    id: header("webhook-id"),
                    timestamp: header("webhook-timestamp"),
                    signatures: header("webhook-signature").split(' ').map(str::to_owned).collect(),
                    body,
                });
                let (status, location) = answer.lock().unwrap().clone();
                let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
                if let Some(location) = location {
                    response.insert_header(("location", location.as_str()));
                }
                async move { response.body("what an operator's server says") }
            }))
        });
        let server = server.workers(1).disable_signals().shutdown_timeout(0).listen(listener).unwrap().run();
        tokio::spawn(server);
        Self { url, seen, answer }
    }

    /// Answers this from here on.
    pub(crate) fn answer(&self, status: u16) {
        *self.answer.lock().unwrap() = (status, None);
    }

    /// Sends everybody elsewhere from here on.
    pub(crate) fn redirect(&self, to: &Url) {
        *self.answer.lock().unwrap() = (307, Some(to.clone()));
    }

    /// What came so far.
    pub(crate) fn seen(&self) -> Vec<Received> {
        self.seen.lock().unwrap().clone()
    }
}
