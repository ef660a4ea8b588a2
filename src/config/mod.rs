//! What can be set: one TOML file, one file of code a section, and `RASTAU__SECTION__KEY` in the environment above it.
//!
//! Every error names the key, what it may be, and the file or variable that set it. Secrets come from files that only
//! their owner may read; in the sandbox they may also stand inline.

pub mod access;
mod database;
mod enrolment;
pub mod face;
mod keys;
mod load;
mod log;
mod metrics;
mod notices;
mod production;
pub mod registers;
mod retention;
mod sandbox;
mod server;
pub mod value;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use access::administration::Administration;
pub use access::client_certificates::ClientCertificates;
pub use access::compliance::Compliance;
pub use access::tokens::Tokens;
pub use access::tries::Tries;
pub use database::Database;
pub use enrolment::Enrolment;
pub use face::comparison::Comparison;
pub use face::models::Models;
pub use face::presentation::Face;
pub use face::search::FaceSearch;
pub use keys::Keys;
pub use log::{Log, LogFormat};
pub use metrics::Metrics;
pub use notices::{Notices, SmtpTls};
pub use registers::contact_of_record::{ContactKind, ContactOfRecord};
pub use registers::population_register::{PopulationRegister, RegisterKind};
pub use registers::restrictions::Restrictions;
pub use retention::Retention;
pub use sandbox::Sandbox;
pub use server::Server;
pub use value::fault::{ConfigError, Fault, Origin};
pub use value::key_file::{KeyFile, KeyFileError, KeyKind, fresh_key};
pub use value::section::Key;
pub use value::span::{Span, SpanError};

/// Everything that can be set.
#[derive(Clone, Debug, Serialize)]
pub struct Config {
    /// The file it came from; `None` when there is none and only defaults and the environment speak.
    #[serde(skip)]
    pub file: Option<PathBuf>,
    /// `section.key` and the environment variable that set it.
    #[serde(skip)]
    variables: Vec<(String, String)>,
    /// Where the service listens and how the world calls it.
    pub server: Server,
    /// Where the records are.
    pub database: Database,
    /// Where the keys are.
    pub keys: Keys,
    /// Where the models are and how many work at once.
    pub models: Models,
    /// How often faces of two people may match.
    pub comparison: Comparison,
    /// PAD thresholds that replace those of the models' manifest.
    pub face: Face,
    /// Search of live faces among those that were seen.
    pub face_search: FaceSearch,
    /// What the restrictions registry must hold.
    pub restrictions: Restrictions,
    /// How long evidence is kept.
    pub retention: Retention,
    /// How often somebody may try to be somebody.
    pub tries: Tries,
    /// What a first second factor is bound on.
    pub enrolment: Enrolment,
    /// Who knows people.
    pub population_register: PopulationRegister,
    /// Who knows how they are reached.
    pub contact_of_record: ContactOfRecord,
    /// How they are told what happens to what is bound to their name.
    pub notices: Notices,
    /// Who tells of clients' certificates.
    pub client_certificates: ClientCertificates,
    /// The door of those who add operators.
    pub administration: Administration,
    /// The staff's door.
    pub compliance: Compliance,
    /// Made-up people and marked tokens.
    pub sandbox: Sandbox,
    /// How long access tokens live.
    pub tokens: Tokens,
    /// What is logged and how.
    pub log: Log,
    /// Where the service tells what it counts.
    pub metrics: Metrics,
}

impl Config {
    /// Reads `file` (which may be missing only when `required` is false) and puts `environment` above it.
    pub fn load(
        file: &Path,
        required: bool,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        load::load(file, required, environment)
    }

    /// This process's environment; variables that are not UTF-8 cannot be ours.
    pub fn environment() -> Vec<(String, String)> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// Every key with what it may be, `section.key`, in the order of the sections.
    pub fn keys() -> Vec<(String, &'static str)> {
        load::keys()
    }

    /// The effective settings as TOML, secrets left out.
    pub fn show(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// The issuer of our tokens: the sandbox's is another one, so that no token of it passes for a real one.
    pub fn issuer(&self) -> String {
        let origin = self.server.public_url.as_str().trim_end_matches('/');
        if self.sandbox.enabled { format!("{origin}/sandbox") } else { origin.to_owned() }
    }

    /// Reads the keys and refuses what must not meet: sandbox keys in production, real keys in the sandbox, inline
    /// secrets or plain http in production.
    pub fn read_keys(&self) -> Result<KeyFile, ConfigError> {
        production::read_keys(self)
    }

    /// A fault found after loading.
    fn fault(&self, key: &'static str, problem: impl Into<String>) -> Fault {
        let variable = self.variables.iter().find(|(name, _)| name == key);
        let origin = match (variable, &self.file) {
            (Some((_, variable)), _) => Origin::Variable(variable.clone()),
            (None, Some(file)) => Origin::File(file.clone()),
            (None, None) => Origin::Default,
        };
        Fault { key: key.to_owned(), problem: problem.into(), allowed: load::allowed(key), origin }
    }
}
