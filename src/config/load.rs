//! Puts file and environment together and checks every section, so that all faults are told at once.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::section::{Key, Section};
use super::{
    Compliance, Config, ConfigError, Database, Face, Fault, Keys, Log, Models, Origin, PopulationRegister,
    Restrictions, Sandbox, Server, Tokens,
};

/// What a variable of ours begins with; `RASTAU_CONFIG` is the command line's and has one underscore.
const PREFIX: &str = "RASTAU__";

const SECTIONS: &[(&str, &[Key])] = &[
    (Server::NAME, Server::KEYS),
    (Database::NAME, Database::KEYS),
    (Keys::NAME, Keys::KEYS),
    (Models::NAME, Models::KEYS),
    (Face::NAME, Face::KEYS),
    (Restrictions::NAME, Restrictions::KEYS),
    (PopulationRegister::NAME, PopulationRegister::KEYS),
    (Compliance::NAME, Compliance::KEYS),
    (Sandbox::NAME, Sandbox::KEYS),
    (Tokens::NAME, Tokens::KEYS),
    (Log::NAME, Log::KEYS),
];

pub(super) fn keys() -> Vec<(String, &'static str)> {
    SECTIONS
        .iter()
        .flat_map(|(section, keys)| {
            keys.iter()
                .map(move |key| (format!("{section}.{}", key.name), key.allowed))
        })
        .collect()
}

/// What `section.key` may be.
pub(super) fn allowed(key: &str) -> &'static str {
    let found = key.split_once('.').and_then(|(section, name)| {
        let (_, keys) = SECTIONS.iter().find(|(known, _)| *known == section)?;
        keys.iter().find(|known| known.name == name)
    });
    found.map_or("", |key| key.allowed)
}

pub(super) fn load(
    file: &Path,
    required: bool,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let (tables, file) = match std::fs::read_to_string(file) {
        Ok(text) => (parse(file, &text)?, Some(file.to_owned())),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound && !required => (Table::new(), None),
        Err(why) => {
            return Err(ConfigError::Unreadable {
                file: file.to_owned(),
                why: why.to_string(),
            });
        }
    };
    let mut loader = Loader {
        file,
        tables,
        variables: Vec::new(),
        faults: Vec::new(),
    };
    loader.overlay(environment);
    loader.refuse_unknown();
    let config = Config {
        server: loader.section(),
        database: loader.section(),
        keys: loader.section(),
        models: loader.section(),
        face: loader.section(),
        restrictions: loader.section(),
        population_register: loader.section(),
        compliance: loader.section(),
        sandbox: loader.section(),
        tokens: loader.section(),
        log: loader.section(),
        file: loader.file,
        variables: loader.variables,
    };
    if loader.faults.is_empty() {
        Ok(config)
    } else {
        Err(ConfigError::Faults(loader.faults))
    }
}

fn parse(file: &Path, text: &str) -> Result<Table, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.parse::<Table>().map_err(|why| {
        // The parser's own display quotes the line, which may hold a secret.
        let line = why
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let place = line.map_or(String::new(), |line| format!("line {line}: "));
        ConfigError::Syntax {
            file: file.to_owned(),
            why: format!("{place}{}", why.message()),
        }
    })
}

struct Loader {
    file: Option<PathBuf>,
    tables: Table,
    /// `section.key` and the variable that set it.
    variables: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Loader {
    fn overlay(&mut self, environment: impl IntoIterator<Item = (String, String)>) {
        for (variable, text) in environment {
            let Some(rest) = variable.strip_prefix(PREFIX) else {
                continue;
            };
            let lower = rest.to_ascii_lowercase();
            let (section, key) = lower.split_once("__").unwrap_or((&lower, ""));
            let name = format!("{section}.{key}");
            self.variables
                .push((name.trim_end_matches('.').to_owned(), variable.clone()));
            let table = self
                .tables
                .entry(section)
                .or_insert_with(|| Value::Table(Table::new()));
            if let Some(table) = table.as_table_mut() {
                table.insert(key.to_owned(), scalar(&text));
            }
        }
    }

    fn refuse_unknown(&mut self) {
        let mut unknown = Vec::new();
        for (section, value) in &self.tables {
            let known = SECTIONS.iter().find(|(name, _)| name == section);
            match (known, value.as_table()) {
                (None, Some(table)) if !table.is_empty() => {
                    let names: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
                    let key = table.keys().next().map_or("", String::as_str);
                    unknown.push((
                        format!("{section}.{key}"),
                        format!("there is no section [{section}]; there are {}", names.join(", ")),
                    ));
                }
                (None, _) => unknown.push((
                    section.clone(),
                    "every key stands in a section, such as [server]".into(),
                )),
                (Some(_), None) => {
                    unknown.push((section.clone(), "it is a section: write it as a table".into()));
                }
                (Some((_, keys)), Some(table)) => {
                    for key in table
                        .keys()
                        .filter(|key| keys.iter().all(|known| known.name != *key))
                    {
                        let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
                        unknown.push((
                            format!("{section}.{key}").trim_end_matches('.').to_owned(),
                            format!("there is no such key; [{section}] has {}", names.join(", ")),
                        ));
                    }
                }
            }
        }
        for (key, problem) in unknown {
            self.fault(key, problem);
        }
    }

    /// Reads one section; a section that cannot be read is noted and stands at its defaults, so that the others are
    /// still checked.
    fn section<S: Section>(&mut self) -> S {
        let mut table = match self.tables.get(S::NAME) {
            Some(Value::Table(table)) => table.clone(),
            _ => Table::new(),
        };
        table.retain(|key, _| S::KEYS.iter().any(|known| known.name == key));
        let mut section: S = match serde_path_to_error::deserialize(Value::Table(table)) {
            Ok(section) => section,
            Err(why) => {
                let path = why.path().to_string();
                let name = path.split(['.', '[']).next().unwrap_or_default();
                let problem = why.inner().message().trim().to_owned();
                self.fault(format!("{}.{name}", S::NAME), conceal(name, problem));
                return S::default();
            }
        };
        let mut problems = Vec::new();
        section.check(&mut problems);
        for (key, problem) in problems {
            self.fault(format!("{}.{key}", S::NAME), problem);
        }
        let base = self
            .file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""));
        section.resolve(base);
        section
    }

    fn fault(&mut self, key: String, problem: String) {
        let allowed = allowed(&key);
        let origin = self.origin(&key);
        self.faults.push(Fault {
            key,
            problem,
            allowed,
            origin,
        });
    }

    fn origin(&self, key: &str) -> Origin {
        if let Some((_, variable)) = self.variables.iter().find(|(name, _)| name == key) {
            return Origin::Variable(variable.clone());
        }
        let written = key.split_once('.').map_or_else(
            || self.tables.contains_key(key),
            |(section, name)| {
                self.tables
                    .get(section)
                    .is_some_and(|table| table.get(name).is_some())
            },
        );
        match &self.file {
            // A key that is missing is missing from the file.
            Some(file) if written || !self.tables.is_empty() => Origin::File(file.clone()),
            _ => Origin::Default,
        }
    }
}

/// A message about a secret's type would quote it.
fn conceal(name: &str, problem: String) -> String {
    if matches!(name, "token" | "url") {
        "it has the wrong type".into()
    } else {
        problem
    }
}

/// A variable's text as TOML would read it where it looks like a number, a flag, a list or a quoted string; else as it
/// stands.
fn scalar(text: &str) -> Value {
    let looks_typed = text.starts_with(['[', '"', '\'', '-', '+'])
        || text.starts_with(|c: char| c.is_ascii_digit())
        || matches!(text, "true" | "false");
    let parsed = looks_typed
        .then(|| format!("v = {text}").parse::<Table>().ok())
        .flatten()
        .and_then(|mut table| if table.len() == 1 { table.remove("v") } else { None });
    match parsed {
        // Dates are none of ours: what looks like one is text.
        Some(Value::Datetime(_)) | None => Value::String(text.to_owned()),
        Some(value) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn with(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("rastau.toml");
        std::fs::write(&file, text).unwrap();
        let environment = environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        load(&file, true, environment)
            .map_err(|why| why.to_string().replace(dir.path().to_str().unwrap(), "DIR"))
    }

    #[test]
    fn the_environment_stands_above_the_file() {
        let config = with(
            "[server]\nbind = \"0.0.0.0:1\"\nworkers = 2\n[restrictions]\nrequired_sources = [\"a-1\"]",
            &[
                ("RASTAU__SERVER__WORKERS", "7"),
                ("RASTAU__SANDBOX__ENABLED", "true"),
                (
                    "RASTAU__RESTRICTIONS__REQUIRED_SOURCES",
                    "[\"debtors\", \"court\"]",
                ),
                ("RASTAU__TOKENS__LIFETIME", "60s"),
                ("RASTAU_CONFIG", "elsewhere"),
                ("HOME", "/"),
            ],
        )
        .unwrap();
        assert_eq!(config.server.bind.to_string(), "0.0.0.0:1");
        assert_eq!(config.server.workers, Some(7));
        assert!(config.sandbox.enabled);
        assert_eq!(config.restrictions.required_sources, ["debtors", "court"]);
        assert_eq!(config.tokens.lifetime.0.as_secs(), 60);
    }

    #[test]
    fn every_fault_names_key_range_and_origin() {
        let why = with(
            "[server]\nworkers = 0\npublic_url = \"https://x.example/path\"\nprot = 1\n[token]\nlifetime = \"1s\"\n[models]\nqueue = \"many\"\n[face]\nmatch_from = 0.5",
            &[("RASTAU__TOKENS__LIFETIME", "1h"), ("RASTAU__LOG", "x")],
        )
        .unwrap_err();
        insta::assert_snapshot!(why);
    }

    #[test]
    fn a_file_that_is_no_toml_or_not_there_is_named() {
        assert_eq!(
            with("[server]\nbind = ", &[]).unwrap_err().lines().next(),
            Some(
                "DIR/rastau.toml is not valid TOML: line 2: string values must be quoted, expected literal string"
            )
        );
        let missing = Path::new("/nowhere/rastau.toml");
        assert!(
            load(missing, true, [])
                .unwrap_err()
                .to_string()
                .contains("/nowhere/rastau.toml")
        );
        assert_eq!(load(missing, false, []).unwrap().file, None);
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let config = with(
            "[database]\nurl = \"postgres://u:hunter2@h/d\"\n[compliance]\ntoken = \"hunter2hunter2hunter2hunter2hunter2\"\n[population_register]\nkind=\"http\"\nurl=\"https://r.example/\"\ntoken = \"hunter2\"",
            &[],
        )
        .unwrap();
        let shown = config.show();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(shown.contains("postgres://u:redacted@h/d") && shown.contains("(set, not shown)"));
    }

    #[test]
    fn a_wrong_type_does_not_quote_a_secret() {
        let why = with("[compliance]\ntoken = 4711", &[]).unwrap_err();
        assert!(why.contains("compliance.token") && !why.contains("4711"), "{why}");
    }

    /// The keys of a section as serde knows them, out of its error for an unknown one.
    fn fields_of<S: Section>() -> BTreeSet<String> {
        let why = toml::from_str::<Table>("zzz = 1")
            .ok()
            .and_then(|table| Value::Table(table).try_into::<S>().err())
            .unwrap()
            .to_string();
        why.split('`').skip(3).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn the_described_keys_are_the_keys() {
        fn check<S: Section>() {
            let described: BTreeSet<String> = S::KEYS.iter().map(|key| key.name.to_owned()).collect();
            assert_eq!(fields_of::<S>(), described, "{}", S::NAME);
        }
        check::<Server>();
        check::<Database>();
        check::<Keys>();
        check::<Models>();
        check::<Face>();
        check::<Restrictions>();
        check::<PopulationRegister>();
        check::<Compliance>();
        check::<Sandbox>();
        check::<Tokens>();
        check::<Log>();
    }

    #[test]
    fn the_operations_manual_describes_every_key() {
        let manual = include_str!("../../docs/OPERATIONS.md");
        for (key, _) in keys() {
            assert!(
                manual.contains(&format!("`{key}`")),
                "docs/OPERATIONS.md is silent about {key}"
            );
        }
    }

    #[test]
    fn variables_are_read_as_toml_would() {
        assert_eq!(scalar("7"), Value::Integer(7));
        assert_eq!(scalar("\"7\""), Value::String("7".into()));
        assert_eq!(scalar("24h"), Value::String("24h".into()));
        assert_eq!(scalar("127.0.0.1:80"), Value::String("127.0.0.1:80".into()));
        assert_eq!(scalar("1\nx = 2"), Value::String("1\nx = 2".into()));
        assert_eq!(scalar("2026-01-01"), Value::String("2026-01-01".into()));
    }
}
