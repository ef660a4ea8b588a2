//! What the source said, believed only to the letter.

use reqwest::{Response, StatusCode};
use serde::Deserialize;

use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::identity::person::Iin;
use crate::domain::kernel::secret::SecretText;
use crate::gateways::configured_http::is_json;
use crate::gateways::patience::{Failure, body};

/// No answer is longer, bytes.
pub(super) const MAX_BYTES: usize = 16 * 1_024;

/// Members that are not named here, such as an error's, are none of an answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    request: String,
    iin: SecretText,
    contacts: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    channel: String,
    address: SecretText,
}

/// The answer to `request` about `iin`.
pub(super) async fn read(response: Response, iin: &Iin, request: &str) -> Result<Vec<Contact>, Failure> {
    match response.status() {
        StatusCode::OK if is_json(&response) => {
            contacts(&body(response, MAX_BYTES).await?, iin, request).map_err(Failure::lie)
        }
        StatusCode::OK => Err(Failure::lie("the answer is not said to be JSON")),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(Failure::Passing(format!("status {}", status.as_u16())))
        }
        status => Err(Failure::Lasting(format!("status {}", status.as_u16()))),
    }
}

fn contacts(body: &[u8], iin: &Iin, request: &str) -> Result<Vec<Contact>, &'static str> {
    // The parser's own words could quote the body.
    let said: Said = serde_json::from_slice(body).map_err(|_| "the answer is not the agreed JSON")?;
    if said.request != request {
        return Err("the answer is to another question");
    }
    if said.iin.expose() != iin.expose() {
        return Err("the answer is about another person");
    }
    let mut contacts: Vec<Contact> = Vec::new();
    for row in said.contacts {
        let channel = Channel::from_name(&row.channel).ok_or("a contact is over no channel that we know")?;
        if contacts.iter().any(|known| known.channel() == channel) {
            return Err("there are several contacts over one channel");
        }
        contacts.push(Contact::new(channel, row.address.expose()).map_err(|_| "a contact is no address")?);
    }
    Ok(contacts)
}
