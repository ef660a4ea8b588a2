//! What every section knows of itself.

use std::path::Path;

use serde::de::DeserializeOwned;

/// A key and what it may be: errors and `docs/OPERATIONS.md` speak from it.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key's name within its section.
    pub name: &'static str,
    /// Allowed values and the default, in words.
    pub allowed: &'static str,
}

/// Collects what is wrong with one section: key and problem.
pub(in crate::config) type Problems = Vec<(&'static str, String)>;

/// One table of the file.
pub(in crate::config) trait Section: DeserializeOwned + Default {
    /// The table's name.
    const NAME: &'static str;
    /// All its keys.
    const KEYS: &'static [Key];

    /// Checks ranges and what must go together.
    fn check(&self, _problems: &mut Problems) {}

    /// Makes relative paths relative to the directory of the file that names them.
    fn resolve(&mut self, _base: &Path) {}
}

/// Notes a problem unless `value` lies in `range`.
pub(in crate::config) fn in_range<T: PartialOrd + std::fmt::Display>(
    key: &'static str,
    value: &T,
    range: std::ops::RangeInclusive<T>,
    problems: &mut Problems,
) {
    if !range.contains(value) {
        problems.push((key, format!("{value} is out of range")));
    }
}
