//! The operator renews its token: no face is asked for, but the restrictions are, each time (RFC 6749 section 6).

use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::json;

use super::issue::{GrantError, Issued, end, keep, prepare};
use crate::app::Services;
use crate::app::restrictions::check::{Checked, check_restrictions_of};
use crate::app::restrictions::remote::Freshness;
use crate::app::scenario::played::{played_by, token_lifetime};
use crate::app::support::request_batcher::{RequestBatcher, RequestToken};
use crate::domain::decision::Verdict;
use crate::domain::kernel::handle::{HandleHash, hash_handle};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::confirmation::Confirmation;
use crate::domain::oauth::credentials::SignError;
use crate::domain::oauth::grant::{EndOfGrant, Grant};
use crate::domain::oauth::id_token::is_granted;
use crate::domain::operators::operator::Operator;
use crate::domain::scenario::Scenario;

/// Renewals that come at the same moment are one transaction: its wait for the disk is theirs together.
pub type Renewals = RequestBatcher<Renewal, Result<Issued, GrantError>>;

/// One use of a refresh token. Two uses of one token are two.
#[derive(Clone, Debug)]
pub struct Renewal {
    ticket: RequestToken,
    token: HandleHash,
    grant: Grant,
    permission: Arc<Checked>,
    /// Who plays the person, in a sandbox.
    played: Option<&'static Scenario>,
}

impl PartialEq for Renewal {
    fn eq(&self, other: &Self) -> bool {
        self.ticket == other.ticket
    }
}

impl Eq for Renewal {}

impl Hash for Renewal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ticket.hash(state);
    }
}

/// New tokens for a refresh token, which stays good a little while, until one of the new ones is used: the answer may be lost
/// on its way. One that comes back later ends its whole grant. Where it cannot be said whether the person may play, nothing is
/// used up and nothing issued.
pub async fn renew(
    services: &Services,
    renewals: &Arc<Renewals>,
    operator: &Operator,
    refresh_token: &SecretText,
    scope: Option<&str>,
    confirmation: Option<Confirmation>,
) -> Result<Issued, GrantError> {
    let token = hash_handle(refresh_token.expose());
    let known = services.store.grant_of_refresh_token(token).await?;
    let (known, iin) = known.ok_or(GrantError::InvalidGrant("no such refresh token"))?;
    check(&known, operator, confirmation, services.clock.now()).map_err(GrantError::InvalidGrant)?;
    if scope.is_some_and(|scope| !is_granted(scope, known.openid)) {
        return Err(GrantError::Scope);
    }
    let permission = check_restrictions_of(services, &iin, Freshness::Reused).await;
    let played = played_by(services, &iin);
    let nobody_tells = played.is_some_and(|scenario| scenario.hides_the_answer(&known, services.clock.now()));
    if nobody_tells || permission.is_unknown() {
        return Err(GrantError::CannotTell);
    }
    let renewal =
        Renewal { ticket: RequestToken::draw(), token, grant: known, permission: Arc::new(permission), played };
    let services = services.clone();
    let answer = renewals.get(renewal, move |batch| renew_all(services.clone(), batch)).await?;
    answer.unwrap_or_else(|| Err(StoreError::Conflict.into()))
}

/// Everything of a batch or, where the store or the signer fails, nothing of it: then no token is used up.
async fn renew_all(
    services: Services,
    mut batch: Vec<Renewal>,
) -> Result<HashMap<Renewal, Result<Issued, GrantError>>, StoreError> {
    batch.sort_by_key(|renewal| renewal.ticket);
    let tokens: HashSet<HandleHash> = batch.iter().map(|renewal| renewal.token).collect();
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let shown = unit.use_refresh_tokens(&tokens.into_iter().collect::<Vec<_>>(), now).await?;
    let (mut issued_to, mut prepared, mut issued) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ended, mut answers) = (HashSet::new(), HashMap::new());
    for renewal in batch {
        let (refused, why) = match shown.get(&renewal.token) {
            // Another replica may have ended it in the meantime, or a request before this one in the batch.
            Some(shown)
                if shown.grant_ended_at.is_some()
                    || !renewal.grant.stands(now)
                    || ended.contains(&renewal.grant.id) =>
            {
                ("the grant has ended", None)
            }
            Some(shown) if !shown.serves(now) => {
                ("the refresh token was used before", Some(EndOfGrant::RefreshReplayed))
            }
            None => ("no such refresh token", None),
            Some(_) if renewal.permission.outcome.verdict != Verdict::Approved => {
                ("the person may no longer play", Some(EndOfGrant::Restricted))
            }
            Some(shown) => {
                let mut details = renewal.permission.details.clone();
                if shown.used_at.is_some() {
                    details["again"] = json!(true);
                }
                let told = (details, token_lifetime(&services, renewal.played));
                let made = prepare(&services, &renewal.grant, shown.generation.saturating_add(1), told, now);
                prepared.push(made.map_err(|error| unsigned(&error))?);
                let lost = renewal.played.is_some_and(|scenario| scenario.loses_the_answer(shown));
                issued_to.push((renewal, lost));
                continue;
            }
        };
        if let Some(why) = why {
            // The log has what was issued before the end, before it.
            issued.extend(keep(unit.as_mut(), std::mem::take(&mut prepared), now).await?);
            end(&services, unit.as_mut(), &renewal.grant, why, now).await?;
            ended.insert(renewal.grant.id);
        }
        answers.insert(renewal, Err(GrantError::InvalidGrant(refused)));
    }
    issued.extend(keep(unit.as_mut(), prepared, now).await?);
    unit.commit().await?;
    let answer = |issued, lost| if lost { Err(GrantError::AnswerLost) } else { Ok(issued) };
    answers.extend(issued_to.into_iter().zip(issued).map(|((renewal, lost), issued)| (renewal, answer(issued, lost))));
    Ok(answers)
}

fn unsigned(error: &SignError) -> StoreError {
    tracing::error!(%error, "no token can be signed");
    StoreError::Unavailable("no token can be signed".to_owned())
}

/// Of this operator, of this key, and standing. A stranger who shows a stolen token learns nothing and ends nothing.
fn check(
    grant: &Grant,
    operator: &Operator,
    confirmation: Option<Confirmation>,
    now: Timestamp,
) -> Result<(), &'static str> {
    if grant.operator != operator.id {
        Err("the refresh token is of another client")
    } else if grant.confirmation != confirmation {
        Err("the refresh token is bound to another key")
    } else if !operator.may_play() {
        Err("the client is no longer registered for the scope")
    } else if !grant.stands(now) {
        Err("the grant has ended")
    } else {
        Ok(())
    }
}
