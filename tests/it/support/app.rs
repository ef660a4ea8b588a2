//! The whole service on a port of its own: real store, real models, real ceremonies, a clock and randomness that repeat.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use rastau::app::audit::verify::verify_audit;
use rastau::app::face::FaceServices;
use rastau::app::face::engine_turns::EngineTurns;
use rastau::app::face::sightings::refresh;
use rastau::app::identity::IdentityServices;
use rastau::app::oauth::CredentialServices;
use rastau::app::restrictions::registry::manage::put;
use rastau::app::{Policy, Services};
use rastau::cli::demo::capture::{FRAME_PAUSE, Pace, Timing, jitter};
use rastau::cli::demo::player::DemoPlayer;
use rastau::credentials::jose::{AssertionJose, DpopJose, JoseSigner, generate_es256};
use rastau::credentials::passkeys::WebauthnCeremonies;
use rastau::domain::face::search::{FaceSearchPolicy, ScoreAt};
use rastau::domain::identity::contact::Contact;
use rastau::domain::identity::person::{Citizen, Iin};
use rastau::domain::identity::register::ContactsOfRecord;
use rastau::domain::kernel::clock::Clock;
use rastau::domain::kernel::handle::new_handle;
use rastau::domain::kernel::id::PlayerId;
use rastau::domain::kernel::secret::{SecretBytes, SecretText};
use rastau::domain::kernel::testing::{FakeClock, SeededRandomness};
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::notices::NoticePolicy;
use rastau::domain::operators::operator::{ClientAuthentication, Operator, OperatorId};
use rastau::domain::ports::{Store, UnitOfWork};
use rastau::domain::restrictions::{Restriction, Source};
use rastau::domain::second_factor::enrolment::EnrolmentPolicy;
use rastau::domain::verification::tries::TryLimits;
use rastau::gateways::jwks_http::HttpKeySets;
use rastau::gateways::webhook_http::HttpWebhookSender;
use rastau::http::connections::ConnectionLimits;
use rastau::http::middleware::bearer_key::BearerKey;
use rastau::http::middleware::body_deadline::BodyTimes;
use rastau::http::operator::{ClientCertificates, assertion_endpoints};
use rastau::http::peer::TrustedProxies;
use rastau::http::sandbox::DemoOperator;
use rastau::http::server::{HttpSettings, serve};
use rastau::messages::Texts;
use rastau::metrics::Metrics;
use rastau::startup::calibration;
use rastau::startup::movable_clock::OffsetClock;
use rastau::store::{ColumnKeys, EmbeddedContacts, EmbeddedRegister, SqlStore, StoreOptions};
use rastau::vision::engine::{OrtFaceEngine, PoolSettings};
use rastau::vision::face_index::ScannedFaceIndex;
use rastau::vision::model::manifest::Manifest;
use rastau::vision::picture::mark::TextMarker;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::watch;
use url::Url;

use super::left_out;
use super::line::{Line, line};
use super::postgres;
use super::valve::Valve;

/// The key of the staff's door in tests.
pub(crate) const ADMINISTRATOR_KEY: &str = "an administrator key for tests, 32 bytes or more";
pub(crate) const STAFF_KEY: &str = "a staff key for tests, 32 bytes or more";
/// The only restriction source that the tests' policy requires.
pub(crate) const SOURCE: &str = "debtors";
/// The operator of the tests.
pub(crate) const CLIENT: &str = "demo-bet";

/// A running service; stopped when dropped.
pub(crate) struct TestApp {
    pub(crate) base: Url,
    pub(crate) services: Services,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) folder: TempDir,
    /// The operator's.
    pub(crate) secret: SecretText,
    pub(crate) metrics: Arc<Metrics>,
    /// Shut, the face engine is busy.
    pub(crate) valve: Arc<Valve>,
    server: actix_web::dev::ServerHandle,
    /// Captures that lead the clock.
    led: Arc<AtomicUsize>,
}

/// What anybody may hold of the service.
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) connections: ConnectionLimits,
    pub(crate) bodies: BodyTimes,
}

impl TestApp {
    /// Starts on SQLite in a temporary folder.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts with an engine that turns work away as a service's does; its models have not run yet.
    pub(crate) async fn start_cold(pool: PoolSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("rastau.db").display());
        Self::start_with_pool(&url, folder, pool, None, Limits::default(), |_| ()).await
    }

    /// Starts with another source of contacts than the database.
    pub(crate) async fn start_asking(contacts: Arc<dyn ContactsOfRecord>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("rastau.db").display());
        let app =
            Self::start_with_pool(&url, folder, PoolSettings::patient(1), Some(contacts), Limits::default(), |_| ())
                .await;
        app.services.face.engine.warm_up().await.unwrap();
        app
    }

    /// Starts with other limits of connections and bodies.
    pub(crate) async fn start_limited(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("rastau.db").display());
        let app = Self::start_with_pool(&url, folder, PoolSettings::patient(1), None, limits, |_| ()).await;
        app.services.face.engine.warm_up().await.unwrap();
        app
    }

    /// Starts with a changed policy.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Policy)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("rastau.db").display());
        Self::start_on(&url, folder, change).await
    }

    /// Starts on PostgreSQL behind a line that the test may cut; `None` when tests go without PostgreSQL.
    pub(crate) async fn start_on_postgres() -> Option<(Self, watch::Sender<Line>)> {
        Self::start_on_postgres_with(|_| ()).await
    }

    /// The same with a changed policy.
    pub(crate) async fn start_on_postgres_with(
        change: impl FnOnce(&mut Policy),
    ) -> Option<(Self, watch::Sender<Line>)> {
        let direct = Url::parse(&postgres::new_database().await?).unwrap();
        let (sender, receiver) = watch::channel(Line::Open);
        let port = line(receiver).await;
        let url = format!("postgres://rastau@127.0.0.1:{port}{}?sslmode=disable", direct.path());
        Some((Self::start_on(&url, tempfile::tempdir().unwrap(), change).await, sender))
    }

    async fn start_on(url: &str, folder: TempDir, change: impl FnOnce(&mut Policy)) -> Self {
        // Patient: the machine may be busy with other tests.
        let app = Self::start_with_pool(url, folder, PoolSettings::patient(1), None, Limits::default(), change).await;
        app.services.face.engine.warm_up().await.unwrap();
        app
    }

    async fn start_with_pool(
        url: &str,
        folder: TempDir,
        pool: PoolSettings,
        contacts: Option<Arc<dyn ContactsOfRecord>>,
        limits: Limits,
        change: impl FnOnce(&mut Policy),
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base: Url = format!("http://localhost:{}", listener.local_addr().unwrap().port()).parse().unwrap();
        let clock = Arc::new(FakeClock::new(real_now()));
        let randomness = Arc::new(SeededRandomness::new(7));
        let store = connect(url, randomness.clone()).await;
        let metrics = Arc::new(Metrics::default());
        let (faces, engine_turns) = engine(pool, &metrics);
        let manifest = Manifest::load(&models()).unwrap();
        let embedder = manifest.embedder().unwrap();
        let calibration = calibration::read(&models().join("calibration.json"), &embedder).unwrap();
        let comparison = calibration.thresholds(1e-4, 1e-3);
        let mut policy = Policy {
            public_url: base.clone(),
            issuer: format!("{base}sandbox"),
            sandbox: true,
            pairwise_key: SecretBytes::new(vec![3; 32]),
            token_lifetime: Duration::from_mins(5),
            comparison,
            presentation: manifest.presentation_thresholds(),
            face_search: face_search(comparison.match_from),
            required_sources: vec![SOURCE.to_owned()],
            registry_timeout: Duration::from_secs(2),
            evidence_term: Duration::from_hours(24 * 1_827),
            unopened_term: Duration::from_hours(24 * 180),
            enrolment: EnrolmentPolicy::default(),
            notices: NoticePolicy::default(),
            tries: TryLimits::default(),
        };
        change(&mut policy);
        let services = Services {
            identity: IdentityServices {
                register: Arc::new(EmbeddedRegister::new(store.clone())),
                contacts: contacts.or_else(|| Some(Arc::new(EmbeddedContacts::new(store.clone())))),
            },
            remotes: Arc::default(),
            store,
            face: FaceServices {
                index: Arc::new(ScannedFaceIndex::new(embedder, 1)),
                engine: faces.clone(),
                turns: engine_turns,
                marker: Arc::new(TextMarker),
            },
            passkeys: Arc::new(WebauthnCeremonies::new("localhost", &base, "Rastau").unwrap()),
            credentials: credentials(&policy),
            clock: service_clock(&policy, clock.clone()),
            randomness: randomness.clone(),
            observer: metrics.clone(),
            policy: Arc::new(policy),
        };
        let secret = SecretText::new(new_handle(randomness.as_ref()));
        let mut unit = services.store.begin().await.unwrap();
        unit.insert_operator(&operator(&base, &secret), clock_now(&clock)).await.unwrap();
        unit.commit().await.unwrap();
        let demo_operator = DemoOperator::new(CLIENT.to_owned(), secret.clone(), Vec::new()).unwrap();
        let settings = HttpSettings {
            drain: Duration::from_secs(10),
            workers: 1,
            connections: limits.connections,
            bodies: limits.bodies,
            demo_operator: Some(Arc::new(demo_operator)),
            // The test is its own proxy: it may say from where it calls.
            proxies: TrustedProxies::new(vec!["127.0.0.1/32".parse().unwrap()]),
            certificates: ClientCertificates::default(),
            staff_key: Some(BearerKey::new(&SecretText::new(STAFF_KEY))),
            administrator_key: Some(BearerKey::new(&SecretText::new(ADMINISTRATOR_KEY))),
            administrator_alone: rastau::http::administration::Alone(false),
            webhooks: Arc::new(HttpWebhookSender::new(true).unwrap()),
            sources: Vec::new(),
            texts: Texts::default(),
        };
        let server = serve(listener, services.clone(), &settings).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        let led = Arc::new(AtomicUsize::new(0));
        tokio::spawn(tick(clock.clone(), led.clone()));
        // Not followed any further: a test says when its service hears of others.
        refresh(&services).await.unwrap();
        let app = Self { base, services, clock, metrics, valve: faces, server: handle, folder, secret, led };
        app.restrict(&[]).await;
        app
    }

    /// A transaction to look or to prepare.
    pub(crate) async fn unit(&self) -> Box<dyn UnitOfWork> {
        self.services.store.begin().await.unwrap()
    }

    /// Now, on the service's clock.
    pub(crate) fn now(&self) -> Timestamp {
        clock_now(&self.clock)
    }

    /// Puts a person with this photo into the register.
    pub(crate) async fn add_person(&self, iin: &Iin, photo: &[u8]) {
        let citizen = Citizen {
            iin: iin.clone(),
            name: SecretText::new("Test Person"),
            photo: SecretBytes::new(photo.to_vec()),
            sandbox: true,
        };
        let mut unit = self.unit().await;
        unit.put_citizens(&[citizen], self.now()).await.unwrap();
        unit.put_contacts(&[(iin.clone(), vec![Contact::made_up(iin)])], self.now()).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Replaces the registry by these restrictions, fresh for a day from now.
    pub(crate) async fn restrict(&self, rows: &[(Iin, Restriction)]) {
        let source = Source { name: SOURCE.to_owned(), refreshed_at: self.now(), max_age: Duration::from_hours(24) };
        put(self.services.store.as_ref(), &source, rows).await.unwrap();
    }

    /// A browser that comes from the operator.
    pub(crate) async fn arrive(&self) -> DemoPlayer {
        let timing = FastTime { clock: self.clock.clone(), led: self.led.clone() };
        DemoPlayer::arrive(&self.base).await.unwrap().timed(Arc::new(timing))
    }

    /// What the staff's door answers.
    pub(crate) async fn staff(&self, path: &str) -> reqwest::Response {
        let address = self.base.join("api/compliance/").unwrap().join(path).unwrap();
        let request = reqwest::Client::new().get(address).bearer_auth(STAFF_KEY);
        request.header("view-reason", "a test").send().await.unwrap()
    }

    /// What the sandbox's person was told, the newest first.
    pub(crate) async fn notices(&self, iin: &Iin) -> Vec<serde_json::Value> {
        let address = self.base.join(&format!("api/sandbox/notices?iin={}", iin.expose())).unwrap();
        reqwest::get(address).await.unwrap().json().await.unwrap()
    }

    /// The code that they were sent last.
    pub(crate) async fn newest_code(&self, iin: &Iin) -> String {
        let told = self.notices(iin).await;
        told.iter().find_map(|notice| notice["code"].as_str()).expect("a code was sent").to_owned()
    }

    /// The whole log is unbroken.
    pub(crate) async fn verify_audit(&self) {
        verify_audit(self.services.store.as_ref(), None, |_, _| ()).await.unwrap();
    }

    /// The player with this IIN, who named themselves before.
    pub(crate) async fn player_of(&self, iin: &Iin) -> PlayerId {
        self.unit().await.find_player(iin).await.unwrap().unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // Ungraceful: nothing is under way when a test ends, and the runtime goes away with it.
        drop(self.server.stop(false));
    }
}

/// The real engine, and whose frame it looks at next.
fn engine(pool: PoolSettings, metrics: &Arc<Metrics>) -> (Arc<Valve>, EngineTurns) {
    let longest_wait = pool.longest_wait.max(EngineTurns::MAX_WAIT);
    let turns = EngineTurns::new(pool.sessions, longest_wait, metrics.clone());
    let engine = OrtFaceEngine::observed(&models(), pool, metrics.clone()).unwrap();
    (Arc::new(Valve::new(Arc::new(engine))), turns)
}

async fn connect(url: &str, randomness: Arc<SeededRandomness>) -> Arc<dyn Store> {
    let keys = ColumnKeys {
        encryption: vec![SecretBytes::new(vec![1; 32])],
        lookup: SecretBytes::new(vec![2; 32]),
        registry: Vec::new(),
    };
    let store = SqlStore::connect(url, keys, randomness, StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    Arc::new(store)
}

/// As `startup` has it: a sandbox's clock may be moved.
fn service_clock(policy: &Policy, clock: Arc<FakeClock>) -> Arc<dyn Clock> {
    if policy.sandbox { Arc::new(OffsetClock::new(clock)) } else { clock }
}

/// Where `make models` put the models.
pub(crate) fn models() -> PathBuf {
    left_out::models().expect("no whole flow goes without models")
}

/// Off unless a test turns it on: there are two faces at hand, and many tests put several people behind one.
fn face_search(match_from: f32) -> FaceSearchPolicy {
    FaceSearchPolicy {
        enabled: false,
        false_hits: 0.01,
        keep: Duration::from_hours(24 * 180),
        score_at: ScoreAt::new(move |_| match_from),
    }
}

fn operator(base: &Url, secret: &SecretText) -> Operator {
    let secret_sha256 = Sha256::digest(secret.expose()).into();
    Operator::register(
        OperatorId::parse(CLIENT).unwrap(),
        "Demo Bet",
        ClientAuthentication::ClientSecretBasic { secret_sha256 },
        vec![format!("{base}sandbox/callback")],
        true,
    )
    .unwrap()
}

fn credentials(policy: &Policy) -> CredentialServices {
    CredentialServices {
        signer: Arc::new(JoseSigner::new(policy.issuer.clone(), &[generate_es256().unwrap()]).unwrap()),
        assertions: Arc::new(AssertionJose::new(policy.issuer.as_str(), assertion_endpoints(policy))),
        key_sets: Arc::new(HttpKeySets::new(true).unwrap()),
        proofs: Arc::new(DpopJose::default()),
    }
}

/// The clock runs with the real time between the jumps of a test, but not while a capture leads it: a busy machine must not
/// make a player slow.
async fn tick(clock: Arc<FakeClock>, led: Arc<AtomicUsize>) {
    const STEP: Duration = Duration::from_millis(20);
    loop {
        tokio::time::sleep(STEP).await;
        if led.load(Ordering::SeqCst) == 0 {
            clock.advance(STEP);
        }
    }
}

/// Frames of ten a second on the service's clock, as fast as they are answered.
#[derive(Debug)]
struct FastTime {
    clock: Arc<FakeClock>,
    led: Arc<AtomicUsize>,
}

struct FastPace {
    clock: Arc<FakeClock>,
    led: Arc<AtomicUsize>,
    began: Timestamp,
    frames: u32,
}

impl Timing for FastTime {
    fn begin(&self) -> Box<dyn Pace> {
        self.led.fetch_add(1, Ordering::SeqCst);
        let (clock, led) = (self.clock.clone(), self.led.clone());
        Box::new(FastPace { began: clock_now(&clock), clock, led, frames: 0 })
    }
}

impl Drop for FastPace {
    fn drop(&mut self) {
        self.led.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Pace for FastPace {
    async fn next(&mut self) -> u64 {
        self.frames += 1;
        let due = self.began.plus(FRAME_PAUSE * self.frames).plus(jitter(self.frames));
        self.clock.advance(due.since(clock_now(&self.clock)));
        u64::try_from(clock_now(&self.clock).since(self.began).as_millis()).unwrap()
    }
}

fn clock_now(clock: &FakeClock) -> Timestamp {
    clock.now()
}

/// The fake clock starts at the real time: webauthn-rs reads the system's own.
#[allow(clippy::disallowed_methods)]
fn real_now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_seconds(i64::try_from(since.as_secs()).unwrap())
}
