//! Which addresses of the network a webhook may go to: those that are an address to everybody. Everything that means
//! something to this machine or its neighbours alone is refused, and so is every way to write such an address as another
//! (IANA's special-purpose registries, RFC 6890 and after).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// A network: its first address and the length of its prefix in bits.
type Net<T> = (T, u32);

/// IPv4 networks that are not globally reachable.
const REFUSED_V4: [Net<Ipv4Addr>; 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),            // this network, unspecified
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // shared: carrier-grade NAT, RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local: metadata services of clouds
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays, RFC 7526
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(168, 63, 129, 16), 32), // a cloud's own platform, though written as a public address
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, and broadcast at its end
];

/// The only IPv6 network that is given out for global unicast (RFC 4291 section 2.4).
const GLOBAL_V6: Net<Ipv6Addr> = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Networks within it that are not globally reachable, or carry an IPv4 address that may not be. Loopback, unspecified,
/// v4-mapped, NAT64 (64:ff9b::/96), unique local, link-local and multicast stand outside [`GLOBAL_V6`] already.
const REFUSED_V6: [Net<Ipv6Addr>; 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments: Teredo, ORCHID, benchmarks
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16), // 6bone, given back
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Whether everybody means the same machine by this address.
pub fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !REFUSED_V4.iter().any(|net| holds_v4(*net, address)),
        IpAddr::V6(address) => holds_v6(GLOBAL_V6, address) && !REFUSED_V6.iter().any(|net| holds_v6(*net, address)),
    }
}

fn holds_v4((first, prefix): Net<Ipv4Addr>, address: Ipv4Addr) -> bool {
    (first.to_bits() ^ address.to_bits()).leading_zeros() >= prefix
}

fn holds_v6((first, prefix): Net<Ipv6Addr>, address: Ipv6Addr) -> bool {
    (first.to_bits() ^ address.to_bits()).leading_zeros() >= prefix
}

/// No URL is longer, bytes.
const MAX_URL: usize = 2_048;

/// An address that no webhook may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a webhook needs an absolute https URL of at most 2048 bytes, without user name or fragment, to a public address \
     (http and this machine in the sandbox only)"
)]
pub struct UrlRefused;

/// Who may be called by a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Global addresses alone.
    Public,
    /// This machine alone; in a sandbox.
    Loopback,
}

/// Checks a URL, and says which addresses its name may have. What a name resolves to is checked when it is called.
pub fn check_url(url: &Url, sandbox: bool) -> Result<Reach, UrlRefused> {
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(address.into()),
        _ => None,
    };
    let here = literal.map_or(url.host_str() == Some("localhost"), |address: std::net::IpAddr| address.is_loopback());
    let reach = if here && sandbox { Reach::Loopback } else { Reach::Public };
    let scheme = url.scheme() == "https" || (reach == Reach::Loopback && url.scheme() == "http");
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let address = reach == Reach::Loopback || literal.map_or(!here, is_global);
    let good = scheme && bare && address && url.has_host() && url.as_str().len() <= MAX_URL;
    if good { Ok(reach) } else { Err(UrlRefused) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn global(text: &str) -> bool {
        is_global(text.parse().unwrap())
    }

    #[test]
    fn addresses_that_mean_something_here_alone_are_refused() {
        for refused in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:93.184.216.34",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3ffe::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!global(refused), "{refused}");
        }
    }

    #[test]
    fn neighbours_of_what_is_refused_are_not() {
        for good in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700::1111",
            "2a00:1450:4001:81b::200e",
        ] {
            assert!(global(good), "{good}");
        }
    }

    fn reach(url: &str, sandbox: bool) -> Option<Reach> {
        check_url(&Url::parse(url).unwrap(), sandbox).ok()
    }

    #[test]
    fn only_https_to_public_addresses_is_taken() {
        for good in [
            "https://bet.example/hooks",
            "https://bet.example:8443/a?b=c",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/",
        ] {
            assert_eq!(reach(good, false), Some(Reach::Public), "{good}");
            assert_eq!(reach(good, true), Some(Reach::Public), "{good}");
        }
        for bad in [
            "http://bet.example/",
            "ftp://bet.example/",
            "https://user@bet.example/",
            "https://:word@bet.example/",
            "https://bet.example/#part",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://[::ffff:127.0.0.1]/",
            "https://[fd00::1]/",
            // Ways to write 10.0.0.1 that URLs know.
            "https://0xa.0.0.1/",
            "https://167772161/",
            "https://012.1/",
            "data:text/plain,x",
        ] {
            assert_eq!(reach(bad, false), None, "{bad}");
            assert_eq!(reach(bad, true), None, "{bad}");
        }
        assert_eq!(reach(&format!("https://bet.example/{}", "x".repeat(2_048)), false), None);
    }

    #[test]
    fn this_machine_is_for_the_sandbox_alone() {
        for here in
            ["http://localhost:9/", "http://127.0.0.1/", "http://[::1]:9/", "https://localhost/", "http://2130706433/"]
        {
            assert_eq!(reach(here, true), Some(Reach::Loopback), "{here}");
            assert_eq!(reach(here, false), None, "{here}");
        }
        // A name that only looks like it: the resolver has the last word.
        assert_eq!(reach("http://localhost.bet.example/", true), None);
        assert_eq!(reach("https://localhost.bet.example/", true), Some(Reach::Public));
    }

    proptest! {
        /// The standard library's own words for the classes are never global.
        #[test]
        fn no_class_of_the_standard_library_slips_through_v4(bits in any::<u32>()) {
            let address = Ipv4Addr::from_bits(bits);
            let special = address.is_private() || address.is_loopback() || address.is_link_local()
                || address.is_multicast() || address.is_broadcast() || address.is_documentation()
                || address.is_unspecified();
            prop_assert!(!(special && is_global(address.into())), "{}", address);
        }

        #[test]
        fn no_class_of_the_standard_library_slips_through_v6(bits in any::<u128>()) {
            let address = Ipv6Addr::from_bits(bits);
            let special = address.is_loopback() || address.is_unspecified() || address.is_multicast()
                || address.is_unique_local() || address.is_unicast_link_local();
            prop_assert!(!(special && is_global(address.into())), "{}", address);
        }

        /// No way to carry an IPv4 address within an IPv6 one is taken, whatever it carries.
        #[test]
        fn an_ipv4_address_in_disguise_is_refused(bits in any::<u32>(), rest in any::<u64>()) {
            let [high, low] = [bits >> 16, bits & 0xffff].map(|part| u16::try_from(part).unwrap());
            let tail = u128::from(rest);
            let disguises = [
                Ipv4Addr::from_bits(bits).to_ipv6_mapped(),
                Ipv4Addr::from_bits(bits).to_ipv6_compatible(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
                Ipv6Addr::from_bits(Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 0).to_bits() | tail),
                Ipv6Addr::from_bits(Ipv6Addr::new(0x2001, 0, high, low, 0, 0, 0, 0).to_bits() | tail),
            ];
            for disguise in disguises {
                prop_assert!(!is_global(disguise.into()), "{}", disguise);
            }
        }

        #[test]
        fn whatever_lies_in_a_refused_network_is_refused(which in 0_usize..16, offset in any::<u32>()) {
            let (first, prefix) = REFUSED_V4[which];
            let host = offset & u32::MAX.checked_shr(prefix).unwrap_or(0);
            let address = Ipv4Addr::from_bits(first.to_bits() | host);
            prop_assert!(!is_global(address.into()), "{}", address);
        }
    }
}
