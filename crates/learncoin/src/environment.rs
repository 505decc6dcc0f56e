//! Environment variables.

/// The variables that are read beside those of the settings.
pub(crate) const OWN_VARIABLES: [&str; 6] = [
    "LEARNCOIN_CONFIG",
    "LEARNCOIN_MASTER_KEY",
    "LEARNCOIN_PASSPHRASE",
    "LEARNCOIN_PASSPHRASE_FILE",
    "LEARNCOIN_MAIL_SMTP_PASSWORD",
    "LEARNCOIN_OIDC_CLIENT_SECRET",
];
/// The variables of the documentation's examples, which callers of the API set in the same shell.
pub(crate) const CALLERS_VARIABLES: [&str; 3] =
    ["LEARNCOIN_API_KEY", "LEARNCOIN_BASE_URL", "LEARNCOIN_WEBHOOK_SECRET"];
/// The variables of a program that is built for tests: those at whose points it ends, stops or panics, and those of the tests
/// themselves, from whose environment it may be started.
#[cfg(feature = "kill-points")]
pub(crate) const TEST_VARIABLES: &[&str] = &[
    "LEARNCOIN_KILL_POINT",
    "LEARNCOIN_PANIC_POINT",
    "LEARNCOIN_STOP_POINT",
    "LEARNCOIN_LEASE_MS",
    "LEARNCOIN_PYTHON",
    "LEARNCOIN_SEED",
    "LEARNCOIN_SHARED_INTEROP",
    "LEARNCOIN_TEST_DATABASE",
    "LEARNCOIN_TEST_POSTGRES",
];
/// None: this program is not built for tests.
#[cfg(not(feature = "kill-points"))]
pub(crate) const TEST_VARIABLES: &[&str] = &[];

/// Returns an environment variable that is set, not empty, and UTF-8.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Lists the names of the variables that are set and not empty.
pub(crate) fn names() -> Vec<String> {
    let set = std::env::vars_os().filter(|(_, value)| !value.is_empty());
    set.filter_map(|(name, _)| name.into_string().ok()).collect()
}
