//! Characters that nobody sees.

/// Characters of no width, and those that turn the reading direction (Unicode's Default_Ignorable and Bidi_Control, as far as
/// names have no use for them).
pub fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_or_hides_writing_is_unseen_and_letters_are_not() {
        for c in
            ['\u{202e}', '\u{202a}', '\u{2066}', '\u{200b}', '\u{200d}', '\u{ad}', '\u{feff}', '\u{3164}', '\u{e0041}']
        {
            assert!(is_unseen(c), "{c:?}");
        }
        for c in "Әбділ Ғұмар-ұлы О’Нил Ёлкина é\u{301}".chars() {
            assert!(!is_unseen(c), "{c:?}");
        }
    }
}
