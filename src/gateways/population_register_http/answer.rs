//! What the register said, believed only to the letter.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::identity::person::{Citizen, Iin};
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::gateways::patience::{Failure, body};

/// No ID photo is larger, in bytes.
pub(super) const MAX_PHOTO_BYTES: usize = 10 * 1_024 * 1_024;
/// Room for everything beside the photo.
const MAX_OTHER_BYTES: usize = 64 * 1_024;
/// A name is no longer, in characters.
const MAX_NAME: usize = 200;

#[derive(Deserialize)]
struct Found {
    iin: SecretText,
    name: SecretText,
    photo: SecretText,
    // A 200 that carries an error is an error.
    error: Option<IgnoredAny>,
    code: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct NotFound {
    code: String,
}

/// The person asked for, or the register's word that there is none.
pub(super) async fn read(response: Response, iin: &Iin) -> Result<Option<Citizen>, Failure> {
    match response.status() {
        StatusCode::OK => {
            let most = MAX_PHOTO_BYTES.div_ceil(3) * 4 + MAX_OTHER_BYTES;
            person(&body(response, most).await?, iin).map(Some).map_err(Failure::lie)
        }
        StatusCode::NOT_FOUND => {
            let body = body(response, MAX_OTHER_BYTES).await?;
            match serde_json::from_slice::<NotFound>(&body) {
                Ok(answer) if answer.code == "person_not_found" => Ok(None),
                _ => Err(Failure::lie("404 without the code person_not_found")),
            }
        }
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(Failure::Passing(format!("status {}", status.as_u16())))
        }
        status => Err(Failure::Lasting(format!("status {}", status.as_u16()))),
    }
}

fn person(body: &[u8], iin: &Iin) -> Result<Citizen, &'static str> {
    // The parser's own words could quote the body.
    let found: Found = serde_json::from_slice(body).map_err(|_| "the answer is not the agreed JSON")?;
    if found.error.is_some() || found.code.is_some() {
        return Err("200 with an error inside");
    }
    if found.iin.expose() != iin.expose() {
        return Err("the answer is about another person");
    }
    let name = found.name.expose();
    if name.trim().is_empty() || name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        return Err("the answer has no name");
    }
    let photo = STANDARD.decode(found.photo.expose()).map_err(|_| "the photo is not base64")?;
    let photo = SecretBytes::new(photo);
    if photo.is_empty() || photo.len() > MAX_PHOTO_BYTES {
        return Err("the photo is empty or too large");
    }
    Ok(Citizen { iin: iin.clone(), name: found.name.clone(), photo, sandbox: false })
}
