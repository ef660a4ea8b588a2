//! `rastau webhook list` and `rastau webhook replay`

use clap::ArgGroup;
use serde_json::{Value, json};

use super::parse_operator;
use crate::app::restrictions::registry::file::read_time;
use crate::app::webhooks::replay::{replay_failed_webhooks, replay_webhook};
use crate::app::webhooks::view::list_webhooks;
use crate::cli::{print, print_json};
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::id::WebhookId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::ports::Store;
use crate::domain::webhooks::endpoint::WebhookEndpoint;
use crate::domain::webhooks::message::{MessageState, WebhookMessage};
use crate::domain::webhooks::ports::WebhookFilter;

/// No page is longer.
const MAX_LIST: i64 = 1_000;

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only this operator's
    #[arg(long, value_name = "ID", value_parser = parse_operator)]
    operator: Option<OperatorId>,
    /// Only messages that are pending, delivered or failed
    #[arg(long, value_parser = parse_state)]
    state: Option<MessageState>,
    /// How many messages at most, 1 to 1000
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=MAX_LIST))]
    limit: u32,
    /// Only messages older than this one
    #[arg(long, value_name = "ID")]
    before: Option<WebhookId>,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("which").required(true).args(["id", "failed_since"])))]
pub(super) struct Replay {
    /// One message, delivered or failed
    id: Option<WebhookId>,
    /// All messages that failed and are of this time or later: a day of Almaty, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    failed_since: Option<Timestamp>,
    /// Only this operator's
    #[arg(long, value_name = "ID", value_parser = parse_operator, requires = "failed_since")]
    operator: Option<OperatorId>,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

fn parse_state(text: &str) -> Result<MessageState, String> {
    MessageState::from_name(text).ok_or_else(|| "a state is pending, delivered or failed".to_owned())
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    read_time(text).map_err(|fault| fault.to_string())
}

pub(super) async fn list(store: &dyn Store, args: List) -> anyhow::Result<()> {
    let List { operator, state, limit, before, json } = args;
    let filter = WebhookFilter { operator, state, before };
    let (mut endpoints, messages) = list_webhooks(store, &filter, limit).await?;
    endpoints.retain(|endpoint| filter.operator.as_ref().is_none_or(|operator| endpoint.operator == *operator));
    if json {
        let endpoints: Vec<Value> = endpoints.iter().map(endpoint_json).collect();
        let messages: Vec<Value> = messages.iter().map(message_json).collect();
        return print_json(&json!({ "endpoints": endpoints, "messages": messages }));
    }
    if endpoints.is_empty() && messages.is_empty() {
        return print("no webhooks; `rastau webhook set` makes an endpoint");
    }
    let lines: Vec<String> = endpoints.iter().map(endpoint_line).chain(messages.iter().map(message_line)).collect();
    print(&lines.join("\n"))
}

pub(super) async fn replay(store: &dyn Store, clock: &dyn Clock, args: Replay, by: &str) -> anyhow::Result<()> {
    let replayed = match (args.id, args.failed_since) {
        (Some(id), _) => replay_webhook(store, clock, id, by).await.map(|()| 1)?,
        (None, since) => {
            // One of the two is there: clap sees to it.
            let since = since.unwrap_or(Timestamp::from_micros(i64::MAX));
            replay_failed_webhooks(store, clock, since, args.operator.as_ref(), by).await?
        }
    };
    if args.json { print_json(&json!({ "replayed": replayed })) } else { print(&format!("{replayed} to be delivered")) }
}

fn endpoint_json(endpoint: &WebhookEndpoint) -> Value {
    json!({
        "operator": endpoint.operator.as_str(),
        "url": endpoint.url.as_str(),
        "created_at": endpoint.created_at.rfc3339(),
        "old_secret_until": endpoint.old_secret.as_ref().map(|old| old.until.rfc3339()),
        "disabled_at": endpoint.disabled_at.map(Timestamp::rfc3339),
    })
}

fn endpoint_line(endpoint: &WebhookEndpoint) -> String {
    let state = match endpoint.disabled_at {
        Some(at) => format!("disabled since {at}: its receiver answered 410"),
        None => "in use".to_owned(),
    };
    format!("endpoint {}  {}  {state}", endpoint.operator, endpoint.url)
}

fn message_json(message: &WebhookMessage) -> Value {
    let pending = message.state == MessageState::Pending;
    json!({
        "id": message.id.to_string(),
        "operator": message.operator.as_str(),
        "type": message.kind.as_str(),
        "created_at": message.created_at.rfc3339(),
        "state": message.state.as_str(),
        "attempts": message.attempts,
        "next_try_at": pending.then(|| message.due_at.rfc3339()),
        "last_result": message.last.map(|delivery| delivery.to_string()),
    })
}

fn message_line(message: &WebhookMessage) -> String {
    let next = match message.state {
        MessageState::Pending => format!(", next {}", message.due_at),
        MessageState::Delivered | MessageState::Failed => String::new(),
    };
    format!(
        "{}  {}  {:9}  {}  {}  attempts {}, last {}{next}",
        message.id,
        message.created_at,
        message.state.as_str(),
        message.operator,
        message.kind.as_str(),
        message.attempts,
        message.last.map_or("-".to_owned(), |delivery| delivery.to_string()),
    )
}
