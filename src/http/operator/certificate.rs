//! The certificate that a client showed in TLS, as a proxy in front of us passes it on (RFC 8705, RFC 9440).

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use sha2::{Digest, Sha256};
use url::Url;

use super::error::OAuthError;
use crate::app::address_below;
use crate::domain::oauth::confirmation::Thumbprint;

/// No certificate is longer, in bytes of the header.
const MAX_LENGTH: usize = 16 * 1_024;

/// Whom we believe about certificates. Nobody, unless it is configured.
#[derive(Clone, Debug)]
pub struct ClientCertificates {
    /// Networks of the proxies.
    pub proxies: Vec<IpNet>,
    /// The header.
    pub header: HeaderName,
    /// Where clients are asked for certificates, when that is not our usual address.
    pub url: Option<Url>,
}

impl Default for ClientCertificates {
    fn default() -> Self {
        Self { proxies: Vec::new(), header: HeaderName::from_static("client-cert"), url: None }
    }
}

impl ClientCertificates {
    /// Whether any proxy is believed.
    pub(super) fn are_on(&self) -> bool {
        !self.proxies.is_empty()
    }

    /// The address of `path` where clients are asked for certificates.
    pub(super) fn alias(&self, path: &str) -> Option<Url> {
        self.url.as_ref().filter(|_| self.are_on()).map(|base| address_below(base, path))
    }

    fn believe(&self, peer: IpAddr) -> bool {
        // A dual-stack listener sees IPv4 peers as IPv6.
        let peer = peer.to_canonical();
        self.proxies.iter().any(|network| network.contains(&peer))
    }
}

/// SHA-256 of the client's certificate, when a proxy that is believed passed one on. The header of anybody else says
/// nothing.
pub(super) fn shown(request: &HttpRequest) -> Result<Option<Thumbprint>, OAuthError> {
    let Some(settings) = request.app_data::<Data<ClientCertificates>>().filter(|settings| settings.are_on()) else {
        return Ok(None);
    };
    let mut headers = request.headers().get_all(&settings.header);
    let Some(header) = headers.next() else { return Ok(None) };
    if !request.peer_addr().is_some_and(|peer| settings.believe(peer.ip())) {
        tracing::warn!("a certificate was passed on by somebody who is not believed");
        return Ok(None);
    }
    let unreadable = || OAuthError::invalid_request("the client certificate cannot be read");
    if headers.next().is_some() {
        return Err(unreadable());
    }
    let value = header.to_str().map_err(|_| unreadable())?.trim();
    if NONE.contains(&value) {
        return Ok(None);
    }
    let certificate = certificate(value).ok_or_else(unreadable)?;
    Ok(Some(Thumbprint(Sha256::digest(certificate).into())))
}

/// What proxies write that cannot leave the header out when no certificate was shown.
const NONE: [&str; 2] = ["", "::"];

/// The DER of the client's own certificate, in the forms that proxies write:
///
/// - `:base64:` (RFC 9440 section 2.1);
/// - base64 alone, of several the client's first (HAProxy, Caddy, Traefik, Azure);
/// - a PEM block, percent-encoded or with blanks for its line ends, with its chain behind it or not (nginx, AWS, Apache, Kong);
/// - the member `Cert` of `X-Forwarded-Client-Cert` (Envoy, Istio), of one hop: of several it is not said which one is the client's.
fn certificate(value: &str) -> Option<Vec<u8>> {
    if value.len() > MAX_LENGTH {
        return None;
    }
    let encoded = if let Some(rest) = value.strip_prefix(':') {
        rest.strip_suffix(':')?.to_owned()
    } else if value.contains(FORWARDED) {
        pem_body(forwarded(value)?)?
    } else {
        // Traefik escapes what it has taken the PEM's lines off; base64 that is not escaped holds no percent sign.
        let text = percent_decoded(value)?;
        if text.starts_with(BARE) { text.split(',').next()?.to_owned() } else { pem_body(value)? }
    };
    STANDARD.decode(encoded).ok().filter(|der| der.first() == Some(&DER_SEQUENCE))
}

/// What every certificate begins with (X.690 section 8.9).
const DER_SEQUENCE: u8 = 0x30;
/// A sequence of more than 127 bytes in base64: no certificate is shorter, and no PEM begins so.
const BARE: &str = "MII";
const FORWARDED: &str = "Cert=\"";

/// The value of `Cert` in the one element of `X-Forwarded-Client-Cert`: pairs after semicolons, values in quotes.
fn forwarded(value: &str) -> Option<&str> {
    let (mut quoted, mut begins, mut certificate) = (false, 0, None);
    for (place, byte) in value.bytes().chain([b';']).enumerate() {
        match byte {
            // A quote within a value is escaped; none stands in a certificate, so such a pair is none of ours to read.
            b'\\' => return None,
            b'"' => quoted = !quoted,
            b',' if !quoted => return None,
            b';' if !quoted => {
                let pair = value.get(begins..place)?.trim();
                if let Some(found) = pair.strip_prefix(FORWARDED).and_then(|rest| rest.strip_suffix('"'))
                    && certificate.replace(found).is_some()
                {
                    return None;
                }
                begins = place + 1;
            }
            _ => {}
        }
    }
    certificate.filter(|_| !quoted)
}

/// The base64 of the first block.
fn pem_body(value: &str) -> Option<String> {
    // The base64 in it holds pluses, which stay as they are.
    let text = percent_decoded(value)?;
    let body = text.trim().strip_prefix("-----BEGIN CERTIFICATE-----")?;
    let (body, chain) = body.split_once("-----END CERTIFICATE-----")?;
    let chain = chain.trim();
    if !(chain.is_empty() || chain.starts_with("-----BEGIN CERTIFICATE-----")) {
        return None;
    }
    Some(body.chars().filter(|c| !c.is_ascii_whitespace()).collect())
}

fn percent_decoded(value: &str) -> Option<String> {
    let mut bytes = value.bytes();
    let mut text = String::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            *hex::decode(digits).ok()?.first()?
        } else {
            byte
        };
        text.push(char::from(byte));
    }
    text.is_ascii().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    const DER: [u8; 5] = [0x30, 3, 0xfb, 0xff, 0xbf];

    fn settings() -> Data<ClientCertificates> {
        let proxies = ["10.0.0.0/24", "fd00::5/128"].map(|network| network.parse().unwrap()).to_vec();
        Data::new(ClientCertificates { proxies, ..ClientCertificates::default() })
    }

    fn from(peer: &str, headers: &[&str]) -> Result<Option<Thumbprint>, OAuthError> {
        let request = TestRequest::default().peer_addr(peer.parse().unwrap()).app_data(settings());
        let request = headers.iter().fold(request, |request, value| request.append_header(("Client-Cert", *value)));
        shown(&request.to_http_request())
    }

    fn thumbprint() -> Thumbprint {
        Thumbprint(Sha256::digest(DER).into())
    }

    fn rfc_9440() -> String {
        format!(":{}:", STANDARD.encode(DER))
    }

    #[test]
    fn every_form_names_the_same_certificate() {
        let pem = "-----BEGIN%20CERTIFICATE-----%0AMAP7%0A/78%3D%0A-----END%20CERTIFICATE-----%0A";
        let spaces = "-----BEGIN CERTIFICATE----- MAP7 /78= -----END CERTIFICATE----- ";
        let chain = format!("{pem}-----BEGIN%20CERTIFICATE-----%0AMAAA%0A-----END%20CERTIFICATE-----%0A");
        let envoy = format!("By=spiffe://a/b;Hash=00ff;Cert=\"{pem}\";Subject=\"CN=x,O=y;z\";URI=");
        let with_chain = format!("Hash=00ff;Cert=\"{pem}\";Chain=\"{chain}\"");
        for value in [rfc_9440().as_str(), pem, spaces, &chain, &envoy, &with_chain] {
            assert_eq!(from("10.0.0.7:1", &[value]), Ok(Some(thumbprint())), "{value}");
        }
    }

    #[test]
    fn bare_base64_is_read_and_of_several_the_first() {
        // Long enough that its length has two bytes, as of every certificate.
        let der = [&[0x30, 0x82, 1, 0][..], &[7; 256]].concat();
        let (bare, expected) = (STANDARD.encode(&der), Ok(Some(Thumbprint(Sha256::digest(&der).into()))));
        assert!(bare.starts_with(BARE));
        let escaped = bare.replace('+', "%2B").replace('=', "%3D").replace('/', "%2F");
        let traefik = format!("{bare},{}", STANDARD.encode(DER));
        let escaped_chain = format!("{escaped}%2C{escaped}");
        for value in [&bare, &escaped, &traefik, &escaped_chain, &format!(":{bare}:")] {
            assert_eq!(from("10.0.0.7:1", &[value]), expected, "{value}");
        }
    }

    #[test]
    fn an_empty_header_is_no_certificate() {
        for value in ["", "::", " "] {
            assert_eq!(from("10.0.0.7:1", &[value]), Ok(None), "{value:?}");
        }
    }

    #[test]
    fn only_the_proxies_are_believed() {
        let value = rfc_9440();
        for believed in ["10.0.0.7:1", "[fd00::5]:1", "[::ffff:10.0.0.7]:1"] {
            assert_eq!(from(believed, &[&value]), Ok(Some(thumbprint())), "{believed}");
            assert_eq!(from(believed, &[]), Ok(None));
        }
        for stranger in ["10.0.1.7:1", "[fd00::6]:1", "127.0.0.1:1", "[::ffff:10.0.1.7]:1"] {
            assert_eq!(from(stranger, &[&value]), Ok(None), "{stranger}");
        }
        let off = TestRequest::default().peer_addr("10.0.0.7:1".parse().unwrap()).insert_header(("Client-Cert", value));
        assert_eq!(shown(&off.to_http_request()), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_is_no_certificate() {
        let (value, long) = (rfc_9440(), format!(":{}:", "A".repeat(MAX_LENGTH)));
        for bad in [
            ":",
            ":::",
            ":MAP7",
            ":AAAA:",
            "MAP7/78=",
            "%",
            "%zz",
            "%FF",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----MAP7/78=",
            "-----BEGIN CERTIFICATE-----MAP7/78=-----END CERTIFICATE-----x",
            "MII",
            "MII,MAP7/78=",
            "Cert=\"\"",
            "Cert=MAP7",
            "Hash=1;Cert=\"-----BEGIN CERTIFICATE-----MAP7/78=-----END CERTIFICATE-----",
            // Two hops, or two certificates: whose is it?
            "Cert=\"-----BEGIN CERTIFICATE-----MAP7/78=-----END CERTIFICATE-----\",By=a",
            "Cert=\"-----BEGIN CERTIFICATE-----MAP7/78=-----END CERTIFICATE-----\";Cert=\"-----BEGIN CERTIFICATE-----MAP7/78=-----END CERTIFICATE-----\"",
            "Subject=\"\\\";Cert=\\\"\";Cert=\"-----BEGIN CERTIFICATE-----MAP7/78=-----END CERTIFICATE-----\"",
            &long,
        ] {
            assert!(from("10.0.0.7:1", &[bad]).is_err(), "{bad}");
        }
        assert!(from("10.0.0.7:1", &[&value, &value]).is_err());
    }
}
