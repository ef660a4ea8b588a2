//! A report line for each refused row, for whoever mends the file.

use serde_json::{Value, json};

use crate::app::support::row_refusal::{RowFault, RowRefusal};
use crate::domain::kernel::unseen::is_unseen;
use crate::messages::{Locale, message};

/// `line 3, column iin: iin_control_digit: the control digit does not fit`
pub(super) fn line(refusal: &RowRefusal) -> String {
    let column = refusal.column.map_or(String::new(), |column| format!(", column {column}"));
    format!("line {}{column}: {}: {}", refusal.line, refusal.fault.code(), sentence(&refusal.fault))
}

pub(super) fn lines(refused: &[RowRefusal]) -> String {
    let lines: Vec<String> = refused.iter().map(line).collect();
    lines.join("\n")
}

pub(super) fn json(refused: &[RowRefusal]) -> Value {
    let tell = |refusal: &RowRefusal| {
        json!({
            "line": refusal.line,
            "column": refusal.column,
            "code": refusal.fault.code(),
            "sentence": sentence(&refusal.fault),
        })
    };
    refused.iter().map(tell).collect()
}

fn sentence(fault: &RowFault) -> String {
    match fault {
        // The texts speak to the person before the camera; the title says what is wrong to anybody.
        RowFault::Photo(reason) => message(reason.code(), Locale::En).title,
        other => other.to_string(),
    }
}

/// Lines of a file, the first of them: `lines 3, 4, 5 and 12 more`.
pub(super) fn places(lines: &[u64]) -> String {
    places_of(lines, lines.len() as u64)
}

/// The same where only the first of `count` are known.
pub(super) fn places_of(lines: &[u64], count: u64) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = lines.iter().take(SHOWN).map(u64::to_string).collect();
    let more = count.saturating_sub(shown.len() as u64);
    let word = if count == 1 { "line" } else { "lines" };
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{word} {}{more}", shown.join(", "))
}

/// A name from a file without what a terminal would obey.
pub(super) fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control() && !is_unseen(*c)).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_are_told_and_the_rest_counted() {
        assert_eq!(places(&[3]), "line 3");
        assert_eq!(places(&[3, 4]), "lines 3, 4");
        let many: Vec<u64> = (1..=22).collect();
        assert!(places(&many).ends_with("19, 20 and 2 more"));
        assert_eq!(places_of(&[7], 5), "lines 7 and 4 more");
        assert_eq!(printable("Ли\u{202e}ст\u{1b}[31m1"), "Лист[31m1");
    }
}
