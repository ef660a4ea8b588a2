//! Workbooks with several sheets, of other programs, damaged, or none at all.

use std::io::{Cursor, Write as _};

use rust_xlsxwriter::Workbook;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::workbooks::Cell::Text;
use super::workbooks::{in_sheet, sheet, workbook};
use super::{ADULT, HEADER, OTHER, OfficeFile, YOUNG, csv, named, right};

/// A workbook whose only sheet has this XML between its tags, as programs write them that know no shared strings.
fn bare_workbook(rows: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let parts = [
        ("_rels/.rels", relation("r1", "officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", relation("r2", "worksheet", "worksheets/sheet1.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Тізілім\" sheetId=\"1\" r:id=\"r2\"/></sheets></workbook>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn inline(place: u32, values: &[&str]) -> String {
    let cell = |(column, value): (char, &&str)| {
        format!("<c r=\"{column}{place}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
    };
    let cells: String = ('A'..).zip(values).map(cell).collect();
    format!("<row r=\"{place}\">{cells}</row>")
}

pub(super) fn files() -> Vec<OfficeFile> {
    let mut second = Workbook::new();
    second.add_worksheet().set_name("Мазмұны").unwrap().write(0, 0, "Тізілім").unwrap();
    second.add_worksheet().set_name("Бос").unwrap();
    sheet(&mut second, "Тізілім", &[Text(ADULT)]);
    let mut hidden = Workbook::new();
    sheet(&mut hidden, "Ескі", &[Text(OTHER)]);
    hidden.worksheet_from_name("Ескі").unwrap().set_hidden(true);
    sheet(&mut hidden, "Тізілім", &[Text(ADULT)]);
    hidden.worksheet_from_name("Тізілім").unwrap().set_active(true);
    let whole = workbook(&[Text(ADULT), Text(YOUNG)]);
    let columns: Vec<&str> = HEADER.split(',').collect();
    let values = [ADULT, "debtor", "Заң, 96-1-бап", "2026-01-15", "", "k"];
    let bare = format!("{}{}", inline(1, &columns), inline(2, &values));
    vec![
        ("second-sheet.xlsx", second.save_to_buffer().unwrap(), in_sheet(right(&[ADULT]))),
        ("hidden-sheet.xlsx", hidden.save_to_buffer().unwrap(), in_sheet(right(&[ADULT]))),
        ("no-shared-strings.xlsx", bare_workbook(&bare), in_sheet(right(&[ADULT]))),
        ("same-row-twice.xlsx", bare_workbook(&format!("{bare}{}", inline(2, &values))), named("workbook_disordered")),
        ("bomb.xlsx", bare_workbook(&inline(1, &["x".repeat(600_000).as_str()])), named("workbook_too_large")),
        ("no-header.xlsx", bare_workbook(&inline(1, &values)), named("file_header")),
        ("nothing.xlsx", bare_workbook(""), named("file_header")),
        ("cut.xlsx", whole[..whole.len() / 2].to_vec(), named("workbook_damaged")),
        ("text-inside.xlsx", csv(&[ADULT]), named("file_no_workbook")),
        ("old-inside.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 with a password".to_vec(), named("file_old_workbook")),
    ]
}
