//! Programs of servers that refuse to run as root. As root they run as the user of PostgreSQL.

use std::path::Path;
use std::process::Command;

const USER: &str = "postgres";

/// Creates the command that runs a server's program.
pub fn server_program(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--init-groups"]).arg(program);
    command
}

/// Makes a directory and what is in it the user's who runs those programs.
pub fn give_to_server_programs(directory: &Path) {
    if is_root() {
        let given = Command::new("chown").args(["-R", USER]).arg(directory).status();
        assert!(given.expect("chown runs").success(), "{}", directory.display());
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().expect("id runs").stdout == b"0\n"
}
