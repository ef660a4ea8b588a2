//! What stands on the pages that the service itself writes: the front page, and the way on from a refusal.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Locale, Message};

/// The words of one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageTexts {
    /// What this service is, for who comes to its root.
    pub front: Message,
    /// The link to the description of the interface.
    pub guide: String,
    /// The link to the root.
    pub home: String,
}

static TEXTS: LazyLock<HashMap<String, PageTexts>> = LazyLock::new(|| {
    // Part of the program, and a test reads it.
    serde_json::from_str(include_str!("pages.json")).unwrap_or_default()
});

/// The words in this language; `None` for none that a test would not miss.
pub fn page_texts(locale: Locale) -> Option<&'static PageTexts> {
    TEXTS.get(locale.tag())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_speak_every_language() {
        for locale in Locale::ALL {
            let texts = page_texts(locale).unwrap();
            let all = [&texts.front.title, &texts.front.text, &texts.guide, &texts.home];
            assert!(all.iter().all(|text| !text.trim().is_empty()), "{}", locale.tag());
        }
        assert_eq!(TEXTS.len(), Locale::ALL.len());
    }
}
