//! How many connections may be open, and how many of them by one caller.

use std::any::Any;
use std::net::{IpAddr, Shutdown};
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use socket2::SockRef;

use super::peer::{Caller, TrustedProxies};
use super::per_caller::{Held, PerCaller};

/// The head of a request comes within this time.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(5);
/// What we sent is taken within this time, or nobody is there any more.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// What may be open.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// In all; further ones wait until one is closed.
    pub most: usize,
    /// By one caller; further ones are closed at once. Proxies that are believed carry many callers and count for none.
    pub most_a_caller: usize,
    /// Captures by one caller, told from others through proxies that are believed; further ones are asked to come again.
    pub captures_a_caller: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { most: 4_096, most_a_caller: 256, captures_a_caller: 24 }
    }
}

/// The connections that are open.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    open: PerCaller,
    proxies: TrustedProxies,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits, proxies: TrustedProxies) -> Self {
        Self { open: PerCaller::new(limits.most_a_caller), proxies }
    }

    /// Counts a connection that begins for as long as its data live; one too many is shut before a byte of it is read.
    pub(super) fn begin(&self, connection: &dyn Any, data: &mut Extensions) {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
        let socket = SockRef::from(stream);
        // Without it all works as before: nothing depends on it.
        let _ = socket.set_tcp_user_timeout(Some(TAKEN_WITHIN));
        let Ok(peer) = stream.peer_addr() else { return };
        match self.admit(peer.ip()) {
            Admitted::Counted(open) => {
                data.insert(open);
            }
            Admitted::Proxy => {}
            Admitted::TooMany => {
                let _ = socket.shutdown(Shutdown::Both);
            }
        }
    }

    fn admit(&self, peer: IpAddr) -> Admitted {
        if self.proxies.believe(peer) {
            return Admitted::Proxy;
        }
        self.open.take(Caller::of(peer)).map_or(Admitted::TooMany, Admitted::Counted)
    }
}

#[derive(Debug)]
enum Admitted {
    Counted(Held),
    Proxy,
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(most_a_caller: usize) -> Connections {
        let proxies = TrustedProxies::new(vec!["10.0.0.5/32".parse().unwrap()]);
        Connections::new(ConnectionLimits { most_a_caller, ..ConnectionLimits::default() }, proxies)
    }

    fn admitted(connections: &Connections, peer: &str) -> Admitted {
        connections.admit(peer.parse().unwrap())
    }

    #[test]
    fn one_host_is_one_caller_however_it_is_written() {
        let connections = connections(1);
        let _open = admitted(&connections, "198.51.100.1");
        let (_v6, _other) = (admitted(&connections, "2001:db8::1"), admitted(&connections, "198.51.100.2"));
        for same in ["198.51.100.1", "::ffff:198.51.100.1", "2001:db8::2"] {
            assert!(matches!(admitted(&connections, same), Admitted::TooMany), "{same}");
        }
    }

    #[test]
    fn a_proxy_that_is_believed_carries_many() {
        let connections = connections(1);
        assert!((0..10).all(|_| matches!(admitted(&connections, "10.0.0.5"), Admitted::Proxy)));
    }
}
