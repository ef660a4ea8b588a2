//! A folder that one can still take in at a glance.

use std::collections::BTreeMap;
use std::path::Path;

use super::sources::crate_sources;

/// So many files at most stand in one folder.
const MAX_FILES: usize = 16;

#[test]
fn no_folder_is_full() {
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    for source in crate_sources() {
        let folder = Path::new(&source.path).parent().unwrap().to_string_lossy().into_owned();
        *files.entry(folder).or_default() += 1;
    }
    let full: Vec<_> = files.into_iter().filter(|(_, count)| *count > MAX_FILES).collect();
    assert!(full.is_empty(), "{full:?}");
}
