//! The Cloud KMS of the tests, judged by Google's own client.

use learncoin_testkit::KmsServer;
use tempfile::TempDir;

use crate::programs::{python, succeeds};

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
