//! A source that is asked over HTTP, by bearer credential:
//!
//! ```text
//! GET {url}?cursor=...    If-None-Match: "..."
//!   304  nothing has changed
//!   200  Content-Type: text/csv | application/x-ndjson      the rows, see app/restrictions/registry/file
//!        Content-Digest: sha-256=:...:                      RFC 9530, of the whole body
//!        Registry-Content: snapshot | changes
//!        Registry-As-Of: 2026-11-26T06:00:00+05:00          when the source made it; else now
//!        Registry-Cursor: ...                               what to ask with next, if the source has one
//!        ETag: "..."                                        RFC 9110, if the source has one
//! ```
//!
//! Whatever is not this, to the letter, is no answer: what counted before counts still, and its age goes on.

use std::fmt;
use std::fs::File;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{ETAG, HeaderMap, IF_NONE_MATCH};
use reqwest::{Response, StatusCode};
use url::Url;

use crate::app::restrictions::registry::feed::{Feed, FeedContent, FeedError, News};
use crate::app::restrictions::registry::spooled_file::{SpoolError, SpooledFile};
use crate::app::restrictions::registry::wire::FileLabel;
use crate::domain::kernel::secret::SecretText;
use crate::domain::restrictions::Position;
use crate::gateways::configured_http::{bearer, client, is_safe, why};

/// For the connection, TLS included.
const CONNECT: Duration = Duration::from_secs(5);
/// Between two pieces of an answer: a source that stalls is let go.
const STALL: Duration = Duration::from_secs(30);
/// No cursor or tag is longer.
const MAX_POSITION: usize = 1_024;

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum FeedSettingsError {
    /// Restrictions do not travel in the clear.
    #[error("a source needs an https address (http to this machine only) without user name or fragment")]
    Address,
    /// It cannot stand in a header.
    #[error("the source's credential is empty or has characters that no header carries")]
    Credential,
    /// TLS or the like.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[source] reqwest::Error),
}

/// The source.
pub struct HttpFeed {
    http: reqwest::Client,
    url: Url,
}

impl HttpFeed {
    /// Checks the settings; connects to nothing yet.
    pub fn new(url: Url, credential: &SecretText) -> Result<Self, FeedSettingsError> {
        if !is_safe(&url) {
            return Err(FeedSettingsError::Address);
        }
        let bearer = bearer(credential).ok_or(FeedSettingsError::Credential)?;
        let http = client(&url, bearer)
            .connect_timeout(CONNECT)
            .read_timeout(STALL)
            .build()
            .map_err(FeedSettingsError::Client)?;
        Ok(Self { http, url })
    }

    async fn said(&self, response: Response) -> Result<FeedContent, FeedError> {
        let headers = response.headers();
        let label = FileLabel::read(|name| header(headers, name)).map_err(FeedError::Disagreed)?;
        let said = |name: &str| header(headers, name).map(|text| text.map(str::to_owned)).map_err(FeedError::Disagreed);
        let position = Position { cursor: said("registry-cursor")?, etag: said(ETAG.as_str())? };
        let FileLabel { kind, format, as_of, sha256 } = label;
        let (file, length) = Self::body(response).await?;
        Ok(FeedContent { name: self.url.path().to_owned(), kind, format, as_of, position, sha256, file, length })
    }

    /// The body, put aside: whether it is whole is told by its digest before a row of it is looked at twice.
    async fn body(mut response: Response) -> Result<(File, u64), FeedError> {
        let aside = |error: SpoolError| match error {
            SpoolError::TooLong => FeedError::Disagreed(error.to_string()),
            SpoolError::Unable(_) => FeedError::Unavailable(error.to_string()),
        };
        let mut file = SpooledFile::new().map_err(aside)?;
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            file.push(&chunk).map_err(aside)?;
        }
        file.finish().map_err(aside)
    }
}

#[async_trait]
impl Feed for HttpFeed {
    async fn ask(&self, position: &Position) -> Result<News, FeedError> {
        let mut url = self.url.clone();
        if let Some(cursor) = &position.cursor {
            url.query_pairs_mut().append_pair("cursor", cursor);
        }
        let mut request = self.http.get(url);
        if let Some(etag) = &position.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let response = request.send().await.map_err(|error| broken(&error))?;
        match response.status() {
            StatusCode::NOT_MODIFIED if position.etag.is_some() || position.cursor.is_some() => Ok(News::Unchanged),
            StatusCode::OK => self.said(response).await.map(News::FeedContent),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(FeedError::Unavailable(format!("status {}", status.as_u16())))
            }
            status => Err(disagreed(&format!("status {}", status.as_u16()))),
        }
    }
}

impl fmt::Debug for HttpFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpFeed").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// One header of this name, short and printable; a second one is a way to be read in two ways.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, String> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| text.len() <= MAX_POSITION && !text.is_empty());
    match (text, values.next()) {
        (Some(text), None) => Ok(Some(text)),
        _ => Err(format!("the header {name} is empty, too long or there twice")),
    }
}

fn disagreed(why: &str) -> FeedError {
    FeedError::Disagreed(why.to_owned())
}

fn broken(error: &reqwest::Error) -> FeedError {
    FeedError::Unavailable(why(error).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_credentials_are_safe() {
        let new = |url: &str, credential: &str| HttpFeed::new(url.parse().unwrap(), &SecretText::new(credential));
        for url in
            ["https://debtors.example/v1/restrictions?x=1", "http://localhost:1/", "http://127.0.0.1/", "http://[::1]/"]
        {
            assert!(new(url, "secret").is_ok(), "{url}");
        }
        for url in [
            "http://debtors.example/",
            "ftp://localhost/",
            "https://u:p@debtors.example/",
            "https://debtors.example/#x",
        ] {
            assert!(new(url, "secret").is_err(), "{url}");
        }
        assert!(new("https://debtors.example/", "").is_err() && new("https://debtors.example/", "a\nb").is_err());
    }
}
