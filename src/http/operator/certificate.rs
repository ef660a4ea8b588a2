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
use crate::domain::confirmation::Thumbprint;

/// No certificate is longer, in bytes of the header.
const LONGEST: usize = 16 * 1_024;

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
    let certificate = header.to_str().ok().and_then(certificate).ok_or_else(unreadable)?;
    Ok(Some(Thumbprint(Sha256::digest(certificate).into())))
}

/// The DER: `:base64:` (RFC 9440 section 2.1), or a PEM block that is percent-encoded.
fn certificate(value: &str) -> Option<Vec<u8>> {
    if value.len() > LONGEST {
        return None;
    }
    let encoded = match value.strip_prefix(':') {
        Some(rest) => rest.strip_suffix(':')?.to_owned(),
        None => pem_body(value)?,
    };
    STANDARD.decode(encoded).ok().filter(|der| der.first() == Some(&DER_SEQUENCE))
}

/// What every certificate begins with (X.690 section 8.9).
const DER_SEQUENCE: u8 = 0x30;

fn pem_body(value: &str) -> Option<String> {
    // The base64 in it holds pluses, which stay as they are.
    let text = percent_decoded(value)?;
    let body = text.trim().strip_prefix("-----BEGIN CERTIFICATE-----")?;
    // One certificate, without its chain.
    let body = body.strip_suffix("-----END CERTIFICATE-----")?;
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
    fn both_forms_name_the_same_certificate() {
        let pem = "-----BEGIN%20CERTIFICATE-----%0AMAP7%0A/78%3D%0A-----END%20CERTIFICATE-----%0A";
        for value in [rfc_9440().as_str(), pem] {
            assert_eq!(from("10.0.0.7:1", &[value]), Ok(Some(thumbprint())), "{value}");
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
        let (value, long) = (rfc_9440(), format!(":{}:", "A".repeat(LONGEST)));
        for bad in [
            "",
            ":",
            "::",
            ":MAP7",
            ":AAAA:",
            "MAP7/78=",
            "%",
            "%zz",
            "%FF",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----MAP7/78=",
            &long,
        ] {
            assert!(from("10.0.0.7:1", &[bad]).is_err(), "{bad}");
        }
        assert!(from("10.0.0.7:1", &[&value, &value]).is_err());
    }
}
