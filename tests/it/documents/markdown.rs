//! Just enough Markdown to find what a page names: blocks of code, spans in back quotes, tables, headings and links.

use std::path::{Path, PathBuf};

/// One page.
pub(super) struct Page {
    /// From the root of the repository.
    pub(super) path: String,
    lines: Vec<Line>,
}

struct Line {
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Prose,
    Code,
}

impl Page {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let (mut fenced, mut blank, mut in_code) = (false, true, false);
        let mut lines = Vec::new();
        for line in text.lines() {
            let fence = line.trim_start().starts_with("```");
            // A block of code is indented by four and follows an empty line, or one of its own; within lists by more.
            let indented = line.starts_with("    ") && (in_code || blank);
            in_code = fenced || fence || indented || (in_code && line.trim().is_empty());
            fenced ^= fence;
            blank = line.trim().is_empty();
            let kind = if in_code && !blank { Kind::Code } else { Kind::Prose };
            lines.push(Line { text: line.to_owned(), kind });
        }
        Self { path: path.to_owned(), lines }
    }

    /// All of it.
    pub(super) fn text(&self) -> String {
        self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = (usize, &str)> {
        let with_number = self.lines.iter().enumerate().map(|(at, line)| (at + 1, line));
        with_number.filter(move |(_, line)| line.kind == kind).map(|(number, line)| (number, line.text.as_str()))
    }

    /// Lines outside blocks of code, by number.
    pub(super) fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        self.of(Kind::Prose)
    }

    /// Lines of blocks of code, those that end in a backslash joined with what follows.
    pub(super) fn code(&self) -> Vec<(usize, String)> {
        let mut joined: Vec<(usize, String)> = Vec::new();
        let mut goes_on = false;
        for (number, text) in self.of(Kind::Code) {
            let (text, next) = match text.trim().strip_suffix('\\') {
                Some(begun) => (begun, true),
                None => (text.trim(), false),
            };
            match joined.last_mut() {
                Some((_, line)) if goes_on => *line = format!("{line} {}", text.trim()),
                _ => joined.push((number, text.trim().to_owned())),
            }
            goes_on = next;
        }
        joined
    }

    /// What stands in back quotes, by line; a span may go on in the next line.
    pub(super) fn spans(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut open: Option<(usize, String)> = None;
        for (number, text) in self.prose() {
            if text.trim().is_empty() || text.starts_with('#') {
                open = None;
            }
            for (place, part) in text.split('`').enumerate() {
                if place > 0 {
                    open = match open.take() {
                        Some(span) => {
                            found.push(span);
                            None
                        }
                        None => Some((number, String::new())),
                    };
                } else if let Some((_, span)) = &mut open {
                    span.push(' ');
                }
                if let Some((_, span)) = &mut open {
                    span.push_str(part);
                }
            }
        }
        found
    }

    /// Titles, by line.
    pub(super) fn headings(&self) -> impl Iterator<Item = (usize, &str)> {
        self.prose().filter_map(|(number, text)| {
            let title = text.trim_start_matches('#');
            (text.starts_with('#') && title.starts_with(' ')).then_some((number, title.trim()))
        })
    }

    /// Tables: their lines, cut into cells.
    pub(super) fn tables(&self) -> Vec<Vec<(usize, Vec<String>)>> {
        let mut tables: Vec<Vec<(usize, Vec<String>)>> = Vec::new();
        let mut last = 0;
        for (number, text) in self.prose().filter(|(_, text)| text.starts_with('|')) {
            let row = (number, cells(text));
            match tables.last_mut() {
                Some(table) if number == last + 1 => table.push(row),
                _ => tables.push(vec![row]),
            }
            last = number;
        }
        tables
    }

    /// Rows without their head of the table whose first cells are these.
    pub(super) fn table(&self, head: &[&str]) -> Vec<Vec<String>> {
        let tables = self.tables();
        let wanted =
            tables.iter().find(|table| table[0].1.iter().zip(head).filter(|(a, b)| a == b).count() == head.len());
        let table = wanted.unwrap_or_else(|| panic!("{} has no table {head:?}", self.path));
        table.iter().skip(2).map(|(_, row)| row.clone()).collect()
    }

    /// Targets of links, by line.
    pub(super) fn links(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (number, text) in self.prose() {
            let outside: Vec<&str> = text.split('`').step_by(2).collect();
            for rest in outside.join("`").split("](").skip(1) {
                if let Some((target, _)) = rest.split_once(')') {
                    found.push((number, target.to_owned()));
                }
            }
        }
        found
    }
}

/// What readers of Markdown take for the cells of a row: a pipe divides them in a span, too, unless a backslash is before it.
pub(super) fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for letter in row.trim().trim_start_matches('|').chars() {
        let cell = cells.last_mut().expect("there is one");
        match letter {
            '|' if !escaped => cells.push(String::new()),
            '|' => {
                cell.pop();
                cell.push('|');
            }
            _ => cell.push(letter),
        }
        escaped = letter == '\\';
    }
    if cells.last().is_some_and(|last| last.trim().is_empty()) {
        cells.pop();
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

/// The names in back quotes of a cell.
pub(super) fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

/// The anchor that sites make of a title: letters and digits in lower case, blanks as hyphens.
pub(super) fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// `a/{b,c}.rs` as `a/b.rs` and `a/c.rs`.
pub(super) fn alternatives(name: &str) -> Vec<String> {
    let Some((before, rest)) = name.split_once('{') else { return vec![name.to_owned()] };
    let Some((inside, after)) = rest.split_once('}') else { return vec![name.to_owned()] };
    let each = inside.split(',').map(|one| format!("{before}{one}{after}"));
    each.flat_map(|name| alternatives(&name)).collect()
}

/// Every file below, from the root of the repository, without what is built or fetched.
pub(super) fn files(root: &Path) -> Vec<String> {
    // Fetched, built, or of a demonstration.
    const NOT_OURS: [&str; 7] = [".git", ".bin", ".venv", "node_modules", "dist", "target", "data"];
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).expect("folders can be read") {
            let entry = entry.expect("entries can be read");
            let name = entry.file_name().into_string().expect("names are UTF-8");
            let path = folder.join(&name);
            if entry.file_type().expect("kinds can be read").is_dir() {
                if !NOT_OURS.contains(&name.as_str()) && path != Path::new("models/store") {
                    folders.push(path);
                }
            } else {
                found.push(path.to_str().expect("names are UTF-8").to_owned());
            }
        }
    }
    found.sort();
    found
}
