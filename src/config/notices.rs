//! `[notices]`: how people are told what happens to what is bound to their name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::value::secret_file;
use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::config::value::span::Span;
use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::kernel::secret::SecretText;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// From the first byte (RFC 8314).
    #[default]
    Implicit,
    /// Demanded before anything is said (RFC 3207).
    Starttls,
    /// Not at all: to this machine alone.
    None,
}

/// `[notices]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notices {
    /// The gateway for text messages.
    pub sms_url: Option<Url>,
    /// Its bearer token, in a file.
    pub sms_token_file: Option<PathBuf>,
    /// The mail server.
    pub smtp_host: Option<String>,
    /// Its port; without one 465, or 587 with STARTTLS, or 25 without TLS.
    pub smtp_port: Option<u16>,
    /// How the connection is protected.
    pub smtp_tls: SmtpTls,
    /// Further authorities (PEM) that the mail server's certificate may be of.
    pub smtp_ca_file: Option<PathBuf>,
    /// Whom it knows us as.
    pub smtp_user: Option<String>,
    /// The password, in a file.
    pub smtp_password_file: Option<PathBuf>,
    /// The address that mail comes from.
    pub from: Option<String>,
    /// One notice must be taken within this time.
    pub timeout: Span,
    /// Most notices of a kind, over a channel, to a person within an hour.
    pub an_hour: u32,
    /// The same within a day.
    pub a_day: u32,
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            sms_url: None,
            sms_token_file: None,
            smtp_host: None,
            smtp_port: None,
            smtp_tls: SmtpTls::Implicit,
            smtp_ca_file: None,
            smtp_user: None,
            smtp_password_file: None,
            from: None,
            timeout: Span(Duration::from_secs(10)),
            an_hour: 5,
            a_day: 10,
        }
    }
}

impl Notices {
    /// The mail server's port.
    pub fn port(&self) -> u16 {
        self.smtp_port.unwrap_or(match self.smtp_tls {
            SmtpTls::Implicit => 465,
            SmtpTls::Starttls => 587,
            SmtpTls::None => 25,
        })
    }

    pub(super) fn read_sms_token(&self) -> Result<Option<SecretText>, String> {
        self.sms_token_file.as_deref().map(secret_file::read).transpose()
    }

    pub(super) fn read_smtp_password(&self) -> Result<Option<SecretText>, String> {
        self.smtp_password_file.as_deref().map(secret_file::read).transpose()
    }

    fn check_sms(&self, problems: &mut Problems) {
        if self.sms_url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
            problems.push(("sms_url", "it is neither http nor https".into()));
        }
        match (&self.sms_url, &self.sms_token_file) {
            (Some(_), None) => problems.push(("sms_token_file", "it is missing beside sms_url".into())),
            (None, Some(_)) => problems.push(("sms_url", "it is missing beside sms_token_file".into())),
            _ => {}
        }
    }

    fn check_smtp(&self, problems: &mut Problems) {
        let Some(host) = &self.smtp_host else {
            let set = self.smtp_user.is_some() || self.smtp_password_file.is_some() || self.smtp_port.is_some();
            if set || self.from.is_some() || self.smtp_ca_file.is_some() {
                problems.push(("smtp_host", "it is missing beside the other keys of mail".into()));
            }
            return;
        };
        if url::Host::parse(host).is_err() {
            problems.push(("smtp_host", "it is neither a name nor an address".into()));
        }
        if self.smtp_port == Some(0) {
            problems.push(("smtp_port", "0 is no port".into()));
        }
        if self.smtp_tls == SmtpTls::None && !is_this_machine(host) {
            problems.push(("smtp_tls", "\"none\" is for a mail server on this machine alone".into()));
        }
        if self.smtp_user.is_some() != self.smtp_password_file.is_some() {
            problems.push(("smtp_user", "user and password file go together".into()));
        }
        match self.from.as_deref().map(|from| Contact::new(Channel::Email, from)) {
            None => problems.push(("from", "it is missing beside smtp_host".into())),
            Some(Err(why)) => problems.push(("from", why.to_string())),
            Some(Ok(_)) => {}
        }
    }
}

/// Whether a host's name or address is this machine's own.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Section for Notices {
    const NAME: &'static str = "notices";
    const KEYS: &'static [Key] = &[
        Key {
            name: "sms_url",
            allowed: "the http(s) address of a gateway for text messages (default: none); plain http only to this machine",
        },
        Key {
            name: "sms_token_file",
            allowed: "a file of mode 0600 that holds the gateway's bearer token; needed with notices.sms_url",
        },
        Key { name: "smtp_host", allowed: "the name of a mail server (default: none)" },
        Key { name: "smtp_port", allowed: "1 to 65535 (default: 465, 587 or 25, as notices.smtp_tls says)" },
        Key {
            name: "smtp_tls",
            allowed: "\"implicit\" (default), \"starttls\", or \"none\" for a mail server on this machine",
        },
        Key {
            name: "smtp_ca_file",
            allowed: "a PEM file of authorities beside the usual ones that the mail server's certificate may be of",
        },
        Key {
            name: "smtp_user",
            allowed: "the name that the mail server knows us by, with notices.smtp_password_file",
        },
        Key { name: "smtp_password_file", allowed: "a file of mode 0600 that holds the password" },
        Key { name: "from", allowed: "the mail address that notices come from; needed with notices.smtp_host" },
        Key { name: "timeout", allowed: "1s to 30s (default \"10s\")" },
        Key { name: "an_hour", allowed: "1 to 100 notices of a kind, over a channel, to one person (default 5)" },
        Key { name: "a_day", allowed: "1 to 1000, and not below notices.an_hour (default 10)" },
    ];

    fn check(&self, problems: &mut Problems) {
        self.check_sms(problems);
        self.check_smtp(problems);
        if !(1_000..=30_000).contains(&self.timeout.0.as_millis()) {
            problems.push(("timeout", format!("{} is out of range", self.timeout)));
        }
        in_range("an_hour", &self.an_hour, 1..=100, problems);
        in_range("a_day", &self.a_day, self.an_hour..=1_000, problems);
    }

    fn resolve(&mut self, base: &Path) {
        for path in
            [&mut self.sms_token_file, &mut self.smtp_password_file, &mut self.smtp_ca_file].into_iter().flatten()
        {
            *path = base.join(&*path);
        }
    }
}
