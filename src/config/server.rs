//! `[server]`: where the service listens and how the world calls it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Span;
use crate::config::value::section::{Key, Problems, Section, in_range};

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
    /// How long the body of a request may take.
    pub body_timeout: Span,
    /// How long a whole registry may take that a source sends.
    pub upload_timeout: Span,
    /// How long a connection waits for the next request.
    pub keep_alive: Span,
    /// How long requests and jobs under way may take when the service is asked to stop.
    pub drain: Span,
    /// Connections that may be open.
    pub max_connections: usize,
    /// The same by one address.
    pub max_connections_per_caller: usize,
    /// Captures of faces that one address may have under way.
    pub max_captures_per_caller: usize,
    /// Reverse proxies that are believed when they say whose request they pass on.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: localhost(),
            workers: None,
            body_timeout: Span(Duration::from_secs(20)),
            upload_timeout: Span(Duration::from_mins(10)),
            keep_alive: Span(Duration::from_secs(130)),
            drain: Span(Duration::from_secs(25)),
            max_connections: 4_096,
            max_connections_per_caller: 256,
            max_captures_per_caller: 24,
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
        Key { name: "body_timeout", allowed: "1s to 5m: how long the body of a request may take (default 20s)" },
        Key {
            name: "upload_timeout",
            allowed: "10s to 1h, not below body_timeout: how long a whole registry may take that a source sends (default 10m)",
        },
        Key {
            name: "keep_alive",
            allowed: "1s to 1h: how long a connection waits for the next request; longer than the reverse proxy keeps one (default 130s)",
        },
        Key {
            name: "drain",
            allowed: "1s to 5m: how long requests and jobs under way may take when the service is asked to stop (default 25s)",
        },
        Key { name: "max_connections", allowed: "64 to 100000 open connections (default 4096)" },
        Key {
            name: "max_connections_per_caller",
            allowed: "8 to 100000 open connections of one address that is no trusted proxy's (default 256)",
        },
        Key {
            name: "max_captures_per_caller",
            allowed: "2 to 100000 captures of faces under way by one address (default 24)",
        },
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
        let (body, upload) = (self.body_timeout, self.upload_timeout);
        in_range("body_timeout", &body, Span(Duration::from_secs(1))..=Span(Duration::from_mins(5)), problems);
        in_range("upload_timeout", &upload, Span(Duration::from_secs(10))..=Span(Duration::from_hours(1)), problems);
        if upload < body {
            problems.push(("upload_timeout", "it is below body_timeout".into()));
        }
        let keep_alive = Span(Duration::from_secs(1))..=Span(Duration::from_hours(1));
        in_range("keep_alive", &self.keep_alive, keep_alive, problems);
        in_range("drain", &self.drain, Span(Duration::from_secs(1))..=Span(Duration::from_mins(5)), problems);
        in_range("max_connections", &self.max_connections, 64..=100_000, problems);
        in_range("max_connections_per_caller", &self.max_connections_per_caller, 8..=100_000, problems);
        in_range("max_captures_per_caller", &self.max_captures_per_caller, 2..=100_000, problems);
        if self.trusted_proxies.len() > 32 {
            problems.push(("trusted_proxies", format!("{} are too many", self.trusted_proxies.len())));
        }
        if self.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
            problems.push(("trusted_proxies", "everybody would be believed".into()));
        }
    }
}
