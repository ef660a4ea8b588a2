//! One player's way: from the operator's site through the gate, up to the address that leads back.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tokio::time::{Instant, sleep};
use url::Url;

use super::site::{Page, Site, SiteMap};
use crate::cli::demo::player::DemoPlayer;
use crate::domain::scenario::{Listed, RESTRICTED_AFTER, RESTRICTED_WHILE};

/// Whose person is restricted for a while after each visit.
pub(super) const RESTRICTED_LATER: &str = "restricted_later";
/// How often it is tried whether that while is over.
const PAUSE: Duration = Duration::from_secs(5);

/// A player who has come to the end of the gate and is not back yet.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    /// Their browser at the operator's.
    pub(super) site: Site<'a>,
    /// The address that leads back.
    pub(super) callback: Url,
}

impl<'a> Visit<'a> {
    /// Goes through as the scenario of this IIN.
    pub(super) async fn of(map: &'a SiteMap, iin: &str) -> Result<Self> {
        let site = Site::visited_anew(map)?;
        let authorize = site.begin().await?;
        let player = DemoPlayer::sent_to(&map.rastau, authorize).await?;
        player.consent().await?;
        // Whom the register does not know, or cannot find now, turns back.
        if player.identify(iin).await.is_err() {
            player.post("cancel", &json!({})).await?;
        } else if player.post("captures/pretend", &json!({})).await?["stage"] != "decided" {
            player.post("contact/pretend", &json!({})).await?;
            player.post("second-factor/pretend", &json!({})).await?;
        }
        let callback = player.return_address().await?;
        Ok(Self { site, callback })
    }

    /// The same as a scenario that is approved: where a visit of a moment ago restricts its person, later.
    pub(super) async fn approved(map: &'a SiteMap, scenario: &Listed) -> Result<Self> {
        let last = Instant::now() + RESTRICTED_AFTER + RESTRICTED_WHILE;
        loop {
            let visit = Self::of(map, scenario.iin).await?;
            let restricted = scenario.code == RESTRICTED_LATER && visit.parameter("code").is_none();
            if !restricted || Instant::now() > last {
                return Ok(visit);
            }
            sleep(PAUSE).await;
        }
    }

    /// The player comes back as Rastau sends them.
    pub(super) async fn end(&self) -> Result<Page> {
        self.site.open(self.callback.clone()).await
    }

    /// The player's browser comes back by another address than Rastau's.
    pub(super) async fn end_by(&self, change: impl Fn(&str, String) -> Option<String>) -> Result<Page> {
        self.site.open(changed(&self.callback, change)).await
    }

    /// A parameter of the way back.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.callback.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// The address with each parameter as `change` has it; `None` leaves it out.
fn changed(address: &Url, change: impl Fn(&str, String) -> Option<String>) -> Url {
    let kept: Vec<(String, String)> = address
        .query_pairs()
        .filter_map(|(name, value)| Some((name.clone().into_owned(), change(&name, value.into_owned())?)))
        .collect();
    let mut address = address.clone();
    address.query_pairs_mut().clear().extend_pairs(kept);
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_is_changed_in_one_place_alone() {
        let address = Url::parse("https://bet.example/cb?code=a&state=b%26c&iss=https%3A%2F%2Fr").unwrap();
        let same = changed(&address, |_, value| Some(value));
        assert_eq!(same, address);
        let other = changed(&address, |name, value| (name != "state").then_some(value));
        assert_eq!(other.query(), Some("code=a&iss=https%3A%2F%2Fr"));
    }
}
