//! A player is in: what the site's back end must do from then on. Each check waits for its scenario; together they take as
//! long as the longest.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;

use super::followed::Followed;
use super::report::Check;
use super::site::{Page, Site, SiteMap};
use super::visit::{RESTRICTED_LATER, Visit};
use crate::domain::scenario::{Listed, REGISTER_DOWN_WHILE, RESTRICTED_AFTER, RESTRICTED_WHILE, SHORT_TOKEN, listed};
use crate::startup;

/// How often a player looks at the page.
const LOOK: Duration = Duration::from_secs(2);
/// Two short tokens run out meanwhile.
const TWO_TOKENS: Duration = Duration::from_secs(45);
/// What a back end and a status list may take to notice.
const NOTICED: Duration = Duration::from_secs(10);
/// The clocks of sandbox and site may differ so much, and a request may take so long.
const MARGIN: Duration = Duration::from_secs(3);
/// Until then no renewal can have succeeded, whatever was slow.
const SURELY_DOWN: Duration = REGISTER_DOWN_WHILE.saturating_sub(Duration::from_secs(5));

/// Checks of what comes after entry: `page` is one that only a player who is in may see.
pub(super) fn checks<'a>(map: &'a SiteMap, page: &'a Url, sign_out: Option<&'a Url>) -> Vec<Check<'a>> {
    let mut checks = vec![
        Check::new("session.stranger", "the page of --session is for nobody who was not verified", stranger(map, page)),
        Check::new(
            "session.renewed",
            "tokens are renewed before they end, each time with the newest refresh token; the player stays in",
            renewed(map, page),
        ),
        Check::new(
            "session.answer_lost",
            "a renewal whose answer is lost is tried again with the same refresh token; the player shows no face again",
            answer_lost(map, page),
        ),
        Check::new(
            "session.register_down",
            "while a renewal is answered 503 the player is out once the token has ended, and in again afterwards",
            register_down(map, page),
        ),
        Check::new(
            "session.ended_outside",
            "a session that ends from outside (a restriction began) lets nobody in after 10 seconds",
            ended_outside(map, page),
        ),
    ];
    if let Some(sign_out) = sign_out {
        let rule = "who signs out is out, and the token is given back (RFC 7009)";
        checks.push(Check::new("session.signed_out", rule, signed_out(map, page, sign_out)));
    }
    checks
}

/// A player who is in.
struct Stay<'a> {
    visit: Visit<'a>,
    map: &'a SiteMap,
    page: &'a Url,
    /// When they came in.
    began: Instant,
    code: String,
}

impl<'a> Stay<'a> {
    /// Comes in as this scenario. Who is restricted later may still be so by the visit of somebody else.
    async fn begin(map: &'a SiteMap, page: &'a Url, code: &str) -> Result<Self> {
        let scenarios = listed(startup::clock().now());
        let scenario = scenarios.iter().find(|one| one.code == code).context("there is no such scenario")?;
        let last = Instant::now() + RESTRICTED_AFTER + RESTRICTED_WHILE;
        loop {
            match Self::enter(map, page, scenario).await {
                Err(_) if code == RESTRICTED_LATER && Instant::now() < last => sleep(LOOK).await,
                entered => return entered,
            }
        }
    }

    async fn enter(map: &'a SiteMap, page: &'a Url, scenario: &Listed) -> Result<Self> {
        let visit = Visit::approved(map, scenario).await?;
        let back = visit.end().await?;
        let stay = Self {
            code: visit.parameter("code").context("an approved player came back without a code")?,
            began: Instant::now(),
            visit,
            map,
            page,
        };
        ensure!(back.is_in(), "the player did not come in: {}", back.told());
        let seen = stay.look().await?;
        ensure!(seen.is_in(), "the player is in, and --session does not say so: {}", seen.told());
        Ok(stay)
    }

    /// What the player sees now.
    async fn look(&self) -> Result<Page> {
        self.visit.site.open(self.page.clone()).await
    }

    /// Looks again and again until `until` after entry: the player must be in each time.
    async fn expect_in(&self, until: Duration) -> Result<()> {
        while self.began.elapsed() < until {
            sleep(LOOK).await;
            let seen = self.look().await?;
            ensure!(seen.is_in(), "after {} the player is out: {}", self.passed(), seen.told());
        }
        Ok(())
    }

    async fn until(&self, after: Duration) {
        sleep_until(self.began + after).await;
    }

    fn passed(&self) -> String {
        format!("{} s", self.began.elapsed().as_secs())
    }

    async fn followed(&self) -> Result<Followed> {
        Followed::ask(&self.map.rastau, &self.code).await
    }
}

async fn stranger(map: &SiteMap, page: &Url) -> Result<()> {
    let seen = Site::visited_anew(map)?.open(page.clone()).await?;
    ensure!(!seen.is_in(), "a browser that was never here is in: {}", seen.told());
    Ok(())
}

async fn renewed(map: &SiteMap, page: &Url) -> Result<()> {
    let stay = Stay::begin(map, page, "short_tokens").await?;
    stay.expect_in(TWO_TOKENS).await?;
    stay.followed().await?.expect_renewals(2)
}

/// A look that comes while the site tries again may find the player out; the last one must not.
async fn answer_lost(map: &SiteMap, page: &Url) -> Result<()> {
    let stay = Stay::begin(map, page, "lost_answer").await?;
    let mut seen = stay.look().await?;
    while stay.began.elapsed() < TWO_TOKENS {
        sleep(LOOK).await;
        seen = stay.look().await?;
    }
    stay.followed().await?.expect_another_try()?;
    ensure!(seen.is_in(), "the player is out: {}", seen.told());
    Ok(())
}

async fn register_down(map: &SiteMap, page: &Url) -> Result<()> {
    let stay = Stay::begin(map, page, "register_down_at_renewal").await?;
    while stay.began.elapsed() < SURELY_DOWN {
        sleep(LOOK).await;
        let seen = stay.look().await?;
        let closed = stay.began.elapsed() > SHORT_TOKEN + MARGIN;
        ensure!(!(closed && seen.is_in()), "after {} the player is in on a token that has ended", stay.passed());
    }
    // Whoever tries again, and has not thrown the session away, is let go on.
    stay.until(REGISTER_DOWN_WHILE + SHORT_TOKEN).await;
    let mut seen = stay.look().await?;
    for _ in 0..2 {
        sleep(LOOK).await;
        seen = stay.look().await?;
    }
    ensure!(seen.is_in(), "the register answers again and the player is still out: {}", seen.told());
    stay.followed().await?.expect_renewals(1)
}

async fn ended_outside(map: &SiteMap, page: &Url) -> Result<()> {
    let stay = Stay::begin(map, page, RESTRICTED_LATER).await?;
    while !stay.followed().await?.has_ended() {
        ensure!(stay.began.elapsed() < RESTRICTED_AFTER + NOTICED, "the sandbox did not end the session");
        sleep(LOOK).await;
        stay.look().await?;
    }
    sleep(NOTICED).await;
    for _ in 0..2 {
        let seen = stay.look().await?;
        ensure!(!seen.is_in(), "{} s after the end the player is in: {}", NOTICED.as_secs(), seen.told());
        sleep(LOOK).await;
    }
    Ok(())
}

async fn signed_out(map: &SiteMap, page: &Url, sign_out: &Url) -> Result<()> {
    let stay = Stay::begin(map, page, "approved").await?;
    let left = stay.visit.site.press(sign_out.clone()).await?;
    ensure!(!left.is_broken(), "the site broke: {}", left.told());
    let seen = stay.look().await?;
    ensure!(!seen.is_in(), "the player is still in: {}", seen.told());
    let last = Instant::now() + NOTICED;
    while !stay.followed().await?.has_ended() && Instant::now() < last {
        sleep(LOOK).await;
    }
    stay.followed().await?.expect_revoked()
}
