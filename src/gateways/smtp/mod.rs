//! Mail by SMTP (RFC 5321) to the one server that the configuration names: over TLS, or to this machine. A connection for
//! each notice; whoever receives it knows a repetition by its `Message-ID`.

#[cfg(test)]
mod exim;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{Address, AsyncTransport as _, Tokio1Executor};

use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::kernel::secret::SecretText;
use crate::domain::notices::ports::{NoticeSender, OutgoingNotice};
use crate::domain::notices::{NoticeEnd, NoticeFailure};

/// Whom a reader sees it from.
const SENDER: &str = "Rastau";

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// STARTTLS (RFC 3207), without which nothing is said.
    Starttls,
    /// None: to this machine alone.
    None,
}

/// The mail server and how we are known there.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// PEM of authorities beside the usual ones.
    pub authorities: Option<Vec<u8>>,
    /// User and password.
    pub login: Option<(String, SecretText)>,
    /// The address that mail comes from.
    pub from: Contact,
    /// For one notice, from connecting to the server's last word.
    pub timeout: Duration,
}

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSettingsError {
    /// Codes do not travel in the clear.
    #[error("without TLS mail goes to this machine alone")]
    Clear,
    /// No mail address.
    #[error("the sender's address cannot be used")]
    Sender,
    /// TLS or the like.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[source] Error),
}

/// The mail server behind the port.
pub struct SmtpServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    timeout: Duration,
}

impl SmtpServer {
    /// Checks the settings; connects to nothing yet.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SmtpSettingsError> {
        let from: Address = settings.from.address().expose().parse().map_err(|_| SmtpSettingsError::Sender)?;
        let tls = match settings.protection {
            Protection::None if is_this_machine(&settings.host) => Tls::None,
            Protection::None => return Err(SmtpSettingsError::Clear),
            Protection::Implicit => Tls::Wrapper(parameters(settings)?),
            Protection::Starttls => Tls::Required(parameters(settings)?),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .tls(tls)
            .hello_name(ClientId::Domain(from.domain().to_owned()))
            .timeout(Some(settings.timeout));
        if let Some((user, password)) = &settings.login {
            transport = transport.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Self { transport: transport.build(), from, timeout: settings.timeout })
    }

    fn message(&self, notice: &OutgoingNotice) -> Result<Message, NoticeFailure> {
        let to: Address = notice.to.address().expose().parse().map_err(|_| NoticeFailure::AddressRefused)?;
        let message = Message::builder()
            .from(Mailbox::new(Some(SENDER.to_owned()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(notice.words.subject.as_str())
            .message_id(Some(format!("<{}@{}>", notice.id, self.from.domain())))
            // RFC 3834: nobody's holiday answers it.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", notice.locale.tag()))
            .header(ContentType::TEXT_PLAIN);
        message.body(notice.words.text.expose().to_owned()).map_err(|_| NoticeFailure::Unreadable)
    }

    /// One deadline for everything: a server may stall between any two words.
    async fn within<T>(&self, doing: impl Future<Output = Result<T, Error>>) -> Result<T, NoticeFailure> {
        match tokio::time::timeout(self.timeout, doing).await {
            Ok(done) => done.map_err(|error| failure(&error)),
            Err(_) => Err(NoticeFailure::Timeout),
        }
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, SmtpSettingsError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authorities {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(SmtpSettingsError::Tls)?);
    }
    builder.build_rustls().map_err(SmtpSettingsError::Tls)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Only what the server says of the address itself is final: a relay that is set up wrongly refuses everybody, and people are
/// to hear of it once it is mended.
fn failure(error: &Error) -> NoticeFailure {
    if error.is_timeout() {
        return NoticeFailure::Timeout;
    }
    if let Some(code) = error.status() {
        // The words may quote the address: they are looked at and not kept.
        let words = error.to_string();
        return match u16::from(code) {
            530 | 534 | 535 | 538 => NoticeFailure::Unauthorized,
            550..=553 if names_bad_address(&words) => NoticeFailure::AddressRefused,
            _ => NoticeFailure::NotNow,
        };
    }
    if error.is_response() {
        NoticeFailure::Unreadable
    } else if error.is_client() {
        // No STARTTLS, or no way to log in: it is not let in upon these terms.
        NoticeFailure::Unauthorized
    } else {
        NoticeFailure::NoConnection
    }
}

/// RFC 3463 section 3.2 and 3.3: no such mailbox or system, no such syntax, moved, without mail exchange; disabled.
fn names_bad_address(words: &str) -> bool {
    const CODES: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];
    words.split_whitespace().any(|word| CODES.contains(&word))
}

#[async_trait]
impl NoticeSender for SmtpServer {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    async fn send(&self, notice: &OutgoingNotice) -> NoticeEnd {
        let message = self.message(notice)?;
        self.within(self.transport.send(message)).await.map(|_| ())
    }

    async fn check(&self) -> NoticeEnd {
        let connected = self.within(self.transport.test_connection()).await?;
        if connected { Ok(()) } else { Err(NoticeFailure::NotNow) }
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The transport's own would show the password.
        f.debug_struct("SmtpServer").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
