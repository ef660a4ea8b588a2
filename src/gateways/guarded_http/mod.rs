//! Calls to addresses that operators chose: nothing of our own network can be reached by them, see [`resolver`] and
//! docs/adr/0018-webhooks.md.

pub(super) mod resolver;

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};

use crate::domain::operators::address::{Reach, check_url};
use crate::domain::webhooks::message::SendFailure;
use resolver::{CheckedResolver, Lookup, SystemLookup, expect_reachable};

/// HTTP clients that connect only to where their caller may go.
pub(super) struct GuardedHttp {
    /// For URLs that may reach public addresses.
    public: reqwest::Client,
    /// For URLs that may reach this machine.
    loopback: reqwest::Client,
    lookup: Arc<dyn Lookup>,
    timeout: Duration,
    sandbox: bool,
}

impl GuardedHttp {
    /// `sandbox`: whether this machine may be called, too; `timeout`: from looking the name up to the last byte.
    ///
    /// # Errors
    /// No TLS.
    pub(super) fn new(sandbox: bool, timeout: Duration) -> Result<Self, reqwest::Error> {
        Self::with(sandbox, Arc::new(SystemLookup), timeout)
    }

    pub(super) fn with(sandbox: bool, lookup: Arc<dyn Lookup>, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = |reach| {
            reqwest::Client::builder()
                .https_only(reach == Reach::Public)
                // Only what was checked is connected to: a proxy or a redirect would choose for itself.
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .dns_resolver(CheckedResolver::new(lookup.clone(), reach))
                // No connection outlives its check.
                .pool_max_idle_per_host(0)
                .timeout(timeout)
                .build()
        };
        Ok(Self { public: client(Reach::Public)?, loopback: client(Reach::Loopback)?, lookup, timeout, sandbox })
    }

    /// Whether this machine may be called.
    pub(super) fn sandbox(&self) -> bool {
        self.sandbox
    }

    /// The client for `url`. Addresses that are written out are never looked up, so they are looked at here.
    pub(super) fn client(&self, url: &Url) -> Result<&reqwest::Client, SendFailure> {
        Ok(match self.reach(url)? {
            Reach::Public => &self.public,
            Reach::Loopback => &self.loopback,
        })
    }

    /// Whether `url` may be called as its name stands now.
    pub(super) async fn check(&self, url: &Url) -> Result<(), SendFailure> {
        let reach = self.reach(url)?;
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let addresses: Vec<IpAddr> = tokio::time::timeout(self.timeout, self.lookup.lookup(name.to_owned()))
            .await
            .map_err(|_| SendFailure::Timeout)?
            .map_err(|_| SendFailure::NameUnknown)?;
        expect_reachable(&addresses, reach)
    }

    fn reach(&self, url: &Url) -> Result<Reach, SendFailure> {
        check_url(url, self.sandbox).map_err(|_| SendFailure::UrlRefused)
    }
}

/// What went wrong, our own resolver's word first.
pub(super) fn failure(error: &reqwest::Error) -> SendFailure {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<SendFailure>() {
            return *refused;
        }
        cause = error.source();
    }
    if error.is_timeout() {
        SendFailure::Timeout
    } else if error.is_connect() {
        SendFailure::NoConnection
    } else {
        SendFailure::Broken
    }
}
