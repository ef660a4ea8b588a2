//! What people read: a sentence for each stable code, in Kazakh, Russian and English.
//!
//! `kk.json`, `ru.json` and `en.json` beside this file map a code to `{"title": .., "text": ..}`; a test holds them
//! complete. What a service says of reasons in other words, [`Texts`], it reads from a file of its own.

mod own;
pub mod report;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use own::Texts;
use serde::Deserialize;

/// A reader's language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// Kazakh.
    Kk,
    /// Russian; spoken by most who state no preference.
    #[default]
    Ru,
    /// English.
    En,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language that an `Accept-Language` header (or `ui_locales`) likes best among ours; the first of equal weight.
    pub fn negotiate(header: &str) -> Self {
        let mut best = (Self::default(), 0.0_f32);
        for part in header.split([',', ' ']).filter(|part| !part.is_empty()) {
            let mut fields = part.trim().split(';');
            let tag = fields.next().unwrap_or_default().to_ascii_lowercase();
            let weight =
                fields.find_map(|field| field.trim().strip_prefix("q=").and_then(|q| q.parse().ok())).unwrap_or(1.0);
            let language = tag.split('-').next().unwrap_or_default();
            let known = Self::ALL.into_iter().find(|locale| locale.tag() == language);
            if let Some(locale) = known
                && weight > best.1
            {
                best = (locale, weight);
            }
        }
        best.0
    }
}

/// What one code says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// A few words.
    pub title: String,
    /// A sentence or two: what it means and what to do.
    pub text: String,
    /// Whom to turn to, where a service says so.
    #[serde(default)]
    pub turn_to: Option<String>,
}

type Written = HashMap<String, Message>;

static TEXTS: LazyLock<[Written; 3]> = LazyLock::new(|| {
    // The files are part of the program and a test reads them: a file that does not parse never leaves the workshop.
    [include_str!("kk.json"), include_str!("ru.json"), include_str!("en.json")]
        .map(|text| serde_json::from_str(text).unwrap_or_default())
});

fn texts(locale: Locale) -> &'static Written {
    match locale {
        Locale::Kk => &TEXTS[0],
        Locale::Ru => &TEXTS[1],
        Locale::En => &TEXTS[2],
    }
}

/// The message of `code`, or of `internal` for a code without one (a test makes sure that there is none).
pub fn message(code: &str, locale: Locale) -> Message {
    let texts = texts(locale);
    texts.get(code).or_else(|| texts.get("internal")).cloned().unwrap_or_else(|| Message {
        title: code.to_owned(),
        text: code.to_owned(),
        turn_to: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reason::ReasonCode;
    use crate::http::problem::ProblemCode;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_speaks_every_language_and_no_text_is_left_over() {
        let codes: BTreeSet<&str> = ReasonCode::ALL
            .iter()
            .map(|reason| reason.code())
            .chain(ProblemCode::ALL.iter().map(|problem| problem.code()))
            .collect();
        for locale in Locale::ALL {
            let written: BTreeSet<&str> = texts(locale).keys().map(String::as_str).collect();
            assert_eq!(written, codes, "{}", locale.tag());
            for (code, message) in texts(locale) {
                assert!(!message.title.trim().is_empty() && !message.text.trim().is_empty(), "{code}");
            }
        }
    }

    #[test]
    fn the_best_liked_language_wins() {
        assert_eq!(Locale::negotiate("kk-KZ,ru;q=0.8"), Locale::Kk);
        assert_eq!(Locale::negotiate("de, en;q=0.5, ru;q=0.4"), Locale::En);
        assert_eq!(Locale::negotiate("en kk"), Locale::En);
        assert_eq!(Locale::negotiate(""), Locale::Ru);
        assert_eq!(Locale::negotiate("de;q=x"), Locale::Ru);
    }
}
