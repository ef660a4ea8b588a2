//! Names are looked up by us, once a connection, and every address is looked at before it is handed on: what was checked
//! is what is connected to, so a name that answers differently the next time (DNS rebinding) gains nothing.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::domain::operators::address::{Reach, is_global};
use crate::domain::webhooks::message::SendFailure;

/// Looks names up.
#[async_trait]
pub(in crate::gateways) trait Lookup: Send + Sync {
    /// All addresses of `name`.
    async fn lookup(&self, name: String) -> io::Result<Vec<IpAddr>>;
}

/// As the machine does.
pub(in crate::gateways) struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: String) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Refuses the name as soon as one of its addresses is refused: whoever mixes them means no good.
pub(super) fn expect_reachable(addresses: &[IpAddr], reach: Reach) -> Result<(), SendFailure> {
    let allowed = |address: &IpAddr| match reach {
        Reach::Public => is_global(*address),
        Reach::Loopback => address.is_loopback(),
    };
    match addresses {
        [] => Err(SendFailure::NameUnknown),
        some if some.iter().all(allowed) => Ok(()),
        _ => Err(SendFailure::AddressRefused),
    }
}

/// The resolver of a client that may reach so far.
pub(super) struct CheckedResolver {
    lookup: Arc<dyn Lookup>,
    reach: Reach,
}

impl CheckedResolver {
    pub(super) fn new(lookup: Arc<dyn Lookup>, reach: Reach) -> Self {
        Self { lookup, reach }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach) = (self.lookup.clone(), self.reach);
        Box::pin(async move {
            let found = lookup.lookup(name.as_str().to_owned()).await.map_err(|_| SendFailure::NameUnknown)?;
            expect_reachable(&found, reach)?;
            // Port 0: the URL's own.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
