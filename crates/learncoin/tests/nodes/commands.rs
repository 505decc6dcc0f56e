//! The program itself on PostgreSQL: commands, servers, the master key, and the way there from SQLite.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use learncoin_testkit::one;
use serde_json::Value;

const MASTER_KEY: &str = "abababababababababababababababababababababababababababababababab";

/// A directory, and a schema that is named after it.
pub(crate) struct Deployment {
    directory: tempfile::TempDir,
    pub(crate) url: String,
}

impl Deployment {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let name = directory.path().file_name().unwrap().as_encoded_bytes();
        let database =
            std::env::var("LEARNCOIN_TEST_POSTGRES").expect("LEARNCOIN_TEST_POSTGRES names a database");
        let url = format!("{database}?options[search_path]=test_{}", hex::encode(name));
        Self { directory, url }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Returns a command of the program, on SQLite in the directory.
    fn on_sqlite(&self, arguments: &[&str]) -> Command {
        let mut command = bare();
        command.arg("--data-dir").arg(self.path()).args(arguments).env("LEARNCOIN_MASTER_KEY", MASTER_KEY);
        command
    }

    /// Returns a command of the program, on PostgreSQL.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.on_sqlite(arguments);
        command.env("LEARNCOIN_DATABASE_URL", &self.url);
        command
    }
}

/// Returns the program, with none of this process's own settings.
fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_learncoin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEARNCOIN_")) {
        command.env_remove(name);
    }
    command
}

pub(crate) fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A server, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    /// The lines that it printed until it was ready.
    pub(crate) printed: Vec<String>,
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut printed = Vec::new();
        while let Some(line) = lines.next() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("ready on ") {
                let address = address.to_owned();
                // The log is read to the end.
                std::thread::spawn(move || lines.for_each(drop));
                return Self { child, address, printed };
            }
            printed.push(line);
        }
        let _ = child.wait();
        panic!("the server did not start:\n{}", printed.join("\n"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts a batch, and waits until it is anchored.
pub(crate) async fn issue(server: &Server, api_key: &str) -> String {
    let client = reqwest::Client::new();
    let posted = client
        .post(format!("{}/v1/batches", server.address))
        .bearer_auth(api_key)
        .header("Content-Type", "application/json")
        .body(one("Ada Lovelace").to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 202);
    let batch: Value = posted.json().await.unwrap();
    let url = format!("{}/v1/batches/{}", server.address, batch["id"].as_str().unwrap());
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let read: Value = client.get(&url).bearer_auth(api_key).send().await.unwrap().json().await.unwrap();
        if read["status"] == "anchored" {
            return batch["id"].as_str().unwrap().to_owned();
        }
        assert!(std::time::Instant::now() < deadline, "{read}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

pub(crate) fn new_key(command: impl Fn(&[&str]) -> Command) -> String {
    let tenant =
        json(&command(&["tenant", "create", "--name", "Uni", "--plan", "starter"]).output().unwrap());
    let id = tenant["id"].as_str().unwrap();
    let key = json(&command(&["key", "create", "--tenant", id, "--environment", "test"]).output().unwrap());
    key["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_issued_on_sqlite_goes_on_on_postgresql() {
    let deployment = Deployment::new();
    let key = new_key(|arguments| deployment.on_sqlite(arguments));
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost:8080"];
    let before = Server::start(&mut deployment.on_sqlite(&serve));
    let first = issue(&before, &key).await;
    let file = format!("sqlite:{}", deployment.path().join("learncoin.db").display());
    let copy = ["copy", "--from", &file];
    let while_served = deployment.command(&copy).output().unwrap();
    assert!(
        String::from_utf8_lossy(&while_served.stderr).contains("another server runs"),
        "{while_served:?}"
    );
    drop(before);

    let rows = json(&deployment.command(&copy).output().unwrap());
    assert_eq!((&rows["batches"], &rows["credentials"], &rows["events"]), (&1.into(), &1.into(), &3.into()));
    let again = deployment.command(&copy).output().unwrap();
    assert!(String::from_utf8_lossy(&again.stderr).contains("the target is not empty"), "{again:?}");
    let examined = json(&deployment.command(&["doctor"]).output().unwrap());
    assert_eq!(examined["broken"], Value::Array(Vec::new()));

    let after = Server::start(&mut deployment.command(&serve));
    let second = issue(&after, &key).await;
    let client = reqwest::Client::new();
    let list = client.get(format!("{}/v1/batches", after.address)).bearer_auth(&key).send().await.unwrap();
    let list: Value = list.json().await.unwrap();
    let ids: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|batch| batch["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [second.as_str(), first.as_str()]);
    drop(after);
    let examined = json(&deployment.command(&["doctor"]).output().unwrap());
    assert_eq!(examined["broken"], Value::Array(Vec::new()));
}

/// Runs a program of PostgreSQL's on the deployment's database, as described in docs/operations.md.
pub(crate) fn postgres(deployment: &Deployment, program: &str, arguments: &[&str]) -> Output {
    let (database, _) = deployment.url.split_once('?').unwrap();
    let output = Command::new(program).arg("--dbname").arg(database).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[tokio::test]
async fn erased_people_stay_erased_when_a_dump_comes_back() {
    const REASON: &str = "Zuzanna Kowalska withdrew";
    let deployment = Deployment::new();
    let schema = deployment.url.split_once("[search_path]=").unwrap().1.to_owned();
    let key = new_key(|arguments| deployment.command(arguments));
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost:8080"];
    let server = Server::start(&mut deployment.command(&serve));
    let batch = issue(&server, &key).await;
    let client = reqwest::Client::new();
    let get = async |address: &str, path: &str| -> Value {
        client.get(format!("{address}{path}")).bearer_auth(&key).send().await.unwrap().json().await.unwrap()
    };
    let id = get(&server.address, &format!("/v1/batches/{batch}")).await["credentials"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let change = async |name: &str, body: Value| {
        let url = format!("{}/v1/credentials/{id}/{name}", server.address);
        let sent = client.post(url).bearer_auth(&key).json(&body).send().await.unwrap();
        assert_eq!(sent.status(), 200);
    };
    change("revoke", serde_json::json!({ "reason": REASON, "reason_code": "other" })).await;
    let dump = deployment.path().join("dump").display().to_string();
    let (file, schema_only) = (format!("--file={dump}"), format!("--schema={schema}"));
    postgres(&deployment, "pg_dump", &["--format=custom", &file, &schema_only]);
    change("erase", serde_json::json!({ "requester": "dpo", "verified_at": "2026-11-19T13:30:00Z" })).await;
    // Another backup, which a node's directory is lost after: it has the erasure on its list.
    let list = deployment.command(&["erasures", "export"]).output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&list).contains(id));
    drop(server);

    let holds_reason = || {
        let rows = postgres(&deployment, "pg_dump", &["--data-only", &schema_only]).stdout;
        String::from_utf8(rows).unwrap().contains(REASON)
    };
    let bring_back = || {
        postgres(&deployment, "psql", &["--quiet", "--command", &format!("DROP SCHEMA {schema} CASCADE")]);
        postgres(&deployment, "pg_restore", &[&dump]);
        assert!(holds_reason(), "the person is back");
    };
    // The node's own journal is enough ...
    bring_back();
    let server = Server::start(&mut deployment.command(&serve));
    assert_eq!(get(&server.address, &format!("/v1/credentials/{id}")).await["erased"], true);
    assert!(!holds_reason());
    drop(server);
    // ... and where that is lost, the list.
    std::fs::remove_file(deployment.path().join("erasures.log")).unwrap();
    bring_back();
    let file = deployment.path().join("list");
    std::fs::write(&file, list).unwrap();
    let applied = json(&deployment.command(&["erasures", "apply", file.to_str().unwrap()]).output().unwrap());
    assert_eq!(applied["erased"], 1);
    assert!(!holds_reason());
    let examined = json(&deployment.command(&["doctor"]).output().unwrap());
    assert_eq!(examined["broken"], Value::Array(Vec::new()));
    let server = Server::start(&mut deployment.command(&serve));
    let shown = get(&server.address, &format!("/v1/credentials/{id}")).await;
    assert_eq!(
        (&shown["erased"], &shown["signed_credential"]["credentialSubject"]["name"]),
        (&true.into(), &Value::Null)
    );
}

#[test]
fn a_node_without_the_master_key_or_with_another_one_is_refused() {
    let deployment = Deployment::new();
    let migrated = json(&deployment.command(&["migrate"]).output().unwrap());
    assert!(migrated["schema"].as_i64().unwrap() >= 10, "{migrated}");
    json(&deployment.command(&["migrate"]).output().unwrap());
    let refused = |command: &mut Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let without = refused(deployment.command(&["tenant", "list"]).env_remove("LEARNCOIN_MASTER_KEY"));
    assert!(without.contains("there is no master key"), "{without}");
    let other = refused(deployment.command(&["tenant", "list"]).env("LEARNCOIN_MASTER_KEY", "cd".repeat(32)));
    assert!(other.contains("the master key is not the one"), "{other}");
}

#[test]
fn the_embedded_chain_has_one_node() {
    let deployment = Deployment::new();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost:8080"];
    let _server = Server::start(&mut deployment.command(&serve));
    let refused = |command: &mut Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let beside = refused(&mut deployment.command(&serve));
    assert!(beside.contains("another server runs"), "{beside}");
    let elsewhere = tempfile::tempdir().unwrap();
    let mut apart = bare();
    apart.arg("--data-dir").arg(elsewhere.path()).args(serve);
    apart.env("LEARNCOIN_MASTER_KEY", MASTER_KEY).env("LEARNCOIN_DATABASE_URL", &deployment.url);
    let apart = refused(&mut apart);
    assert!(apart.contains("another embedded chain"), "{apart}");
}

#[test]
fn a_password_is_in_no_message() {
    let deployment = Deployment::new();
    for url in ["postgres://learncoin:hunter2@127.0.0.1:1/learncoin", "mysql://learncoin:hunter2@127.0.0.1/x"]
    {
        let mut command = deployment.command(&["migrate"]);
        let output =
            command.env("LEARNCOIN_DATABASE_URL", url).env("LEARNCOIN_LOG", "trace").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let printed = String::from_utf8(output.stderr).unwrap();
        assert!(!printed.is_empty() && !printed.contains("hunter2"), "{printed}");
    }
}

/// Returns the message of a command that is expected to be refused.
fn refusal(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_data_directory_knows_the_database_of_its_server() {
    let deployment = Deployment::new();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost:8080"];
    let server = Server::start(&mut deployment.command(&serve));
    let name = deployment.url.split_once('@').unwrap().1.split_once('?').unwrap().0.to_owned();
    let line = server.printed.iter().find(|line| line.starts_with("LearnCoin ")).unwrap();
    assert!(line.contains(&format!(": http://localhost:8080, database postgres://{name}, ")), "{line}");
    let create = ["tenant", "create", "--name", "Second", "--plan", "starter"];
    // Without the server's variable, and with another database.
    let is_refused = |arguments: &[&str]| {
        let message = refusal(&mut deployment.on_sqlite(arguments));
        assert!(message.contains(&format!("uses the database postgres://{name}")), "{message}");
        assert!(!deployment.path().join("learncoin.db").exists(), "{arguments:?}");
    };
    for arguments in [&create[..], &["tenant", "list"], &["migrate"], &["doctor"]] {
        is_refused(arguments);
    }
    let other = Deployment::new();
    let message = refusal(deployment.command(&create).env("LEARNCOIN_DATABASE_URL", &other.url));
    assert!(message.contains("--force-database"), "{message}");
    // Another way to the same database is not another database.
    let by_name = deployment.url.replace("127.0.0.1", "localhost");
    assert_ne!(by_name, deployment.url);
    let listed =
        deployment.command(&["tenant", "list"]).env("LEARNCOIN_DATABASE_URL", by_name).output().unwrap();
    assert_eq!(json(&listed), serde_json::json!([]));
    drop(server);
    is_refused(&serve);

    // Who means another one says so, and it is remembered.
    let forced = [serve.as_slice(), &["--force-database"]].concat();
    let moved = Server::start(deployment.command(&forced).env("LEARNCOIN_DATABASE_URL", &other.url));
    drop(moved);
    assert!(refusal(&mut deployment.command(&serve)).contains("uses the database"));
}

#[tokio::test]
async fn a_database_that_is_copied_is_the_one_from_then_on() {
    let deployment = Deployment::new();
    new_key(|arguments| deployment.on_sqlite(arguments));
    let file = format!("sqlite:{}", deployment.path().join("learncoin.db").display());
    // A command remembers as a server does.
    assert!(refusal(&mut deployment.command(&["tenant", "list"])).contains("uses the database sqlite:"));
    json(&deployment.command(&["copy", "--from", &file]).output().unwrap());
    assert_eq!(json(&deployment.command(&["tenant", "list"]).output().unwrap()).as_array().unwrap().len(), 1);
    let message = refusal(&mut deployment.on_sqlite(&["tenant", "list"]));
    assert!(
        message.contains("uses the database postgres://"),
        "what was copied is not used any more: {message}"
    );
}
