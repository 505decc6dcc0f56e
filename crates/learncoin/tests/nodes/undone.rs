//! Commands on keys whose transaction the database undoes in favor of another one: they are run again.

use serde_json::Value;

use crate::commands::{Deployment, json, postgres};

/// A deployment whose database undoes the first write to a table of keys, as after a deadlock, whenever it is armed.
struct Undoing {
    deployment: Deployment,
    schema: String,
}

impl Undoing {
    fn new() -> Self {
        let deployment = Deployment::new();
        json(&deployment.command(&["migrate"]).output().unwrap());
        let schema = deployment.url.split_once("[search_path]=").unwrap().1.to_owned();
        let undoing = Self { deployment, schema };
        // A sequence goes on when a transaction does not.
        undoing.sql(&format!(
            "CREATE SEQUENCE {0}.writes;
             CREATE FUNCTION {0}.undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('{0}.writes') = 1 THEN RAISE EXCEPTION 'undone' USING ERRCODE = '40001'; END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER undo BEFORE INSERT OR UPDATE ON {0}.api_keys
                 FOR EACH ROW EXECUTE FUNCTION {0}.undo();
             CREATE TRIGGER undo BEFORE INSERT OR UPDATE ON {0}.signing_keys
                 FOR EACH ROW EXECUTE FUNCTION {0}.undo();",
            undoing.schema
        ));
        undoing
    }

    fn sql(&self, text: &str) -> String {
        let arguments = ["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--command", text];
        String::from_utf8(postgres(&self.deployment, "psql", &arguments).stdout).unwrap()
    }

    /// Runs a command whose first write is undone, and returns what it prints.
    fn run(&self, arguments: &[&str]) -> Value {
        self.sql(&format!("ALTER SEQUENCE {}.writes RESTART", self.schema));
        let printed = json(&self.deployment.command(arguments).output().unwrap());
        let writes = self.sql(&format!("SELECT last_value FROM {}.writes", self.schema));
        assert!(writes.trim().parse::<u64>().unwrap() >= 2, "{arguments:?}: nothing was undone");
        printed
    }
}

#[test]
fn a_command_on_keys_that_the_database_undid_is_run_again() {
    let undoing = Undoing::new();
    let create = ["tenant", "create", "--name", "Uni", "--plan", "starter"];
    let tenant = json(&undoing.deployment.command(&create).output().unwrap());
    let id = tenant["id"].as_str().unwrap();
    let key = undoing.run(&["key", "create", "--tenant", id, "--environment", "test"]);
    let rotated = undoing.run(&["signing-key", "rotate", "--tenant", id, "--environment", "test"]);
    assert_eq!(rotated["number"], 2, "one key was made: {rotated}");
    undoing.run(&["signing-key", "disable", "--tenant", id, "--number", "1", "--yes"]);
    let since = "2026-01-01T00:00:00Z";
    undoing.run(&["signing-key", "revoke", "--tenant", id, "--number", "2", "--since", since, "--yes"]);
    undoing.run(&["key", "revoke", key["id"].as_str().unwrap()]);

    let listed =
        json(&undoing.deployment.command(&["signing-key", "list", "--tenant", id]).output().unwrap());
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    let listed = json(&undoing.deployment.command(&["key", "list", "--tenant", id]).output().unwrap());
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    assert!(listed[0]["revoked_at"].is_string(), "{listed}");
}
