//! Commands about keys are killed at each of their points and run again: no key is lost or made twice, none goes on signing
//! that was disabled, and a master key is never half written.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use learncoin_store::kill;
use learncoin_testkit::KmsServer;
use serde_json::{Value, json};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_learncoin");
const SIGABRT: i32 = 6;

/// A deployment without a running server, with its keys in Cloud KMS or not.
#[derive(Clone)]
pub(crate) struct Operator {
    place: Arc<TempDir>,
    data_dir: String,
    variables: Vec<(&'static str, String)>,
}

impl Operator {
    pub(crate) fn with(variables: Vec<(&'static str, String)>) -> Self {
        let place = Arc::new(TempDir::new().expect("a temporary directory"));
        Self { place, data_dir: "data".to_owned(), variables }
    }

    /// Returns the same one with another data directory in the same place.
    pub(crate) fn in_directory(&self, name: &str) -> Self {
        Self { data_dir: name.to_owned(), ..self.clone() }
    }

    /// Returns a path in the working directory of its commands.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn in_kms(kms: &KmsServer) -> Self {
        Self::with(vec![
            ("LEARNCOIN_KEYS_KMS_KEY_RING", kms.key_ring().to_owned()),
            ("LEARNCOIN_KEYS_KMS_ENDPOINT", kms.origin().to_owned()),
            ("GCE_METADATA_HOST", kms.origin().trim_start_matches("http://").to_owned()),
        ])
    }

    fn run(&self, arguments: &[&str], kill_point: Option<&str>) -> Output {
        let mut command = Command::new(BINARY);
        command.args(arguments).args(["--data-dir", &self.data_dir]).current_dir(self.place.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEARNCOIN_")) {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(point) = kill_point {
            command.env("LEARNCOIN_KILL_POINT", point);
        }
        command.output().expect("the program starts")
    }

    pub(crate) fn killed(&self, arguments: &[&str], point: &str) {
        let ended = self.run(arguments, Some(point));
        assert_eq!(ended.status.signal(), Some(SIGABRT), "{point} was not reached: {ended:?}");
    }

    pub(crate) fn result(&self, arguments: &[&str]) -> Value {
        let ended = self.run(arguments, None);
        assert!(ended.status.success(), "{arguments:?}: {ended:?}");
        serde_json::from_slice(&ended.stdout).expect("it prints JSON")
    }

    /// Creates a tenant with its first key.
    pub(crate) fn tenant(&self) -> String {
        let tenant = self.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
        let id = tenant["id"].as_str().expect("an id").to_owned();
        self.result(&["key", "create", "--tenant", &id, "--environment", "test"]);
        id
    }

    fn numbers(&self, tenant: &str, status: &str) -> Vec<u64> {
        self.numbers_of("signing-key", tenant, status)
    }

    fn document_keys(&self, tenant: &str, status: &str) -> Vec<u64> {
        self.numbers_of("document-key", tenant, status)
    }

    fn numbers_of(&self, command: &str, tenant: &str, status: &str) -> Vec<u64> {
        let keys = self.result(&[command, "list", "--tenant", tenant]);
        let keys = keys.as_array().expect("a list").iter().filter(|key| key["status"] == status);
        keys.map(|key| key["number"].as_u64().expect("a number")).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_that_is_killed_anywhere_and_run_again_leaves_one_active_key() {
    let mut met = Vec::new();
    for (point, rotated_already) in [("key.made", false), ("key.written", false), ("key.committed", true)] {
        let kms = KmsServer::start().await;
        let operator = Operator::in_kms(&kms);
        let tenant = operator.tenant();
        let rotate = ["signing-key", "rotate", "--tenant", &tenant, "--environment", "test"];
        operator.killed(&rotate, point);
        let before = kms.versions_of_chain_keys();
        assert_eq!(before.len(), 2, "{point}");
        let newest = if rotated_already { 3 } else { 2 };
        assert_eq!(operator.result(&rotate)["number"], newest, "{point}");
        // A key that was made and not recorded is the next one; Cloud KMS holds none that the database does not know.
        assert_eq!(kms.versions_of_chain_keys().len(), usize::try_from(newest).unwrap(), "{point}");
        assert_eq!(operator.numbers(&tenant, "active"), [newest], "{point}");
        assert_eq!(operator.result(&["doctor"])["broken"], json!([]), "{point}");
        met.push(point);
    }
    met.push("key.disabled");
    assert_eq!(met, kill::KEYS, "each point is met here or below");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_whose_disabling_is_killed_is_disabled_here_at_once_and_in_cloud_kms_by_the_next_run() {
    for command in ["disable", "revoke"] {
        let kms = KmsServer::start().await;
        let operator = Operator::in_kms(&kms);
        let tenant = operator.tenant();
        let version = kms.versions_of_chain_keys().remove(0);
        let mut stop = vec!["signing-key", command, "--tenant", &tenant, "--number", "1", "--yes"];
        if command == "revoke" {
            stop.extend(["--since", "2026-01-01T00:00:00Z"]);
        }
        operator.killed(&stop, "key.disabled");
        assert_eq!(operator.numbers(&tenant, "active"), [0_u64; 0]);
        assert_eq!(kms.state(&version), Some("ENABLED"));
        operator.result(&stop);
        assert_eq!(kms.state(&version), Some("DISABLED"));
        assert_eq!(operator.result(&["doctor"])["broken"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_of_a_document_key_that_is_killed_anywhere_and_run_again_leaves_one_active_key() {
    let mut met = Vec::new();
    for (point, rotated_already) in
        [("document_key.made", false), ("document_key.written", false), ("document_key.committed", true)]
    {
        let kms = KmsServer::start().await;
        let operator = Operator::in_kms(&kms);
        let tenant = operator.tenant();
        let rotate = ["document-key", "rotate", "--tenant", &tenant];
        operator.killed(&rotate, point);
        let newest = if rotated_already { 3 } else { 2 };
        assert_eq!(operator.result(&rotate)["number"], newest, "{point}");
        let of_documents = kms.versions().len() - kms.versions_of_chain_keys().len();
        assert_eq!(of_documents, usize::try_from(newest).unwrap(), "{point}");
        assert_eq!(operator.document_keys(&tenant, "active"), [newest], "{point}");
        assert_eq!(operator.result(&["doctor"])["broken"], json!([]), "{point}");
        met.push(point);
    }
    met.push("document_key.revoked");
    assert_eq!(met, kill::DOCUMENT_KEYS, "each point is met here or below");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_document_key_whose_creation_is_killed_is_made_once_by_the_next_run() {
    for point in ["document_key.made", "document_key.written", "document_key.committed"] {
        let kms = KmsServer::start().await;
        let operator = Operator::in_kms(&kms);
        let tenant =
            operator.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
        let tenant = tenant["id"].as_str().expect("an id").to_owned();
        operator.killed(&["key", "create", "--tenant", &tenant, "--environment", "test"], point);
        assert_eq!(operator.numbers(&tenant, "active"), [1], "{point}: the signing key is there");
        let is_made = point == "document_key.committed";
        assert_eq!(operator.document_keys(&tenant, "active").len(), usize::from(is_made), "{point}");
        let made = operator.result(&["document-key", "ensure", "--tenant", &tenant]);
        assert_eq!(made["number"], 1, "{point}");
        assert_eq!(operator.result(&["document-key", "ensure", "--tenant", &tenant]), made, "{point}");
        assert_eq!(kms.versions().len(), 2, "{point}");
        assert_eq!(operator.result(&["doctor"])["broken"], json!([]), "{point}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_key_whose_revocation_is_killed_is_revoked_here_at_once_and_replaced_by_the_next_run() {
    let kms = KmsServer::start().await;
    let operator = Operator::in_kms(&kms);
    let tenant = operator.tenant();
    let chain_keys = kms.versions_of_chain_keys();
    let version = kms.versions().into_iter().find(|name| !chain_keys.contains(name)).expect("a document key");
    let revoke = ["document-key", "revoke", "--tenant", &tenant, "--number", "1", "--yes"];
    operator.killed(&revoke, "document_key.revoked");
    assert_eq!(operator.document_keys(&tenant, "active"), [0_u64; 0]);
    assert_eq!(kms.state(&version), Some("ENABLED"));
    operator.result(&revoke);
    assert_eq!(kms.state(&version), Some("DISABLED"));
    assert_eq!(operator.document_keys(&tenant, "active"), [2]);
    assert_eq!(operator.result(&["doctor"])["broken"], json!([]));
}

#[test]
fn a_master_key_that_is_rewritten_opens_wherever_the_process_is_killed() {
    for point in kill::MASTER_KEY {
        let mut operator = Operator::with(Vec::new());
        let tenant = operator.tenant();
        let passphrase = operator.place.path().join("passphrase");
        std::fs::write(&passphrase, "a passphrase that is hard to guess").unwrap();
        std::fs::set_permissions(&passphrase, std::fs::Permissions::from_mode(0o600)).unwrap();
        // The passphrase opens the old file and the new one.
        operator.variables = vec![("LEARNCOIN_PASSPHRASE_FILE", "passphrase".to_owned())];
        for (change, protected_after) in [("protect", true), ("unprotect", false)] {
            operator.killed(&["master-key", change], point);
            assert_eq!(operator.numbers(&tenant, "active"), [1], "{change} {point}");
            let status = operator.result(&["master-key", "status"]);
            let is_changed = status["passphrase"].is_null() != protected_after;
            assert_eq!(is_changed, *point == "master_key.renamed", "{change} {point}");
            if !is_changed {
                operator.result(&["master-key", change]);
            }
            assert_eq!(operator.result(&["doctor"])["broken"], json!([]), "{change} {point}");
        }
    }
}
