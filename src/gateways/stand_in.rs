//! A real server for tests, which does well, stalls, breaks off, lies, fails and recovers.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use url::Url;

/// A call.
pub(super) struct Asked {
    /// From 0.
    pub(super) number: usize,
    pub(super) body: String,
}

/// What the stand-in does with its calls, by their numbers.
pub(super) type Script = fn(usize) -> Reply;

pub(super) enum Reply {
    Json(u16, Value),
    /// Said to be JSON.
    Text(u16, String),
    Stall,
    /// Half of it, and then the connection breaks.
    BreakOff(Value),
    Endless,
}

/// Request line, authorization and body of each call.
type Seen = Arc<Mutex<Vec<(String, String, String)>>>;

pub(super) struct StandIn {
    pub(super) base: Url,
    pub(super) calls: Arc<AtomicUsize>,
    pub(super) seen: Seen,
    /// The idempotency keys of calls that had one.
    pub(super) keys: Arc<Mutex<Vec<String>>>,
}

/// A server that keeps to the script.
pub(super) fn stand_in(script: Script) -> StandIn {
    stand_in_that(move |asked| script(asked.number))
}

/// A server that looks at what it is asked.
pub(super) fn stand_in_that(script: impl Fn(&Asked) -> Reply + Clone + Send + 'static) -> StandIn {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let (calls, seen) = (Arc::new(AtomicUsize::new(0)), Seen::default());
    let keys: Arc<Mutex<Vec<String>>> = Arc::default();
    let shared = (calls.clone(), seen.clone(), keys.clone());
    let server = HttpServer::new(move || {
        let ((calls, seen, keys), script) = (shared.clone(), script.clone());
        App::new().default_service(web::to(move |request: HttpRequest, body: String| {
            let number = calls.fetch_add(1, Ordering::SeqCst);
            let bearer = request.headers().get("authorization").unwrap().to_str().unwrap().to_owned();
            let key = request.headers().get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
            keys.lock().unwrap().extend(key);
            seen.lock().unwrap().push((format!("{} {}", request.method(), request.uri()), bearer, body.clone()));
            reply(script(&Asked { number, body }))
        }))
    });
    let server = server.workers(1).disable_signals().shutdown_timeout(0).listen(listener).unwrap().run();
    tokio::spawn(server);
    StandIn { base, calls, seen, keys }
}

async fn reply(reply: Reply) -> HttpResponse {
    match reply {
        Reply::Json(status, body) => HttpResponse::build(status.try_into().unwrap()).json(body),
        Reply::Text(status, body) => {
            HttpResponse::build(status.try_into().unwrap()).content_type("application/json").body(body)
        }
        Reply::Stall => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            HttpResponse::Ok().finish()
        }
        Reply::BreakOff(body) => {
            let body = body.to_string();
            let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
            let parts = vec![Ok(half), Err(std::io::Error::other("cut"))];
            HttpResponse::Ok()
                .content_type("application/json")
                .no_chunking(body.len() as u64)
                .streaming(stream::iter(parts))
        }
        Reply::Endless => {
            let chunk = Bytes::from(vec![b' '; 1 << 20]);
            HttpResponse::Ok().content_type("application/json").streaming(stream::repeat(chunk).map_ok())
        }
    }
}

/// An endless stream of good chunks.
trait MapOk: futures_util::Stream<Item = Bytes> + Sized {
    fn map_ok(self) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + 'static
    where
        Self: 'static,
    {
        futures_util::StreamExt::map(self, Ok)
    }
}
impl<S: futures_util::Stream<Item = Bytes>> MapOk for S {}

/// An address where nobody listens.
pub(super) fn nobody() -> StandIn {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    StandIn { base, calls: Arc::default(), seen: Arc::default(), keys: Arc::default() }
}
