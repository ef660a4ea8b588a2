//! What an integration must get right, one check each.

use anyhow::{Result, bail, ensure};

use super::site::{Page, Site, SiteMap};
use super::visit::Visit;
use crate::domain::scenario::Listed;

/// A way to come back that is not Rastau's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forgery {
    StateChanged,
    StateMissing,
    IssuerChanged,
    IssuerMissing,
    CodeOfAnotherVisit,
    CodeMissing,
    ErrorBesideCode,
    OtherBrowser,
}

impl Forgery {
    pub(super) const ALL: [Self; 8] = [
        Self::StateChanged,
        Self::StateMissing,
        Self::IssuerChanged,
        Self::IssuerMissing,
        Self::CodeOfAnotherVisit,
        Self::CodeMissing,
        Self::ErrorBesideCode,
        Self::OtherBrowser,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::StateChanged => "state_changed",
            Self::StateMissing => "state_missing",
            Self::IssuerChanged => "issuer_changed",
            Self::IssuerMissing => "issuer_missing",
            Self::CodeOfAnotherVisit => "code_of_another_visit",
            Self::CodeMissing => "code_missing",
            Self::ErrorBesideCode => "error_beside_code",
            Self::OtherBrowser => "other_browser",
        }
    }

    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::StateChanged => "a callback with another state lets nobody in (RFC 6749 section 10.12)",
            Self::StateMissing => "a callback without state lets nobody in (RFC 6749 section 10.12)",
            Self::IssuerChanged => "a callback of another issuer lets nobody in (RFC 9207 section 2.4)",
            Self::IssuerMissing => "a callback without iss lets nobody in (RFC 9207 section 2.4)",
            Self::CodeOfAnotherVisit => "a code of another visit lets nobody in (PKCE, RFC 7636)",
            Self::CodeMissing => "a callback without code lets nobody in",
            Self::ErrorBesideCode => {
                "a callback with an error lets nobody in, whatever else it carries (RFC 6749 section 4.1.2.1)"
            }
            Self::OtherBrowser => "a callback in a browser that did not begin lets nobody in (RFC 9700 section 4.7)",
        }
    }

    async fn page(self, map: &SiteMap, approved: &str) -> Result<Page> {
        let visit = Visit::of(map, approved).await?;
        let without = |left_out: &'static str| move |name: &str, value: String| (name != left_out).then_some(value);
        match self {
            Self::StateChanged => visit.end_by(|name, value| Some(with(name == "state", value, "forged"))).await,
            Self::StateMissing => visit.end_by(without("state")).await,
            Self::IssuerChanged => {
                visit.end_by(|name, value| Some(with(name == "iss", value, "https://evil.example"))).await
            }
            Self::IssuerMissing => visit.end_by(without("iss")).await,
            Self::CodeOfAnotherVisit => {
                let other = Visit::of(map, approved).await?;
                let Some(code) = other.parameter("code") else { bail!("an approved player came back without a code") };
                visit.end_by(|name, value| Some(with(name == "code", value, &code))).await
            }
            Self::CodeMissing => visit.end_by(without("code")).await,
            Self::ErrorBesideCode => {
                let mut address = visit.callback.clone();
                address.query_pairs_mut().append_pair("error", "access_denied");
                visit.site.open(address).await
            }
            Self::OtherBrowser => Site::visited_anew(map)?.open(visit.callback.clone()).await,
        }
    }
}

fn with(here: bool, value: String, other: &str) -> String {
    if here { other.to_owned() } else { value }
}

/// The site sends the browser with the pushed request's handle and nothing else.
pub(super) async fn begins_with_a_handle(map: &SiteMap) -> Result<()> {
    let authorize = Site::visited_anew(map)?.begin().await?;
    let mut names: Vec<String> = authorize.query_pairs().map(|(name, _)| name.into_owned()).collect();
    names.sort();
    ensure!(names == ["client_id", "request_uri"], "it carries {}", names.join(", "));
    let again = Site::visited_anew(map)?.begin().await?;
    ensure!(again != authorize, "two players were sent with the same request_uri");
    Ok(())
}

/// Whether who plays this scenario may play.
pub(super) fn may_play(scenario: &Listed) -> bool {
    scenario.expected == "approved"
}

/// Who plays this scenario is in or out, as they must be.
pub(super) async fn ends_as_it_must(map: &SiteMap, scenario: &Listed) -> Result<()> {
    let visit =
        if may_play(scenario) { Visit::approved(map, scenario).await? } else { Visit::of(map, scenario.iin).await? };
    let page = visit.end().await?;
    ensure!(!page.is_broken(), "the site broke: {}", page.told());
    let place = if page.is_in() { "in" } else { "out" };
    ensure!(page.is_in() == may_play(scenario), "the player is {place}: {}", page.told());
    Ok(())
}

/// The token stays with the operator's server.
pub(super) async fn keeps_the_token(map: &SiteMap, approved: &str) -> Result<()> {
    let visit = Visit::of(map, approved).await?;
    visit.end().await?;
    ensure!(!visit.site.saw_a_token(), "a signed token came to the browser");
    Ok(())
}

/// A player who reloads the page does not break it.
pub(super) async fn survives_a_reload(map: &SiteMap, approved: &str) -> Result<()> {
    let visit = Visit::of(map, approved).await?;
    visit.end().await?;
    let again = visit.end().await?;
    ensure!(!again.is_broken(), "the site broke: {}", again.told());
    Ok(())
}

/// A way back that is not Rastau's lets nobody in.
pub(super) async fn refuses(map: &SiteMap, forgery: Forgery, approved: &str) -> Result<()> {
    let page = forgery.page(map, approved).await?;
    ensure!(!page.is_in(), "the player is in: {}", page.told());
    Ok(())
}
