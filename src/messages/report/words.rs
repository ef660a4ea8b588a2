//! What the report calls things: labels, and a name for every code that stands in it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::time::Timestamp;

/// By kind and code, as `command.turn_left`; then by language.
type Written = HashMap<String, HashMap<String, String>>;

static WORDS: LazyLock<Written> = LazyLock::new(|| {
    // Part of the program, and a test reads it.
    serde_json::from_str(include_str!("../report_words.json")).unwrap_or_default()
});

/// What a code of a kind is called; "?" where nobody has named it, which a test keeps from happening.
pub(super) fn word(kind: &str, code: &str, locale: Locale) -> &'static str {
    let texts = WORDS.get(&format!("{kind}.{code}"));
    texts.and_then(|texts| texts.get(locale.tag())).map_or("?", String::as_str)
}

/// What a part of the report is called.
pub(super) fn label(code: &str, locale: Locale) -> &'static str {
    word("label", code, locale)
}

/// An instant in RFC 3339 as `30.11.2026, 10:45:40` by the clock of Almaty (UTC+5); what is none stays as it is.
pub(super) fn almaty(instant: &str) -> String {
    let Some(at) = Timestamp::read_rfc3339(instant) else { return instant.to_owned() };
    let at = at.almaty();
    let (day, month, year) = (at.day(), u8::from(at.month()), at.year());
    format!("{day:02}.{month:02}.{year}, {:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::Verdict;
    use crate::domain::face::liveness::challenge::{Command, Light};
    use crate::domain::face::liveness::cues::{Cue, Finding};
    use crate::domain::reason::ReasonCode;
    use crate::domain::review::case_work::Conclusion;
    use crate::domain::second_factor::FactorKind;

    /// Roles of `models/manifest.toml`.
    const MODELS: [&str; 5] = ["detector", "embedder", "embedder2", "pad", "landmarks"];

    #[test]
    fn every_code_that_a_report_can_show_has_a_name_in_three_languages() {
        let means = Conclusion::ALL.map(|one| format!("{}.means", one.as_str()));
        let kinds: [(&str, Vec<&str>); 10] = [
            ("reason", ReasonCode::ALL.iter().map(|one| one.code()).collect()),
            ("command", Command::ALL.map(Command::code).to_vec()),
            ("light", Light::ALL.map(Light::code).to_vec()),
            ("cue", Cue::ALL.map(Cue::code).to_vec()),
            ("finding", Finding::ALL.map(Finding::code).to_vec()),
            ("verdict", Verdict::ALL.map(Verdict::as_str).to_vec()),
            ("conclusion", Conclusion::ALL.map(Conclusion::as_str).to_vec()),
            ("conclusion", means.iter().map(String::as_str).collect()),
            ("factor", FactorKind::ALL.map(FactorKind::as_str).to_vec()),
            ("model", MODELS.to_vec()),
        ];
        for (kind, codes) in kinds {
            for code in codes {
                for locale in Locale::ALL {
                    assert_ne!(word(kind, code, locale), "?", "{kind}.{code} in {}", locale.tag());
                }
            }
        }
    }

    #[test]
    fn every_name_is_whole_and_kazakh_is_not_russian() {
        let read: Written = serde_json::from_str(include_str!("../report_words.json")).unwrap();
        for (code, texts) in &read {
            assert_eq!(texts.len(), 3, "{code}");
            assert!(texts.values().all(|text| !text.trim().is_empty()), "{code}");
            assert!(texts["kk"] != texts["ru"] || code == "label.operator", "{code}");
        }
    }

    #[test]
    fn no_label_is_left_over() {
        let source = [include_str!("../report.rs"), include_str!("page.rs")].concat();
        for label in WORDS.keys().filter_map(|key| key.strip_prefix("label.")) {
            assert!(source.contains(&format!("\"{label}\"")), "{label} is used nowhere");
        }
    }

    #[test]
    fn times_are_those_of_almaty() {
        assert_eq!(almaty("2026-11-30T05:45:40.480377Z"), "30.11.2026, 10:45:40");
        assert_eq!(almaty("2026-12-31T20:00:00Z"), "01.01.2027, 01:00:00", "the day turns over at Almaty midnight");
        assert_eq!(almaty("soon"), "soon");
    }
}
