//! `rastau webhook`: endpoints of operators, and the messages that they were sent.

mod messages;

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Subcommand;
use serde_json::json;

use super::{Context, operating_user, print, print_json};
use crate::app::dual_control::alone::expect_alone;
use crate::app::webhooks::manage::{ManagedWebhook, remove_webhook, rotate_webhook, set_webhook};
use crate::app::webhooks::trial::{WebhookTest, test_webhook};
use crate::domain::kernel::secret::SecretText;
use crate::domain::operators::operator::OperatorId;
use crate::startup;

/// So much of an answer is shown, characters.
const SHOWN_BODY: usize = 500;

/// Tell operators of decisions as they fall
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set where an operator's messages go, and enable it
    #[command(after_long_help = "\
The URL is https and leads to a public address; in a sandbox it may be http on this machine. The first time a secret
is drawn and printed once; give it to the operator, whose Standard Webhooks library takes it as it is. Later calls
change the URL alone and keep the secret. An endpoint that was disabled, since its receiver answered 410, is enabled. Where
the staff has people for it, it takes two of them, at the console.

Examples:
  rastau webhook set --operator demo-bet --url https://bet.example/webhooks
  rastau webhook set --operator demo-bet --url http://localhost:9000/webhooks --json")]
    Set {
        /// The operator's id
        #[arg(long, value_name = "ID", value_parser = parse_operator)]
        operator: OperatorId,
        /// Where messages are posted
        #[arg(long)]
        url: String,
        /// Do it without a second person, where the staff has some
        #[arg(long)]
        alone: bool,
        /// Print JSON instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Draw a new secret; the old one signs beside it for 24 hours
    #[command(after_long_help = "\
The new secret is printed once. Every message carries both signatures until the old secret is dropped, so that the
operator can change over without a gap. Rotating twice within a day drops the first secret at once. Where the staff has
people for it, it takes two of them, at the console.

Examples:
  rastau webhook rotate --operator demo-bet
  rastau webhook rotate --operator demo-bet --alone")]
    Rotate {
        #[command(flatten)]
        of: Of,
        /// Do it without a second person, where the staff has some
        #[arg(long)]
        alone: bool,
    },
    /// Remove an operator's endpoint with its secrets
    #[command(after_long_help = "\
Messages that were not delivered are kept as failed for 30 days; `replay` delivers them to the next endpoint.

Example:
  rastau webhook remove --operator demo-bet")]
    Remove(Of),
    /// List endpoints, and messages with their state, the newest first
    #[command(after_long_help = "\
A message is pending (with the time of its next try), delivered or failed. The last result is the receiver's HTTP
status or why there was none: url_refused, name_unknown, address_refused, timeout, no_connection, connection_broke,
endpoint_gone.

Examples:
  rastau webhook list
  rastau webhook list --operator demo-bet --state failed --limit 200 --json")]
    List(messages::List),
    /// Deliver messages once more: one, or all that failed since a time
    #[command(after_long_help = "\
The running service delivers them within seconds, with all tries anew. Their webhook-id stays the same: a receiver
that has a message already can tell.

Examples:
  rastau webhook replay 0199d6a0-7c1e-7000-8000-000000000001
  rastau webhook replay --failed-since 2026-11-22T06:00:00+05:00 --operator demo-bet")]
    Replay(messages::Replay),
    /// Send a signed test message now and say what came
    #[command(after_long_help = "\
Sends one message of type webhook.test and does not try again. Exit code 1 when the receiver did not answer 2xx.

Example:
  rastau webhook test --operator demo-bet")]
    Test(Of),
}

#[derive(Debug, clap::Args)]
struct Of {
    /// The operator's id
    #[arg(long, value_name = "ID", value_parser = parse_operator)]
    operator: OperatorId,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

fn parse_operator(text: &str) -> Result<OperatorId, String> {
    OperatorId::parse(text).map_err(|fault| fault.to_string())
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let store = startup::open_store(&config).await?;
    let store = store.as_ref();
    let (clock, randomness, by) = (startup::clock(), startup::randomness(), operating_user());
    match args.command {
        Command::Set { operator, url, alone, json } => {
            expect_alone(store, startup::clock().now(), alone).await?;
            let sender = startup::webhooks::sender(&config)?;
            let ports = (clock.as_ref(), randomness.as_ref(), sender.as_ref());
            let set = set_webhook(store, ports, &operator, &url, &by).await;
            print_managed("set", &set.context("the endpoint was not set")?, json)?;
        }
        Command::Rotate { of: Of { operator, json }, alone } => {
            expect_alone(store, startup::clock().now(), alone).await?;
            let rotated = rotate_webhook(store, clock.as_ref(), randomness.as_ref(), &operator, &by).await;
            print_managed("rotated", &rotated.context("the secret was not rotated")?, json)?;
        }
        Command::Remove(Of { operator, json }) => {
            let removed = remove_webhook(store, clock.as_ref(), &operator, &by).await;
            let undelivered = removed.context("the endpoint was not removed")?;
            if json {
                print_json(&json!({ "operator": operator.as_str(), "undelivered": undelivered }))?;
            } else {
                print(&format!("removed the endpoint of {operator}; {undelivered} messages were not delivered"))?;
            }
        }
        Command::List(list) => messages::list(store, list).await?,
        Command::Replay(replay) => messages::replay(store, clock.as_ref(), replay, &by).await?,
        Command::Test(Of { operator, json }) => {
            let sender = startup::webhooks::sender(&config)?;
            let ports = (clock.as_ref(), randomness.as_ref(), sender.as_ref());
            let test = test_webhook(store, ports, &operator, &by).await.context("no message was sent")?;
            print_test(&test, json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print_managed(done: &str, managed: &ManagedWebhook, json: bool) -> anyhow::Result<()> {
    let ManagedWebhook { endpoint, secret } = managed;
    let old_until = endpoint.old_secret.as_ref().map(|old| old.until.rfc3339());
    if json {
        return print_json(&json!({
            "operator": endpoint.operator.as_str(),
            "url": endpoint.url.as_str(),
            "secret": secret.as_ref().map(SecretText::expose),
            "old_secret_until": old_until,
        }));
    }
    let mut lines = vec![format!("{done} {}  {}", endpoint.operator, endpoint.url)];
    lines.push(match secret {
        Some(secret) => format!("secret (shown once): {}", secret.expose()),
        None => "the secret stays as it was".to_owned(),
    });
    lines.extend(old_until.map(|until| format!("the old secret signs, too, until {until}")));
    print(&lines.join("\n"))
}

fn print_test(test: &WebhookTest, json: bool) -> anyhow::Result<()> {
    let said = test.answer.as_ref().map(|answer| shown(&answer.body)).unwrap_or_default();
    if json {
        print_json(&json!({
            "id": test.id.to_string(),
            "status": test.answer.as_ref().ok().map(|answer| answer.status),
            "failure": test.answer.as_ref().err().map(|failure| failure.as_str()),
            "body": said,
            "disabled": test.disabled,
        }))?;
    }
    let status = match &test.answer {
        Ok(answer) => answer.status,
        Err(failure) => anyhow::bail!("message {} was not delivered: {failure}", test.id),
    };
    ensure!((200..=299).contains(&status), "message {} was answered {status} instead of 2xx: {said:?}", test.id);
    if !json {
        print(&format!("message {} was answered {status}", test.id))?;
        if test.disabled {
            print("the endpoint is disabled all the same; `rastau webhook set` enables it")?;
        }
    }
    Ok(())
}

/// The beginning of an answer, without what would upset a terminal.
fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().filter(|c| !c.is_control()).take(SHOWN_BODY).collect()
}
