//! The operating system's figures about this process, under the names that Prometheus' own clients use.

use std::fs;

const RESIDENT: &str = "process_resident_memory_bytes";
const CPU: &str = "process_cpu_seconds_total";
const OPEN_FDS: &str = "process_open_fds";
const STARTED: &str = "process_start_time_seconds";

/// The ticks of a second in `/proc`: 100 for programs on every Linux machine.
const TICKS_PER_SECOND: f64 = 100.0;

pub(crate) fn describe() {
    metrics::describe_gauge!(RESIDENT, "Memory that this process holds, in bytes.");
    // It only grows, but it has fractions of a second, which a counter does not take.
    metrics::describe_gauge!(CPU, "Processor time that this process has used, in seconds.");
    metrics::describe_gauge!(OPEN_FDS, "Files and connections that this process has open.");
    metrics::describe_gauge!(STARTED, "When this process started, in seconds since 1970.");
}

/// Reads all figures. Those that the system does not report, as on another one than Linux, are left out.
pub(crate) fn observe(started_at_ms: i64) {
    metrics::gauge!(STARTED).set(seconds(started_at_ms));
    if let Some(bytes) = fs::read_to_string("/proc/self/status").ok().as_deref().and_then(resident) {
        metrics::gauge!(RESIDENT).set(bytes);
    }
    if let Some(used) = fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(cpu) {
        metrics::gauge!(CPU).set(used);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        metrics::gauge!(OPEN_FDS).set(u32::try_from(open.count()).map_or(f64::MAX, f64::from));
    }
}

/// Converts milliseconds to whole seconds, which is precise enough for a start time.
fn seconds(milliseconds: i64) -> f64 {
    u32::try_from(milliseconds.div_euclid(1_000)).map_or(0.0, f64::from)
}

/// Parses `VmRSS:     12345 kB`.
fn resident(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kilobytes) * 1_024.0)
}

/// Parses the processor time. The program's name may contain spaces and parentheses, so the numbers begin behind the
/// last parenthesis.
fn cpu(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_linux_are_parsed() {
        assert_eq!(resident("Name:\tlearncoin\nVmPeak:\t 9 kB\nVmRSS:\t   12345 kB\n"), Some(12_641_280.0));
        assert_eq!(resident("Name:\tlearncoin\n"), None);
        let stat = "42 (a) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 8 0 100 200 300";
        assert_eq!(cpu(stat), Some(3.0));
        assert_eq!(cpu("42"), None);
    }

    #[test]
    fn a_start_is_in_whole_seconds() {
        assert_eq!(seconds(1_776_945_601_999), 1_776_945_601.0);
    }
}
