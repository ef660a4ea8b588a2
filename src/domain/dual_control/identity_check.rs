//! How somebody of the staff made sure of whom they speak with: which document they saw, and how.

use crate::domain::kernel::secret::SecretText;

/// Shorter words say neither which document nor how, in characters.
pub const MIN_CHECK: usize = 20;
/// Longest words, in characters.
pub const MAX_CHECK: usize = 1_000;

/// In the words of who did it. They may name a document: encrypted where they are kept, and never in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityCheck(SecretText);

/// Not the words of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("say which document was seen and how, in {MIN_CHECK} to {MAX_CHECK} characters")]
pub struct IdentityCheckFault;

impl IdentityCheck {
    /// Reads the words; blanks around them are cut off.
    ///
    /// # Errors
    /// [`IdentityCheckFault`] when they are too few, too many or no text.
    pub fn read(text: &str) -> Result<Self, IdentityCheckFault> {
        let text = text.trim();
        let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        let fits = letters >= MIN_CHECK && text.chars().count() <= MAX_CHECK && text.chars().all(is_text);
        if fits { Ok(Self(SecretText::new(text))) } else { Err(IdentityCheckFault) }
    }

    /// The words.
    pub fn words(&self) -> &SecretText {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_said_in_words_and_shown_to_nobody_by_accident() {
        let said = "  Паспорт көрсетілді, бейнебайланыс,\nтуған күні сәйкес  ";
        let check = IdentityCheck::read(said).unwrap();
        assert_eq!(check.words().expose(), said.trim());
        assert!(!format!("{check:?}").contains("Паспорт"));
    }

    #[test]
    fn dots_blanks_and_control_characters_are_no_check() {
        let long = "a".repeat(MAX_CHECK + 1);
        for words in
            ["", "ok", "passport seen", "....................", &" ".repeat(40), "a passport was seen\u{0}today", &long]
        {
            assert_eq!(IdentityCheck::read(words), Err(IdentityCheckFault), "{words:?}");
        }
    }
}
