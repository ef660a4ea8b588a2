//! Use cases, one a file, by capability. Each orders ports and opens transactions; rules are the domain's.

pub mod audit;
pub mod dual_control;
pub mod face;
pub mod identity;
pub mod jobs;
pub mod notices;
pub mod oauth;
pub mod operators;
pub mod restrictions;
pub mod review;
pub mod sandbox;
pub mod scenario;
pub mod staff;
pub mod support;
pub mod verification;
pub mod webhooks;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::domain::face::comparison::Thresholds;
use crate::domain::face::liveness::decision::PresentationThresholds;
use crate::domain::face::search::FaceSearchPolicy;
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::observer::Observer;
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::notices::NoticePolicy;
use crate::domain::oauth::access_token::pairwise_subject;
use crate::domain::operators::operator::OperatorId;
use crate::domain::ports::Store;
use crate::domain::second_factor::ceremony::PasskeyCeremonies;
use crate::domain::second_factor::enrolment::EnrolmentPolicy;
use crate::domain::verification::tries::TryLimits;

use face::FaceServices;
use identity::IdentityServices;
use oauth::CredentialServices;
use restrictions::remote::RemoteRegistries;
pub use verification::error::PlayerError;

/// Everything a use case may need, put together once by `startup`.
#[derive(Clone)]
pub struct Services {
    /// Transactions.
    pub store: Arc<dyn Store>,
    /// Who people are, and how they are reached.
    pub identity: IdentityServices,
    /// Registries of restrictions that are asked about one person at a time.
    pub remotes: Arc<RemoteRegistries>,
    /// Faces.
    pub face: FaceServices,
    /// Passkeys.
    pub passkeys: Arc<dyn PasskeyCeremonies>,
    /// Signed tokens, and what operators sign.
    pub credentials: CredentialServices,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Who counts what happens.
    pub observer: Arc<dyn Observer>,
    /// What the deployer decided.
    pub policy: Arc<Policy>,
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// The address of one of our paths below `base`, which may have a path of its own.
pub fn address_below(base: &Url, path: &str) -> Url {
    let mut address = base.clone();
    let below = address.path().trim_end_matches('/').to_owned();
    address.set_path(&format!("{below}{path}"));
    address
}

/// What the deployer decided.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Our own address, without a trailing slash when written; also the issuer of tokens (the sandbox's differs).
    pub public_url: Url,
    /// The issuer of tokens.
    pub issuer: String,
    /// Whether this service is a sandbox: made-up people, marked tokens.
    pub sandbox: bool,
    /// Key of pairwise subjects, 32 bytes.
    pub pairwise_key: SecretBytes,
    /// Life of an access token, at most 300 s.
    pub token_lifetime: Duration,
    /// Similarity thresholds of the embedder in use.
    pub comparison: Thresholds,
    /// PAD thresholds of the model in use.
    pub presentation: PresentationThresholds,
    /// Search of the live face among others.
    pub face_search: FaceSearchPolicy,
    /// Restriction sources without which nobody is allowed.
    pub required_sources: Vec<String>,
    /// The registry must answer within this time.
    pub registry_timeout: Duration,
    /// How long after its case was opened evidence is kept.
    pub evidence_term: Duration,
    /// The same of a clear refusal that nobody has opened since.
    pub unopened_term: Duration,
    /// What a first factor is bound on.
    pub enrolment: EnrolmentPolicy,
    /// Notices to people.
    pub notices: NoticePolicy,
    /// How much a stranger may try.
    pub tries: TryLimits,
}

impl Policy {
    /// The address of one of our paths, as others see it.
    pub fn address(&self, path: &str) -> Url {
        address_below(&self.public_url, path)
    }

    /// The page where a held enrolment is disowned. The token stands in the fragment: no server's log and no `Referer` has it.
    pub fn not_me(&self, token: &SecretText) -> Url {
        let mut address = self.address("/not-me/");
        address.set_fragment(Some(token.expose()));
        address
    }

    /// Who the player is to this operator. The sector is its id: the host of its first redirect URI would change with that.
    pub fn subject(&self, operator: &OperatorId, player: PlayerId) -> String {
        pairwise_subject(&self.pairwise_key, operator.as_str(), player)
    }
}
