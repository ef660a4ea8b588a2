//! `rastau conformance`: an operator's integration, driven through every scenario of a sandbox.

mod checks;
mod followed;
mod receiver;
mod report;
mod session;
mod site;
mod visit;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use url::Url;

use self::checks::{
    Forgery, begins_with_a_handle, ends_as_it_must, keeps_the_token, may_play, refuses, survives_a_reload,
};
use self::receiver::{Fault, Receiver};
use self::report::Report;
use self::site::SiteMap;
use super::demo::player::browser;
use crate::domain::scenario::listed;
use crate::domain::webhooks::secret::WebhookSecret;
use crate::startup;

/// Drive an operator's site through every scenario of a sandbox and tell what it got wrong
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Plays players who come from the site, go through the gate without a camera and come back: one of each scenario, and then
some whose way back was forged. The site must let in who was approved and nobody else. It must run, be registered with the
sandbox, and show --signed-in to players who are in and to no others.

With --session it is tried what the site's back end does once a player is in: tokens that run out, a renewal whose answer is lost,
one that nobody can answer, a session that ends from outside; and with --sign-out, whether tokens are given back. That
takes 70 seconds. A browser of the check has the site's own cookies and looks at --session every two seconds; what reached the
sandbox is asked there.

Exit code 0 when everything holds, 1 when something does not, 2 when nothing could be told.

Examples:
  rastau conformance --sandbox http://localhost:8080 --start http://localhost:3000/play --post --signed-in \"You are in\"
  rastau conformance --sandbox http://localhost:8080 --start https://test.bet.example/verify --signed-in 'id=\"lobby\"' --json
  rastau conformance --start http://localhost:3000/play --post --signed-in \"You are in\" \\
      --session http://localhost:3000/lobby --sign-out http://localhost:3000/sign-out
  rastau conformance --start http://localhost:3000/play --post --signed-in \"You are in\" \\
      --webhook http://localhost:3000/hooks --webhook-secret-file webhook-secret --only webhook")]
pub(super) struct Args {
    /// Address of the sandbox
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080")]
    sandbox: Url,
    /// The address on the operator's site where a player begins
    #[arg(long, value_name = "URL")]
    start: Url,
    /// A player begins by a form there, not by a link
    #[arg(long)]
    post: bool,
    /// What the page of a player who is in says, and no other page does
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    signed_in: String,
    /// A page of the site that only a player who is in may see; then what comes after entry is tried, too
    #[arg(long, value_name = "URL")]
    session: Option<Url>,
    /// Where a player signs out, by a form without fields
    #[arg(long, value_name = "URL", requires = "session")]
    sign_out: Option<Url>,
    /// Where the operator takes webhooks; then messages are sent there, good ones and forged ones
    #[arg(long, value_name = "URL", requires = "webhook_secret_file")]
    webhook: Option<Url>,
    /// A file with the secret that signs them, as `rastau webhook set` printed it (whsec_..)
    #[arg(long, value_name = "FILE", requires = "webhook")]
    webhook_secret_file: Option<PathBuf>,
    /// Checks whose names begin so; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Print a JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// Nothing could be told.
pub(super) const COULD_NOT_TELL: u8 = 2;

pub(super) async fn run(args: Args) -> Result<ExitCode> {
    let receiver = receiver(args.webhook, args.webhook_secret_file.as_deref())?;
    let map = SiteMap { start: args.start, post: args.post, signed_in: args.signed_in, rastau: args.sandbox };
    reach(&map).await?;
    let mut report = Report::new(args.json, args.only);
    let rule = "the browser carries client_id and request_uri to Rastau and nothing else (RFC 9126 section 4)";
    report.check("begin", rule, begins_with_a_handle(&map)).await?;
    let scenarios = listed(startup::clock().now());
    let approved = scenarios.iter().find(|one| one.code == "approved").context("there is no approved scenario")?.iin;
    for scenario in &scenarios {
        let place = if may_play(scenario) { "in" } else { "kept out" };
        let (name, rule) = (format!("scenario.{}", scenario.code), format!("{}: the player is {place}", scenario.code));
        report.check(&name, &rule, ends_as_it_must(&map, scenario)).await?;
    }
    let rule = "the same callback once more does not break the site";
    report.check("reload", rule, survives_a_reload(&map, approved)).await?;
    let rule = "no token reaches the browser: not its address, its cookies or its page";
    report.check("token_hidden", rule, keeps_the_token(&map, approved)).await?;
    for forgery in Forgery::ALL {
        let name = format!("forged.{}", forgery.name());
        report.check(&name, forgery.rule(), refuses(&map, forgery, approved)).await?;
    }
    if let Some(page) = &args.session {
        report.check_together(session::checks(&map, page, args.sign_out.as_ref())).await?;
    }
    if let Some(receiver) = receiver {
        let rule = "a message of ours is answered with 2xx within 15 seconds, and so is its repetition";
        report.check("webhook.ours", rule, receiver.takes_ours()).await?;
        let rule = "of two signatures, while a secret is replaced, one that is good will do";
        report.check("webhook.two_signatures", rule, receiver.takes_one_of_two_signatures()).await?;
        for fault in Fault::ALL {
            let name = format!("webhook.{}", fault.name());
            report.check(&name, fault.rule(), receiver.refuses(fault)).await?;
        }
    }
    report.end()
}

fn receiver(url: Option<Url>, file: Option<&Path>) -> Result<Option<Receiver>> {
    let (Some(url), Some(file)) = (url, file) else { return Ok(None) };
    let shown = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
    let secret = WebhookSecret::parse(text.trim());
    let secret = secret.with_context(|| format!("{shown} holds no secret of a webhook (whsec_..)"))?;
    Ok(Some(Receiver { url, secret }))
}

/// Both must answer before anything is said of either.
async fn reach(map: &SiteMap) -> Result<()> {
    let http = browser().build()?;
    let scenarios = map.rastau.join("api/sandbox/scenarios")?;
    let answer = http.get(scenarios).send().await.with_context(|| format!("{} does not answer", map.rastau))?;
    anyhow::ensure!(answer.status().is_success(), "{} is no sandbox of Rastau", map.rastau);
    http.get(map.start.clone()).send().await.with_context(|| format!("{} does not answer", map.start))?;
    Ok(())
}
