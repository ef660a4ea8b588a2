//! Contacts of record, and the ways out for notices.

use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::{clock, randomness};
use crate::config::{Config, ContactKind, SmtpTls};
use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::identity::register::ContactsOfRecord;
use crate::domain::notices::ports::NoticeSender;
use crate::domain::notices::{NoticeLimits, NoticePolicy};
use crate::domain::ports::Store;
use crate::gateways::contacts_http::{ContactsSettings, HttpContacts};
use crate::gateways::sms_http::HttpSmsGateway;
use crate::gateways::smtp::{Protection, SmtpServer, SmtpSettings};
use crate::store::EmbeddedContacts;

/// Who knows how people are reached.
pub fn contacts(config: &Config, store: &Arc<dyn Store>) -> anyhow::Result<Option<Arc<dyn ContactsOfRecord>>> {
    Ok(match config.contact_kind() {
        ContactKind::None => None,
        ContactKind::Embedded => Some(Arc::new(EmbeddedContacts::new(store.clone()))),
        ContactKind::Http => Some(Arc::new(remote_contacts(config)?)),
    })
}

/// The remote source of contacts.
pub(super) fn remote_contacts(config: &Config) -> anyhow::Result<HttpContacts> {
    let section = &config.contact_of_record;
    let settings = ContactsSettings {
        url: section.url.clone().context("contact_of_record.url is missing")?,
        credential: config.contacts_token()?.context("contact_of_record.token_file is missing")?,
        timeout: section.timeout.0,
        retries: section.retries,
    };
    HttpContacts::new(settings, clock(), randomness()).context("contact_of_record.url cannot be asked")
}

/// What the deployer decided about notices.
pub fn policy(config: &Config) -> NoticePolicy {
    let section = &config.notices;
    let set = [(Channel::Sms, section.sms_url.is_some()), (Channel::Email, section.smtp_host.is_some())];
    NoticePolicy {
        limits: NoticeLimits { an_hour: section.an_hour, a_day: section.a_day },
        channels: set.into_iter().filter_map(|(channel, set)| set.then_some(channel)).collect(),
    }
}

/// The ways out, one a channel that is configured.
pub fn senders(config: &Config) -> anyhow::Result<Vec<Arc<dyn NoticeSender>>> {
    let mut senders: Vec<Arc<dyn NoticeSender>> = Vec::new();
    let section = &config.notices;
    if let Some(url) = &section.sms_url {
        let token = config.sms_token()?.context("notices.sms_token_file is missing")?;
        let gateway = HttpSmsGateway::new(url.clone(), &token, section.timeout.0);
        senders.push(Arc::new(gateway.context("notices.sms_url cannot be used")?));
    }
    if let Some(host) = &section.smtp_host {
        senders.push(Arc::new(mail_server(config, host)?));
    }
    Ok(senders)
}

fn mail_server(config: &Config, host: &str) -> anyhow::Result<SmtpServer> {
    let section = &config.notices;
    let login = match (&section.smtp_user, config.smtp_password()?) {
        (Some(user), Some(password)) => Some((user.clone(), password)),
        (None, None) => None,
        _ => bail!("notices.smtp_user and notices.smtp_password_file go together"),
    };
    let read = |file: &std::path::PathBuf| {
        std::fs::read(file).with_context(|| format!("notices.smtp_ca_file: cannot read {}", file.display()))
    };
    let settings = SmtpSettings {
        host: host.to_owned(),
        port: section.port(),
        protection: match section.smtp_tls {
            SmtpTls::Implicit => Protection::Implicit,
            SmtpTls::Starttls => Protection::Starttls,
            SmtpTls::None => Protection::None,
        },
        authorities: section.smtp_ca_file.as_ref().map(read).transpose()?,
        login,
        from: Contact::new(Channel::Email, section.from.as_deref().unwrap_or_default()).context("notices.from")?,
        timeout: section.timeout.0,
    };
    SmtpServer::new(&settings).context("notices.smtp_host cannot be used")
}
