//! Puts file and environment together and checks every section, so that all faults are told at once.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{
    Administration, ClientCertificates, Comparison, Compliance, Config, ConfigError, ContactOfRecord, Database,
    Enrolment, Face, FaceSearch, Fault, Keys, Log, Metrics, Models, Notices, Origin, PopulationRegister, Restrictions,
    Retention, Sandbox, Server, Tokens, Tries,
};
use crate::config::value::section::{Key, Section};

/// What a variable of ours begins with; `RASTAU_CONFIG` is the command line's and has one underscore.
const PREFIX: &str = "RASTAU__";

const SECTIONS: &[(&str, &[Key])] = &[
    (Server::NAME, Server::KEYS),
    (Database::NAME, Database::KEYS),
    (Keys::NAME, Keys::KEYS),
    (Models::NAME, Models::KEYS),
    (Comparison::NAME, Comparison::KEYS),
    (Face::NAME, Face::KEYS),
    (FaceSearch::NAME, FaceSearch::KEYS),
    (Restrictions::NAME, Restrictions::KEYS),
    (Retention::NAME, Retention::KEYS),
    (Tries::NAME, Tries::KEYS),
    (Enrolment::NAME, Enrolment::KEYS),
    (PopulationRegister::NAME, PopulationRegister::KEYS),
    (ContactOfRecord::NAME, ContactOfRecord::KEYS),
    (Notices::NAME, Notices::KEYS),
    (ClientCertificates::NAME, ClientCertificates::KEYS),
    (Administration::NAME, Administration::KEYS),
    (Compliance::NAME, Compliance::KEYS),
    (Sandbox::NAME, Sandbox::KEYS),
    (Tokens::NAME, Tokens::KEYS),
    (Log::NAME, Log::KEYS),
    (Metrics::NAME, Metrics::KEYS),
];

pub(super) fn keys() -> Vec<(String, &'static str)> {
    SECTIONS
        .iter()
        .flat_map(|(section, keys)| keys.iter().map(move |key| (format!("{section}.{}", key.name), key.allowed)))
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
            return Err(ConfigError::Unreadable { file: file.to_owned(), why: why.to_string() });
        }
    };
    let mut loader = Loader { file, tables, variables: Vec::new(), faults: Vec::new() };
    loader.overlay(environment);
    loader.refuse_unknown();
    let config = Config {
        server: loader.section(),
        database: loader.section(),
        keys: loader.section(),
        models: loader.section(),
        comparison: loader.section(),
        face: loader.section(),
        face_search: loader.section(),
        restrictions: loader.section(),
        retention: loader.section(),
        tries: loader.section(),
        enrolment: loader.section(),
        population_register: loader.section(),
        contact_of_record: loader.section(),
        notices: loader.section(),
        client_certificates: loader.section(),
        administration: loader.section(),
        compliance: loader.section(),
        sandbox: loader.section(),
        tokens: loader.section(),
        log: loader.section(),
        metrics: loader.section(),
        file: loader.file,
        variables: loader.variables,
    };
    if loader.faults.is_empty() { Ok(config) } else { Err(ConfigError::Faults(loader.faults)) }
}

fn parse(file: &Path, text: &str) -> Result<Table, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.parse::<Table>().map_err(|why| {
        // The parser's own display quotes the line, which may hold a secret.
        let line = why.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let place = line.map_or(String::new(), |line| format!("line {line}: "));
        ConfigError::Syntax { file: file.to_owned(), why: format!("{place}{}", why.message()) }
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
            self.variables.push((name.trim_end_matches('.').to_owned(), variable.clone()));
            let table = self.tables.entry(section).or_insert_with(|| Value::Table(Table::new()));
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
                (None, _) => unknown.push((section.clone(), "every key stands in a section, such as [server]".into())),
                (Some(_), None) => {
                    unknown.push((section.clone(), "it is a section: write it as a table".into()));
                }
                (Some((_, keys)), Some(table)) => {
                    for key in table.keys().filter(|key| keys.iter().all(|known| known.name != *key)) {
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
        let base = self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        section.resolve(base);
        section
    }

    fn fault(&mut self, key: String, problem: String) {
        let allowed = allowed(&key);
        let origin = self.origin(&key);
        self.faults.push(Fault { key, problem, allowed, origin });
    }

    fn origin(&self, key: &str) -> Origin {
        if let Some((_, variable)) = self.variables.iter().find(|(name, _)| name == key) {
            return Origin::Variable(variable.clone());
        }
        let written = key.split_once('.').map_or_else(
            || self.tables.contains_key(key),
            |(section, name)| self.tables.get(section).is_some_and(|table| table.get(name).is_some()),
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
    if matches!(name, "token" | "url") { "it has the wrong type".into() } else { problem }
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
#[path = "load_tests.rs"]
mod tests;
