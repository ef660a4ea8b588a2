//! Lists that claim to be whole: each entry exists, and each that exists is there.

use std::collections::BTreeSet;

use super::markdown::{Page, quoted};

/// What of two lists stands in one alone: of `page`, and of the product.
pub(super) fn differences(what: &str, page: &BTreeSet<String>, product: &BTreeSet<String>) -> Vec<String> {
    let lies = page.difference(product).map(|name| format!("{what}: {name} is named and is not there"));
    let gaps = product.difference(page).map(|name| format!("{what}: {name} is there and is not named"));
    lies.chain(gaps).collect()
}

/// The quoted names of one column of a table.
pub(super) fn column(page: &Page, head: &[&str], at: usize) -> BTreeSet<String> {
    page.table(head).iter().filter_map(|row| row.get(at)).flat_map(|cell| quoted(cell)).collect()
}

/// Tables of the database after all migrations, in their order.
pub(super) fn tables_of(migrations: &[String]) -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for line in migrations.iter().flat_map(|text| text.lines()) {
        let words: Vec<&str> = line.trim().trim_end_matches([';', '(']).split_whitespace().collect();
        match words.as_slice() {
            ["CREATE", "TABLE", name, ..] => drop(tables.insert((*name).to_owned())),
            ["DROP", "TABLE", name] => drop(tables.remove(*name)),
            ["ALTER", "TABLE", old, "RENAME", "TO", new] => {
                tables.remove(*old);
                tables.insert((*new).to_owned());
            }
            _ => {}
        }
    }
    tables
}

/// `table.column` of each `Column::new(..)` of a source; a constant `TABLE` of the file stands for its text.
pub(super) fn encrypted_columns(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let constant = source.split("const TABLE: &str = \"").nth(1).and_then(|rest| rest.split('"').next());
    let mut columns = BTreeSet::new();
    for call in source.split("= Column::new(").skip(1) {
        let arguments: Vec<&str> = call.split(')').next().unwrap_or_default().split(", ").collect();
        let [table, name] = arguments.as_slice() else {
            panic!("an encrypted column is written otherwise: {call:.80}")
        };
        let table = if *table == "TABLE" { constant.expect("a constant") } else { table.trim_matches('"') };
        columns.insert(format!("{table}.{}", name.trim_matches('"')));
    }
    columns
}

/// `table.column` of a table of columns.
pub(super) fn documented_columns(page: &Page) -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    for row in page.table(&["table", "columns", "row key"]) {
        columns.extend(row[1].split(", ").map(|column| format!("{}.{column}", row[0])));
    }
    columns
}

/// Names of what the service counts, from an empty report.
pub(super) fn metrics_of(report: &str) -> BTreeSet<String> {
    let mut metrics = BTreeSet::new();
    for line in report.lines() {
        if let ["#", "TYPE", name, kind] = line.split(' ').collect::<Vec<_>>().as_slice() {
            metrics.insert(if *kind == "counter" { format!("{name}_total") } else { (*name).to_owned() });
        }
    }
    metrics
}

/// Words `rastau_..` in back quotes that nothing counts, and that no source has.
pub(super) fn unknown_metrics(page: &Page, metrics: &BTreeSet<String>, others: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for (line, span) in page.spans() {
        let name: String = span.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
        if name.starts_with("rastau_") && !metrics.contains(&name) && !others.contains(&name.as_str()) {
            faults.push(format!("{}:{line}: nothing counts {name}", page.path));
        }
    }
    faults
}

/// Keys of the configuration that a page names, `section.key` or as a variable, and that nobody can set.
pub(super) fn unknown_keys(page: &Page, keys: &BTreeSet<String>, others: &[&str]) -> Vec<String> {
    let sections: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('.').next()).collect();
    let is_name =
        |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let is_key =
        |name: &str| name.split_once('.').is_some_and(|(section, key)| sections.contains(section) && is_name(key));
    let mut faults = Vec::new();
    let mut check = |line: usize, name: &str| {
        if !keys.contains(name) && !others.contains(&name) {
            faults.push(format!("{}:{line}: nothing is set by {name}", page.path));
        }
    };
    for (line, span) in page.spans() {
        let name = span.split([' ', '=']).next().unwrap_or_default();
        if is_key(name) {
            check(line, name);
        }
    }
    for (line, text) in page.prose().map(|(line, text)| (line, text.to_owned())).chain(page.code()) {
        for rest in text.split("RASTAU__").skip(1) {
            let name: String =
                rest.chars().take_while(|letter| letter.is_ascii_uppercase() || *letter == '_').collect();
            check(line, &name.to_lowercase().replace("__", "."));
        }
    }
    faults
}

/// Keys of TOML in blocks of code below `[section]`, and sections, that nobody can set.
pub(super) fn unknown_toml(page: &Page, keys: &BTreeSet<String>, other_files: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut section, mut last) = (String::new(), 0);
    for (line, text) in page.code() {
        if line > last + 2 {
            section.clear();
        }
        last = line;
        if let Some(name) = text.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            name.clone_into(&mut section);
            let is_other = other_files.iter().any(|other| name == *other || name.starts_with(&format!("{other}.")));
            if is_other {
                section.clear();
            } else if !keys.iter().any(|key| key.starts_with(&format!("{name}."))) {
                faults.push(format!("{}:{line}: there is no section [{name}]", page.path));
            }
        } else if let Some((key, _)) = text.split_once(" = ").filter(|_| !section.is_empty())
            && !keys.contains(&format!("{section}.{key}"))
        {
            faults.push(format!("{}:{line}: [{section}] has no {key}", page.path));
        }
    }
    faults
}

/// Rows of a table of keys whose default is another one than the program's; a default in words is not looked at.
pub(super) fn wrong_defaults(rows: &[Vec<String>], defaults: &serde_json::Value) -> Vec<String> {
    let mut faults = Vec::new();
    for row in rows {
        let (key, cell) = (quoted(&row[0]).remove(0), row[2].split([';', ' ', ',']).next().unwrap_or_default());
        let said = cell.trim_matches('`');
        let is_value = row[2].starts_with('`') || said == "true" || said == "false" || said.parse::<f64>().is_ok();
        let default = defaults.pointer(&format!("/{}", key.replace('.', "/")));
        let same = match default.filter(|_| is_value) {
            Some(serde_json::Value::String(text)) => text.trim_end_matches('/') == said,
            Some(serde_json::Value::Number(number)) => said.parse().ok() == number.as_f64(),
            Some(serde_json::Value::Bool(flag)) => said == flag.to_string(),
            // One that hangs on others is made where it is used.
            _ => true,
        };
        if !same {
            faults.push(format!("{key} is not {said} by default: {default:?}"));
        }
    }
    faults
}

#[test]
fn a_lie_or_a_gap_in_a_list_is_found() {
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(differences("x", &set(&["a", "b"]), &set(&["b", "c"])).len(), 2);
    let page = Page::new("x.md", "| what | table |\n|---|---|\n| one | `a`, `b` |\n| two | `c` |");
    assert_eq!(column(&page, &["what", "table"], 1), set(&["a", "b", "c"]));
    let migrations =
        ["CREATE TABLE a (\nCREATE TABLE b (", "DROP TABLE a;\nALTER TABLE b RENAME TO c;"].map(String::from);
    assert_eq!(tables_of(&migrations), set(&["c"]));
    let source = "const TABLE: &str = \"t\";\nconst A: Column = Column::new(TABLE, \"a\");\n\
        const B: Column = Column::new(\"u\", \"b\");\n#[cfg(test)]\nconst C: Column = Column::new(\"v\", \"c\");";
    assert_eq!(encrypted_columns(source), set(&["t.a", "u.b"]));
    let page = Page::new("x.md", "| table | columns | row key |\n|---|---|---|\n| t | a, b | id |");
    assert_eq!(documented_columns(&page), set(&["t.a", "t.b"]));
    let metrics = metrics_of("# HELP rastau_x x.\n# TYPE rastau_x counter\n# TYPE rastau_y gauge\n# EOF\n");
    assert_eq!(metrics, set(&["rastau_x_total", "rastau_y"]));
    let page = Page::new("x.md", "`rastau_y{a=\"b\"}`, `rastau_z`, `rastau_session`");
    assert_eq!(unknown_metrics(&page, &metrics, &["rastau_session"]).len(), 1);
    let keys = set(&["server.bind", "log.filter"]);
    let page =
        Page::new("x.md", "`server.bind = 1`, `server.bint`, RASTAU__LOG__FILTER, RASTAU__LOG__FILTRE, `session.mjs`");
    assert_eq!(unknown_keys(&page, &keys, &[]).len(), 2);
    let page =
        Page::new("x.md", "\n    [server]\n    bind = 1\n    bint = 2\n\n    [servers]\n\n    [debtors]\n    x = 1\n");
    assert_eq!(unknown_toml(&page, &keys, &["debtors"]).len(), 2);
    let wrong = |said: &str| {
        let defaults = serde_json::json!({ "log": { "filter": "info" } });
        wrong_defaults(&[vec!["`log.filter`".to_owned(), String::new(), said.to_owned()]], &defaults).len()
    };
    assert_eq!((wrong("`info`"), wrong("as you like"), wrong("`warn`")), (0, 0, 1));
}
