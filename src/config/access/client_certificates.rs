//! `[client_certificates]`: which reverse proxies say what certificate a TLS client showed (RFC 8705).

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::value::section::{Key, Problems, Section};

/// `[client_certificates]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientCertificates {
    /// Addresses of the proxies that are believed; none: certificates are not looked at.
    pub proxies: Vec<IpNet>,
    /// The header in which they pass the certificate on.
    pub header: String,
    /// The address at which they ask clients for certificates, where it is another than `server.public_url`.
    pub url: Option<Url>,
}

impl Default for ClientCertificates {
    fn default() -> Self {
        Self { proxies: Vec::new(), header: "client-cert".to_owned(), url: None }
    }
}

impl Section for ClientCertificates {
    const NAME: &'static str = "client_certificates";
    const KEYS: &'static [Key] = &[
        Key {
            name: "proxies",
            allowed: "up to 32 networks such as \"10.0.0.5/32\" whose proxies are believed and take the header off every request that shows no certificate (default: none, and certificates are not looked at)",
        },
        Key {
            name: "header",
            allowed: "a header's name in lower case; its value is the certificate in one of the forms of docs/OPERATIONS.md (default \"client-cert\")",
        },
        Key {
            name: "url",
            allowed: "https://NAME[:PORT] without path, where clients are asked for certificates (default: server.public_url)",
        },
    ];

    fn check(&self, problems: &mut Problems) {
        if self.proxies.len() > 32 {
            problems.push(("proxies", format!("{} are too many", self.proxies.len())));
        }
        if self.proxies.iter().any(|network| network.prefix_len() == 0) {
            problems.push(("proxies", "everybody would be believed".into()));
        }
        let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.header.is_empty() || self.header.len() > 64 || !self.header.chars().all(name) {
            problems.push(("header", format!("{:?} is no header's name", self.header)));
        }
        if self.url.as_ref().is_some_and(|url| url.scheme() != "https" || url.path() != "/" || url.query().is_some()) {
            problems.push(("url", "it is not a plain https address".into()));
        }
    }
}
