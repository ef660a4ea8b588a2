//! What the registry said, believed only to the letter.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde::Deserialize;

use crate::app::restrictions::registry::file::read_time;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::remote::RemoteAnswer;
use crate::domain::restrictions::{Ground, Restriction};
use crate::gateways::configured_http::is_json;
use crate::gateways::patience::{Failure, body};

/// No answer is longer, bytes.
pub(super) const MAX_BYTES: usize = 256 * 1_024;
/// Nobody has more restrictions of one source.
const MAX_RESTRICTIONS: usize = 500;
/// No key and no legal basis is longer, characters.
const MAX_TEXT: usize = 500;
/// So far ahead of ours the registry's clock may be.
const SKEW: Duration = Duration::from_mins(1);

/// Members that are not named here, such as an error's, are none of an answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    request: String,
    iin: SecretText,
    as_of: String,
    restrictions: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    key: String,
    ground: String,
    legal_basis: String,
    starts_at: String,
    ends_at: Option<String>,
}

/// The answer to `request` about `iin`, read at `now`.
pub(super) async fn read(
    response: Response,
    source: &str,
    iin: &Iin,
    request: &str,
    now: Timestamp,
) -> Result<RemoteAnswer, Failure> {
    match response.status() {
        StatusCode::OK => {
            if !is_json(&response) {
                return Err(Failure::lie("the answer is not said to be JSON"));
            }
            answer(&body(response, MAX_BYTES).await?, source, iin, request, now).map_err(Failure::lie)
        }
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(Failure::Passing(format!("status {}", status.as_u16())))
        }
        status => Err(Failure::Lasting(format!("status {}", status.as_u16()))),
    }
}

fn answer(body: &[u8], source: &str, iin: &Iin, request: &str, now: Timestamp) -> Result<RemoteAnswer, &'static str> {
    // The parser's own words could quote the body.
    let said: Said = serde_json::from_slice(body).map_err(|_| "the answer is not the agreed JSON")?;
    if said.request != request {
        return Err("the answer is to another question");
    }
    if said.iin.expose() != iin.expose() {
        return Err("the answer is about another person");
    }
    let as_of = read_time(&said.as_of).map_err(|_| "as_of is no time")?;
    if as_of > now.plus(SKEW) {
        return Err("the answer is dated ahead");
    }
    if said.restrictions.len() > MAX_RESTRICTIONS {
        return Err("the answer has too many restrictions");
    }
    let restrictions = said.restrictions.into_iter().map(|row| restriction(row, source));
    Ok(RemoteAnswer { restrictions: restrictions.collect::<Result<_, _>>()?, as_of: as_of.min(now) })
}

fn restriction(row: Row, source: &str) -> Result<Restriction, &'static str> {
    let is_text = |text: &str| {
        (1..=MAX_TEXT).contains(&text.chars().count()) && !text.trim().is_empty() && !text.contains(char::is_control)
    };
    if !is_text(&row.key) || !is_text(&row.legal_basis) {
        return Err("a restriction has no key or no legal basis");
    }
    let starts_at = read_time(&row.starts_at).map_err(|_| "a restriction has no start")?;
    let ends_at = row.ends_at.map(|end| read_time(&end)).transpose().map_err(|_| "a restriction's end is no time")?;
    if ends_at.is_some_and(|end| end <= starts_at) {
        return Err("a restriction ends before it starts");
    }
    Ok(Restriction {
        ground: Ground::from_name(&row.ground).ok_or("a restriction has no ground that we know")?,
        legal_basis: row.legal_basis,
        starts_at,
        ends_at,
        source: source.to_owned(),
        source_key: row.key,
    })
}
