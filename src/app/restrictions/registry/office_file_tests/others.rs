//! JSON Lines, and files that are no table.

use super::workbooks::{Cell, workbook};
use super::{ADULT, OfficeFile, Outcome, YOUNG, YOUNGER, named, right, utf16};

fn json(number: &str) -> String {
    format!(
        "{{\"iin\":{number},\"ground\":\"debtor\",\"legal_basis\":\"Заң, 96-1-бап\",\"starts_at\":\"2026-01-15\",\
         \"ends_at\":null,\"source_key\":\"{}\"}}",
        number.len()
    )
}

pub(super) fn files() -> Vec<OfficeFile> {
    let lines = format!("{}\n{}\n", json("\"900101370008\""), json("\"050315570005\""));
    let slips = [
        json("\"900101370008\""),
        json("\"900101370018\"").replace("debtor\",", "debtor\""),
        json("\"900101370018\"").replace("\"debtor\"", "1"),
        json("9.00101370018e11"),
        json("\"900101370018\"").replace("ground", "note"),
        "900101370018".to_owned(),
    ];
    let slipped = vec![(2, "row_json"), (3, "value_not_text"), (4, "iin_inexact"), (5, "row_json"), (6, "row_json")];
    vec![
        ("lines.jsonl", lines.clone().into(), right(&[ADULT, YOUNG])),
        ("lines-utf-16.jsonl", utf16(&lines, false), right(&[ADULT, YOUNG])),
        (
            "numbers.jsonl",
            format!("{}\n{}\n{}", json("900101370008"), json("50315570005"), json("\"050315570015\"")).into(),
            Outcome { restored: 1, ..right(&[ADULT, YOUNG, YOUNGER]) },
        ),
        ("slips.jsonl", slips.join("\n").into(), Outcome { rows: slipped, ..right(&[ADULT]) }),
        ("array.jsonl", format!("[{}]", json("\"900101370008\"")).into(), named("file_json_array")),
        ("array.json", format!(" [\n{}]", json("\"900101370008\"")).into(), named("file_json")),
        ("lines.csv", lines.into(), named("file_json")),
        ("page.xls", b"\xef\xbb\xbf<html><table><tr><td>iin</td></tr></table></html>".to_vec(), named("file_markup")),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more".to_vec(), named("file_old_workbook")),
        (
            "open.ods",
            b"PK\x03\x04\x14\0\0\0\0\0 of many bytes mimetypeapplication/vnd.oasis.opendocument.spreadsheet".to_vec(),
            named("file_open_document"),
        ),
        ("scan.csv", b"%PDF-1.7\n".to_vec(), named("file_document")),
        ("packed.csv", b"\x1f\x8b\x08\0\0\0".to_vec(), named("file_compressed")),
        ("empty.csv", Vec::new(), named("file_header")),
        ("workbook.csv", workbook(&[Cell::Text(ADULT)]), named("file_workbook")),
        ("workbook.jsonl", workbook(&[Cell::Text(ADULT)]), named("file_workbook")),
    ]
}
