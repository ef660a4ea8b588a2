//! What `rastau doctor` looks at: each thing that the service needs, and what to do when it is not right.

mod notices;

use serde::Serialize;

use super::{advice, calibration, clock, connect, descriptors, passkeys, refuse_sandbox_records, signer, sources};
use crate::config::{Config, KeyFile, Server};
use crate::domain::ports::Store as _;
use crate::http::web_files;
use crate::store::SqlStore;
use crate::vision::model::manifest::{Manifest, ManifestError};
use crate::vision::model::runtime;

/// Whether a thing is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is.
    Good,
    /// It is not.
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What.
    pub name: String,
    /// Whether it is right.
    pub verdict: Verdict,
    /// What was found.
    pub detail: String,
    /// What to do, when it is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    /// Right.
    pub fn good(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { name: name.into(), verdict: Verdict::Good, detail: detail.into(), remedy: None }
    }

    /// Wrong.
    pub fn wrong(name: impl Into<String>, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name: name.into(), verdict: Verdict::Wrong, detail: detail.into(), remedy: Some(remedy.into()) }
    }
}

/// Looks at everything; changes nothing.
pub async fn inspect(config: &Config) -> Vec<Finding> {
    let mut findings = vec![configuration(config), public_address(config), connections(config), proxies(config)];
    let keys = inspect_keys(config, &mut findings);
    inspect_models(config, &mut findings);
    inspect_web_files(config, &mut findings);
    findings.push(staff_key(config));
    findings.extend(sources(config));
    findings.extend(notices::inspect(config).await);
    match keys {
        Some(keys) => inspect_database(config, &keys, &mut findings).await,
        None => findings.push(Finding::wrong(
            "database",
            "not looked at: it takes the keys to open it",
            "mend the keys first",
        )),
    }
    findings
}

fn configuration(config: &Config) -> Finding {
    let from = config
        .file
        .as_ref()
        .map_or_else(|| "defaults and the environment; there is no file".to_owned(), |file| file.display().to_string());
    let mode = if config.sandbox.enabled { "sandbox" } else { "production" };
    Finding::good("configuration", format!("{mode}, from {from}"))
}

fn public_address(config: &Config) -> Finding {
    let url = &config.server.public_url;
    match passkeys(config) {
        Ok(_) => Finding::good("public address", url.to_string()),
        Err(why) => Finding::wrong(
            "public address",
            format!("{why:#}"),
            "set server.public_url to a name that players see in their browser",
        ),
    }
}

fn connections(config: &Config) -> Finding {
    let most = config.server.max_connections;
    let needed = descriptors::needed(most);
    match descriptors::allowed() {
        Some(allowed) if allowed < needed => Finding::wrong(
            "connections",
            format!("{allowed} open files are allowed, and server.max_connections = {most} needs {needed}"),
            format!("set LimitNOFILE={needed} in the unit (ulimit -n), or lower server.max_connections"),
        ),
        _ => Finding::good("connections", format!("{most} at most, and open files enough for them")),
    }
}

/// Whether limits by address can tell players apart: TLS is a proxy's, so over https there is one.
fn proxies(config: &Config) -> Finding {
    let server = &config.server;
    let own = Server::default().trusted_proxies;
    let elsewhere = server.public_url.scheme() == "https" && !server.bind.ip().is_loopback();
    if elsewhere && server.trusted_proxies == own {
        return Finding::wrong(
            "reverse proxy",
            format!(
                "{} can be reached from elsewhere, and no proxy there is believed: all players would count as one caller",
                server.bind
            ),
            "set server.trusted_proxies to the address of the reverse proxy, which sets X-Forwarded-For",
        );
    }
    let believed: Vec<String> = server.trusted_proxies.iter().map(ToString::to_string).collect();
    Finding::good("reverse proxy", format!("believed: {}", believed.join(", ")))
}

fn inspect_keys(config: &Config, findings: &mut Vec<Finding>) -> Option<KeyFile> {
    let file = config.keys.file.display();
    let read = config.read_keys().map_err(anyhow::Error::from);
    match read.and_then(|keys| signer(config, &keys).map(|_| keys)) {
        Ok(keys) => {
            findings.push(Finding::good(
                "keys",
                format!(
                    "{file}: {} keys, {} for encryption, {} for signing",
                    keys.kind,
                    keys.encryption.len(),
                    keys.signing.len()
                ),
            ));
            Some(keys)
        }
        Err(why) => {
            findings.push(Finding::wrong(
                "keys",
                format!("{why:#}"),
                "restore the key file from its copy; only for a new database make one with `rastau keys generate`",
            ));
            None
        }
    }
}

fn inspect_models(config: &Config, findings: &mut Vec<Finding>) {
    let manifest = match Manifest::load(&config.models.directory) {
        Ok(manifest) => manifest,
        Err(why) => {
            findings.push(Finding::wrong(
                "models",
                why.to_string(),
                "point models.directory at the directory with manifest.toml",
            ));
            return;
        }
    };
    let library = manifest.runtime();
    let name = format!("{} {}", library.name, library.version);
    findings.push(match runtime::environment(&manifest) {
        Ok(_) => Finding::good("runtime library", format!("{name} loads, sha256 is right")),
        Err(why) => Finding::wrong(
            "runtime library",
            why.to_string(),
            format!("run `make models` (built for {})", library.platform),
        ),
    });
    for model in manifest.models() {
        let name = format!("model {}", model.file);
        findings.push(match manifest.read(model) {
            Ok(bytes) => Finding::good(name, format!("{}, {} KB, sha256 is right", model.name, bytes.len() / 1024)),
            Err(why) => {
                let remedy = match why {
                    ManifestError::WrongHash { .. } => "delete the file and run `make models`",
                    _ => "run `make models`",
                };
                Finding::wrong(name, why.to_string(), remedy)
            }
        });
    }
    findings.push(inspect_calibration(config, &manifest));
}

/// Whether the scores of these models can be read as error rates.
fn inspect_calibration(config: &Config, manifest: &Manifest) -> Finding {
    const NAME: &str = "calibration";
    let embedder = match manifest.embedder() {
        Ok(embedder) => embedder,
        Err(why) => return Finding::wrong(NAME, why.to_string(), "mend the models' manifest"),
    };
    match calibration::of(config, &embedder) {
        Ok(calibration) => {
            let wanted = &config.comparison;
            let thresholds = calibration.thresholds(wanted.fmr, wanted.doubt_fmr);
            Finding::good(
                NAME,
                format!(
                    "of {} people, {}: match from {:.3} (FMR {:e}), no match below {:.3} (FMR {:e})",
                    calibration.people,
                    calibration.made_at,
                    thresholds.match_from,
                    wanted.fmr,
                    thresholds.no_match_below,
                    wanted.doubt_fmr
                ),
            )
        }
        Err(why) => Finding::wrong(NAME, why.to_string(), "calibrate on the register's own photos, docs/OPERATIONS.md"),
    }
}

fn inspect_web_files(config: &Config, findings: &mut Vec<Finding>) {
    let rooms: &[&str] = if config.sandbox.enabled { &["verify", "sandbox"] } else { &["verify"] };
    for room in rooms {
        let name = format!("web pages {room}");
        findings.push(if web_files::has_page(room) {
            Finding::good(name, "are in the binary")
        } else {
            Finding::wrong(name, "are not in the binary", "run `make web`, then build again")
        });
    }
}

fn staff_key(config: &Config) -> Finding {
    match config.compliance_token() {
        Ok(Some(_)) => Finding::good("compliance", "the staff's endpoints are on"),
        Ok(None) => Finding::good("compliance", "no token, so the staff's endpoints are off"),
        Err(why) => Finding::wrong("compliance", why.to_string(), "mend the token's file, or leave the key out"),
    }
}

async fn inspect_database(config: &Config, keys: &KeyFile, findings: &mut Vec<Finding>) {
    if let Some(file) = missing_sqlite_file(config) {
        findings.push(Finding::wrong(
            "database",
            format!("{file} does not exist"),
            "run `rastau migrate`, or check database.url",
        ));
        return;
    }
    let store = match connect(config, keys).await {
        Ok(store) => store,
        Err(why) => {
            findings.push(Finding::wrong(
                "database",
                format!("{why:#}"),
                "check database.url and that the database runs",
            ));
            return;
        }
    };
    if let Err(why) = store.check().await {
        findings.push(Finding::wrong("database", why.to_string(), advice(&why)));
        return;
    }
    match store.schema_versions().await {
        Ok(versions) => findings.push(Finding::good("database", format!("answers; {versions}"))),
        Err(why) => findings.push(Finding::wrong("database", why.to_string(), advice(&why))),
    }
    if !config.sandbox.enabled
        && let Err(why) = refuse_sandbox_records(&store).await
    {
        findings.push(Finding::wrong("records", format!("{why:#}"), "point database.url at the production database"));
    }
    findings.push(restrictions(config, &store).await);
}

/// Opening a SQLite file makes it; a doctor changes nothing.
fn missing_sqlite_file(config: &Config) -> Option<String> {
    let url = config.database_url().ok()?;
    let rest = url.expose().strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    let path = path.split('?').next().unwrap_or(path);
    let is_missing = !path.is_empty() && !path.contains(":memory:") && !std::path::Path::new(path).exists();
    is_missing.then(|| path.to_owned())
}

/// Where restrictions come from by themselves; connects to none of them.
fn sources(config: &Config) -> Option<Finding> {
    const NAME: &str = "sources";
    let file = config.restrictions.sources_file.as_ref()?;
    let read = sources::sources(config).and_then(|sources| Ok((sources, sources::remotes(config)?)));
    Some(match read {
        Ok((sources, remotes)) => {
            let (followed, pushed, asked) = (sources.followed.len(), sources.pushed.len(), remotes.names().count());
            Finding::good(NAME, format!("{followed} followed, {pushed} pushed, {asked} asked about each person"))
        }
        Err(why) => Finding::wrong(NAME, format!("{why:#}"), format!("mend {}", file.display())),
    })
}

async fn restrictions(config: &Config, store: &SqlStore) -> Finding {
    const NAME: &str = "restrictions";
    let required = &config.restrictions.required_sources;
    if required.is_empty() {
        return Finding::wrong(
            NAME,
            "no source is required, so nobody may play",
            "name the sources in restrictions.required_sources",
        );
    }
    let found = match store.read().await {
        Ok(mut unit) => unit.list_sources().await,
        Err(why) => Err(why),
    };
    let known = match found {
        Ok(known) => known,
        Err(why) => return Finding::wrong(NAME, why.to_string(), advice(&why)),
    };
    // A registry that is asked about each person has nothing here. What is wrong with the file was told already.
    let remotes = sources::remotes(config).unwrap_or_default();
    let is_here = |name: &str| known.iter().any(|source| source.name == name);
    let now = clock().now();
    let missing = required
        .iter()
        .filter(|name| !is_here(name) && !remotes.names().any(|remote| remote == **name))
        .map(|name| format!("{name} is missing"));
    let stale = known.iter().filter(|source| !source.is_fresh(now)).map(|source| format!("{} is stale", source.name));
    let problems: Vec<String> = missing.chain(stale).collect();
    if problems.is_empty() {
        Finding::good(NAME, format!("{} sources, all fresh", known.len()))
    } else {
        let detail = format!("{}, so nobody may play", problems.join(", "));
        Finding::wrong(NAME, detail, "import the newest files with `rastau registry import`")
    }
}
