//! What people read: a sentence for each stable code, in Kazakh, Russian and English.
//!
//! `kk.json`, `ru.json` and `en.json` beside this file map a code to `{"title": .., "text": ..}`; a test holds them
//! complete. [`own_sources`] names our own sources of restrictions. What a service says of reasons in other words, [`Texts`], it
//! reads from a file of its own.

pub mod notice;
mod own;
pub mod own_sources;
pub mod page;
pub mod report;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use crate::domain::kernel::locale::Locale;
pub use own::Texts;
use serde::Deserialize;

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
}
