//! What a service says in words of its own: of the reasons why somebody may not play, whom to turn to, and how sources are
//! called.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::own_sources::source_name;
use super::{Locale, Message, message};
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::Source;

/// Longest text, in characters.
const MAX_LENGTH: usize = 1_000;

/// The sentences of a service: those of the program, but for what its file says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Texts(File);

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    reasons: BTreeMap<String, ByLocale<Words>>,
    sources: BTreeMap<String, ByLocale<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByLocale<T> {
    kk: Option<T>,
    ru: Option<T>,
    en: Option<T>,
}

impl<T> ByLocale<T> {
    fn of(&self, locale: Locale) -> Option<&T> {
        match locale {
            Locale::Kk => self.kk.as_ref(),
            Locale::Ru => self.ru.as_ref(),
            Locale::En => self.en.as_ref(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &T> {
        [&self.kk, &self.ru, &self.en].into_iter().flatten()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    title: Option<String>,
    text: Option<String>,
    turn_to: Option<String>,
}

impl Texts {
    /// Reads a file such as docs/OPERATIONS.md shows.
    ///
    /// # Errors
    /// What is wrong, and where: no TOML, an unknown code, a language or a word of no meaning here, an empty or too long text.
    pub fn parse(toml: &str) -> Result<Self, String> {
        let file: File = toml::from_str(toml).map_err(|error| error.to_string())?;
        for (code, words) in &file.reasons {
            if ReasonCode::from_code(code).is_none() {
                return Err(format!("reasons.{code}: there is no such reason"));
            }
            let texts = words.all().flat_map(|words| [&words.title, &words.text, &words.turn_to]).flatten();
            check(texts).map_err(|why| format!("reasons.{code}: {why}"))?;
        }
        for (name, names) in &file.sources {
            if !Source::is_name(name) {
                return Err(format!("sources.{name}: no source can have this name"));
            }
            check(names.all()).map_err(|why| format!("sources.{name}: {why}"))?;
        }
        Ok(Self(file))
    }

    /// The message of `code` as this service says it.
    pub fn message(&self, code: &str, locale: Locale) -> Message {
        let usual = message(code, locale);
        let Some(own) = self.0.reasons.get(code).and_then(|words| words.of(locale)) else { return usual };
        Message {
            title: own.title.clone().unwrap_or(usual.title),
            text: own.text.clone().unwrap_or(usual.text),
            turn_to: own.turn_to.clone(),
        }
    }

    /// How a source is called: as the file says, else by our words for one of ours, else by its name.
    pub fn source(&self, name: &str, locale: Locale) -> String {
        let own = self.0.sources.get(name).and_then(|names| names.of(locale));
        own.map_or_else(|| source_name(name, locale).unwrap_or(name).to_owned(), Clone::clone)
    }
}

fn check<'a>(mut texts: impl Iterator<Item = &'a String>) -> Result<(), String> {
    let good = |text: &String| !text.trim().is_empty() && text.chars().count() <= MAX_LENGTH;
    if texts.all(good) { Ok(()) } else { Err(format!("a text has 1 to {MAX_LENGTH} characters")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [reasons.restricted_debtor.kk]
        turn_to = "Жеке сот орындаушыларының республикалық палатасы"
        [reasons.restricted_debtor.en]
        title = "You owe money"
        turn_to = "The Republican Chamber of Private Bailiffs"
        [sources.debtors]
        kk = "Борышкерлер тізілімі"
        en = "Register of debtors"
    "#;

    #[test]
    fn a_service_says_some_things_in_its_own_words() {
        let texts = Texts::parse(FILE).unwrap();
        let usual = message("restricted_debtor", Locale::En);
        let english = texts.message("restricted_debtor", Locale::En);
        assert_eq!((english.title.as_str(), &english.text), ("You owe money", &usual.text));
        assert_eq!(english.turn_to.as_deref(), Some("The Republican Chamber of Private Bailiffs"));
        let kazakh = texts.message("restricted_debtor", Locale::Kk);
        assert!(kazakh.turn_to.unwrap().starts_with("Жеке сот"));
        assert_eq!(texts.message("restricted_debtor", Locale::Ru), message("restricted_debtor", Locale::Ru));
        assert_eq!(texts.source("debtors", Locale::Kk), "Борышкерлер тізілімі");
        assert_eq!(texts.source("debtors", Locale::Ru), "debtors");
        assert_eq!(Texts::default().source("courts", Locale::En), "courts");
        assert_eq!(Texts::default().source("sandbox-scenarios", Locale::Ru), "Сценарии тестовой среды");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (toml, word) in [
            ("[reasons.restricted_debt.kk]\ntext = \"x\"", "reasons.restricted_debt"),
            ("[reasons.restricted_debtor.de]\ntext = \"x\"", "de"),
            ("[reasons.restricted_debtor.kk]\nphone = \"x\"", "phone"),
            ("[reasons.restricted_debtor.kk]\ntext = \" \"", "1 to 1000"),
            ("[sources.\"Das Register\"]\nkk = \"x\"", "sources.Das Register"),
            ("[sources.debtors]\nkk = \"\"", "sources.debtors"),
            ("[texts]\n", "texts"),
            ("reasons", "expected"),
        ] {
            let error = Texts::parse(toml).unwrap_err();
            assert!(error.contains(word), "{word}: {error}");
        }
    }
}
