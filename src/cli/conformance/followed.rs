//! What reached the sandbox of all that the site's back end did with a code.

use anyhow::{Result, bail, ensure};
use serde::Deserialize;
use url::Url;

use crate::cli::demo::player::browser;

/// What came of a code.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Followed {
    tokens: Vec<Pair>,
    ended: Option<End>,
}

/// One pair of tokens.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Pair {
    renewals: u32,
}

#[derive(Clone, Debug, Deserialize)]
struct End {
    why: Option<String>,
}

impl Followed {
    /// Asks the sandbox.
    pub(super) async fn ask(rastau: &Url, code: &str) -> Result<Self> {
        let mut address = rastau.join("api/sandbox/grant")?;
        address.query_pairs_mut().append_pair("code", code);
        let answer = browser().build()?.get(address).send().await?;
        ensure!(answer.status().is_success(), "the site did not redeem the code");
        Ok(answer.json().await?)
    }

    /// Whether all has ended before its time.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// The site went on from one pair of tokens to the next, at least so often.
    pub(super) fn expect_renewals(&self, least: u32) -> Result<()> {
        self.expect_standing()?;
        match self.tokens.iter().map(|pair| pair.renewals).max().unwrap_or_default() {
            0 => bail!("the site never renewed: the token that it let the player in on has ended"),
            times if times < least => bail!("the site renewed {times} time and not with the new refresh token"),
            _ => Ok(()),
        }
    }

    /// The first refresh token was shown twice: the answer to the first time was lost.
    pub(super) fn expect_another_try(&self) -> Result<()> {
        self.expect_standing()?;
        match self.tokens.iter().filter(|pair| pair.renewals == 1).count() {
            0 => bail!("the site never renewed"),
            1 => bail!("the site did not show the same refresh token again"),
            _ => Ok(()),
        }
    }

    /// The site gave its token back.
    pub(super) fn expect_revoked(&self) -> Result<()> {
        match &self.ended {
            None => bail!("the site did not give its token back (POST /oauth2/revoke)"),
            Some(End { why: Some(why) }) if why == "revoked" => Ok(()),
            Some(End { why }) => bail!("the session ended otherwise: {}", why.as_deref().unwrap_or("unknown")),
        }
    }

    fn expect_standing(&self) -> Result<()> {
        let Some(End { why }) = &self.ended else { return Ok(()) };
        bail!("the session ended ({}): the player must show their face again", why.as_deref().unwrap_or("unknown"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(renewals: &[u32], why: Option<&str>) -> Followed {
        let tokens = renewals.iter().map(|renewals| Pair { renewals: *renewals }).collect();
        Followed { tokens, ended: why.map(|why| End { why: Some(why.to_owned()) }) }
    }

    #[test]
    fn renewals_are_counted_along_the_pairs() {
        assert!(followed(&[0, 1, 2], None).expect_renewals(2).is_ok());
        assert!(followed(&[0], None).expect_renewals(2).is_err());
        assert!(followed(&[0, 1, 1, 1], None).expect_renewals(2).is_err(), "always with the first refresh token");
        assert!(followed(&[0, 1, 2], Some("refresh_replayed")).expect_renewals(2).is_err());
    }

    #[test]
    fn a_lost_answer_is_asked_for_again_by_the_same_token() {
        assert!(followed(&[0, 1, 1], None).expect_another_try().is_ok());
        for wrong in [followed(&[0], None), followed(&[0, 1], None), followed(&[0, 1, 1], Some("revoked"))] {
            assert!(wrong.expect_another_try().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn only_what_the_site_gave_back_is_given_back() {
        assert!(followed(&[0], Some("revoked")).expect_revoked().is_ok());
        assert!(followed(&[0], None).expect_revoked().is_err());
        assert!(followed(&[0], Some("refresh_replayed")).expect_revoked().is_err());
    }
}
