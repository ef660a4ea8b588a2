//! What strangers send without end: captures and rings at the staff's door.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use rastau::cli::demo::capture::FrameWriter;
use rastau::cli::demo::player::DemoPlayer;
use reqwest::header::ORIGIN;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use url::Url;

use super::Failure;

/// Frames a second of each, as the attack was seen.
const FRAMES: u64 = 38;
/// From where, as the proxy says.
const OF_CAPTURES: &str = "198.51.100.66";
const OF_RINGS: &str = "198.51.100.77";

/// What a flood sent, and what came back.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) captures: AtomicU64,
    pub(super) frames: AtomicU64,
    pub(super) rings: AtomicU64,
    pub(super) rings_refused: AtomicU64,
}

fn count(of: &AtomicU64) {
    of.fetch_add(1, Ordering::Relaxed);
}

/// One stranger who holds a face before the camera and does nothing that is asked, visit after visit.
pub(super) async fn captures(base: Url, iin: String, face: Vec<u8>, until: Instant, sent: Arc<Sent>) {
    while Instant::now() < until {
        // A visit ends, is locked or is full: on with the next.
        if visit(&base, &iin, &face, until, &sent).await.is_err() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

async fn visit(base: &Url, iin: &str, face: &[u8], until: Instant, sent: &Sent) -> Result<(), Failure> {
    let player = DemoPlayer::arrive(base).await?;
    player.consent().await?;
    player.identify(iin).await?;
    while Instant::now() < until {
        let mut address = base.join("api/player/capture")?;
        address.set_scheme("ws").map_err(|()| "no address")?;
        address.query_pairs_mut().append_pair("visit", player.visit());
        let mut request = address.as_str().into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("cookie", HeaderValue::from_str(player.cookie())?);
        headers.insert("origin", HeaderValue::from_str(&base.origin().ascii_serialization())?);
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("rastau.capture.v2"));
        headers.insert("x-forwarded-for", HeaderValue::from_static(OF_CAPTURES));
        let (socket, _) = connect_async(request).await?;
        let (mut up, mut down) = socket.split();
        let Some(Ok(Message::Text(ready))) = down.next().await else { return Err("no first word".into()) };
        let ready: Value = serde_json::from_str(&ready)?;
        let mut writer = FrameWriter::of_ready(&ready)?;
        count(&sent.captures);
        let mut beat = tokio::time::interval(Duration::from_millis(1_000 / FRAMES));
        let (began, mut shown) = (Instant::now(), 0_u16);
        loop {
            tokio::select! {
                _ = beat.tick() => {
                    let millis = u64::try_from(began.elapsed().as_millis())?;
                    up.send(Message::Binary(writer.frame(millis, shown, face).into())).await?;
                    count(&sent.frames);
                }
                heard = down.next() => match heard {
                    Some(Ok(Message::Text(text))) => {
                        let said: Value = serde_json::from_str(&text)?;
                        match said["type"].as_str() {
                            Some("show") => shown = said["index"].as_u64().unwrap_or(0).try_into()?,
                            Some("result") if said["result"] == "retry" => break,
                            Some("result" | "problem") => return Err(text.to_string().into()),
                            _ => {}
                        }
                    }
                    Some(Ok(_)) => {}
                    _ => break,
                },
            }
        }
    }
    Ok(())
}

/// So many rings a second at the staff's door, each of somebody else.
pub(super) async fn rings(base: Url, a_second: u64, until: Instant, sent: Arc<Sent>) -> Result<(), Failure> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let (address, origin) = (base.join("api/console/sign-in/start")?, base.origin().ascii_serialization());
    let mut beat = tokio::time::interval(Duration::from_millis(1_000 / a_second));
    let mut number = 0_u64;
    while Instant::now() < until {
        beat.tick().await;
        number += 1;
        let body = json!({ "login": format!("nobody{number}") });
        let ring = http.post(address.clone()).header(ORIGIN, &origin).header("x-forwarded-for", OF_RINGS).json(&body);
        let sent = sent.clone();
        tokio::spawn(async move {
            if let Ok(answer) = ring.send().await {
                count(&sent.rings);
                if answer.status() == 429 {
                    count(&sent.rings_refused);
                }
            }
        });
    }
    Ok(())
}
