//! Use cases, one a file, named by its verb. Each orders ports and opens transactions; rules are the domain's.

pub mod add_operator;
pub mod attacker_case;
pub mod authenticate_client;
pub mod cancel_verification;
pub mod capture_face;
pub mod case_work;
pub mod change_operator;
pub mod check_players;
mod check_restrictions;
pub mod clear_face;
pub mod confirm_factor;
pub mod contest_reason;
pub mod deliver_webhooks;
mod end_reached;
pub mod end_restricted_grants;
pub mod engine_turns;
mod enrol_factor;
pub mod enrol_passkey;
mod enrolled_factors;
pub mod evaluate_faces;
pub mod evaluate_liveness;
pub mod evidence;
mod examine_patiently;
pub mod exchange_code;
mod face_lockout;
mod factor_attempt;
pub mod follow_code;
pub mod follow_sightings;
pub mod forget_captures;
mod forget_contact_codes;
pub mod forget_factors;
pub mod forget_requests;
pub mod forget_webhooks;
pub mod forget_what_is_past;
pub mod gather;
pub mod give_consent;
pub mod identify_person;
pub mod import_people;
pub mod introspect_token;
pub mod issue_tokens;
pub mod keep_templates_current;
pub mod list_events;
pub mod live_capture;
mod load_id_template;
pub mod manage_webhook;
pub mod measures;
pub mod move_clock;
pub mod notices;
pub mod once;
pub mod own_factors;
pub mod pass_lock;
mod played_scenario;
mod player_error;
mod player_session;
pub mod pretend_capture;
pub mod pretend_factor;
pub mod prove_key;
pub mod prove_passkey;
pub mod proven_browser;
pub mod push_authorization;
pub mod queue_webhook;
mod recall_frames;
mod record_case;
pub mod recover_factors;
pub mod recovery_codes;
pub mod reembed_id_photos;
pub mod registry;
pub mod remote_registries;
pub mod renew_tokens;
pub mod replay_webhooks;
pub mod report_lost_factors;
pub mod restrict_self;
pub mod return_to_operator;
pub mod review_cases;
pub mod revoke_token;
pub mod row_refusal;
pub mod sandbox_people;
pub mod search_faces;
pub mod second_proof;
mod settle_capture;
pub mod staff;
pub mod start_verification;
pub mod status_lists;
mod steady_answer;
pub mod table;
pub mod take_back;
pub mod take_back_self;
mod tell;
pub mod test_webhook;
pub mod totp;
mod tries;
pub mod unlock_person;
pub mod use_token;
pub mod verify_audit;
pub mod view_enquiries;
pub mod view_verification;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::domain::access_token::pairwise_subject;
use crate::domain::comparison::Thresholds;
use crate::domain::enrolment::EnrolmentPolicy;
use crate::domain::face_search::FaceSearchPolicy;
use crate::domain::id::PlayerId;
use crate::domain::liveness::decision::PresentationThresholds;
use crate::domain::notice::NoticePolicy;
use crate::domain::operator::OperatorId;
use crate::domain::ports::{
    AssertionVerifier, Clock, ContactsOfRecord, FaceEngine, FaceIndex, KeySets, Observer, PasskeyCeremonies,
    PictureMarker, PopulationRegister, ProofVerifier, Randomness, Store, TokenSigner,
};
use crate::domain::secret::{SecretBytes, SecretText};
use crate::domain::tries::TryLimits;

use engine_turns::EngineTurns;
pub use player_error::PlayerError;
use remote_registries::RemoteRegistries;

/// Everything a use case may need, put together once by `startup`.
#[derive(Clone)]
pub struct Services {
    /// Transactions.
    pub store: Arc<dyn Store>,
    /// Who people are.
    pub register: Arc<dyn PopulationRegister>,
    /// How people are reached; `None` where no source of that is configured.
    pub contacts: Option<Arc<dyn ContactsOfRecord>>,
    /// Registries of restrictions that are asked about one person at a time.
    pub remotes: Arc<RemoteRegistries>,
    /// Faces.
    pub faces: Arc<dyn FaceEngine>,
    /// Whose frame it looks at next.
    pub engine_turns: EngineTurns,
    /// Marks pictures for who looks at them.
    pub marker: Arc<dyn PictureMarker>,
    /// Faces that were seen.
    pub face_index: Arc<dyn FaceIndex>,
    /// Passkeys.
    pub passkeys: Arc<dyn PasskeyCeremonies>,
    /// Token signatures.
    pub signer: Arc<dyn TokenSigner>,
    /// Client assertions.
    pub assertions: Arc<dyn AssertionVerifier>,
    /// Key sets that operators publish.
    pub key_sets: Arc<dyn KeySets>,
    /// Proofs of operators' keys.
    pub proofs: Arc<dyn ProofVerifier>,
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
