//! This process's memory, as the kernel counts it.

/// Resident bytes; `None` where the kernel does not say.
pub(super) fn resident_bytes() -> Option<i64> {
    of_status(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// The line `VmRSS:   123456 kB` of proc(5).
fn of_status(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_line_is_read() {
        assert_eq!(of_status("Name:\trastau\nVmHWM:\t9 kB\nVmRSS:\t  2048 kB\n"), Some(2_097_152));
        assert_eq!(of_status("Name:\trastau\n"), None);
        assert_eq!(of_status("VmRSS:\tmuch kB\n"), None);
    }
}
