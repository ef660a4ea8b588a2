//! A service with operators, and a way to bring a player through it without camera and phone.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{App, test, web};
use rastau::app::face::FaceServices;
use rastau::app::face::engine_turns::EngineTurns;
use rastau::app::identity::IdentityServices;
use rastau::app::oauth::CredentialServices;
use rastau::app::restrictions::registry::manage::put;
use rastau::app::verification::start::start_verification;
use rastau::app::verification::way_back::return_to_operator;
use rastau::app::{Policy, Services};
use rastau::credentials::jose::{AssertionJose, DpopJose, JoseSigner, generate_es256};
use rastau::credentials::passkeys::WebauthnCeremonies;
use rastau::domain::audit::event::ChainWalk;
use rastau::domain::decision::{Outcome, Verdict};
use rastau::domain::face::comparison::{ModelHash, Thresholds};
use rastau::domain::face::liveness::decision::PresentationThresholds;
use rastau::domain::face::scores::FaceScores;
use rastau::domain::face::search::{FaceSearchPolicy, ScoreAt};
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::clock::{Clock, Randomness};
use rastau::domain::kernel::handle::{HandleHash, hash_handle};
use rastau::domain::kernel::id::{CaseId, PlayerId};
use rastau::domain::kernel::observer::Unobserved;
use rastau::domain::kernel::secret::{SecretBytes, SecretText};
use rastau::domain::kernel::testing::{FakeClock, SeededRandomness};
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::notices::NoticePolicy;
use rastau::domain::oauth::proof_nonce;
use rastau::domain::operators::operator::{ClientAuthentication, KeySource, Operator, OperatorId};
use rastau::domain::reason::ReasonCode;
use rastau::domain::restrictions::{Ground, Permission, Restriction, Source};
use rastau::domain::review::case::{Case, CaseStatus};
use rastau::domain::second_factor::FactorKind;
use rastau::domain::second_factor::enrolment::{EnrolmentPolicy, Standing};
use rastau::domain::verification::Verification;
use rastau::domain::verification::tries::TryLimits;
use rastau::domain::webhooks::ports::WebhookSender;
use rastau::gateways::jwks_http::HttpKeySets;
use rastau::gateways::webhook_http::HttpWebhookSender;
use rastau::http::administration;
use rastau::http::middleware::bearer_key::BearerKey;
use rastau::http::operator::{ClientCertificates, OperatorApi, assertion_endpoints};
use rastau::store::{ColumnKeys, SqlStore, StoreOptions};
use rastau::vision::face_index::ScannedFaceIndex;
use rastau::vision::picture::Picture;
use rastau::vision::picture::encode::jpeg;
use rastau::vision::picture::mark::TextMarker;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use url::Url;

use super::client::{Client, unique};
use super::forms::{CALLBACK, Fields, form, grant_fields, request_fields};
use super::not_asked::NotAsked;

pub(crate) const BASE: &str = "https://rastau.example";
pub(super) const SECRET: &str = "q0R7y8m1vT2sX3uZ4wA5bC6dE7fG8hJ9kL0mN1pQ2rS";

pub(super) const ADMINISTRATOR_KEY: &str = "an administrator key for tests, 32 bytes or more";

/// Of the person of every code.
const IIN: &str = "900101300017";
const SOURCE: &str = "debtors";

pub(crate) struct World {
    pub(crate) services: Services,
    pub(crate) clock: Arc<FakeClock>,
    pub(super) bet: Client,
    pub(super) other: Client,
    pub(crate) database: SqlStore,
    /// Whether the administrators' key opens doors though there is a second person.
    pub(crate) alone: bool,
    door: OperatorApi,
    pub(crate) folder: Arc<TempDir>,
}

/// A player in doubt.
pub(crate) struct Doubted {
    pub(crate) session: HandleHash,
    pub(crate) device: SecretText,
    pub(crate) case: CaseId,
}

pub(crate) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The error code, after the marks every OAuth error bears.
    pub(super) fn error(&self) -> &str {
        assert!(!self.status.is_success(), "{}", self.body);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("content-type"), Some("application/json"));
        let description = self.body["error_description"].as_str().unwrap();
        // RFC 6749 section 5.2 allows no quotes, backslashes or anything past ASCII.
        assert!(description.chars().all(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')));
        self.body["error"].as_str().unwrap()
    }
}

impl World {
    pub(crate) async fn production() -> Self {
        Self::new(false).await
    }

    pub(crate) async fn sandbox() -> Self {
        Self::new(true).await
    }

    async fn new(sandbox: bool) -> Self {
        let folder = TempDir::new().unwrap();
        let randomness = Arc::new(SeededRandomness::new(42));
        let store = connect(&folder, randomness.clone()).await;
        store.migrate().await.unwrap();
        let clock = Arc::new(FakeClock::new(Timestamp::from_seconds(1_800_000_000)));
        let services = Services {
            store: Arc::new(store.clone()),
            identity: IdentityServices { register: Arc::new(NotAsked), contacts: None },
            remotes: Arc::default(),
            face: FaceServices {
                engine: Arc::new(NotAsked),
                turns: EngineTurns::new(1, EngineTurns::MAX_WAIT, Arc::new(Unobserved)),
                marker: Arc::new(TextMarker),
                index: Arc::new(ScannedFaceIndex::new(ModelHash(String::new()), 1)),
            },
            passkeys: Arc::new(
                WebauthnCeremonies::new("rastau.example", &Url::parse(BASE).unwrap(), "Rastau").unwrap(),
            ),
            credentials: CredentialServices {
                signer: Arc::new(JoseSigner::new(BASE, &[generate_es256().unwrap()]).unwrap()),
                assertions: Arc::new(AssertionJose::new(BASE, assertion_endpoints(&policy(sandbox)))),
                key_sets: Arc::new(HttpKeySets::new(sandbox).unwrap()),
                proofs: Arc::new(DpopJose::default()),
            },
            clock: clock.clone(),
            randomness,
            observer: Arc::new(Unobserved),
            policy: Arc::new(policy(sandbox)),
        };
        let world = Self {
            services,
            clock,
            bet: Client::new("demo-bet"),
            other: Client::new("other-bet"),
            database: store,
            alone: false,
            door: OperatorApi::default(),
            folder: Arc::new(folder),
        };
        world.register(&world.bet, false).await;
        world.register(&world.other, false).await;
        let secret_sha256 = Sha256::digest(SECRET).into();
        let secret = ClientAuthentication::ClientSecretBasic { secret_sha256 };
        world.insert("sandbox-bet", secret, true).await;
        world
    }

    /// Another process over the same database, with the same keys.
    pub(super) async fn replica(&self) -> Self {
        let randomness = Arc::new(SeededRandomness::new(43));
        let store = connect(&self.folder, randomness.clone()).await;
        let services = Services { store: Arc::new(store.clone()), randomness, ..self.services.clone() };
        Self {
            services,
            clock: self.clock.clone(),
            bet: self.bet.clone(),
            other: self.other.clone(),
            database: store,
            alone: self.alone,
            door: OperatorApi::default(),
            folder: self.folder.clone(),
        }
    }

    /// The same behind a proxy that is believed.
    pub(super) fn behind(self, proxy: &str) -> Self {
        let proxies = vec![proxy.parse().unwrap()];
        self.with_certificates(ClientCertificates { proxies, ..ClientCertificates::default() })
    }

    /// The same with other settings of certificates.
    pub(super) fn with_certificates(mut self, certificates: ClientCertificates) -> Self {
        self.door = OperatorApi::new(certificates);
        self
    }

    async fn register(&self, client: &Client, sandbox: bool) {
        let keys = KeySource::Registered(client.jwks().to_string());
        self.insert(client.id, ClientAuthentication::PrivateKeyJwt(keys), sandbox).await;
    }

    pub(super) async fn insert(&self, id: &str, authentication: ClientAuthentication, sandbox: bool) {
        let uris = vec![CALLBACK.to_owned()];
        let id = OperatorId::parse(id).unwrap();
        let operator = Operator::register(id, "Demo Bet", authentication, uris, sandbox).unwrap();
        let mut unit = self.services.store.begin().await.unwrap();
        unit.insert_operator(&operator, self.services.clock.now()).await.unwrap();
        unit.commit().await.unwrap();
    }

    pub(super) async fn send(&self, request: test::TestRequest) -> Answer {
        let services = web::Data::new(self.services.clone());
        let app = App::new().app_data(services).configure(|config| self.door.configure(config)).configure(|config| {
            let webhooks: Arc<dyn WebhookSender> =
                Arc::new(HttpWebhookSender::new(self.services.policy.sandbox).unwrap());
            let key = BearerKey::new(&SecretText::new(ADMINISTRATOR_KEY));
            administration::configure(config, key, administration::Alone(self.alone), web::Data::from(webhooks));
        });
        let called = test::try_call_service(&test::init_service(app).await, request.to_request()).await;
        // What a middleware refuses is an error until the server makes an answer of it.
        let answer = match called {
            Ok(answer) => answer.into_parts().1,
            Err(error) => error.error_response(),
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = actix_web::body::to_bytes(answer.into_body()).await.unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, body, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// A form as `client` sends it, authenticated by a fresh assertion.
    pub(super) async fn post(&self, client: &Client, path: &str, fields: Fields) -> Answer {
        let proof = (path == "/oauth2/token").then(|| client.proof(&self.proof_claims(path)));
        self.post_proven(client, path, fields, proof.as_deref()).await
    }

    /// The same with this proof, or none.
    pub(super) async fn post_proven(
        &self,
        client: &Client,
        path: &str,
        mut fields: Fields,
        proof: Option<&str>,
    ) -> Answer {
        fields.extend(client.credentials(self.now()));
        let request = form(path, &fields);
        self.send(match proof {
            Some(proof) => request.insert_header(("DPoP", proof)),
            None => request,
        })
        .await
    }

    /// What a good proof of a request to `path` says, never the same twice.
    pub(super) fn proof_claims(&self, path: &str) -> Value {
        let nonce = proof_nonce::nonce(&self.services.policy.pairwise_key, self.services.clock.now());
        let htu = format!("{BASE}{path}");
        json!({ "jti": unique(), "htm": "POST", "htu": htu, "iat": self.now(), "nonce": nonce })
    }

    /// The same as RFC 3339.
    pub(super) fn clock_text(&self) -> String {
        self.services.clock.now().rfc3339()
    }

    /// Time and randomness, as commands want them.
    pub(crate) fn tools(&self) -> (&dyn Clock, &dyn Randomness) {
        (self.services.clock.as_ref(), self.services.randomness.as_ref())
    }

    pub(super) fn now(&self) -> i64 {
        self.services.clock.now().seconds()
    }

    /// Pushes a good request and returns the handle's URI.
    pub(super) async fn pushed(&self, client: &Client) -> String {
        let answer = self.post(client, "/oauth2/par", request_fields()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.body["request_uri"].as_str().unwrap().to_owned()
    }

    /// Everybody is allowed, by a source that is fresh for a day.
    pub(crate) async fn allow(&self) {
        self.registry(self.services.clock.now(), &[]).await;
    }

    /// The person of every code is in the register of debtors.
    pub(super) async fn restrict(&self) {
        let now = self.services.clock.now();
        let debtor = Restriction {
            ground: Ground::Debtor,
            legal_basis: "a law".to_owned(),
            starts_at: now,
            ends_at: None,
            source: SOURCE.to_owned(),
            source_key: "1".to_owned(),
        };
        self.registry(now, &[(Iin::parse(IIN).unwrap(), debtor)]).await;
    }

    /// The source was refreshed two days ago.
    pub(super) async fn grow_stale(&self) {
        let now = self.services.clock.now();
        self.registry(Timestamp::from_seconds(now.seconds() - 2 * 86_400), &[]).await;
    }

    async fn registry(&self, refreshed_at: Timestamp, rows: &[(Iin, Restriction)]) {
        let source = Source { name: SOURCE.to_owned(), refreshed_at, max_age: Duration::from_hours(24) };
        put(self.services.store.as_ref(), &source, rows).await.unwrap();
    }

    /// A code for `client`: the request pushed, the player through, the answer handed back.
    pub(super) async fn code(&self, client: &Client) -> String {
        self.code_of(client, request_fields()).await
    }

    /// The same, of this request.
    pub(super) async fn code_of(&self, client: &Client, fields: Fields) -> String {
        let pushed = self.post(client, "/oauth2/par", fields).await;
        self.code_for(client.id, pushed.body["request_uri"].as_str().unwrap()).await
    }

    /// The same, of a request that was pushed.
    pub(super) async fn code_for(&self, client_id: &str, request_uri: &str) -> String {
        let started = start_verification(&self.services, client_id, request_uri, None).await.unwrap();
        let session = self.take_steps(hash_handle(started.session.expose()), approve).await;
        // The exchange of a code asks, too.
        let (_, sources) = self.services.store.registry_answer(&Iin::parse(IIN).unwrap()).await.unwrap();
        if sources.is_empty() {
            self.allow().await;
        }
        let address = return_to_operator(&self.services, session).await.unwrap();
        let (_, code) = address.query_pairs().find(|(name, _)| name == "code").unwrap();
        code.into_owned()
    }

    /// The same person, approved and not back at the operator yet.
    pub(crate) async fn approved(&self) -> HandleHash {
        self.brought(approve).await
    }

    /// The same person, their face seen and no second factor shown.
    pub(crate) async fn before_the_second_step(&self) -> HandleHash {
        self.brought(show_face).await
    }

    /// A code of theirs that was handed out.
    pub(crate) async fn handed_out(&self) -> String {
        self.code(&self.bet).await
    }

    /// What the operator gets for it.
    pub(crate) async fn redeem(&self, code: &str) -> (StatusCode, Value) {
        let answer = self.exchange(&self.bet, code).await;
        (answer.status, answer.body)
    }

    /// The same of this request.
    pub(super) async fn approved_of(&self, fields: Fields) -> HandleHash {
        self.brought_by(fields, approve).await
    }

    async fn brought(&self, take: fn(&mut Verification, PlayerId, Timestamp)) -> HandleHash {
        self.brought_by(request_fields(), take).await
    }

    async fn brought_by(&self, fields: Fields, take: fn(&mut Verification, PlayerId, Timestamp)) -> HandleHash {
        let pushed = self.post(&self.bet, "/oauth2/par", fields).await;
        let request_uri = pushed.body["request_uri"].as_str().unwrap();
        let started = start_verification(&self.services, self.bet.id, request_uri, None).await.unwrap();
        self.take_steps(hash_handle(started.session.expose()), take).await
    }

    /// The person of every code takes these steps.
    async fn take_steps(&self, session: HandleHash, take: fn(&mut Verification, PlayerId, Timestamp)) -> HandleHash {
        let mut unit = self.services.store.begin().await.unwrap();
        let mut verification = unit.find_session(session).await.unwrap().unwrap();
        let now = self.services.clock.now();
        let id = PlayerId::new(now, self.services.randomness.as_ref());
        let player = unit.player_of(&Iin::parse(IIN).unwrap(), id, now).await.unwrap();
        take(&mut verification, player, now);
        unit.update_verification(&mut verification).await.unwrap();
        unit.commit().await.unwrap();
        session
    }

    /// A player of demo-bet whose face left a doubt, before the page that says so; and the case.
    pub(crate) async fn in_doubt(&self, device: Option<&str>) -> Doubted {
        self.in_doubt_as(IIN, device).await
    }

    /// The same of somebody else.
    pub(crate) async fn in_doubt_as(&self, iin: &str, device: Option<&str>) -> Doubted {
        let pushed = self.post(&self.bet, "/oauth2/par", request_fields()).await;
        let request_uri = pushed.body["request_uri"].as_str().unwrap();
        let started = start_verification(&self.services, "demo-bet", request_uri, device).await.unwrap();
        let session = hash_handle(started.session.expose());
        let mut unit = self.services.store.begin().await.unwrap();
        let mut verification = unit.find_session(session).await.unwrap().unwrap();
        let (now, randomness) = (self.services.clock.now(), self.services.randomness.as_ref());
        let player = unit.player_of(&Iin::parse(iin).unwrap(), PlayerId::new(now, randomness), now).await.unwrap();
        verification.give_consent("2026-11", now).unwrap();
        verification.identify(player, now).unwrap();
        verification.begin_capture(now).unwrap();
        let doubt = Outcome::new(Verdict::UnderReview, [ReasonCode::FaceDoubtful]);
        verification.end_early(doubt.clone(), now).unwrap();
        unit.update_verification(&mut verification).await.unwrap();
        let case = Case {
            id: CaseId::new(now, randomness),
            verification: verification.id,
            operator: verification.operator.clone(),
            player: Some(player),
            opened_at: now,
            status: CaseStatus::Open,
            reasons: doubt.codes(),
            scores: FaceScores { similarity: Some(0.36), frames: 6, ..FaceScores::default() },
            face_hits: Vec::new(),
            frame: Some(frame()),
            contest: None,
            attempt: Some(1),
        };
        unit.insert_case(&case).await.unwrap();
        unit.commit().await.unwrap();
        Doubted { session, device: started.device, case: case.id }
    }

    /// Exchanges as a good operator does.
    pub(super) async fn exchange(&self, client: &Client, code: &str) -> Answer {
        self.post(client, "/oauth2/token", grant_fields(code)).await
    }

    pub(super) async fn introspect(&self, client: &Client, token: &str) -> Answer {
        self.post(client, "/oauth2/introspect", vec![("token", token.to_owned())]).await
    }

    /// Kinds of all audit events so far, the chain checked.
    pub(crate) async fn audit(&self) -> Vec<String> {
        let mut unit = self.services.store.read().await.unwrap();
        let events = unit.list_audit(1, 1_000).await.unwrap();
        let mut walk = ChainWalk::default();
        for event in &events {
            walk.step(event).unwrap();
        }
        walk.finish(unit.audit_head().await.unwrap()).unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }
}

async fn connect(folder: &TempDir, randomness: Arc<SeededRandomness>) -> SqlStore {
    let url = format!("sqlite://{}", folder.path().join("rastau.db").display());
    let keys = ColumnKeys {
        encryption: vec![SecretBytes::new(vec![1; 32])],
        lookup: SecretBytes::new(vec![2; 32]),
        registry: Vec::new(),
    };
    SqlStore::connect(&url, keys, randomness, StoreOptions::default()).await.unwrap()
}

/// A picture that shows nobody.
fn frame() -> SecretBytes {
    SecretBytes::new(jpeg(&Picture::black(64, 48), 80).unwrap())
}

/// Takes the steps up to the second factor.
fn show_face(verification: &mut Verification, player: PlayerId, now: Timestamp) {
    verification.give_consent("2026-11", now).unwrap();
    verification.identify(player, now).unwrap();
    let attempt = verification.begin_capture(now).unwrap();
    verification.face_succeeded(attempt, Standing::Unbound, now).unwrap();
    verification.contact_proven(now).unwrap();
}

/// Takes every step in its turn.
fn approve(verification: &mut Verification, player: PlayerId, now: Timestamp) {
    show_face(verification, player, now);
    let outcome = Outcome::of_permission(true, &Permission::Allowed);
    verification.factor_enrolled(FactorKind::Passkey, outcome, now).unwrap();
}

/// An outcome that must never become a token.
pub(super) fn refusal() -> Outcome {
    Outcome::new(Verdict::Refused, [ReasonCode::FaceMismatch])
}

fn policy(sandbox: bool) -> Policy {
    Policy {
        public_url: Url::parse(BASE).unwrap(),
        issuer: BASE.to_owned(),
        sandbox,
        pairwise_key: SecretBytes::new(vec![3; 32]),
        // Longer than any token may live.
        token_lifetime: Duration::from_hours(1),
        comparison: Thresholds { match_from: 0.4, no_match_below: 0.3 },
        presentation: PresentationThresholds { bona_fide_from: 0.8, attack_below: 0.3 },
        face_search: FaceSearchPolicy {
            enabled: false,
            false_hits: 0.01,
            keep: Duration::from_hours(24),
            score_at: ScoreAt::new(|_| 1.0),
        },
        required_sources: vec![SOURCE.to_owned()],
        registry_timeout: Duration::from_secs(1),
        evidence_term: Duration::from_hours(24 * 1_827),
        unopened_term: Duration::from_hours(24 * 180),
        enrolment: EnrolmentPolicy::default(),
        notices: NoticePolicy::default(),
        tries: TryLimits::default(),
    }
}
