//! The DID documents of a host and of a tenant, read by a general JSON-LD processor.

use serde_json::Value;

use crate::support::deployment::Deployment;
use crate::support::programs::{node, succeeds};
use crate::support::school::School;
use crate::support::site::DID_PATH;

#[test]
fn a_json_ld_processor_finds_every_term_defined_and_loses_nothing() {
    let server = Deployment::new().serve();
    let (school, other) = (School::join(&server, "starter"), School::join(&server, "starter"));
    let tenant = school.tenant_id.as_str();
    let command = |arguments: &[&str]| server.deployment.result(arguments);
    command(&["signing-key", "rotate", "--tenant", tenant, "--environment", "test"]);
    command(&["document-key", "rotate", "--tenant", tenant]);
    command(&["document-key", "rotate", "--tenant", tenant]);
    let revoked = command(&["document-key", "revoke", "--tenant", tenant, "--number", "2", "--yes"]);
    let own_path = format!("/t/{}/did.json", tenant.trim_start_matches("tnt_"));
    let (host, own) = (server.get(DID_PATH).json(), server.get(&own_path).json());
    let count = |document: &Value, member: &str| document[member].as_array().unwrap().len();
    assert_eq!((count(&host, "verificationMethod"), count(&host, "alsoKnownAs")), (3, 2));
    assert_eq!((count(&own, "verificationMethod"), count(&own, "assertionMethod")), (6, 4));
    assert_eq!(own["verificationMethod"][2]["id"], revoked["key"]);
    let names_in_host = host["alsoKnownAs"].as_array().unwrap();
    for school in [&school, &other] {
        let ulid = school.tenant_id.trim_start_matches("tnt_");
        let document = server.get(&format!("/t/{ulid}/did.json")).json();
        assert!(names_in_host.contains(&document["id"]), "{host}");
        let service =
            host["service"].as_array().unwrap().iter().find(|one| one["id"] == document["alsoKnownAs"][0]);
        assert!(service.is_some(), "{host}");
    }
    let files = [("host.json", &host), ("tenant.json", &own)]
        .map(|(name, document)| server.deployment.write(name, document.to_string()));
    let files = files.each_ref().map(|file| file.to_str().unwrap());
    let ended = succeeds(&mut node("did-documents.mjs", &files));
    assert!(ended.stdout.contains("without blockchainAccountId it is refused"), "{}", ended.stdout);
}
