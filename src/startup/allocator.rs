//! glibc's allocator, told to give memory back.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Read by glibc when a process starts (mallopt(3), `M_MMAP_THRESHOLD`).
const VARIABLE: &str = "MALLOC_MMAP_THRESHOLD_";
/// Blocks from this size on are the kernel's own pages and go back to it.
const THRESHOLD: &str = "65536";

/// Starts this program anew in its own place with a fixed threshold, unless the environment has one already: by itself
/// glibc raises it while models are loaded, and what they leave stays resident (docs/PERFORMANCE.md). Process id,
/// arguments and open files stay. Where that is not possible the process goes on as it is.
#[allow(clippy::disallowed_methods)] // for glibc, not for us: configuration is not read yet
pub fn give_memory_back(arguments: impl IntoIterator<Item = OsString>) {
    if std::env::var_os(VARIABLE).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let mut arguments = arguments.into_iter();
        let name = arguments.next().unwrap_or_else(|| program.clone().into_os_string());
        // Returns only when it failed.
        let why = Command::new(program).arg0(name).args(arguments).env(VARIABLE, THRESHOLD).exec();
        tracing::debug!(%why, "the allocator stays as it is");
    }
}
