//! What notices say. A text message is short: it costs the reader's patience and ours, and whoever finds the phone reads it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Locale;
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::ports::NoticeWriter;
use crate::domain::notices::{NoticeContent, NoticeKind, NoticeWords};
use crate::domain::second_factor::FactorKind;

/// Longest name of an operator in a notice, UTF-16 units: text messages are counted in them.
const MAX_NAME: usize = 24;
/// Digits that may stand together in one: a name must not pass for a code.
const DIGITS_TOGETHER: usize = 3;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    sms: String,
    subject: String,
    email: String,
}

/// By kind, then by language.
type Written = HashMap<String, HashMap<String, Wording>>;

static TEXTS: LazyLock<Written> = LazyLock::new(|| {
    // Part of the program, and a test reads it.
    serde_json::from_str(include_str!("notices.json")).unwrap_or_default()
});

/// Writes notices in the program's own words.
#[derive(Clone, Copy, Debug)]
pub struct NoticeTexts;

impl NoticeWriter for NoticeTexts {
    fn write(&self, content: &NoticeContent, channel: Channel, locale: Locale) -> NoticeWords {
        write(content, channel, locale)
    }
}

/// What a notice says over a channel in a language.
pub fn write(content: &NoticeContent, channel: Channel, locale: Locale) -> NoticeWords {
    let wording = wording(content.kind(), locale);
    let pattern = match channel {
        Channel::Sms => &wording.sms,
        Channel::Email => &wording.email,
    };
    NoticeWords {
        subject: fill(&wording.subject, content, channel, locale).expose().to_owned(),
        text: fill(pattern, content, channel, locale),
    }
}

fn wording(kind: NoticeKind, locale: Locale) -> Wording {
    TEXTS.get(kind.as_str()).and_then(|texts| texts.get(locale.tag())).cloned().unwrap_or_default()
}

/// Puts the values in their places, each once and none into another.
fn fill(pattern: &str, content: &NoticeContent, channel: Channel, locale: Locale) -> SecretText {
    let mut text = String::with_capacity(pattern.len() + 100);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or_default();
        text.push_str(before);
        text.push_str(value(name, content, channel, locale).expose());
        rest = after;
    }
    text.push_str(rest);
    SecretText::new(text)
}

fn value(name: &str, content: &NoticeContent, channel: Channel, locale: Locale) -> SecretText {
    let plain = match (name, content) {
        ("code", _) => return content.code().cloned().unwrap_or_else(|| SecretText::new("")),
        ("operator", NoticeContent::EnrolmentCode { operator, .. }) => clean(operator),
        ("factor", NoticeContent::FactorAdded { factor, .. } | NoticeContent::FactorRemoved { factor }) => {
            factor_name(*factor, locale).to_owned()
        }
        ("until", NoticeContent::SelfRestricted { until, .. }) => day(*until, locale),
        ("until", NoticeContent::EnrolmentHeld { until, .. } | NoticeContent::RecoveryHeld { until, .. }) => {
            minute(*until, locale)
        }
        ("link", _) => content.link().map(ToString::to_string).unwrap_or_default(),
        ("link_or_help", _) => link_or_help(content, channel, locale),
        _ => String::new(),
    };
    SecretText::new(plain)
}

/// Where to object, or, where the time for that is over, to whom to turn.
fn link_or_help(content: &NoticeContent, channel: Channel, locale: Locale) -> String {
    let (question, help) = match locale {
        Locale::Kk => ("Сіз емес пе?", "Қолдау қызметіне хабарласыңыз."),
        Locale::Ru => ("Не вы?", "Обратитесь в службу поддержки."),
        Locale::En => ("Not you?", "Turn to support."),
    };
    let gap = if channel == Channel::Email { "\n\n" } else { " " };
    match content.link() {
        Some(link) => format!("{gap}{question} {link}"),
        None => format!("{gap}{question} {help}"),
    }
}

fn factor_name(factor: FactorKind, locale: Locale) -> &'static str {
    match (factor, locale) {
        (FactorKind::Passkey, Locale::Kk) => "кіру кілті",
        (FactorKind::Passkey, Locale::Ru) => "ключ входа",
        (FactorKind::Passkey, Locale::En) => "a passkey",
        (FactorKind::Totp, Locale::Kk) => "код қолданбасы",
        (FactorKind::Totp, Locale::Ru) => "вход по кодам приложения",
        (FactorKind::Totp, Locale::En) => "an app with codes",
        (FactorKind::RecoveryCode, Locale::Kk) => "қалпына келтіру коды",
        (FactorKind::RecoveryCode, Locale::Ru) => "код восстановления",
        (FactorKind::RecoveryCode, Locale::En) => "a recovery code",
    }
}

/// A day of Almaty.
fn day(until: Timestamp, locale: Locale) -> String {
    let date = until.almaty().date();
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    match locale {
        Locale::En => format!("{year}-{month:02}-{day:02}"),
        Locale::Kk | Locale::Ru => format!("{day:02}.{month:02}.{year}"),
    }
}

/// A minute of Almaty.
fn minute(until: Timestamp, locale: Locale) -> String {
    let at = until.almaty();
    let (year, month, day, hour, minute) = (at.year(), u8::from(at.month()), at.day(), at.hour(), at.minute());
    match locale {
        Locale::En => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
        Locale::Kk | Locale::Ru => format!("{day:02}.{month:02} {hour:02}:{minute:02}"),
    }
}

/// A name that somebody else chose, so that it can carry neither a link nor a second code: letters, few digits together, and
/// what joins words.
fn clean(name: &str) -> String {
    let mut clean = String::new();
    let mut digits = 0;
    for character in name.chars() {
        digits = if character.is_numeric() { digits + 1 } else { 0 };
        let kept = character.is_alphabetic() || (character.is_ascii_digit() && digits <= DIGITS_TOGETHER);
        match character {
            _ if kept => clean.push(character),
            '-' | '\'' | '&' => clean.push(character),
            _ if digits > 0 || clean.ends_with(' ') => {}
            _ => clean.push(' '),
        }
    }
    let mut units = 0;
    let fits = |character: &char| {
        units += character.len_utf16();
        units <= MAX_NAME
    };
    let cut: String = clean.trim().chars().take_while(fits).collect();
    cut.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    /// As long as a link of ours is.
    const LINK: &str = "https://rastau.example/not-me/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn contents() -> Vec<NoticeContent> {
        let link = || LINK.parse::<Url>().unwrap();
        let until = Timestamp::from_seconds(1_800_000_000);
        let mut all = vec![
            NoticeContent::EnrolmentCode {
                code: SecretText::new("847261"),
                operator: "Бәс Тігу Орталығы Алматы".into(),
            },
            NoticeContent::RecoveryCode { code: SecretText::new("847261") },
            NoticeContent::TakeBackCode { code: SecretText::new("847261") },
            NoticeContent::RecoveryCancelled,
            NoticeContent::RecoveryCompleted,
            NoticeContent::EnrolmentHeld { until, not_me: link() },
            NoticeContent::RecoveryHeld { until, not_me: link() },
            NoticeContent::FactorsForgotten,
            NoticeContent::SelfRestricted { until, take_back: Some(link()) },
            NoticeContent::SelfRestricted { until, take_back: None },
            NoticeContent::SelfRestrictionTakenBack,
        ];
        for factor in FactorKind::ALL {
            all.push(NoticeContent::FactorAdded { factor, not_me: Some(link()) });
            all.push(NoticeContent::FactorAdded { factor, not_me: None });
            all.push(NoticeContent::FactorRemoved { factor });
        }
        all
    }

    /// Segments of a text message (3GPP TS 23.038): 70 characters of UCS-2, or 67 each of several; 160 or 153 in Latin.
    fn segments(text: &str) -> usize {
        let (one, each) = if text.is_ascii() { (160, 153) } else { (70, 67) };
        let units = text.encode_utf16().count();
        if units <= one { 1 } else { units.div_ceil(each) }
    }

    #[test]
    fn every_notice_is_written_in_every_language() {
        assert_eq!(TEXTS.len(), NoticeKind::ALL.len());
        for content in contents() {
            for locale in Locale::ALL {
                for channel in Channel::ALL {
                    let words = write(&content, channel, locale);
                    let text = words.text.expose();
                    assert!(!words.subject.is_empty() && !text.is_empty(), "{content:?} {locale:?}");
                    assert!(!text.contains(['{', '}']) && !words.subject.contains(['{', '}', '\n']), "{text}");
                    assert!(text.contains("Rastau"), "it says who writes: {text}");
                    if let Some(code) = content.code() {
                        assert!(text.contains(code.expose()) && !words.subject.contains(code.expose()));
                    }
                    assert_eq!(content.link().is_some(), text.contains(LINK), "{text}");
                    assert_eq!(text.matches("://").count(), usize::from(content.link().is_some()));
                }
            }
        }
    }

    #[test]
    fn a_text_message_has_two_segments_at_most() {
        for content in contents() {
            for locale in Locale::ALL {
                let words = write(&content, Channel::Sms, locale);
                let text = words.text.expose();
                assert!(segments(text) <= 2, "{} of {}: {text}", segments(text), text.chars().count());
                assert!(!text.contains('\n'));
            }
        }
    }

    #[test]
    fn an_operator_cannot_write_a_link_or_a_code() {
        for (name, cleaned) in [
            ("Demo Bet", "Demo Bet"),
            ("1xBet.kz", "1xBet kz"),
            ("https://evil.example/x?y=1", "https evil example x y 1"),
            ("Код: 482913 @evil", "Код 482 evil"),
            ("a\r\nb\u{202e}c\u{200b}d", "a b c d"),
            ("Ойын-Клуб & Co'", "Ойын-Клуб & Co'"),
            ("{link}", "link"),
            ("...", ""),
            ("٤٨٢٩١٣", ""),
        ] {
            assert_eq!(clean(name), cleaned, "{name}");
        }
    }

    #[test]
    fn times_are_of_almaty() {
        let until = Timestamp::from_seconds(1_800_000_000);
        assert_eq!(minute(until, Locale::Ru), "15.01 13:00");
        assert_eq!(minute(until, Locale::En), "2027-01-15 13:00");
        assert_eq!(day(until, Locale::Kk), "15.01.2027");
    }

    proptest! {
        #[test]
        fn no_name_makes_a_message_long_or_dangerous(name in "\\PC{0,80}") {
            let content = NoticeContent::EnrolmentCode { code: SecretText::new("847261"), operator: name };
            for locale in Locale::ALL {
                let words = write(&content, Channel::Sms, locale);
                let text = words.text.expose();
                prop_assert!(segments(text) <= 2 && text.contains("847261"));
                prop_assert!(!text.contains("://") && !text.contains('\n') && !text.contains('@'));
            }
        }
    }
}
