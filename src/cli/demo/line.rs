//! What carries a capture: a WebSocket, or plain requests.

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use reqwest::header::{COOKIE, ORIGIN};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use url::Url;

use super::answer::{VISIT, read};

/// The capture stream as a client holds it.
pub type CaptureSocket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Carries one capture.
#[async_trait]
pub trait Line: Send {
    /// Names the camera, before anything is heard.
    async fn introduce(&mut self, camera: &str) -> Result<()>;

    /// What the service says first.
    async fn hear(&mut self) -> Result<Vec<Value>>;

    /// Sends a frame; what the service says to it.
    async fn exchange(&mut self, frame: Vec<u8>) -> Result<Vec<Value>>;
}

#[async_trait]
impl Line for CaptureSocket {
    async fn introduce(&mut self, camera: &str) -> Result<()> {
        let told = json!({ "type": "camera", "label": camera });
        Ok(self.send(Message::Text(told.to_string().into())).await?)
    }

    async fn hear(&mut self) -> Result<Vec<Value>> {
        let mut heard = Vec::new();
        while let Some(message) = self.next().await {
            let Message::Text(text) = message? else { continue };
            let message: Value = serde_json::from_str(&text)?;
            let answers = matches!(message["type"].as_str(), Some("guidance" | "result" | "problem" | "show"));
            heard.push(message);
            if answers {
                // What to show from now on may follow at once; if it is late, the next frame's answer brings it.
                while let Some(Some(Ok(Message::Text(text)))) = self.next().now_or_never() {
                    heard.push(serde_json::from_str(&text)?);
                }
                return Ok(heard);
            }
        }
        bail!("the capture stream ended without a result")
    }

    async fn exchange(&mut self, frame: Vec<u8>) -> Result<Vec<Value>> {
        self.send(Message::Binary(frame.into())).await?;
        loop {
            let heard = self.hear().await?;
            // Something to show may have been late: the frame's own answer is still to come.
            if heard.iter().any(|message| message["type"] != "show") {
                return Ok(heard);
            }
        }
    }
}

/// A capture over plain requests.
#[derive(Debug)]
pub struct Posts {
    http: reqwest::Client,
    base: Url,
    cookie: String,
    visit: String,
    frames: Option<Url>,
    lights: bool,
    camera: Option<String>,
}

impl Posts {
    /// For the session of this cookie, and the visit that it is.
    pub fn new(http: reqwest::Client, base: Url, (cookie, visit): (String, String), lights: bool) -> Self {
        Self { http, base, cookie, visit, frames: None, lights, camera: None }
    }

    /// Gives the capture up, its camera gone; the status that is answered.
    ///
    /// # Errors
    /// When it was never opened, or nobody answers.
    pub async fn give_up(&self) -> Result<reqwest::StatusCode> {
        let address = self.frames.as_ref().context("the capture is not open")?.join("give-up")?;
        Ok(self.post(address).json(&json!({})).send().await?.status())
    }

    fn post(&self, address: Url) -> reqwest::RequestBuilder {
        let origin = self.base.origin().ascii_serialization();
        let request = self.http.post(address).header(COOKIE, &self.cookie).header(VISIT, &self.visit);
        request.header(ORIGIN, origin).header("accept-language", "en")
    }
}

#[async_trait]
impl Line for Posts {
    async fn introduce(&mut self, camera: &str) -> Result<()> {
        self.camera = Some(camera.to_owned());
        Ok(())
    }

    async fn hear(&mut self) -> Result<Vec<Value>> {
        let mut address = self.base.join("api/player/captures")?;
        if !self.lights {
            address.set_query(Some("lights=off"));
        }
        let told = self.camera.as_ref().map_or(json!({}), |label| json!({ "camera": { "label": label } }));
        let opened = read(self.post(address).json(&told).send().await?).await?;
        let handle = opened["capture"].as_str().context("the capture has no handle")?;
        self.frames = Some(self.base.join(&format!("api/player/captures/{handle}/frames"))?);
        messages(opened)
    }

    async fn exchange(&mut self, frame: Vec<u8>) -> Result<Vec<Value>> {
        let address = self.frames.clone().context("the capture is not open")?;
        let request = self.post(address).header("content-type", "application/octet-stream").body(frame);
        messages(read(request.send().await?).await?)
    }
}

fn messages(mut answer: Value) -> Result<Vec<Value>> {
    Ok(serde_json::from_value(answer["messages"].take())?)
}
