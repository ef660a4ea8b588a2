//! The operator's site, as a player's browser sees it.

use std::sync::Mutex;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::{Client, RequestBuilder, Response};
use url::Url;

use crate::cli::demo::player::{browser, location};

/// No site sends a browser on more often.
const MAX_REDIRECTS: usize = 10;
/// So much of a page is read, bytes.
const MAX_BODY: usize = 1024 * 1024;

/// How to use the site.
#[derive(Clone, Debug)]
pub(super) struct SiteMap {
    /// Where a player begins.
    pub(super) start: Url,
    /// Whether that is a form post, not a link.
    pub(super) post: bool,
    /// What only a page for a player who is in says.
    pub(super) signed_in: String,
    /// The sandbox.
    pub(super) rastau: Url,
}

/// A browser of one player.
#[derive(Debug)]
pub(super) struct Site<'a> {
    map: &'a SiteMap,
    http: Client,
    /// Everything that reached this browser, to look for what must not.
    seen: Mutex<String>,
}

/// What the site showed.
#[derive(Debug)]
pub(super) struct Page {
    status: u16,
    text: String,
    signed_in: bool,
}

impl Page {
    /// Whether the player is in.
    pub(super) fn is_in(&self) -> bool {
        self.signed_in
    }

    /// Whether the site broke.
    pub(super) fn is_broken(&self) -> bool {
        self.status >= 500
    }

    /// For a line of the report.
    pub(super) fn told(&self) -> String {
        let words: Vec<&str> = self.text.split_whitespace().take(12).collect();
        format!("status {}, \"{}\"", self.status, words.join(" "))
    }
}

impl<'a> Site<'a> {
    /// A browser that was never here.
    pub(super) fn visited_anew(map: &'a SiteMap) -> Result<Self> {
        Ok(Self { map, http: browser().cookie_store(true).build()?, seen: Mutex::default() })
    }

    /// The player wants to play; the address at Rastau that the site sends them to.
    pub(super) async fn begin(&self) -> Result<Url> {
        let start = self.map.start.clone();
        let request = if self.map.post { self.http.post(start.clone()) } else { self.http.get(start.clone()) };
        let mut address = start;
        let mut answer = request.send().await.with_context(|| format!("{address} does not answer"))?;
        for _ in 0..MAX_REDIRECTS {
            let Some(next) = next(&address, &answer)? else {
                let status = answer.status().as_u16();
                bail!(
                    "{address} answers {status} and does not send the player to Rastau; is the start right (--post)?"
                );
            };
            if next.origin() == self.map.rastau.origin() && next.path() == "/oauth2/authorize" {
                return Ok(next);
            }
            ensure!(next.origin() == self.map.start.origin(), "the player was sent to {next}");
            answer = self.http.get(next.clone()).send().await?;
            address = next;
        }
        bail!("the site goes round in circles")
    }

    /// The player opens this address, and goes where the site sends them.
    pub(super) async fn open(&self, address: Url) -> Result<Page> {
        self.follow(self.http.get(address.clone()), address).await
    }

    /// The player sends an empty form there, and goes where the site sends them.
    pub(super) async fn press(&self, address: Url) -> Result<Page> {
        self.follow(self.http.post(address.clone()).form(&[("", ""); 0]), address).await
    }

    async fn follow(&self, mut request: RequestBuilder, mut address: Url) -> Result<Page> {
        for _ in 0..MAX_REDIRECTS {
            let answer = request.send().await;
            let mut answer = answer.with_context(|| format!("{address} does not answer"))?;
            let next = next(&address, &answer)?;
            self.remember(&format!("{:?}", answer.headers()));
            if let Some(next) = next.filter(|next| next.origin() == self.map.start.origin()) {
                request = self.http.get(next.clone());
                address = next;
                continue;
            }
            let status = answer.status();
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                body.extend_from_slice(&chunk[..chunk.len().min(MAX_BODY - body.len())]);
            }
            let text = String::from_utf8_lossy(&body).into_owned();
            self.remember(&text);
            let signed_in = status.is_success() && text.contains(&self.map.signed_in);
            return Ok(Page { status: status.as_u16(), text, signed_in });
        }
        bail!("the site goes round in circles")
    }

    /// Whether a signed token came to the browser, in a page or a header.
    pub(super) fn saw_a_token(&self) -> bool {
        let seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A JWS of ours: three parts, the first a JSON object in base64url.
        seen.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
            .any(|word| word.starts_with("eyJ") && word.split('.').filter(|part| part.len() > 20).count() == 3)
    }

    fn remember(&self, text: &str) {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.push_str(text);
        seen.push('\n');
    }
}

fn next(from: &Url, answer: &Response) -> Result<Option<Url>> {
    answer.status().is_redirection().then(|| location(from, answer)).transpose()
}
