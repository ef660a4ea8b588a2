//! The cookie of a browser in which somebody of the staff came in before. It opens nothing: it only says that this browser is
//! no stranger's, so that no crowd of strangers keeps it out. Made and known again by a key; nothing of it is kept.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::app::Services;
use crate::domain::kernel::handle::{hash_handle, is_handle, new_handle};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::http::own_cookie::{is_https, own_cookie};

const SECURE_NAME: &str = "__Host-rastau_staff_device";
const PLAIN_NAME: &str = "rastau_staff_device";
/// Sets this use of a key apart from every other: no operator's id begins with it.
const CONTEXT: &[u8] = b"\0staff device\0";
const DAYS: u32 = 90;

fn name(services: &Services) -> &'static str {
    if is_https(services) { SECURE_NAME } else { PLAIN_NAME }
}

/// For a browser in which somebody came in now.
pub(in crate::http) fn make(services: &Services) -> Cookie<'static> {
    let handle = new_handle(services.randomness.as_ref());
    let until = services.clock.now().plus(std::time::Duration::from_hours(24) * DAYS);
    let value = write(&services.policy.pairwise_key, &handle, until);
    own_cookie(services, name(services), &value, Duration::days(DAYS.into()), SameSite::Strict)
}

/// Which browser a request is from, when it is a known one.
pub(in crate::http) fn read(request: &HttpRequest, services: &Services) -> Option<[u8; 32]> {
    let cookie = request.cookie(name(services))?;
    parse(&services.policy.pairwise_key, cookie.value(), services.clock.now())
}

fn write(key: &SecretBytes, handle: &str, until: Timestamp) -> String {
    let said = format!("{handle}.{}", until.seconds());
    let seal = seal(key, &said).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default();
    format!("{said}.{seal}")
}

fn parse(key: &SecretBytes, value: &str, now: Timestamp) -> Option<[u8; 32]> {
    let (said, shown) = value.rsplit_once('.')?;
    seal(key, said)?.verify_slice(&hex::decode(shown).ok()?).ok()?;
    let (handle, until) = said.split_once('.')?;
    let counts = is_handle(handle) && now < Timestamp::from_seconds(until.parse().ok()?);
    counts.then(|| hash_handle(handle).0)
}

fn seal(key: &SecretBytes, said: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).ok()?;
    mac.update(CONTEXT);
    mac.update(said.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;

    #[test]
    fn only_what_was_given_is_known_again_and_not_for_ever() {
        let (key, other) = (SecretBytes::new(vec![1; 32]), SecretBytes::new(vec![2; 32]));
        let now = Timestamp::from_seconds(1_900_000_000);
        let until = now.plus(std::time::Duration::from_mins(1));
        let handle = new_handle(&SeededRandomness::new(1));
        let value = write(&key, &handle, until);
        assert_eq!(parse(&key, &value, now), Some(hash_handle(&handle).0));
        assert_eq!(parse(&other, &value, now), None);
        assert_eq!(parse(&key, &value, until), None);
        let another = new_handle(&SeededRandomness::new(2));
        let longer = value.replacen(
            &until.seconds().to_string(),
            &until.plus(std::time::Duration::from_mins(1)).seconds().to_string(),
            1,
        );
        for forged in
            ["", ".", "..", &value[1..], &value[..value.len() - 1], &value.replacen(&handle, &another, 1), &longer]
        {
            assert_eq!(parse(&key, forged, now), None, "{forged}");
        }
    }
}
