//! Environment variables.

/// Returns an environment variable that is set, not empty, and UTF-8.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
