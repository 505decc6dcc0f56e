//! The database that an earlier release left, with what its server served. `tests/upgrades/make` makes both.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::support::deployment::Deployment;
use crate::support::process::{repository, run_with_input};
use crate::support::programs::python_lines;

/// The schema in the dump for PostgreSQL.
#[cfg(feature = "postgres-tests")]
const SCHEMA: &str = "learncoin_fixture";

/// A fixture, and a deployment on its database.
pub(crate) struct Fixture {
    pub(crate) facts: Facts,
    /// The responses of the earlier release, by path.
    pub(crate) served: BTreeMap<String, Served>,
    pub(crate) deployment: Deployment,
}

/// The facts about a fixture's data that the tests need.
#[derive(Deserialize)]
pub(crate) struct Facts {
    master_key: String,
    /// The public URL of the deployment.
    pub(crate) origin: String,
    /// The address of the webhook receiver in the dump.
    receiver: String,
    pub(crate) webhook_secret: String,
    pub(crate) tenants: BTreeMap<String, Tenant>,
    /// The state of each credential: `valid`, `expired`, `revoked` or `erased`.
    pub(crate) states: BTreeMap<String, String>,
    /// The status of the mail of a credential, in the words of the earlier release.
    pub(crate) mails: BTreeMap<String, String>,
    /// A batch that is signed, and in no block yet.
    pub(crate) open_batch: String,
    /// Credentials whose key was stolen, and which are to be anchored anew.
    pub(crate) to_reanchor: Vec<String>,
}

/// A tenant with an API key of the environment `test`.
#[derive(Deserialize)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) key: String,
}

/// A response of the earlier release.
#[derive(Deserialize)]
pub(crate) struct Served {
    /// The API key of the request, if it had one.
    pub(crate) key: Option<String>,
    pub(crate) body: String,
}

impl Fixture {
    /// Restores the fixture of a release to a new SQLite file. Its webhooks go to the receiver at this address.
    pub(crate) fn on_sqlite(release: &str, receiver: &str) -> Self {
        let (fixture, dump) = Self::read(release, "sqlite", receiver);
        let file = fixture.deployment.data_dir().join("learncoin.db");
        let lines = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.buffer.read().decode())";
        let ended = run_with_input(&mut python_lines(lines, &[file.to_str().unwrap()]), dump.as_bytes());
        assert_eq!(ended.status, Some(0), "{}", ended.stderr);
        fixture
    }

    /// Restores the fixture of a release to a new schema of the database that `LEARNCOIN_TEST_POSTGRES` names.
    #[cfg(feature = "postgres-tests")]
    pub(crate) fn on_postgres(release: &str, receiver: &str) -> Self {
        let (mut fixture, dump) = Self::read(release, "postgres", receiver);
        let place = fixture.deployment.data_dir();
        let name = hex::encode(place.parent().unwrap().file_name().unwrap().as_encoded_bytes());
        let schema = format!("test_{name}");
        let database =
            std::env::var("LEARNCOIN_TEST_POSTGRES").expect("LEARNCOIN_TEST_POSTGRES names a database");
        let mut psql = std::process::Command::new("psql");
        psql.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", &database]);
        let ended = run_with_input(&mut psql, dump.replace(SCHEMA, &schema).as_bytes());
        assert_eq!(ended.status, Some(0), "{}", ended.stderr);
        let url = format!("{database}?options[search_path]={schema}");
        fixture.deployment = fixture.deployment.with("LEARNCOIN_DATABASE_URL", url);
        fixture
    }

    /// Reads a fixture, places its files in a new data directory, and returns it with its dump.
    fn read(release: &str, database: &str, receiver: &str) -> (Self, String) {
        let folder = folder(release).join(database);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let facts: Facts = serde_json::from_str(&read("fixture.json")).unwrap();
        let dump = read("database.sql");
        assert!(dump.contains(&facts.receiver));
        let dump = dump.replace(&facts.receiver, receiver);
        let deployment = Deployment::new()
            .with("LEARNCOIN_MASTER_KEY", &facts.master_key)
            .with("LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN", "true")
            .with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true");
        std::fs::create_dir(deployment.data_dir()).unwrap();
        for name in ["chain.jsonl", "erasures.log"] {
            std::fs::copy(folder.join(name), deployment.data_dir().join(name)).unwrap();
        }
        let served = serde_json::from_str(&read("served.json")).unwrap();
        (Self { facts, served, deployment }, dump)
    }
}

/// Returns the folder of a release's fixtures.
fn folder(release: &str) -> PathBuf {
    repository().join("crates/learncoin/tests/e2e/support/data/upgrades").join(release)
}
