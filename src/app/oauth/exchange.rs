//! The operator trades the code for tokens (RFC 6749 section 4.1.3, RFC 7636, RFC 9449 section 10).

use std::time::Duration;

use serde_json::Value;

use super::issue::{GrantError, Issued, end, issue};
use crate::app::Services;
use crate::app::restrictions::check::{Checked, check_restrictions_of};
use crate::app::restrictions::remote::Freshness;
use crate::app::scenario::played::{played_by, token_lifetime};
use crate::domain::audit::ports::AuditLog;
use crate::domain::decision::Verdict;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::handle::hash_handle;
use crate::domain::kernel::id::{GrantId, PlayerId};
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::authorization::{AuthorizationCode, Redemption, pkce_fits};
use crate::domain::oauth::confirmation::Confirmation;
use crate::domain::oauth::grant::{EndOfGrant, Grant, MAX_AGE};
use crate::domain::oauth::id_token::IdTokenRequest;
use crate::domain::oauth::ports::Grants;
use crate::domain::oauth::status_list::StatusListIndex;
use crate::domain::operators::operator::Operator;
use crate::domain::operators::ports::Enquiries;
use crate::domain::second_factor::{BoundBy, FactorKind};
use crate::domain::verification::Verification;
use crate::domain::verification::ports::Verifications;
use crate::domain::webhooks::ports::WebhookMessages;

/// How often a place in a status list is drawn anew when it is taken: of a million places, most are free.
const DRAWS: usize = 16;

/// What the operator sends.
#[derive(Clone, Debug)]
pub struct CodeGrant {
    /// The code.
    pub code: SecretText,
    /// The redirect URI of the request, once more.
    pub redirect_uri: String,
    /// The PKCE verifier.
    pub code_verifier: SecretText,
    /// Whose tokens they will be, when a key was proven.
    pub confirmation: Option<Confirmation>,
}

/// Redeems a code for an authenticated operator. The first attempt in its time uses the code up, even when it then fails, and
/// with it every other of the same verification; a second one ends what the first was granted. Restrictions are asked once more, for the decision is some minutes old; where it cannot
/// be said whether the person may play, nothing is used up and nothing issued.
pub async fn exchange(services: &Services, operator: &Operator, shown: CodeGrant) -> Result<Issued, GrantError> {
    if shown.confirmation.is_none() && !services.policy.sandbox {
        return Err(GrantError::Unbound);
    }
    let code = hash_handle(shown.code.expose());
    let mut unit = services.store.read().await?;
    let person = unit.person_of_code(code, &operator.id).await?;
    drop(unit);
    let permission = match &person {
        Some(iin) => Some(ask_again(services, iin).await?),
        None => None,
    };
    let lifetime = token_lifetime(services, person.and_then(|iin| played_by(services, &iin)));
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let answer = match unit.redeem_code(code, now).await? {
        Redemption::Unknown => Err(GrantError::InvalidGrant("no such code")),
        Redemption::Expired => Err(GrantError::InvalidGrant("the code has expired")),
        Redemption::Superseded => Err(GrantError::InvalidGrant("another code of this verification was used")),
        Redemption::Replayed { grant } => {
            end_replayed(services, unit.as_mut(), grant, now).await?;
            Err(GrantError::InvalidGrant("the code was used before"))
        }
        Redemption::Fresh(code) => match check(&code, operator, &shown) {
            Err(why) => Err(GrantError::InvalidGrant(why)),
            Ok(()) => match permission {
                Some(permission) if permission.outcome.verdict == Verdict::Approved => {
                    let told = (permission.details, lifetime);
                    begin(services, unit.as_mut(), operator, &code, (shown.confirmation, told), now).await
                }
                _ => Err(GrantError::InvalidGrant("the person may no longer play")),
            },
        },
    };
    // A refused grant must burn the code. A failure of ours must not: it leaves nothing behind, and the code stays good.
    if matches!(answer, Ok(_) | Err(GrantError::InvalidGrant(_))) {
        unit.commit().await?;
    }
    answer
}

/// Whether the person may play still; an answer that is none is no answer.
async fn ask_again(services: &Services, iin: &Iin) -> Result<Checked, GrantError> {
    let permission = check_restrictions_of(services, iin, Freshness::Reused).await;
    if permission.is_unknown() {
        return Err(GrantError::CannotTell);
    }
    Ok(permission)
}

fn check(code: &AuthorizationCode, operator: &Operator, shown: &CodeGrant) -> Result<(), &'static str> {
    let proven = |key| shown.confirmation == Some(Confirmation::DpopKey(key));
    if code.operator != operator.id {
        Err("the code was made for another client")
    } else if !operator.may_play() {
        Err("the client is no longer registered for the scope")
    } else if code.redirect_uri != shown.redirect_uri {
        Err("redirect_uri is not the one of the request")
    } else if !pkce_fits(shown.code_verifier.expose(), &code.code_challenge) {
        Err("code_verifier does not fit the challenge")
    } else if !code.dpop_jkt.is_none_or(proven) {
        Err("the code is bound to another key")
    } else {
        Ok(())
    }
}

/// The grant begins, and with it its first tokens.
async fn begin(
    services: &Services,
    unit: &mut (impl AuditLog + Enquiries + Grants + Verifications + ?Sized),
    operator: &Operator,
    code: &AuthorizationCode,
    (confirmation, told): (Option<Confirmation>, (Value, Duration)),
    now: Timestamp,
) -> Result<Issued, GrantError> {
    let verification = unit.find_verification(code.verification).await?;
    let approved = verification
        .as_ref()
        .filter(|verification| verification.operator == operator.id)
        .and_then(Approval::of)
        .ok_or(GrantError::InvalidGrant("the verification was not approved"))?;
    let mut grant = Grant {
        id: GrantId::new(now, services.randomness.as_ref()),
        operator: operator.id.clone(),
        player: approved.player,
        verification: code.verification,
        factor: approved.factor,
        bound_by: approved.bound_by,
        verified_at: approved.at,
        confirmation,
        status: StatusListIndex::draw(now, services.randomness.as_ref()),
        openid: approved.id_token.is_some(),
        expires_at: approved.at.plus(MAX_AGE),
        ended_at: None,
    };
    let subject = services.policy.subject(&operator.id, grant.player);
    unit.put_subject(&operator.id, &subject, grant.player).await?;
    for _ in 0..DRAWS {
        match unit.insert_grant(&grant, code.hash).await {
            Err(StoreError::Conflict) => grant.status = StatusListIndex::draw(now, services.randomness.as_ref()),
            other => {
                other?;
                return issue(services, unit, &grant, approved.id_token.as_ref(), told, now).await;
            }
        }
    }
    Err(StoreError::Conflict.into())
}

/// What of an approved verification goes into the grant.
struct Approval {
    player: PlayerId,
    factor: FactorKind,
    bound_by: BoundBy,
    at: Timestamp,
    id_token: Option<IdTokenRequest>,
}

impl Approval {
    fn of(verification: &Verification) -> Option<Self> {
        let outcome = verification.outcome.as_ref()?;
        if outcome.verdict != Verdict::Approved {
            return None;
        }
        Some(Self {
            player: verification.player?,
            factor: verification.factor?,
            bound_by: verification.bound_by?,
            at: verification.decided_at?,
            id_token: verification.request.id_token.clone(),
        })
    }
}

/// RFC 6749 section 4.1.2: a code that comes back ends what came of it.
async fn end_replayed(
    services: &Services,
    unit: &mut (impl AuditLog + Grants + WebhookMessages + ?Sized),
    grant: Option<GrantId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(id) = grant else { return Ok(()) };
    if let Some(grant) = unit.find_grant(id).await? {
        end(services, unit, &grant, EndOfGrant::CodeReplayed, now).await?;
    }
    Ok(())
}
