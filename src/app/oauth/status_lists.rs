//! The status lists (Token Status List): what everybody may fetch to see whether a token has ended, without asking us of it.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::json;

use crate::app::{Policy, Services};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::access_token::{StatusClaim, StatusReference};
use crate::domain::oauth::credentials::{SignError, Statement};
use crate::domain::oauth::grant::MAX_AGE;
use crate::domain::oauth::status_list::{StatusListIndex, TIME_TO_LIVE, bits, list_of};

/// Where the lists are, below our address.
pub const PATH: &str = "/oauth2/status";
/// After so long a list that was fetched says nothing any more.
const LIFE: Duration = Duration::from_mins(1);

/// Why there is no list now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// The list could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store did not do as asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lists as they were signed, each kept for [`TIME_TO_LIVE`], so that many who ask cost one look at the store.
#[derive(Debug, Default)]
pub struct StatusLists(Mutex<HashMap<u32, (Timestamp, String)>>);

impl StatusLists {
    /// The signed list of one day (`statuslist+jwt`); `None` for a day whose grants have all expired, or that is to come.
    pub async fn get(&self, services: &Services, list: u32) -> Result<Option<String>, StatusError> {
        let now = services.clock.now();
        let oldest = list_of(Timestamp::from_micros(now.micros() - MAX_AGE.as_micros() as i64));
        if !(oldest..=list_of(now)).contains(&list) {
            return Ok(None);
        }
        if let Some((at, signed)) = self.kept().get(&list)
            && *at <= now
            && now.since(*at) < TIME_TO_LIVE
        {
            return Ok(Some(signed.clone()));
        }
        let mut unit = services.store.read().await?;
        let ended = unit.ended_places(list).await?;
        drop(unit);
        let claims = json!({
            "iss": services.policy.issuer,
            "sub": uri(&services.policy, list),
            "iat": now.seconds(),
            "exp": now.plus(LIFE).seconds(),
            "ttl": TIME_TO_LIVE.as_secs(),
            "status_list": { "bits": 1, "lst": compressed(&bits(&ended)) },
        });
        let signed = services.credentials.signer.state(Statement::StatusList, &claims)?;
        let mut kept = self.kept();
        kept.retain(|list, _| *list >= oldest);
        kept.insert(list, (now, signed.clone()));
        Ok(Some(signed))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<u32, (Timestamp, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a token names its place.
pub(super) fn status_claim(policy: &Policy, place: StatusListIndex) -> StatusClaim {
    StatusClaim { status_list: StatusReference { idx: place.index, uri: uri(policy, place.list) } }
}

/// The place that a token names, if it is in a list of ours.
pub(super) fn place_of(policy: &Policy, claim: &StatusClaim) -> Option<StatusListIndex> {
    let StatusReference { idx, uri: named } = &claim.status_list;
    let list = named.rsplit('/').next()?.parse().ok()?;
    (*named == uri(policy, list)).then_some(StatusListIndex { list, index: *idx })
}

fn uri(policy: &Policy, list: u32) -> String {
    policy.address(&format!("{PATH}/{list}")).into()
}

/// Zlib at the highest level, base64url: the specification's own choice.
fn compressed(bits: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let packed = encoder.write_all(bits).and_then(|()| encoder.finish()).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_packed_as_the_specification_packs_it() {
        // Its example of one bit each: 0xB9, 0xA3.
        assert_eq!(compressed(&[0xB9, 0xA3]), "eNrbuRgAAhcBXQ");
    }
}
