//! What our own sources of restrictions are called, and what their restrictions rest on, in the three languages: `own_sources.json`
//! beside this file. What other sources say is theirs, and shown as they sent it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Locale;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnSource {
    name: Words,
    legal_basis: BTreeMap<String, Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    kk: String,
    ru: String,
    en: String,
}

impl Words {
    fn of(&self, locale: Locale) -> &str {
        match locale {
            Locale::Kk => &self.kk,
            Locale::Ru => &self.ru,
            Locale::En => &self.en,
        }
    }
}

// The file is part of the program and a test reads it.
static SOURCES: LazyLock<BTreeMap<String, OwnSource>> =
    LazyLock::new(|| serde_json::from_str(include_str!("own_sources.json")).unwrap_or_default());

/// How the source `name` is called, where it is one of ours.
pub fn source_name(name: &str, locale: Locale) -> Option<&'static str> {
    SOURCES.get(name).map(|source| source.name.of(locale))
}

/// What a restriction of `source` rests on: the words for a code of ours, else `basis` as the source gave it. A source of others that
/// sends one of our codes says no more by it than its letters.
pub fn legal_basis(source: Option<&str>, basis: &str, locale: Locale) -> String {
    let own = source.and_then(|source| SOURCES.get(source)).and_then(|source| source.legal_basis.get(basis));
    own.map_or(basis, |words| words.of(locale)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::person::Iin;
    use crate::domain::kernel::time::Timestamp;
    use crate::domain::restrictions::self_restriction;
    use crate::domain::scenario::{SCENARIOS, Scenario};

    const NOW: Timestamp = Timestamp::from_seconds(1_795_305_600);

    #[test]
    fn every_restriction_of_ours_rests_on_something_that_has_words() {
        let own = self_restriction::restriction("key", NOW, NOW);
        let played = SCENARIOS.iter().flat_map(|scenario| {
            let of = Scenario::of(&Iin::parse(scenario.iin).unwrap()).unwrap();
            of.registry_answer(NOW, &[NOW]).restrictions
        });
        for restriction in played.chain([own]) {
            let (source, basis) = (restriction.source.as_str(), restriction.legal_basis.as_str());
            let said = Locale::ALL.map(|locale| legal_basis(Some(source), basis, locale));
            assert!(said.iter().all(|words| words != basis) && said[0] != said[1] && said[1] != said[2], "{basis}");
            assert!(Locale::ALL.iter().all(|locale| source_name(source, *locale).is_some()), "{source}");
        }
    }

    #[test]
    fn what_a_source_of_others_says_stays_as_it_is() {
        for (source, basis) in
            [(Some("debtors"), "own_application"), (None, "own_application"), (Some("rastau"), "§ 15")]
        {
            assert_eq!(legal_basis(source, basis, Locale::Kk), basis);
        }
        assert_eq!(source_name("debtors", Locale::En), None);
    }

    #[test]
    fn each_of_ours_speaks_each_language() {
        assert_eq!(SOURCES.len(), 3);
        for (name, source) in &*SOURCES {
            for words in source.legal_basis.values().chain([&source.name]) {
                assert!(Locale::ALL.iter().all(|locale| !words.of(*locale).trim().is_empty()), "{name}");
            }
        }
    }
}
