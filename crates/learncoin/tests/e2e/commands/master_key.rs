//! The master key under a passphrase, with the program as it is.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::support::deployment::Deployment;
use crate::support::school::{School, varied};

/// Writes a file that only its owner can read.
fn secret(deployment: &Deployment, name: &str, content: &str) -> PathBuf {
    let file = deployment.write(name, content);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    file
}

#[test]
fn under_a_passphrase_a_deployment_opens_only_with_it() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let school = School::join(&server, "starter");
    school.issue(&varied(1));
    let passphrase = secret(&deployment, "passphrase", "a passphrase that is hard to guess\n");
    let wrong = secret(&deployment, "wrong", "another passphrase that is hard to guess\n");
    let protect = ["master-key", "protect", "--passphrase-file", passphrase.to_str().unwrap()];
    deployment.result(&protect);
    // The server that runs has the key, which is the same.
    school.issue(&varied(1));
    assert!(server.stop().success());

    let refused = deployment.serve_refused(&[]);
    assert!(refused.contains("LEARNCOIN_PASSPHRASE_FILE"), "{refused}");
    for command in
        [&["tenant", "list"][..], &["doctor"], &["signing-key", "list", "--tenant", &school.tenant_id]]
    {
        assert!(deployment.refusal(command).contains("LEARNCOIN_PASSPHRASE_FILE"));
    }
    let with_wrong_passphrase = deployment.with("LEARNCOIN_PASSPHRASE_FILE", wrong.display());
    let refused = with_wrong_passphrase.serve_refused(&[]);
    assert!(refused.contains("not its passphrase") && !refused.contains("guess"), "{refused}");

    let with_passphrase = deployment.with("LEARNCOIN_PASSPHRASE_FILE", passphrase.display());
    let server = with_passphrase.serve();
    let school = school.at(&server);
    school.issue(&varied(1));
    assert_eq!(with_passphrase.result(&["doctor"])["broken"], serde_json::json!([]));
    with_passphrase.result(&["master-key", "unprotect"]);
    assert!(server.stop().success());
    let server = deployment.serve();
    school.at(&server).issue(&varied(1));
}

#[test]
fn a_key_outside_the_data_directory_opens_it_and_none_is_made_inside() {
    let place = Deployment::new();
    let outside = secret(&place, "outside.key", &"ab".repeat(32));
    let deployment = place.with("LEARNCOIN_KEYS_MASTER_KEY_FILE", outside.display());
    let server = deployment.serve();
    School::join(&server, "starter").issue(&varied(1));
    assert!(!deployment.data_dir().join("master.key").exists());
    let status = deployment.result(&["master-key", "status"]);
    assert_eq!(
        (&status["file"], &status["passphrase"]),
        (&outside.to_str().unwrap().into(), &serde_json::Value::Null)
    );
    // Without the setting nothing is made in its place.
    assert!(server.stop().success());
    assert!(place.serve_refused(&[]).contains("is missing"));
}
