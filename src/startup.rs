//! The composition root: puts concrete adapters behind the ports, from what the configuration says. Nothing else names
//! adapters across rooms.

pub mod allocator;
pub mod calibration;
mod descriptors;
mod face_search;
pub mod faces;
pub mod http_server;
pub mod inspection;
pub mod jobs;
pub mod movable_clock;
pub mod notices;
pub mod sources;
pub mod system;
pub mod watch;
pub mod webhooks;

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tracing_subscriber::EnvFilter;

use crate::app::face::FaceServices;
use crate::app::identity::IdentityServices;
use crate::app::oauth::CredentialServices;
use crate::app::{Policy, Services};
use crate::config::{Config, KeyFile, KeyKind, Log, LogFormat, RegisterKind};
use crate::credentials::jose::{self, AssertionJose, DpopJose, JoseSigner, StatementJose, generate_es256};
use crate::credentials::passkeys::WebauthnCeremonies;
use crate::domain::identity::register::PopulationRegister;
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::observer::{Observer, Unobserved};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::oauth::credentials::{KeySetError, StatementReader};
use crate::domain::ports::Store;
use crate::gateways::jwks_http::HttpKeySets;
use crate::gateways::population_register_http::{HttpPopulationRegister, RegisterSettings};
use crate::http::operator::assertion_endpoints;
use crate::store::{ColumnKeys, EmbeddedRegister, SchemaVersions, SqlStore, StoreOptions};
use crate::vision::picture::mark::TextMarker;
use faces::Faces;
use movable_clock::OffsetClock;
use system::{SystemClock, SystemRandomness};

/// What authenticators show as the name of the relying party.
const RELYING_PARTY: &str = "Rastau";

/// The machine's clock.
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The clock of a service: a sandbox's may be moved, and no other one's.
fn service_clock(config: &Config) -> Arc<dyn Clock> {
    if config.sandbox.enabled { Arc::new(OffsetClock::new(clock())) } else { clock() }
}

/// The operating system's randomness.
pub fn randomness() -> Arc<dyn Randomness> {
    Arc::new(SystemRandomness)
}

/// Whether assertions could be verified with a key of this set.
pub fn check_keys(set: &str) -> Result<(), KeySetError> {
    jose::check_keys(set)
}

/// Sends log lines to standard error from here on.
pub fn start_log(log: &Log) -> anyhow::Result<()> {
    // What a browser answers wrongly is refused with a code of ours; the library calls each an error of this service.
    let filter = format!("webauthn_rs_core=off,{}", log.filter);
    let filter = EnvFilter::builder().parse(filter).context("log.filter")?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|why| anyhow::anyhow!("the log does not start: {why}"))
}

/// Fresh keys.
pub fn generate_keys(kind: KeyKind) -> anyhow::Result<KeyFile> {
    let signing = generate_es256().context("no signing key could be made")?;
    Ok(KeyFile::generate(kind, signing, randomness().as_ref()))
}

/// Reads statements of a service by its public keys.
pub fn statements() -> impl StatementReader {
    StatementJose
}

/// One symmetric key as a key file writes it.
pub fn fresh_key() -> zeroize::Zeroizing<String> {
    crate::config::fresh_key(randomness().as_ref())
}

/// Brings the database's schema up to date; returns how far it then is.
pub async fn migrate(config: &Config) -> anyhow::Result<SchemaVersions> {
    let keys = config.read_keys()?;
    let store = connect(config, &keys).await?;
    store.migrate().await.context("the schema was not brought up to date")?;
    store.schema_versions().await.context("the schema cannot be read")
}

/// The database, with the schema and the people that belong to this configuration.
pub async fn open_store(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let keys = config.read_keys()?;
    open_store_with(config, &keys).await
}

async fn open_store_with(config: &Config, keys: &KeyFile) -> anyhow::Result<Arc<dyn Store>> {
    let store = connect(config, keys).await?;
    store.check().await.context("the database cannot be used; `rastau migrate` makes or updates its schema")?;
    if !config.sandbox.enabled {
        refuse_sandbox_records(&store).await?;
    }
    Ok(Arc::new(store))
}

/// What was made up must never vouch for anybody.
async fn refuse_sandbox_records(store: &SqlStore) -> anyhow::Result<()> {
    let unreadable = "the database cannot be searched for sandbox records";
    let mut unit = store.read().await.context(unreadable)?;
    if unit.list_operators().await.context(unreadable)?.iter().any(|operator| operator.sandbox) {
        bail!("the database holds sandbox operators and sandbox.enabled is false: use a database of its own");
    }
    if !unit.list_sandbox_citizens().await.context(unreadable)?.is_empty() {
        bail!("the database holds sandbox people and sandbox.enabled is false: use a database of its own");
    }
    Ok(())
}

async fn connect(config: &Config, keys: &KeyFile) -> anyhow::Result<SqlStore> {
    let url = config.database_url()?;
    let column_keys = ColumnKeys {
        encryption: keys.encryption.clone(),
        lookup: keys.lookup.clone(),
        registry: keys.registry.clone(),
    };
    let options = StoreOptions { connections: config.database.max_connections, ..StoreOptions::default() };
    SqlStore::connect(url.expose(), column_keys, randomness(), options)
        .await
        .context("the database cannot be opened; check database.url")
}

/// Everything that the doors need; `observer` counts.
pub async fn services(config: &Config, observer: Arc<dyn Observer>) -> anyhow::Result<Services> {
    services_with(config, observer.clone(), |config| faces::of(config, observer)).await
}

/// As [`services`] for a command that works through many pictures and has nobody waiting.
pub async fn services_for_command(config: &Config) -> anyhow::Result<Services> {
    services_with(config, Arc::new(Unobserved), faces::for_command).await
}

/// Models come after keys and database: they take longest to load, and say least about a wrong configuration.
async fn services_with(
    config: &Config,
    observer: Arc<dyn Observer>,
    load_faces: impl FnOnce(&Config) -> anyhow::Result<Faces>,
) -> anyhow::Result<Services> {
    let keys = config.read_keys()?;
    let store = open_store_with(config, &keys).await?;
    let faces = load_faces(config)?;
    let calibration = calibration::of(config, faces.engine.embedder())?;
    let policy = Policy {
        public_url: config.server.public_url.clone(),
        issuer: config.issuer(),
        sandbox: config.sandbox.enabled,
        pairwise_key: keys.pairwise.clone(),
        token_lifetime: config.tokens.lifetime.0,
        comparison: calibration.thresholds(config.comparison.fmr, config.comparison.doubt_fmr),
        face_search: face_search::policy(&config.face_search, calibration),
        presentation: config.face.presentation(faces.presentation),
        required_sources: config.restrictions.required_sources.clone(),
        registry_timeout: config.restrictions.timeout.0,
        evidence_term: config.retention.evidence.0,
        unopened_term: config.retention.unopened.0,
        enrolment: config.enrolment.policy(),
        notices: notices::policy(config),
        tries: config.tries.limits(),
    };
    Ok(Services {
        identity: IdentityServices {
            register: register(config, &store)?,
            contacts: notices::contacts(config, &store)?,
        },
        remotes: Arc::new(sources::remotes(config)?),
        store,
        face: FaceServices {
            index: face_search::index(faces.engine.as_ref()),
            engine: faces.engine,
            turns: faces.turns,
            marker: Arc::new(TextMarker),
        },
        passkeys: Arc::new(passkeys(config)?),
        credentials: CredentialServices {
            signer: Arc::new(signer(config, &keys)?),
            assertions: Arc::new(AssertionJose::new(policy.issuer.as_str(), assertion_endpoints(&policy))),
            key_sets: Arc::new(HttpKeySets::new(config.sandbox.enabled).context("key sets have no HTTP client")?),
            proofs: Arc::new(DpopJose::default()),
        },
        clock: service_clock(config),
        randomness: randomness(),
        observer,
        policy: Arc::new(policy),
    })
}

fn signer(config: &Config, keys: &KeyFile) -> anyhow::Result<JoseSigner> {
    JoseSigner::new(config.issuer(), &keys.signing).context("keys.file: a signing key cannot be used")
}

fn passkeys(config: &Config) -> anyhow::Result<WebauthnCeremonies> {
    let url = &config.server.public_url;
    let host = url.domain().context("server.public_url has no host name")?;
    WebauthnCeremonies::new(host, url, RELYING_PARTY).context("server.public_url cannot be used for passkeys")
}

fn register(config: &Config, store: &Arc<dyn Store>) -> anyhow::Result<Arc<dyn PopulationRegister>> {
    let section = &config.population_register;
    let (RegisterKind::Http, Some(url)) = (section.kind, &section.url) else {
        return Ok(Arc::new(EmbeddedRegister::new(store.clone())));
    };
    let token = config.register_token()?.context("population_register.token_file is missing")?;
    let usual = RegisterSettings::new(url.clone(), token);
    let settings = RegisterSettings {
        connect_timeout: usual.connect_timeout.min(section.timeout.0),
        attempt_timeout: section.timeout.0,
        // Every try in full, and a second's wait for each.
        total_timeout: (section.timeout.0 + Duration::from_secs(1)) * (section.retries + 1),
        retries: section.retries,
        ..usual
    };
    let register = HttpPopulationRegister::new(settings, clock(), randomness())
        .context("the population register cannot be asked")?;
    Ok(Arc::new(register))
}

/// What to do about a store's complaint.
fn advice(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unavailable(_) => {
            "check database.url and that the database runs; after an upgrade run `rastau migrate`"
        }
        StoreError::Conflict | StoreError::Corrupt(_) => {
            "restore the keys that belong to this database, or a backup of it"
        }
    }
}
