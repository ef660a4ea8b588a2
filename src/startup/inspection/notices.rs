//! Whether people can be reached: asks each service whether it would take something, and sends nothing.

use super::Finding;
use crate::config::{Config, ContactKind};
use crate::startup::notices::{remote_contacts, senders};

/// What is found of contacts of record and of every channel.
pub(super) async fn inspect(config: &Config) -> Vec<Finding> {
    let mut findings = vec![contacts(config).await];
    findings.extend(channels(config).await);
    findings
}

async fn contacts(config: &Config) -> Finding {
    const NAME: &str = "contact of record";
    match config.contact_kind() {
        ContactKind::None => {
            Finding::good(NAME, "none: nobody has one, and nobody is told what is bound to their name")
        }
        ContactKind::Embedded => Finding::good(NAME, "in our own database, from `rastau person import`"),
        ContactKind::Http => {
            let asked = match remote_contacts(config) {
                Ok(source) => source.check().await.map_err(anyhow::Error::msg),
                Err(why) => Err(why),
            };
            match asked {
                Ok(()) => Finding::good(NAME, "the remote source answers"),
                Err(why) => Finding::wrong(
                    NAME,
                    format!("{why:#}"),
                    "check contact_of_record.url and its token; until it answers nobody enrols a first factor",
                ),
            }
        }
    }
}

async fn channels(config: &Config) -> Vec<Finding> {
    const NAME: &str = "notices";
    if config.sandbox.enabled {
        return vec![Finding::good(NAME, "a sandbox sends nothing: GET /api/sandbox/notices shows them")];
    }
    let senders = match senders(config) {
        Ok(senders) => senders,
        Err(why) => return vec![Finding::wrong(NAME, format!("{why:#}"), "mend the keys of [notices]")],
    };
    if senders.is_empty() {
        let told = "no channel: people hear of nothing that happens in their name";
        let remedy = "set notices.sms_url or notices.smtp_host, docs/OPERATIONS.md";
        return vec![match config.contact_kind() {
            ContactKind::None => Finding::good(NAME, told),
            _ => Finding::wrong(NAME, told, remedy),
        }];
    }
    let mut findings = Vec::new();
    for sender in senders {
        let name = format!("notices by {}", sender.channel().as_str());
        findings.push(match sender.check().await {
            Ok(()) => Finding::good(name, "would be taken"),
            Err(why) => {
                Finding::wrong(name, why.to_string(), "check the keys of [notices] and the service behind them")
            }
        });
    }
    findings
}
