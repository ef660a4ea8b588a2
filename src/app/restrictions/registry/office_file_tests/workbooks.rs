//! Workbooks as a spreadsheet writes them.

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook, Worksheet};

use self::Cell::{Number, Text};
use super::{ADULT, HEADER, OTHER, OfficeFile, Outcome, YOUNG, YOUNGER, YOUNGEST, right};

/// A number in a cell.
pub(super) enum Cell {
    Text(&'static str),
    Number(f64),
}

fn header(sheet: &mut Worksheet) {
    for (column, name) in (0..).zip(HEADER.split(',')) {
        sheet.write(0, column, name).unwrap();
    }
}

fn row(sheet: &mut Worksheet, row: u32, number: &Cell) {
    match number {
        Text(text) => sheet.write(row, 0, *text).unwrap(),
        Number(number) => sheet.write(row, 0, *number).unwrap(),
    };
    sheet.write(row, 1, "debtor").unwrap();
    sheet.write(row, 2, "Заң, 96-1-бап").unwrap();
    let day = ExcelDateTime::from_ymd(2026, 1, 15).unwrap();
    sheet.write_with_format(row, 3, &day, &CellFormat::new().set_num_format("dd.mm.yyyy")).unwrap();
    sheet.write(row, 5, row).unwrap();
}

pub(super) fn sheet(book: &mut Workbook, name: &str, numbers: &[Cell]) {
    let sheet = book.add_worksheet();
    sheet.set_name(name).unwrap();
    header(sheet);
    for (place, number) in (1..).zip(numbers) {
        row(sheet, place, number);
    }
}

pub(super) fn workbook(numbers: &[Cell]) -> Vec<u8> {
    changed_workbook(numbers, |_| ())
}

fn changed_workbook(numbers: &[Cell], change: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    sheet(&mut book, "Тізілім", numbers);
    change(book.worksheet_from_name("Тізілім").unwrap());
    book.save_to_buffer().unwrap()
}

pub(super) fn in_sheet(outcome: Outcome) -> Outcome {
    Outcome { sheet: Some("Тізілім".to_owned()), ..outcome }
}

pub(super) fn files() -> Vec<OfficeFile> {
    vec![
        ("text.xlsx", workbook(&[Text(ADULT), Text(YOUNG)]), in_sheet(right(&[ADULT, YOUNG]))),
        (
            "numbers.XLSX",
            workbook(&[Number(900_101_370_008.0), Number(50_315_570_005.0), Number(102_570_008.0)]),
            in_sheet(Outcome { restored: 2, ..right(&[ADULT, YOUNG, YOUNGEST]) }),
        ),
        (
            "numbers-and-text.xlsx",
            workbook(&[Number(50_315_570_005.0), Text(YOUNGER), Text("50315570025")]),
            in_sheet(Outcome { restored: 1, rows: vec![(4, "iin_zeros_lost")], ..right(&[YOUNG, YOUNGER]) }),
        ),
        (
            "rounded.xlsx",
            workbook(&[Text(ADULT), Text("9,00101E+11"), Number(900_101_000_000.0), Number(900_101_370_018.5)]),
            in_sheet(Outcome {
                rows: vec![(3, "iin_inexact"), (4, "iin_century"), (5, "iin_inexact")],
                ..right(&[ADULT])
            }),
        ),
        (
            "companies.xlsx",
            workbook(&[Text(ADULT), Number(990_140_000_007.0), Number(90_241_000_008.0)]),
            in_sheet(Outcome { companies: 2, restored: 1, ..right(&[ADULT]) }),
        ),
        (
            "blank-rows-and-total.xlsx",
            changed_workbook(&[Text(ADULT)], |sheet| {
                row(sheet, 5, &Text(OTHER));
                sheet.write(3, 7, "  ").unwrap();
                sheet.write(8, 0, "Итого").unwrap().write(8, 1, 2).unwrap();
            }),
            in_sheet(Outcome { rows: vec![(9, "row_total")], ..right(&[ADULT, OTHER]) }),
        ),
        (
            "notes-beside.xlsx",
            changed_workbook(&[Text(ADULT), Text(OTHER)], |sheet| drop(sheet.write(2, 9, "тексеру"))),
            in_sheet(Outcome { rows: vec![(3, "row_column_count")], ..right(&[ADULT]) }),
        ),
        (
            "errors.xlsx",
            changed_workbook(&[Text(ADULT), Text(OTHER), Text(OTHER)], |sheet| {
                sheet.write_formula(2, 5, Formula::new("=NA()").set_result("#N/A")).unwrap();
                sheet.write(3, 2, true).unwrap();
            }),
            in_sheet(Outcome { rows: vec![(3, "cell_unreadable"), (4, "cell_unreadable")], ..right(&[ADULT]) }),
        ),
        (
            "times.xlsx",
            changed_workbook(&[Text(ADULT), Text(OTHER)], |sheet| {
                let time = ExcelDateTime::parse_from_str("2026-01-15T09:30:00").unwrap();
                let format = CellFormat::new().set_num_format("dd.mm.yyyy hh:mm");
                sheet.write_with_format(2, 3, &time, &format).unwrap();
            }),
            in_sheet(Outcome { rows: vec![(3, "time_malformed")], ..right(&[ADULT]) }),
        ),
    ]
}
