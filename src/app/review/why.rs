//! Why somebody of the staff looks: it stands in the log before they see anything.

use super::case_work::CaseWorkError;

/// Why somebody looks: 3 to 200 characters.
#[derive(Clone, Debug)]
pub struct Why(String);

impl Why {
    /// In their words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads it; blanks around it are cut off.
    pub fn read(text: &str) -> Result<Self, CaseWorkError> {
        let text = text.trim();
        let fits = (3..=200).contains(&text.chars().count()) && !text.contains(char::is_control);
        fits.then(|| Self(text.to_owned())).ok_or(CaseWorkError::NoReason)
    }
}
