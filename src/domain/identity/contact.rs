//! Where a person is reached: their contact of record, which the state or the deployer vouches for. Never one that they name
//! themselves on the way through the gate.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Host;

use super::person::Iin;
use crate::domain::kernel::secret::SecretText;

/// Fewest and most digits of a number with its country's (ITU-T E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// Longest mail address (RFC 5321 section 4.5.3.1.3, less its brackets), bytes.
const MAX_MAIL: usize = 254;
/// Longest part before the @ (RFC 5321 section 4.5.3.1.1), bytes.
const MAX_LOCAL: usize = 64;
/// Stands for what is left out of an address.
const HIDDEN: char = '•';

/// A way to reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message to a phone.
    Sms,
    /// Electronic mail.
    Email,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 2] = [Self::Sms, Self::Email];

    /// The channel as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// Reads [`Channel::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == name)
    }
}

/// An address of one person, checked and in one form. Redacted in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    channel: Channel,
    address: SecretText,
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactFault {
    /// No phone number.
    #[error("a phone number is +7 7XX XXX XX XX, or + with the country's code and 8 to 15 digits")]
    Phone,
    /// No mail address.
    #[error("a mail address is a name, an @ and a domain, in ASCII")]
    Email,
}

impl ContactFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone_malformed",
            Self::Email => "email_malformed",
        }
    }
}

impl Contact {
    /// Checks an address and brings it to the one form in which it is kept: `+77XXXXXXXXX` (E.164) or an addr-spec
    /// (RFC 5321 section 4.1.2, without quoted names) with its domain in lower case.
    pub fn new(channel: Channel, text: &str) -> Result<Self, ContactFault> {
        let address = match channel {
            Channel::Sms => phone(text).ok_or(ContactFault::Phone)?,
            Channel::Email => mail(text).ok_or(ContactFault::Email)?,
        };
        Ok(Self { channel, address: SecretText::new(address) })
    }

    /// The made-up phone of a sandbox's made-up person, always the same. A sandbox writes to nobody.
    pub fn made_up(iin: &Iin) -> Self {
        let hash: [u8; 32] = Sha256::digest(iin.expose()).into();
        let number = u64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default()) % 10_000_000;
        Self { channel: Channel::Sms, address: SecretText::new(format!("+7799{number:07}")) }
    }

    /// Their made-up mail address: of a domain that no mail goes to (RFC 6761, section 6.4).
    pub fn made_up_mail(iin: &Iin) -> Self {
        let phone = Self::made_up(iin);
        let digits = phone.address.expose().trim_start_matches('+');
        Self { channel: Channel::Email, address: SecretText::new(format!("player{digits}@sandbox.invalid")) }
    }

    /// How it is reached.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Where; for those who deliver, never for logs or answers.
    pub fn address(&self) -> &SecretText {
        &self.address
    }

    /// What the person is told of it: enough to know it by, too little to write to.
    pub fn masked(&self) -> String {
        let address = self.address.expose();
        match self.channel {
            Channel::Sms => {
                let end = address.get(address.len().saturating_sub(2)..).unwrap_or_default();
                match address.strip_prefix("+77") {
                    Some(_) => format!("+7 7{HIDDEN}{HIDDEN} {HIDDEN}{HIDDEN}{HIDDEN} {HIDDEN}{HIDDEN} {end}"),
                    None => format!("+{HIDDEN}{HIDDEN}{HIDDEN} {end}"),
                }
            }
            Channel::Email => {
                let (local, domain) = address.split_once('@').unwrap_or_default();
                let begin: String = local.chars().take(1).collect();
                format!("{begin}{HIDDEN}{HIDDEN}{HIDDEN}@{domain}")
            }
        }
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({}, redacted)", self.channel.as_str())
    }
}

/// E.164. The ways in which people of Kazakhstan write their mobile numbers are understood; a number without its country's
/// code is one of these or none.
fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = text.strip_prefix('+').unwrap_or(text);
    let digits: String =
        plain.chars().filter(|character| !matches!(character, ' ' | '\u{a0}' | '-' | '(' | ')')).collect();
    if digits.len() > *DIGITS.end() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let national = match digits.len() {
        10 => Some(digits.as_str()),
        11 => digits.strip_prefix(['7', '8']),
        _ => None,
    };
    if text.starts_with('+') {
        // Country codes begin with no 0, and a Kazakh or Russian number has ten digits after its 7.
        let whole = DIGITS.contains(&digits.len()) && !digits.starts_with('0');
        let whole = whole && (!digits.starts_with('7') || digits.len() == 11);
        return whole.then(|| format!("+{digits}"));
    }
    national.filter(|national| national.starts_with('7')).map(|national| format!("+7{national}"))
}

fn mail(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    let is_local = local.len() <= MAX_LOCAL
        && local.split('.').all(|atoms| !atoms.is_empty() && atoms.bytes().all(atom))
        && !local.starts_with('-');
    let domain = match Host::parse(domain).ok()? {
        Host::Domain(domain) => domain,
        Host::Ipv4(_) | Host::Ipv6(_) => return None,
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_domain = domain.contains('.') && domain.split('.').all(label);
    let address = format!("{local}@{domain}");
    (is_local && is_domain && address.len() <= MAX_MAIL).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sms(text: &str) -> Result<Contact, ContactFault> {
        Contact::new(Channel::Sms, text)
    }

    #[test]
    fn a_mobile_number_has_one_form_however_it_is_written() {
        for text in [
            "+77011234567",
            "+7 701 123 45 67",
            "8 (701) 123-45-67",
            "87011234567",
            "77011234567",
            " 7011234567 ",
            "+7(701)123\u{a0}45-67",
        ] {
            assert_eq!(sms(text).unwrap().address().expose(), "+77011234567", "{text}");
        }
        assert_eq!(sms("+49 171 1234567").unwrap().address().expose(), "+491711234567");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "112",
            "+7",
            "+7701123456",
            "+770112345678",
            "0701123456",
            "+0701123456789",
            "7272501234x",
            "+7 701 123 45 67, +7 702",
            "٧٧٠١١٢٣٤٥٦٧",
            "9011234567",
            "+1234567",
            "+1234567890123456",
            "++77011234567",
            "+77011234567\n+77021234567",
        ] {
            assert_eq!(sms(text), Err(ContactFault::Phone), "{text:?}");
        }
    }

    #[test]
    fn a_mail_address_is_checked_and_its_domain_made_one() {
        let mail = |text: &str| Contact::new(Channel::Email, text).map(|contact| contact.address().expose().to_owned());
        assert_eq!(mail(" A.Serik+1@Mail.KZ ").unwrap(), "A.Serik+1@mail.kz");
        assert_eq!(mail("a@пошта.қаз").unwrap(), "a@xn--80a1acn3a.xn--80ao21a");
        for text in [
            "",
            "a",
            "@mail.kz",
            "a@",
            "a@kz",
            "a b@mail.kz",
            "a..b@mail.kz",
            ".a@mail.kz",
            "\"a\"@mail.kz",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@mail.kz\r\nBcc: b@mail.kz",
            "a@b@mail.kz",
            "-a@mail.kz",
            "a@-mail.kz",
            "әсем@mail.kz",
            "a@mail.kz,b@mail.kz",
            "a@mail..kz",
            "<a@mail.kz>",
        ] {
            assert_eq!(mail(text), Err(ContactFault::Email), "{text:?}");
        }
        assert_eq!(mail(&format!("{}@mail.kz", "a".repeat(65))), Err(ContactFault::Email));
    }

    #[test]
    fn an_address_is_told_masked_and_printed_never() {
        let phone = sms("+77011234534").unwrap();
        assert_eq!(phone.masked(), "+7 7•• ••• •• 34");
        assert_eq!(sms("+491711234567").unwrap().masked(), "+••• 67");
        let mail = Contact::new(Channel::Email, "aidos@mail.kz").unwrap();
        assert_eq!(mail.masked(), "a•••@mail.kz");
        assert_eq!(format!("{phone:?} {mail:?}"), "Contact(sms, redacted) Contact(email, redacted)");
    }

    #[test]
    fn made_up_people_have_phones_of_their_own() {
        let iin = |text| Iin::parse(text).unwrap();
        let (one, other) = (Contact::made_up(&iin("900101300017")), Contact::made_up(&iin("900101300027")));
        assert_eq!(one, Contact::made_up(&iin("900101300017")));
        assert_ne!(one, other);
        assert_eq!(sms(one.address().expose()), Ok(one.clone()));
        assert!(one.address().expose().starts_with("+7799"));
        let mail = Contact::made_up_mail(&iin("900101300017"));
        assert_eq!(Contact::new(Channel::Email, mail.address().expose()), Ok(mail));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_taken_is_taken_again(text in "\\PC{0,40}", mail: bool) {
            let channel = if mail { Channel::Email } else { Channel::Sms };
            if let Ok(contact) = Contact::new(channel, &text) {
                prop_assert_eq!(Contact::new(channel, contact.address().expose()), Ok(contact.clone()));
                prop_assert!(!contact.masked().contains(contact.address().expose()));
            }
        }

        #[test]
        fn numbers_in_the_usual_form_come_back(digits in "7[0-9]{9}") {
            let written = format!("8 ({}) {}", &digits[..3], &digits[3..]);
            let read = sms(&written).unwrap();
            prop_assert_eq!(read.address().expose(), &format!("+7{digits}"));
        }
    }
}
