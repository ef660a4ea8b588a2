//! How many connections may be open, and how many of them by one caller.

use std::any::Any;
use std::net::{IpAddr, Shutdown};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use socket2::SockRef;

use super::peer::{Caller, TrustedProxies};
use super::per_caller::{Held, PerCaller};

/// The head of a request comes within this time.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(5);
/// What we sent is taken within this time, or nobody is there any more.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// How long a connection waits for the next request by default: longer than reverse proxies keep one for reuse (Caddy 120 s, Traefik
/// 90 s, nginx and AWS 60 s), so that they end it and lose no request that is under way when we do.
pub const KEEP_ALIVE: Duration = Duration::from_secs(130);

/// What may be open.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// In all; further ones wait until one is closed.
    pub most: usize,
    /// By one caller; further ones are closed at once. Proxies that are believed carry many callers and count for none.
    pub most_a_caller: usize,
    /// How long one waits for the next request.
    pub keep_alive: Duration,
    /// Captures by one caller, told from others through proxies that are believed; further ones are asked to come again.
    pub captures_a_caller: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { most: 4_096, most_a_caller: 256, keep_alive: KEEP_ALIVE, captures_a_caller: 24 }
    }
}

/// The connections that are open.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    open: PerCaller,
    proxies: TrustedProxies,
    all: Arc<AtomicUsize>,
    most: usize,
}

/// One of them, counted until it is dropped.
#[derive(Debug)]
struct OpenConnection {
    /// Of whoever is no proxy.
    of_caller: Option<Held>,
    all: Arc<AtomicUsize>,
    most: usize,
}

impl OpenConnection {
    /// Whether it is to end with the answer: half of the places are taken, and it is no proxy's, which carries many callers. So
    /// connections that only wait never fill the other half.
    fn makes_room(&self) -> bool {
        self.of_caller.is_some() && self.all.load(Ordering::Relaxed) > self.most / 2
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Ends connections with their answer where places become rare.
pub(super) async fn make_room(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let ends = request.conn_data::<OpenConnection>().is_some_and(OpenConnection::makes_room);
    let mut answer = next.call(request).await?;
    // The camera's stream is no answer.
    if ends && !answer.status().is_informational() {
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(answer)
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits, proxies: TrustedProxies) -> Self {
        Self { open: PerCaller::new(limits.most_a_caller), proxies, all: Arc::default(), most: limits.most }
    }

    /// Counts a connection that begins for as long as its data live; one too many is shut before a byte of it is read.
    pub(super) fn begin(&self, connection: &dyn Any, data: &mut Extensions) {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
        let socket = SockRef::from(stream);
        // Without it all works as before: nothing depends on it.
        let _ = socket.set_tcp_user_timeout(Some(TAKEN_WITHIN));
        let Ok(peer) = stream.peer_addr() else { return };
        match self.admit(peer.ip()) {
            Admitted::Counted(held) => {
                data.insert(self.count(Some(held)));
            }
            Admitted::Proxy => {
                data.insert(self.count(None));
            }
            Admitted::TooMany => {
                let _ = socket.shutdown(Shutdown::Both);
            }
        }
    }

    fn count(&self, of_caller: Option<Held>) -> OpenConnection {
        self.all.fetch_add(1, Ordering::Relaxed);
        OpenConnection { of_caller, all: self.all.clone(), most: self.most }
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
    fn where_half_of_the_places_are_taken_connections_end_with_their_answer_but_a_proxys() {
        let limits = ConnectionLimits { most: 4, ..ConnectionLimits::default() };
        let connections = Connections::new(limits, TrustedProxies::new(Vec::new()));
        let held = PerCaller::new(9);
        let caller = || connections.count(held.take(Caller::of([198, 51, 100, 1].into())));
        let (first, proxy) = (caller(), connections.count(None));
        assert!(!first.makes_room());
        let third = caller();
        assert_eq!([&first, &proxy, &third].map(OpenConnection::makes_room), [true, false, true]);
        drop(third);
        assert!(!first.makes_room(), "there is room again");
    }

    #[test]
    fn a_proxy_that_is_believed_carries_many() {
        let connections = connections(1);
        assert!((0..10).all(|_| matches!(admitted(&connections, "10.0.0.5"), Admitted::Proxy)));
    }
}
