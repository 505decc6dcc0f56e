//! The Cloud KMS of the tests, judged by Google's own client; and the program as it is, with its keys in there.

use std::os::unix::fs::PermissionsExt as _;

use learncoin_testkit::KmsServer;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::deployment::Deployment;
use crate::support::programs::{python, stock_verdicts, succeeds};
use crate::support::school::{School, credential_ids, varied};

#[test]
fn googles_own_client_is_content_with_the_kms_of_the_tests() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kms = runtime.block_on(KmsServer::start());
    let place = TempDir::new().unwrap();
    let account = place.path().join("account.json");
    std::fs::write(&account, kms.service_account()).unwrap();
    let metadata_host = kms.origin().trim_start_matches("http://");
    let arguments = [kms.origin(), kms.key_ring(), account.to_str().unwrap()];
    let ended = succeeds(python("kms.py", &arguments).env("GCE_METADATA_HOST", metadata_host));
    assert_eq!(ended.stdout.matches("ok: ").count(), 81, "{}", ended.stdout);
}

#[test]
fn a_school_whose_key_is_in_cloud_kms_issues_what_the_stock_verifier_accepts() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kms = runtime.block_on(KmsServer::start());
    let host = kms.origin().trim_start_matches("http://").to_owned();
    let deployment = Deployment::new()
        .with("LEARNCOIN_KEYS_KMS_KEY_RING", kms.key_ring())
        .with("LEARNCOIN_KEYS_KMS_ENDPOINT", kms.origin())
        .with("GCE_METADATA_HOST", host);
    let server = deployment.serve();
    let school = School::join(&server, "starter");
    let batch = school.issue(&varied(3));
    let documents: Vec<Value> = credential_ids(&batch)
        .iter()
        .map(|id| json!({ "name": id, "credential": school.credential(id).json()["signed_credential"] }))
        .collect();
    let file = server.deployment.write("credentials.json", Value::from(documents).to_string());
    let hosts = [(server.origin(), server.url(""))];
    let hosts = hosts.each_ref().map(|(origin, served)| (origin.as_str(), served.as_str()));
    let (as_expected, verdicts) = stock_verdicts(&server.chain_url(), &hosts, &file, 31337);
    assert!(as_expected && verdicts.len() == 3, "{verdicts:#?}");
    assert_eq!(
        (kms.signatures(), kms.versions_of_chain_keys().len()),
        (1, 2),
        "the host's key and the school's"
    );

    // The commands find the key in Cloud KMS, also where the settings make no new ones there any more.
    let tenant = school.tenant_id.as_str();
    let here = deployment.with("LEARNCOIN_KEYS_KMS_KEY_RING", "");
    let rotated = here.result(&["signing-key", "rotate", "--tenant", tenant, "--environment", "test"]);
    assert_eq!(rotated["home"], "database");
    let disabled = here.result(&["signing-key", "disable", "--tenant", tenant, "--number", "1", "--yes"]);
    assert_eq!(disabled["home"], "kms");
    assert_eq!(kms.state(disabled["kms_version"].as_str().unwrap()), Some("DISABLED"));

    // A service account does as well, and a key file that everybody can read is refused.
    let account = server.deployment.write("account.json", kms.service_account());
    let by_file = deployment.with("LEARNCOIN_KEYS_KMS_CREDENTIALS", account.display());
    let list = ["signing-key", "list", "--tenant", tenant];
    let mode = |mode| std::fs::set_permissions(&account, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o604);
    assert!(by_file.refusal(&list).contains("can be read by others"));
    mode(0o600);
    by_file.result(&list);
    let rotated = by_file.result(&["signing-key", "rotate", "--tenant", tenant, "--environment", "test"]);
    assert_eq!(rotated["home"], "kms");
}

#[test]
fn settings_of_cloud_kms_that_can_not_be_meant_are_named() {
    let deployment = Deployment::new().with("LEARNCOIN_KEYS_KMS_KEY_RING", "learncoin");
    assert!(deployment.serve_refused(&[]).contains("keys.kms_key_ring"));
    let ring = "projects/p/locations/l/keyRings/r";
    let deployment = Deployment::new().with("LEARNCOIN_KEYS_KMS_KEY_RING", ring);
    for (name, value) in [
        ("LEARNCOIN_KEYS_KMS_ENDPOINT", "http://kms.example"),
        ("LEARNCOIN_KEYS_KMS_CREDENTIALS", "none"),
        ("LEARNCOIN_KEYS_KMS_CREDENTIALS", "/nowhere/account.json"),
    ] {
        let refused = deployment.with(name, value).serve_refused(&[]);
        assert!(refused.contains("keys.kms_"), "{refused}");
    }
}
