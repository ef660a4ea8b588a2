//! Names of photos as people write them: found without regard to case, slashes and Unicode's form (UAX 15, form C), where one file alone
//! can be meant.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use crate::app::support::row_refusal::{NearPhoto, RowFault};

/// No folder of photos is deeper.
const DEEPEST: usize = 16;

/// What lies in a folder.
#[derive(Debug, Default)]
pub(super) struct PhotoNames {
    /// Paths from the folder by their folded names.
    paths: HashMap<String, Vec<PathBuf>>,
    /// Folded names without their ending.
    stems: HashMap<String, u32>,
    /// Folded names of files without their folders.
    files: HashMap<String, u32>,
}

impl PhotoNames {
    /// Of everything in `root`. Links to folders are not followed: what lies behind one is found by its exact name.
    pub(in crate::cli) fn of(root: &Path) -> Self {
        let mut names = Self::default();
        let mut folders = vec![(PathBuf::new(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            for entry in std::fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
                let path = folder.join(entry.file_name());
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && depth < DEEPEST => folders.push((path, depth + 1)),
                    Ok(kind) if !kind.is_dir() => names.take(path),
                    _ => {}
                }
            }
        }
        names
    }

    fn take(&mut self, path: PathBuf) {
        let Some(name) = path.to_str() else { return };
        let folded = folded(name);
        *self.stems.entry(stem(&folded).to_owned()).or_default() += 1;
        *self.files.entry(file(&folded).to_owned()).or_default() += 1;
        self.paths.entry(folded).or_default().push(path);
    }

    /// The one file that is meant, as a path from the folder.
    ///
    /// # Errors
    /// How many could be, or what there is in its place.
    pub(in crate::cli) fn find(&self, name: &str) -> Result<&Path, RowFault> {
        let folded = folded(name);
        match self.paths.get(&folded).map(Vec::as_slice) {
            Some([path]) => Ok(path),
            Some(several) => Err(RowFault::PhotoAmbiguous(several.len())),
            None if self.stems.contains_key(stem(&folded)) => Err(RowFault::PhotoMissing(Some(NearPhoto::OtherEnding))),
            None if self.files.contains_key(file(&folded)) => Err(RowFault::PhotoMissing(Some(NearPhoto::OtherFolder))),
            None => Err(RowFault::PhotoMissing(None)),
        }
    }
}

/// With slashes, and without `.`, case and the difference of Unicode's forms.
fn folded(name: &str) -> String {
    let composed: String = name.nfc().collect::<String>().to_lowercase().nfc().collect();
    let parts: Vec<&str> = composed.split(['/', '\\']).filter(|part| !matches!(*part, "" | ".")).collect();
    parts.join("/")
}

fn file(folded: &str) -> &str {
    folded.rsplit_once('/').map_or(folded, |(_, file)| file)
}

fn stem(folded: &str) -> &str {
    match folded.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => stem,
        _ => folded,
    }
}
