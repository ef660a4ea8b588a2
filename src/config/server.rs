//! `[server]`: where the service listens and how the world calls it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use url::Url;

use super::section::{Key, Problems, Section, in_range};

/// `[server]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port to listen on; TLS is the reverse proxy's.
    pub bind: SocketAddr,
    /// Our own address as browsers and operators see it: scheme, host and port, no path.
    pub public_url: Url,
    /// HTTP worker threads; the number of cores when not set.
    pub workers: Option<usize>,
    /// Reverse proxies that are believed when they say whose request they pass on.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: localhost(),
            workers: None,
            // Whoever speaks from this machine could as well read its memory.
            trusted_proxies: vec![Ipv4Net::from(Ipv4Addr::LOCALHOST).into(), Ipv6Net::from(Ipv6Addr::LOCALHOST).into()],
        }
    }
}

#[allow(clippy::expect_used)]
fn localhost() -> Url {
    // A constant, and every test that loads a configuration parses it.
    Url::parse("http://localhost:8080").expect("a constant URL")
}

impl Server {
    /// Whether the public address is this machine itself, which browsers trust without TLS.
    pub fn is_loopback(&self) -> bool {
        self.public_url.host_str() == Some("localhost")
    }
}

impl Section for Server {
    const NAME: &'static str = "server";
    const KEYS: &'static [Key] = &[
        Key { name: "bind", allowed: "an IP address and port, such as \"127.0.0.1:8080\" (default) or \"[::]:8080\"" },
        Key {
            name: "public_url",
            allowed: "https://NAME[:PORT] with a host name, for passkeys know no IP addresses, and without path, query or user; http only on localhost or in the sandbox (default \"http://localhost:8080\")",
        },
        Key { name: "workers", allowed: "1 to 256 threads (default: the number of cores)" },
        Key {
            name: "trusted_proxies",
            allowed: "up to 32 networks such as \"10.0.0.5/32\" whose reverse proxies are believed when X-Forwarded-For says whom a request is from (default: this machine)",
        },
    ];

    fn check(&self, problems: &mut Problems) {
        let url = &self.public_url;
        let plain = matches!(url.scheme(), "https" | "http")
            && url.domain().is_some()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !plain {
            problems.push(("public_url", "it is not a plain address".into()));
        }
        if let Some(workers) = self.workers {
            in_range("workers", &workers, 1..=256, problems);
        }
        if self.trusted_proxies.len() > 32 {
            problems.push(("trusted_proxies", format!("{} are too many", self.trusted_proxies.len())));
        }
        if self.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
            problems.push(("trusted_proxies", "everybody would be believed".into()));
        }
    }
}
