//! `rastau operator`: add, change, disable, enable, list.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{ArgGroup, Subcommand};
use serde_json::json;
use url::Url;

use super::{Context, operating_user, print, print_json};
use crate::app::dual_control::alone::{change_operator_alone, expect_alone};
use crate::app::operators::add::{AddedOperator, NewCredential, NewOperator, add_operator};
use crate::app::operators::change::set_disabled;
use crate::app::operators::list::list_operators;
use crate::domain::operators::operator::{
    AssertionAudience, ClientAuthentication, KeySource, Operator, OperatorChange,
};
use crate::domain::operators::scope::{Scope, Scopes};
use crate::startup;

const NOT_CHANGED: &str = "the operator was not changed";
/// No JWKS is longer, bytes.
const MAX_JWKS: u64 = 64 * 1024;

/// Operators: add, change, disable, list
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Register an operator and how it proves that it is itself
    #[command(after_long_help = "\
Redirect URIs are compared to the byte; production takes https only. In production an operator authenticates by
private_key_jwt with the public keys of its JWKS, or in TLS with the certificates in it (--tls-certificates; see
client_certificates in docs/OPERATIONS.md). In a sandbox it may have a shared secret instead, which is
printed once and kept nowhere. The registration is written to the audit log in the same transaction. Where the staff has
people for it, it takes two of them, at the console.

Examples:
  rastau operator add demo-bet --name \"Demo Bet\" --redirect-uri https://bet.example/callback --jwks jwks.json
  rastau operator add demo-bet --name \"Demo Bet\" --redirect-uri http://localhost:8080/sandbox/callback --sandbox-secret")]
    Add(Add),
    /// Change what is registered of an operator; what is not named stays
    #[command(after_long_help = "\
Keys are rotated by a set that holds the old and the new ones, and later by one without the old. Redirect URIs that are
given replace all that there were. The change is written to the audit log in the same transaction. Where the staff has people
for it, another name, contact, redirect URI, key or scope takes two of them, at the console.

Examples:
  rastau operator change demo-bet --jwks jwks-with-both-keys.json
  rastau operator change demo-bet --jwks-uri https://bet.example/jwks.json
  rastau operator change demo-bet --no-scope
  rastau operator change demo-bet --assertion-audience endpoint
  rastau operator change demo-bet --contact ops@bet.example --requests-per-second 500
  rastau operator change demo-bet --redirect-uri https://bet.example/callback --redirect-uri https://m.bet.example/callback")]
    Change(Change),
    /// Let an operator ask for nothing more, and end everything that it was granted
    #[command(after_long_help = "Example:\n  rastau operator disable demo-bet")]
    Disable(Named),
    /// Let a disabled operator ask again; what had ended stays ended
    #[command(after_long_help = "\
Where the staff has people for it, it takes two of them, at the console.

Examples:
  rastau operator enable demo-bet
  rastau operator enable demo-bet --alone")]
    Enable(Enable),
    /// List operators
    #[command(after_long_help = "Example:\n  rastau operator list --json")]
    List {
        /// Print a JSON array instead of lines
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("credential").required(true).args(["jwks", "jwks_uri", "sandbox_secret"])))]
struct Add {
    /// The client_id: 3 to 64 characters of a-z, 0-9, '-', '_' and '.'
    id: String,
    /// The name that players read
    #[arg(long)]
    name: String,
    /// Where answers go; may be given several times
    #[arg(long = "redirect-uri", value_name = "URI", required = true)]
    redirect_uris: Vec<String>,
    #[command(flatten)]
    keys: Keys,
    /// Draw a shared secret; in a sandbox only
    #[arg(long)]
    sandbox_secret: bool,
    #[command(flatten)]
    scopes: ScopeArgs,
    /// Whom to write to: an e-mail address or an https URL
    #[arg(long, value_name = "ADDRESS")]
    contact: Option<String>,
    /// Whom its assertions may name as their audience: issuer, or endpoint for a library that knows nothing else [default: issuer]
    #[arg(long, value_name = "WHOM", value_parser = read_audience)]
    assertion_audience: Option<AssertionAudience>,
    /// How many requests a second it may make, of each replica [default: 100]
    #[arg(long, value_name = "N")]
    requests_per_second: Option<u32>,
    /// Do it without a second person, where the staff has some
    #[arg(long)]
    alone: bool,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true)
    .args(["name", "redirect_uris", "jwks", "jwks_uri", "scope", "no_scope", "contact", "assertion_audience",
           "requests_per_second"])))]
struct Change {
    /// The client_id
    id: String,
    /// The name that players read
    #[arg(long)]
    name: Option<String>,
    /// Where answers go; may be given several times, and replaces all
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    scopes: ScopeArgs,
    /// Whom to write to: an e-mail address or an https URL
    #[arg(long, value_name = "ADDRESS")]
    contact: Option<String>,
    /// Whom its assertions may name as their audience: issuer, or endpoint for a library that knows nothing else
    #[arg(long, value_name = "WHOM", value_parser = read_audience)]
    assertion_audience: Option<AssertionAudience>,
    /// How many requests a second it may make, of each replica
    #[arg(long, value_name = "N")]
    requests_per_second: Option<u32>,
    /// Do what opens a door without a second person, where the staff has some
    #[arg(long)]
    alone: bool,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Keys {
    /// The operator's public keys (RFC 7517): EC P-256, Ed25519 or RSA
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Where the operator publishes its keys, in place of a file
    #[arg(long, value_name = "URL", conflicts_with = "jwks")]
    jwks_uri: Option<Url>,
    /// The keys' certificates (x5c) prove the operator in TLS; it signs no assertions
    #[arg(long)]
    tls_certificates: bool,
}

#[derive(Debug, clap::Args)]
struct ScopeArgs {
    /// What it may ask for: play, check:login, check:bet, check:marketing; may be given several times, and is all [default when
    /// added: play]
    #[arg(long, value_name = "SCOPE", value_parser = read_scope)]
    scope: Vec<Scope>,
    /// It may ask for nothing, and what it was granted ends; about what it has it may ask still
    #[arg(long, conflicts_with = "scope")]
    no_scope: bool,
}

fn read_scope(text: &str) -> Result<Scope, String> {
    let known = || Scope::ALL.map(Scope::as_str).join(", ");
    Scope::parse(text).ok_or_else(|| format!("scopes are: {}", known()))
}

fn read_audience(text: &str) -> Result<AssertionAudience, String> {
    AssertionAudience::from_name(text).ok_or_else(|| "either issuer or endpoint".to_owned())
}

impl ScopeArgs {
    fn wanted(self) -> Option<Scopes> {
        (self.no_scope || !self.scope.is_empty()).then(|| self.scope.into_iter().collect())
    }
}

impl Keys {
    fn source(&self) -> anyhow::Result<Option<KeySource>> {
        let named = self.jwks.is_some() || self.jwks_uri.is_some();
        anyhow::ensure!(named || !self.tls_certificates, "--tls-certificates needs --jwks or --jwks-uri");
        Ok(match (&self.jwks, &self.jwks_uri) {
            (Some(file), _) => {
                let set = read_jwks(file)?;
                if !self.tls_certificates {
                    startup::check_keys(&set)
                        .map_err(|error| anyhow::anyhow!("the JWKS cannot be used: {}", error.0))?;
                }
                Some(KeySource::Registered(set))
            }
            (None, Some(uri)) => Some(KeySource::Published(uri.clone())),
            (None, None) => None,
        })
    }
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The client_id
    id: String,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Enable {
    #[command(flatten)]
    named: Named,
    /// Do it without a second person, where the staff has some
    #[arg(long)]
    alone: bool,
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Add(add) => run_add(context, add).await,
        Command::Change(change) => run_change(context, change).await,
        Command::Disable(named) => run_switch(context, named, true).await,
        Command::Enable(Enable { named, alone }) => {
            expect_alone(startup::open_store(&context.config()?).await?.as_ref(), startup::clock().now(), alone)
                .await?;
            run_switch(context, named, false).await
        }
        Command::List { json } => run_list(context, json).await,
    }
}

async fn run_add(context: &Context, add: Add) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let credential = match add.keys.source()? {
        Some(keys) if add.keys.tls_certificates => NewCredential::Certificates(keys),
        Some(keys) => NewCredential::Keys(keys),
        None => NewCredential::SandboxSecret,
    };
    let store = startup::open_store(&config).await?;
    expect_alone(store.as_ref(), startup::clock().now(), add.alone).await?;
    let new = NewOperator {
        id: add.id,
        name: add.name,
        redirect_uris: add.redirect_uris,
        credential,
        sandbox: config.sandbox.enabled,
        scopes: add.scopes.wanted(),
        contact: add.contact,
        assertion_audience: add.assertion_audience,
        requests_per_second: add.requests_per_second,
    };
    let by = operating_user();
    let added = add_operator(store.as_ref(), startup::clock().as_ref(), startup::randomness().as_ref(), new, &by)
        .await
        .context("the operator was not added")?;
    if add.json {
        print_json(&added_json(&added))?;
    } else {
        print(&added_lines(&added))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_change(context: &Context, change: Change) -> anyhow::Result<ExitCode> {
    let authenticated_by = if change.keys.tls_certificates {
        ClientAuthentication::SelfSignedTls
    } else {
        ClientAuthentication::PrivateKeyJwt
    };
    let authentication = change.keys.source()?.map(authenticated_by);
    let store = startup::open_store(&context.config()?).await?;
    let wanted = OperatorChange {
        name: change.name,
        redirect_uris: (!change.redirect_uris.is_empty()).then_some(change.redirect_uris),
        authentication,
        scopes: change.scopes.wanted(),
        contact: change.contact,
        assertion_audience: change.assertion_audience,
        requests_per_second: change.requests_per_second,
    };
    let (clock, randomness, by) = (startup::clock(), startup::randomness(), operating_user());
    let tools = (clock.as_ref(), randomness.as_ref());
    let changed = change_operator_alone(store.as_ref(), tools, &change.id, wanted, (&by, change.alone)).await?;
    show("changed", &changed, change.json)
}

async fn run_switch(context: &Context, named: Named, disabled: bool) -> anyhow::Result<ExitCode> {
    let store = startup::open_store(&context.config()?).await?;
    let (clock, randomness, by) = (startup::clock(), startup::randomness(), operating_user());
    let tools = (clock.as_ref(), randomness.as_ref());
    let changed = set_disabled(store.as_ref(), tools, &named.id, disabled, &by).await.context(NOT_CHANGED)?;
    show(if disabled { "disabled" } else { "enabled" }, &changed, named.json)
}

fn show(what: &str, operator: &Operator, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        print_json(&operator_json(operator))?;
    } else {
        print(format!("{what} {}", operator_lines(operator)).trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read_jwks(file: &Path) -> anyhow::Result<String> {
    use std::io::Read as _;
    let shown = file.display();
    let opened = std::fs::File::open(file).with_context(|| format!("cannot read {shown}"))?;
    let mut text = String::new();
    opened.take(MAX_JWKS + 1).read_to_string(&mut text).with_context(|| format!("cannot read {shown}"))?;
    anyhow::ensure!(text.len() as u64 <= MAX_JWKS, "{shown} is longer than {MAX_JWKS} bytes");
    Ok(text)
}

async fn run_list(context: &Context, json: bool) -> anyhow::Result<ExitCode> {
    let store = startup::open_store(&context.config()?).await?;
    let operators = list_operators(store.as_ref()).await?;
    if json {
        print_json(&operators.iter().map(operator_json).collect::<Vec<_>>())?;
    } else if operators.is_empty() {
        print("no operators yet; `rastau operator add` adds one")?;
    } else {
        print(operators.iter().map(operator_lines).collect::<String>().trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn operator_json(operator: &Operator) -> serde_json::Value {
    json!({
        "id": operator.id.as_str(),
        "name": operator.name,
        "authentication": operator.authentication.method(),
        "assertion_audience": operator.assertion_audience.as_str(),
        "jwks_uri": match operator.authentication.keys() {
            Some(KeySource::Published(uri)) => Some(uri.as_str()),
            _ => None,
        },
        "redirect_uris": operator.redirect_uris,
        "sandbox": operator.sandbox,
        "scopes": operator.scopes.iter().map(Scope::as_str).collect::<Vec<_>>(),
        "contact": operator.contact,
        "requests_per_second": operator.requests_per_second,
        "disabled": operator.disabled_at.is_some(),
    })
}

fn added_json(added: &AddedOperator) -> serde_json::Value {
    let mut value = operator_json(&added.operator);
    if let Some(secret) = &added.secret {
        value["client_secret"] = secret.expose().into();
    }
    value
}

fn operator_lines(operator: &Operator) -> String {
    let mut marks = vec![operator.authentication.method()];
    marks.extend(operator.sandbox.then_some("sandbox"));
    marks.extend((operator.assertion_audience == AssertionAudience::Endpoint).then_some("any audience of ours"));
    let scopes = operator.scopes.to_string();
    marks.push(if scopes.is_empty() { "no scope" } else { &scopes });
    marks.extend(operator.disabled_at.map(|_| "disabled"));
    let mut text = format!("{}  {} ({})\n", operator.id, operator.name, marks.join(", "));
    if let Some(contact) = &operator.contact {
        let _ = writeln!(text, "    {contact}");
    }
    for uri in &operator.redirect_uris {
        let _ = writeln!(text, "    {uri}");
    }
    text
}

fn added_lines(added: &AddedOperator) -> String {
    let mut text = format!("added {}", operator_lines(&added.operator));
    if let Some(secret) = &added.secret {
        let _ = writeln!(text, "client_secret (shown once): {}", secret.expose());
    }
    text.trim_end().to_owned()
}
