//! The programs of third parties under `tests/`, run from the top of the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::process::{Ended, repository, run};

/// The shared material, which need not be there.
pub(crate) const SHARED: &str = "../shared";

/// Returns a program of `tests/node`.
///
/// # Panics
/// If its packages are not installed.
pub(crate) fn node(program: &str, arguments: &[&str]) -> Command {
    assert_installed(&repository().join("tests/node/node_modules"));
    in_repository("node", format!("tests/node/{program}"), arguments)
}

/// Returns a program of `tests/python`.
pub(crate) fn python(program: &str, arguments: &[&str]) -> Command {
    in_repository(interpreter(), format!("tests/python/{program}"), arguments)
}

/// Returns a command that runs a few lines of Python.
pub(crate) fn python_lines(lines: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(interpreter());
    command.args(["-c", lines]).args(arguments);
    command
}

/// Returns the path of the Python that has the packages that the tests need.
pub(crate) fn interpreter() -> PathBuf {
    let python = std::env::var_os("LEARNCOIN_PYTHON")
        .map_or_else(|| repository().join("target/venv/bin/python"), PathBuf::from);
    assert_installed(&python);
    python
}

/// Returns the shared verifier, or none if `./test` found no shared material.
pub(crate) fn second_judge(arguments: &[&str]) -> Option<Command> {
    let folder = PathBuf::from(std::env::var_os("LEARNCOIN_SHARED_INTEROP")?);
    assert_installed(&folder.join("node_modules"));
    Some(in_repository("node", folder.join("verify.mjs"), arguments))
}

/// Returns a command that runs Anvil.
pub(crate) fn anvil() -> Command {
    Command::new(learncoin_testkit::anvil_binary())
}

/// Runs a program that prints what it checks and is expected to find everything as it should be.
pub(crate) fn succeeds(command: &mut Command) -> Ended {
    let ended = run(command);
    assert_eq!(ended.status, Some(0), "{command:?}\n{}{}", ended.stdout, ended.stderr);
    ended
}

/// Returns the verdict of `verify.mjs` on each credential in a file, and whether all were as expected. `hosts` are origins,
/// each with where it is really served.
pub(crate) fn stock_verdicts(
    rpc: &str,
    hosts: &[(&str, &str)],
    file: &Path,
    chain_id: u64,
) -> (bool, Vec<Value>) {
    let chain_id = chain_id.to_string();
    let maps: Vec<String> = hosts.iter().map(|(origin, served)| format!("--map={origin}={served}")).collect();
    let mut arguments = vec!["--rpc", rpc, "--chain-id", &chain_id, file.to_str().unwrap()];
    arguments.extend(maps.iter().map(String::as_str));
    let ended = run(&mut node("verify.mjs", &arguments));
    assert!(matches!(ended.status, Some(0 | 1)), "{ended:?}");
    let verdicts: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!verdicts.is_empty(), "{ended:?}");
    (ended.status == Some(0), verdicts)
}

fn in_repository(
    program: impl AsRef<std::ffi::OsStr>,
    script: impl AsRef<std::ffi::OsStr>,
    arguments: &[&str],
) -> Command {
    let mut command = Command::new(program);
    command.arg(script).args(arguments).current_dir(repository());
    command
}

fn assert_installed(path: &Path) {
    assert!(
        path.exists(),
        "{} is not there: `./test`, or `./test --setup`, installs what the tests need",
        path.display()
    );
}
