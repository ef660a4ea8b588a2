//! What is wrong with the configuration, all at once rather than one thing a run.

use std::fmt;
use std::path::PathBuf;

/// Who set a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// Nobody.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "in {}", path.display()),
            Self::Variable(name) => write!(f, "in the environment variable {name}"),
            Self::Default => f.write_str("not set"),
        }
    }
}

/// One wrong key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `section.key`
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What it may be; empty when the key itself is unknown.
    pub allowed: &'static str,
    /// Who set it.
    pub origin: Origin,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)?;
        if !self.allowed.is_empty() {
            write!(f, "; allowed: {}", self.allowed)?;
        }
        write!(f, " ({})", self.origin)
    }
}

/// Why the configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not readable.
    #[error("cannot read {}: {why}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The file is no TOML.
    #[error("{} is not valid TOML: {why}", file.display())]
    Syntax {
        /// Which.
        file: PathBuf,
        /// Line, column and what was expected.
        why: String,
    },
    /// Keys are wrong.
    #[error("{}", join(.0))]
    Faults(Vec<Fault>),
}

fn join(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    lines.join("\n")
}

impl From<Fault> for ConfigError {
    fn from(fault: Fault) -> Self {
        Self::Faults(vec![fault])
    }
}
