//! The language that a person reads.

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

    /// Reads [`Locale::tag`] back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.tag() == tag)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_language_wins() {
        assert_eq!(Locale::negotiate("kk-KZ,ru;q=0.8"), Locale::Kk);
        assert_eq!(Locale::negotiate("de, en;q=0.5, ru;q=0.4"), Locale::En);
        assert_eq!(Locale::negotiate("en kk"), Locale::En);
        assert_eq!(Locale::negotiate(""), Locale::Ru);
        assert_eq!(Locale::negotiate("de;q=x"), Locale::Ru);
    }
}
