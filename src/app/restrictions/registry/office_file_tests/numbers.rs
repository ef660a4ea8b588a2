//! What spreadsheets make of IINs and BINs.

use super::{ADULT, BANK, OfficeFile, Outcome, PARTNERS, YOUNG, YOUNGER, YOUNGEST, csv, right, table};

pub(super) fn files() -> Vec<OfficeFile> {
    let restored = |people: &[&str], restored: u64| Outcome { restored, ..right(people) };
    vec![
        (
            "lost-zeros.csv",
            csv(&[ADULT, "50315570005", "102570008", "50315570015"]),
            restored(&[ADULT, YOUNG, YOUNGEST, YOUNGER], 3),
        ),
        (
            "lost-and-kept-zeros.csv",
            csv(&[ADULT, "50315570005", YOUNGER]),
            Outcome { rows: vec![(3, "iin_zeros_lost")], ..right(&[ADULT, YOUNGER]) },
        ),
        (
            "lost-digits.csv",
            csv(&[ADULT, "50315570006", "90010137000", "5031557"]),
            Outcome {
                rows: vec![(3, "iin_zeros_lost"), (4, "iin_zeros_lost"), (5, "iin_malformed")],
                ..right(&[ADULT])
            },
        ),
        ("data-frame.csv", csv(&["900101370008.0", "50315570005.0"]), restored(&[ADULT, YOUNG], 1)),
        ("apostrophes.csv", csv(&["'900101370008", "'050315570005"]), right(&[ADULT, YOUNG])),
        ("formulas.csv", csv(&["\"=\"\"900101370008\"\"\"", "\"=\"\"050315570005\"\"\""]), right(&[ADULT, YOUNG])),
        ("tabbed.csv", csv(&["\t900101370008", "\u{a0}050315570005"]), right(&[ADULT, YOUNG])),
        (
            "exponents.csv",
            csv(&[ADULT, "9.00101E+11", "\"9,00101E+11\""]),
            Outcome { rows: vec![(3, "iin_inexact"), (4, "iin_inexact")], ..right(&[ADULT]) },
        ),
        (
            "exponents-semicolons.csv",
            table(";", &[ADULT, "9,00101E+11"]).into_bytes(),
            Outcome { rows: vec![(3, "iin_inexact")], ..right(&[ADULT]) },
        ),
        ("companies.csv", csv(&[ADULT, BANK, PARTNERS]), Outcome { companies: 2, ..right(&[ADULT]) }),
        (
            "companies-lost-zeros.csv",
            csv(&[ADULT, BANK, "90241000008"]),
            Outcome { companies: 2, restored: 1, ..right(&[ADULT]) },
        ),
        (
            "companies-kept-zeros.csv",
            csv(&[YOUNG, BANK, "90241000008"]),
            Outcome { companies: 1, rows: vec![(4, "iin_zeros_lost")], ..right(&[YOUNG]) },
        ),
    ]
}
