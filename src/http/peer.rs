//! Who calls: the address at the other end, through reverse proxies that are believed and no others.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, X_FORWARDED_FOR};
use actix_web::web::Data;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ipnet::IpNet;
use sha2::Sha256;

use crate::app::Services;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::secret::SecretBytes;

/// Sets this use of a key apart from every other: no operator's id begins with it.
const HASH_CONTEXT: &[u8] = b"\0caller\0";
/// What one host of IPv6 has for itself; it may take another address out of it for each connection.
const HOST_BITS: u32 = 64;

/// Reverse proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Those in these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether `address` is one of them.
    pub fn believe(&self, address: IpAddr) -> bool {
        // A dual-stack listener sees IPv4 peers as IPv6.
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The last address on the way that no believed proxy vouches for: everything before it is hearsay.
    fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut origin = peer;
        let hops: Vec<&[u8]> =
            headers.get_all(X_FORWARDED_FOR).flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
        for hop in hops.into_iter().rev() {
            if !self.believe(origin) {
                break;
            }
            let Some(before) = address(hop) else { break };
            origin = before;
        }
        origin
    }
}

/// An address as proxies write it, with a port or without.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim();
    let bare = hop.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(hop, |(bare, _)| bare);
    bare.parse().ok().or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()))
}

/// One caller as limits count them: an address of IPv4, or all that one host has of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Caller(IpAddr);

impl Caller {
    /// Who has this address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> HOST_BITS << HOST_BITS)),
            IpAddr::V4(address) => IpAddr::V4(address),
        })
    }

    /// What may be kept of them: a keyed hash, for an address is personal and all of IPv4 is soon tried.
    pub fn hash(self, key: &SecretBytes) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else {
            // HMAC takes keys of every length.
            return [0; 32];
        };
        mac.update(HASH_CONTEXT);
        mac.update(self.0.to_string().as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Who sent this request; `None` where the transport knows no addresses.
pub(in crate::http) fn caller(request: &HttpRequest) -> Option<Caller> {
    let peer = request.peer_addr()?.ip();
    let origin = request.app_data::<Data<TrustedProxies>>().map(|proxies| proxies.origin(peer, request.headers()));
    Some(Caller::of(origin.unwrap_or(peer)))
}

/// The same as it may be kept.
pub(in crate::http) fn hash(request: &HttpRequest, services: &Services) -> Option<HandleHash> {
    caller(request).map(|caller| HandleHash(caller.hash(&services.policy.pairwise_key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn from(peer: &str, forwarded: &[&str]) -> Caller {
        let proxies = ["10.0.0.0/24", "fd00::5/128"].map(|network| network.parse().unwrap()).to_vec();
        let request = TestRequest::default().peer_addr(peer.parse().unwrap());
        let request = request.app_data(Data::new(TrustedProxies::new(proxies)));
        let request = forwarded.iter().fold(request, |request, value| request.append_header((X_FORWARDED_FOR, *value)));
        caller(&request.to_http_request()).unwrap()
    }

    fn of(address: &str) -> Caller {
        Caller::of(address.parse().unwrap())
    }

    #[test]
    fn only_believed_proxies_say_who_calls() {
        assert_eq!(from("203.0.113.9:1", &["198.51.100.1"]), of("203.0.113.9"));
        assert_eq!(from("10.0.1.7:1", &["198.51.100.1"]), of("10.0.1.7"));
        for proxy in ["10.0.0.7:1", "[::ffff:10.0.0.7]:1", "[fd00::5]:1"] {
            assert_eq!(from(proxy, &["198.51.100.1"]), of("198.51.100.1"), "{proxy}");
        }
    }

    #[test]
    fn what_the_caller_wrote_before_the_proxies_is_not_believed() {
        for forwarded in
            [&["1.1.1.1, 198.51.100.1"][..], &["1.1.1.1", "198.51.100.1, 10.0.0.8"], &["10.0.0.9,198.51.100.1"]]
        {
            assert_eq!(from("10.0.0.7:1", forwarded), of("198.51.100.1"), "{forwarded:?}");
        }
    }

    #[test]
    fn a_hop_that_cannot_be_read_is_counted_as_the_proxy_that_wrote_it() {
        for forwarded in ["", "unknown", "1.1.1.1, _hidden", "1.1.1.1, \u{fffd}"] {
            assert_eq!(from("10.0.0.7:1", &[forwarded]), of("10.0.0.7"), "{forwarded}");
        }
        assert_eq!(from("10.0.0.7:1", &[]), of("10.0.0.7"));
    }

    #[test]
    fn an_address_may_come_with_its_port() {
        for (written, meant) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(from("10.0.0.7:1", &[written]), of(meant), "{written}");
        }
    }

    #[test]
    fn a_host_of_ipv6_is_one_caller() {
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("198.51.100.1"), of("198.51.100.2"));
    }

    #[test]
    fn a_hash_tells_callers_apart_and_needs_its_key() {
        let (key, other) = (SecretBytes::new(vec![1; 32]), SecretBytes::new(vec![2; 32]));
        let one = of("198.51.100.1");
        assert_eq!(one.hash(&key), of("::ffff:198.51.100.1").hash(&key));
        assert_ne!(one.hash(&key), of("198.51.100.2").hash(&key));
        assert_ne!(one.hash(&key), one.hash(&other));
    }
}
