//! Tables as text.

use super::{ADULT, OfficeFile, Outcome, YOUNG, csv, named, right, table, utf16, with};

pub(super) fn files() -> Vec<OfficeFile> {
    let both = csv(&[ADULT, YOUNG]);
    let text = table(",", &[ADULT, YOUNG]);
    let other_order = "SOURCE_KEY , Iin,\"ground\",starts_at,ends_at,legal_basis\nk,900101370008,debtor,2026-01-15,,\"Заң, 96-1-бап\"\n";
    vec![
        ("plain.csv", both.clone(), right(&[ADULT, YOUNG])),
        ("bom-crlf.csv", with("\u{feff}", &text.replace('\n', "\r\n")), right(&[ADULT, YOUNG])),
        ("old-mac.csv", text.replace('\n', "\r").into_bytes(), right(&[ADULT, YOUNG])),
        ("semicolons.csv", table(";", &[ADULT, YOUNG]).into_bytes(), right(&[ADULT, YOUNG])),
        ("tabs.tsv", table("\t", &[ADULT, YOUNG]).into_bytes(), right(&[ADULT, YOUNG])),
        ("tabs.txt", table("\t", &[ADULT, YOUNG]).into_bytes(), right(&[ADULT, YOUNG])),
        ("bars.csv", table("|", &[ADULT, YOUNG]).into_bytes(), right(&[ADULT, YOUNG])),
        ("sep-comma.csv", with("\u{feff}sep=,\r\n", &text), right(&[ADULT, YOUNG])),
        ("sep-semicolon.csv", with("sep=;\n", &table(";", &[ADULT, YOUNG])), right(&[ADULT, YOUNG])),
        ("sep-untrue.csv", with("sep=;\n", &text), named("file_header")),
        ("unicode-text.txt", utf16(&table("\t", &[ADULT, YOUNG]), false), right(&[ADULT, YOUNG])),
        ("utf-16-be.csv", utf16(&text, true), right(&[ADULT, YOUNG])),
        ("utf-16-no-mark.csv", utf16(&text, false)[2..].to_vec(), named("file_no_text")),
        ("other-order.csv", other_order.into(), right(&[ADULT])),
        (
            "unnamed-columns.csv",
            text.replace(",source_key", ",source_key,,").replace("k0\n", "k0,,\n").replace("k1\n", "k1,,\n").into(),
            right(&[ADULT, YOUNG]),
        ),
        ("more-columns.csv", text.replace(",source_key", ",source_key,note").into(), named("file_header")),
        ("russian-header.csv", text.replace("iin", "ИИН").into(), named("file_header")),
        ("blank-rows.csv", with(&text, ",,,,,\n\n,,,,,\n  ,,,,,\n"), right(&[ADULT, YOUNG])),
        ("blank-semicolons.csv", with(&table(";", &[ADULT]), ";;;;;\n;;\n"), right(&[ADULT])),
        (
            "total.csv",
            with(&text, "Итого: 2,,,,,\n,,Барлығы 2,,,\n,,,Totally,,\n"),
            Outcome { rows: vec![(4, "row_total"), (5, "row_total"), (6, "iin_missing")], ..right(&[ADULT, YOUNG]) },
        ),
        (
            "windows-1251.csv",
            [csv(&[ADULT]), b"900101370018,debtor,\xc7\xe0\xea\xee\xed,2026-01-15,,k\n".to_vec()].concat(),
            Outcome { rows: vec![(3, "row_not_utf8")], ..right(&[ADULT]) },
        ),
        (
            "unseen.csv",
            text.replace("k1", "k\u{202e}1").into(),
            Outcome { rows: vec![(3, "text_unseen")], ..right(&[ADULT]) },
        ),
    ]
}
