//! A report line for each refused row, for whoever mends the file.

use serde_json::{Value, json};

use crate::app::row_refusal::{RowFault, RowRefusal};
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
