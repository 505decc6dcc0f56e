//! Results as a person on a terminal reads them, and as a program does.

use std::process::Command;

use crate::support::deployment::Deployment;
use crate::support::process::{Ended, run};
use crate::support::school::text;

/// Runs a command on a terminal of its own.
fn on_terminal(deployment: &Deployment, arguments: &[&str]) -> Ended {
    let command = deployment.command(arguments);
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect();
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &words.join(" "), "/dev/null"]);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => terminal.env(name, value),
            None => terminal.env_remove(name),
        };
    }
    let ended = run(terminal.current_dir(command.get_current_dir().unwrap()));
    Ended { stdout: ended.stdout.replace("\r\n", "\n"), ..ended }
}

#[test]
fn people_get_tables_and_programs_json() {
    let deployment = Deployment::new();
    let tenant =
        deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
    let id = text(&tenant, "/id");
    let key = deployment.result(&["key", "create", "--tenant", &id, "--environment", "test"]);

    let listed = on_terminal(&deployment, &["tenant", "list"]);
    assert_eq!(listed.status, Some(0), "{listed:?}");
    let lines: Vec<&str> = listed.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{listed:?}");
    assert!(lines[0].starts_with("ID ") && lines[0].contains("  NAME  "), "{listed:?}");
    assert!(lines[1].starts_with(&format!("{id}  Example University  starter  2500 ")), "{listed:?}");
    assert_eq!(lines[0].find("NAME"), lines[1].find("Example"), "{listed:?}");

    let keys = on_terminal(&deployment, &["signing-key", "list", "--tenant", &id]).stdout;
    let (head, row) = keys.split_once('\n').unwrap();
    let columns: Vec<&str> = head.split_whitespace().collect();
    assert_eq!(columns, ["NUMBER", "ENVIRONMENT", "STATUS", "ADDRESS", "BALANCE", "CREATED"]);
    assert!(row.starts_with("1       test         active  0x"), "{keys}");

    let updated = on_terminal(&deployment, &["tenant", "update", &id, "--name", "Other University"]).stdout;
    assert!(
        updated.lines().any(|line| line.starts_with("name ") && line.ends_with("  Other University")),
        "{updated}"
    );
    assert!(updated.lines().any(|line| line.starts_with("mail.on ") && line.ends_with("  yes")), "{updated}");

    let doctor = on_terminal(&deployment, &["doctor"]).stdout;
    assert!(doctor.starts_with("All ") && doctor.ends_with(" rules hold.\n"), "{doctor}");
    let mails = on_terminal(&deployment, &["mail", "list"]).stdout;
    assert_eq!(mails, "(none)\n");

    // A program that has a terminal asks for JSON, before or after the command; in a pipe it gets it anyway.
    for arguments in [["--json", "key", "list", "--tenant", &id], ["key", "list", "--tenant", &id, "--json"]]
    {
        let listed = on_terminal(&deployment, &arguments);
        assert_eq!(listed.json()[0]["id"], key["id"], "{listed:?}");
    }
    let piped = deployment.result(&["key", "list", "--tenant", &id]);
    assert_eq!(deployment.result(&["key", "list", "--tenant", &id, "--json"]), piped);
}
