use super::*;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::io::BufReader;

type Rows = Vec<(u64, Result<Vec<String>, &'static str>)>;

fn read(bytes: &[u8], columns: &[&'static str], buffer: usize) -> Result<Rows, TableError> {
    let mut table = Table::open(BufReader::with_capacity(buffer, bytes), TableFormat::Text, columns)?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        rows.push(match row {
            Ok(row) => (row.line, Ok(row.values.into_iter().map(|value| value.text).collect())),
            Err(refusal) => (refusal.line, Err(refusal.fault.code())),
        });
    }
    assert_eq!(table.bytes_read(), bytes.len() as u64);
    assert_eq!(table.sha256(), hex::encode(Sha256::digest(bytes)));
    Ok(rows)
}

fn row(line: u64, values: &[&str]) -> (u64, Result<Vec<String>, &'static str>) {
    (line, Ok(values.iter().map(|value| (*value).to_owned()).collect()))
}

#[test]
fn bom_blank_lines_and_mixed_line_ends_are_no_matter() {
    let text = b"\xef\xbb\xbfB,a\r\n1,2\n\n\"x,\"\"y\",3\r5,6\r\n\r\n7,8";
    let expected = [row(2, &["2", "1"]), row(4, &["3", "x,\"y"]), row(5, &["6", "5"]), row(7, &["8", "7"])];
    for buffer in 1..40 {
        assert_eq!(read(text, &["a", "b"], buffer).unwrap(), expected, "{buffer}");
    }
}

#[test]
fn a_bad_row_is_refused_alone() {
    let long = "x".repeat(MAX_ROW);
    let text = format!("a,b\n1\n\"1,2\n1\"2,3\n\"1\"2,3\n{long},1\n3,4\n");
    let codes = ["row_column_count", "row_quoting", "row_quoting", "row_quoting", "row_too_long"];
    let mut expected: Rows = (2..).zip(codes).map(|(line, code)| (line, Err(code))).collect();
    expected.push(row(7, &["3", "4"]));
    assert_eq!(read(text.as_bytes(), &["a", "b"], 64).unwrap(), expected);
    let windows_1251 = b"a,b\n\xcf\xf0\xe8,1\n";
    assert_eq!(read(windows_1251, &["a", "b"], 64).unwrap(), [(2, Err("row_not_utf8"))]);
}

#[test]
fn the_header_names_each_column_once_and_no_other() {
    for bad in
        ["", "\n", "a\n", "a,b,c\n", "a,a\n", "a;c\n", "a;b,c\n", "sep=,\na;b\n", "sep=;\n", "a,a,b\n", "\"a,b\n"]
    {
        assert!(matches!(read(bad.as_bytes(), &["a", "b"], 64), Err(TableError::Header { .. })), "{bad:?}");
    }
    assert_eq!(read(b"a,b", &["a", "b"], 64), Ok(vec![]));
}

#[test]
fn the_header_tells_the_delimiter_unless_a_line_before_it_does() {
    for text in ["a;b\n1;2,5\n", "a\tb\n1\t2,5\n", "a|b\n1|2,5\n", "\"a\",\"b\"\n1,\"2,5\"\n"] {
        assert_eq!(read(text.as_bytes(), &["a", "b"], 64).unwrap(), [row(2, &["1", "2,5"])], "{text:?}");
    }
    for text in ["sep=;\na;b\n1;2,5\n", "\u{feff}SEP=;\r\na;b\r\n1;2,5\r\n", "\"sep=;\"\na;b\n1;2,5\n"] {
        assert_eq!(read(text.as_bytes(), &["a", "b"], 64).unwrap(), [row(3, &["1", "2,5"])], "{text:?}");
    }
}

#[test]
fn rows_and_columns_of_nothing_are_passed_over() {
    let text = b"a,b,,\n1,2,,\n,,,\n\"\",\"\",,\n , ,,\n,\n3,4,,5\n6,7,, \n";
    let expected = [row(2, &["1", "2"]), (7, Err("row_column_count")), row(8, &["6", "7"])];
    assert_eq!(read(text, &["a", "b"], 64).unwrap(), expected, "a value that belongs to no column is refused");
}

proptest! {
    #[test]
    fn what_is_written_by_rfc_4180_reads_back(
        rows in prop::collection::vec(prop::array::uniform2("[^\r\n\x00]{0,12}"), 0..6), buffer in 1_usize..50
    ) {
        let quote = |value: &String| format!("\"{}\"", value.replace('"', "\"\""));
        let lines = rows.iter().map(|[a, b]| format!("{},{}\r\n", quote(a), quote(b)));
        let text: String = std::iter::once("a,b\r\n".to_owned()).chain(lines).collect();
        let is_blank = |text: &String| text.chars().all(|c| c.is_whitespace() || matches!(c, '"' | ','));
        let expected: Rows = (2..)
            .zip(&rows)
            .filter(|(_, values)| !values.iter().all(is_blank))
            .map(|(line, [a, b])| row(line, &[a, b]))
            .collect();
        prop_assert_eq!(read(text.as_bytes(), &["a", "b"], buffer).unwrap(), expected);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), buffer in 1_usize..20) {
        let mut all = b"a,b\n".to_vec();
        all.extend(&bytes);
        let read = read(&all, &["a", "b"], buffer);
        prop_assert!(read.is_ok() || (bytes.contains(&0) && read == Err(TableError::Kind(FileKind::NoText))));
    }
}
