//! A source that is asked over HTTP, by bearer credential:
//!
//! ```text
//! GET {url}?cursor=...    If-None-Match: "..."
//!   304  nothing has changed
//!   200  Content-Type: text/csv | application/x-ndjson      the rows, see app/registry/file
//!        Content-Digest: sha-256=:...:                      RFC 9530, of the whole body
//!        Registry-Content: snapshot | changes
//!        Registry-As-Of: 2026-11-26T06:00:00+05:00          when the source made it; else now
//!        Registry-Cursor: ...                               what to ask with next, if the source has one
//!        ETag: "..."                                        RFC 9110, if the source has one
//! ```
//!
//! Whatever is not this, to the letter, is no answer: what counted before counts still, and its age goes on.

use std::fmt;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::{Response, StatusCode};
use url::{Host, Url};

use super::unavailable;
use crate::app::registry::feed::{Feed, FeedError, News, Said};
use crate::app::registry::wire::{LONGEST, Label};
use crate::domain::restrictions::Position;
use crate::domain::secret::SecretText;

/// For the connection, TLS included.
const CONNECT: Duration = Duration::from_secs(5);
/// Between two pieces of an answer: a source that stalls is let go.
const STALL: Duration = Duration::from_secs(30);
/// No cursor or tag is longer.
const LONGEST_POSITION: usize = 1_024;

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
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
    longest: u64,
}

impl HttpFeed {
    /// Checks the settings; connects to nothing yet.
    pub fn new(url: Url, credential: &SecretText) -> Result<Self, SettingsError> {
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let safe = url.scheme() == "https" || (loopback && url.scheme() == "http");
        if !safe || !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(SettingsError::Address);
        }
        if credential.expose().is_empty() {
            return Err(SettingsError::Credential);
        }
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {}", credential.expose())).map_err(|_| SettingsError::Credential)?;
        bearer.set_sensitive(true);
        let http = reqwest::Client::builder()
            .https_only(url.scheme() == "https")
            // A proxy from the environment or a redirect would take the credential to a place nobody configured.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
            .connect_timeout(CONNECT)
            .read_timeout(STALL)
            .build()
            .map_err(SettingsError::Client)?;
        Ok(Self { http, url, longest: LONGEST })
    }

    async fn said(&self, response: Response) -> Result<Said, FeedError> {
        let headers = response.headers();
        let label = Label::read(|name| header(headers, name)).map_err(FeedError::Disagreed)?;
        let said = |name: &str| header(headers, name).map(|text| text.map(str::to_owned)).map_err(FeedError::Disagreed);
        let position = Position { cursor: said("registry-cursor")?, etag: said(ETAG.as_str())? };
        let Label { kind, format, as_of, sha256 } = label;
        let (file, length) = self.body(response).await?;
        Ok(Said { name: self.url.path().to_owned(), kind, format, as_of, position, sha256, file, length })
    }

    /// The body, put aside: whether it is whole is told by its digest before a row of it is looked at twice.
    async fn body(&self, mut response: Response) -> Result<(std::fs::File, u64), FeedError> {
        let aside = |error: std::io::Error| unavailable("the answer cannot be put aside", &error);
        let mut file = tempfile::tempfile().map_err(aside)?;
        let mut length = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            length += chunk.len() as u64;
            if length > self.longest {
                return Err(disagreed("the answer is too long"));
            }
            file.write_all(&chunk).map_err(aside)?;
        }
        file.seek(SeekFrom::Start(0)).map_err(aside)?;
        Ok((file, length))
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
            StatusCode::OK => self.said(response).await.map(News::Said),
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
    let text = value.to_str().ok().filter(|text| text.len() <= LONGEST_POSITION && !text.is_empty());
    match (text, values.next()) {
        (Some(text), None) => Ok(Some(text)),
        _ => Err(format!("the header {name} is empty, too long or there twice")),
    }
}

fn disagreed(why: &str) -> FeedError {
    FeedError::Disagreed(why.to_owned())
}

fn broken(error: &reqwest::Error) -> FeedError {
    // Its own words could quote the address with the cursor in it.
    let why = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    FeedError::Unavailable(why.to_owned())
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
