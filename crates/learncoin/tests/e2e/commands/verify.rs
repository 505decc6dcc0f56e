//! `learncoin verify`, as the receiver of a credential uses it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::anvil::Anvil;
use crate::support::deployment::{Deployment, Server};
use crate::support::process::{Ended, run, run_with_input};
use crate::support::school::{School, credential_ids, one, text};
use crate::support::shared::Shared;
use crate::support::site::Site;

/// A running server with one anchored credential.
struct Issued {
    server: Server,
    /// The body of `GET /v1/credentials/{id}`.
    answer: Value,
    /// The transaction's hash, with its 0x.
    transaction: String,
}

impl Issued {
    fn get() -> Arc<Self> {
        static ISSUED: Shared<Issued> = Shared::new();
        ISSUED.get(Self::new)
    }

    fn new() -> Self {
        let server = Deployment::new().serve();
        let school = School::join(&server, "developer");
        let batch = school.issue(&one());
        let answer = school.credential(&credential_ids(&batch)[0]).json();
        Self { server, answer, transaction: text(&batch, "/anchor_transaction/hash") }
    }

    fn document(&self) -> &Value {
        &self.answer["signed_credential"]
    }

    /// Verifies the document from standard input on the deployment's own machine.
    fn verify_here(&self, document: &Value) -> Ended {
        verify(&self.server.deployment, &["--json", "--allow", "development"], document)
    }
}

/// Verifies a document on standard input with the deployment's data directory.
fn verify(deployment: &Deployment, arguments: &[&str], document: &Value) -> Ended {
    let arguments = [&["verify", "-"], arguments].concat();
    run_with_input(&mut deployment.command(&arguments), document.to_string().as_bytes())
}

/// Verifies a document from standard input, without a data directory.
fn verify_elsewhere(arguments: &[&str], document: &Value) -> Ended {
    let arguments = [&["verify", "-"], arguments].concat();
    run_with_input(&mut Deployment::new().bare_command(&arguments), document.to_string().as_bytes())
}

/// Returns name and outcome of the five checks.
fn outcomes(ended: &Ended) -> Vec<(String, String)> {
    let report = ended.json();
    report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| (text(check, "/name"), text(check, "/outcome")))
        .collect()
}

#[test]
fn a_credential_is_valid_as_a_file_as_a_link_on_standard_input_and_inside_the_apis_answer() {
    let issued = Issued::get();
    let deployment = &issued.server.deployment;
    let file = deployment.write("credential.json", issued.document().to_string());
    let answer = deployment.write("answer.json", issued.answer.to_string());
    let link = text(&issued.answer, "/verify_url");
    for source in [file.to_str().unwrap(), answer.to_str().unwrap(), &link] {
        let ended = run(&mut deployment.command(&["verify", source, "--allow", "development"]));
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        let first = "Ada Lovelace 0\nIntroduction to Machine Learning\n\nVALID, DEVELOPMENT\nIssued by ";
        assert!(ended.stdout.starts_with(first), "{}", ended.stdout);
    }
    for mangled in [
        format!("<{link}>."),
        format!("{link}/"),
        link.replace("crd_", "CRD_").to_lowercase(),
        format!("{link}/certificate.pdf"),
    ] {
        let ended = run(&mut deployment.command(&["verify", &mangled, "--allow", "development"]));
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{mangled}: {ended:?}");
    }
    let id = text(&issued.answer, "/id");
    assert!(deployment.refusal(&["verify", &id]).contains("give the credential's whole link"));
    assert_eq!(issued.verify_here(issued.document()).status, Some(0));
    assert_eq!(issued.verify_here(&issued.answer).status, Some(0));
}

#[test]
fn what_anybody_can_mint_exits_with_0_only_if_it_is_allowed() {
    let issued = Issued::get();
    for (arguments, status) in [
        (&[][..], 4),
        (&["--json"], 4),
        (&["--allow", "test"], 4),
        (&["--allow", "development"], 0),
        (&["--allow", "test", "--allow", "development"], 0),
        (&["--allow", "test,development"], 0),
    ] {
        let ended = verify(&issued.server.deployment, arguments, issued.document());
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(status), ""), "{arguments:?}: {ended:?}");
    }
    for wrong in ["", "live", "TEST", "all"] {
        issued.server.deployment.refusal(&["verify", "-", "--allow", wrong]);
    }
    let help = run(&mut issued.server.deployment.bare_command(&["verify", "--help"])).stdout;
    for status in ["0  valid", "1  not valid", "2  could not", "3  valid, TEST", "4  valid, DEVELOPMENT"] {
        assert!(help.contains(status), "{status}: {help}");
    }
}

#[test]
fn the_redacted_document_and_every_layout_are_valid_too() {
    let issued = Issued::get();
    let id = text(&issued.answer, "/id");
    for query in
        ["redacted=true", "layout=open-badges", "layout=data-integrity", "redacted=true&layout=open-badges"]
    {
        let document = issued.server.get(&format!("/c/{id}/credential.json?{query}")).json();
        let ended = issued.verify_here(&document);
        assert_eq!(ended.status, Some(0), "{query}: {ended:?}");
    }
}

#[test]
fn the_report_shows_five_checks_with_their_evidence() {
    let issued = Issued::get();
    let ended = issued.verify_here(issued.document());
    let report = ended.json();
    assert_eq!(report["verdict"], "valid_development");
    let passed = |name: &str| (name.to_owned(), "passed".to_owned());
    assert_eq!(outcomes(&ended), ["schema", "signature", "issuer", "anchor", "revocation"].map(passed));
    for check in report["checks"].as_array().unwrap() {
        assert_eq!(check["reason"], Value::Null);
        let evidence = check["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "{check}");
        for line in evidence {
            assert!(
                line[0].is_string() && line[1].is_string() && line.as_array().unwrap().len() == 2,
                "{line}"
            );
        }
    }
    let shown = report.to_string();
    assert!(shown.contains(issued.transaction.trim_start_matches("0x")), "the transaction: {shown}");

    let in_words = verify(&issued.server.deployment, &[], issued.document()).stdout;
    for name in ["schema", "signature", "issuer", "anchor", "revocation"] {
        assert!(in_words.contains(&format!("passed  {name}")), "{in_words}");
    }
}

#[test]
fn a_node_that_is_named_is_as_good_as_a_data_directory() {
    let issued = Issued::get();
    let node = issued.server.chain_url();
    let ended = verify_elsewhere(&["--rpc", &node, "--allow", "development"], issued.document());
    assert_eq!(ended.status, Some(0), "{ended:?}");
}

#[test]
fn a_changed_credential_is_not_valid() {
    let issued = Issued::get();
    let changed = |pointer: &str, value: Value| {
        let mut document = issued.document().clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    let failing = |document: &Value| {
        let ended = issued.verify_here(document);
        assert_eq!(ended.status, Some(1), "{ended:?}");
        assert_eq!(ended.json()["verdict"], "not_valid");
        let failed = outcomes(&ended).into_iter().find(|(_, outcome)| outcome == "failed");
        failed.map(|(name, _)| name)
    };
    assert_eq!(
        failing(&changed("/credentialSubject/name", json!("Charles Babbage"))).as_deref(),
        Some("signature")
    );
    assert_eq!(failing(&changed("/issuanceDate", json!("last spring"))).as_deref(), Some("schema"));
    assert_eq!(failing(&changed("/proof/proofValue", json!("z"))).as_deref(), Some("signature"));
    let other_key = format!("{}0", text(issued.document(), "/proof/verificationMethod"));
    assert_eq!(failing(&changed("/proof/verificationMethod", json!(other_key))).as_deref(), Some("issuer"));

    let in_words =
        verify(&issued.server.deployment, &[], &changed("/credentialSubject/name", json!("Mallory")));
    assert_eq!(in_words.status, Some(1));
    let first = "Mallory\nIntroduction to Machine Learning\n\nFORGED OR CHANGED\n";
    assert!(in_words.stdout.starts_with(first), "{}", in_words.stdout);
}

#[test]
fn the_report_says_whose_credential_it_is_and_why_it_is_not_valid() {
    let issued = Issued::get();
    let report = issued.verify_here(issued.document()).json();
    assert_eq!((&report["failure"], &report["format"]), (&Value::Null, &json!("json")));
    assert_eq!(report["credential"]["recipient"], "Ada Lovelace 0");
    assert_eq!(report["credential"]["achievement"], "Introduction to Machine Learning");
    let failure = |change: &dyn Fn(&mut Value)| {
        let mut document = issued.document().clone();
        change(&mut document);
        let report = issued.verify_here(&document).json();
        (report["failure"].clone(), report["credential"]["recipient"].clone())
    };
    assert_eq!(
        failure(&|document| document["credentialSubject"]["name"] = json!("Mallory")),
        (json!("altered"), json!("Mallory"))
    );
    assert_eq!(failure(&|document| document["honours"] = json!(true)), (json!("malformed"), Value::Null));
}

#[test]
fn a_credential_of_another_system_is_not_judged() {
    let issued = Issued::get();
    let blockcerts = json!({
        "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/blockcerts/v3"],
        "type": ["VerifiableCredential", "BlockcertsCredential"],
        "proof": { "type": "MerkleProof2019" },
    });
    let ended = verify(&issued.server.deployment, &[], &blockcerts);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(2), ""), "{ended:?}");
    assert!(
        ended.stdout.starts_with("NOT A LEARNCOIN CREDENTIAL\nThis is a Blockcerts credential"),
        "{ended:?}"
    );
    let ended = verify(&issued.server.deployment, &["--json"], &blockcerts);
    let report = ended.json();
    assert_eq!((ended.status, &report["verdict"]), (Some(2), &json!("not_learncoin")), "{ended:?}");
    assert_eq!(report["kind"], "blockcerts");
    for nothing in ["", "hello", "\u{feff}{}", "<html></html>", r#"{"hello":"world"}"#] {
        let deployment = &issued.server.deployment;
        let ended = run_with_input(&mut deployment.command(&["verify", "-"]), nothing.as_bytes());
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{nothing}: {ended:?}");
        assert!(ended.stderr.contains("there is no credential in -"), "{ended:?}");
    }
}

#[test]
fn nothing_is_requested_after_a_failed_check() {
    let issued = Issued::get();
    let node = Site::open();
    let mut document = issued.document().clone();
    let method = document.pointer_mut("/proof/verificationMethod").unwrap();
    *method = json!(format!("{}0", method.as_str().unwrap()));
    let ended = verify_elsewhere(&["--json", "--rpc", &node.origin()], &document);
    assert_eq!(ended.status, Some(1), "{ended:?}");
    let not_reached = |name: &str| (name.to_owned(), "not_reached".to_owned());
    assert_eq!(outcomes(&ended)[2], ("issuer".to_owned(), "failed".to_owned()));
    assert_eq!(outcomes(&ended)[3..], [not_reached("anchor"), not_reached("revocation")]);
    assert_eq!(node.connections(), 0, "a node was asked about a credential that is not valid");

    let lacking = Anvil::start(31337);
    let ended = verify_elsewhere(&["--json", "--rpc", &lacking.url()], issued.document());
    assert_eq!(
        outcomes(&ended)[3..],
        [("anchor".to_owned(), "failed".to_owned()), not_reached("revocation")]
    );
}

#[test]
fn what_can_not_be_looked_up_is_neither_valid_nor_not_valid() {
    let issued = Issued::get();
    let could_not_check = |ended: Ended, wanted: &str| {
        assert_eq!(ended.status, Some(2), "{ended:?}");
        assert_eq!(ended.json()["verdict"], "could_not_check");
        let open: Vec<_> =
            outcomes(&ended).into_iter().filter(|(_, outcome)| outcome == "could_not_check").collect();
        assert!(open.iter().any(|(name, _)| name == wanted), "{open:?}");
    };
    could_not_check(verify_elsewhere(&["--json"], issued.document()), "anchor");
    could_not_check(
        verify_elsewhere(&["--json", "--rpc", "http://127.0.0.1:1"], issued.document()),
        "anchor",
    );
    let too_deep = ["--json", "--rpc", &issued.server.chain_url(), "--confirmations", "1000"];
    could_not_check(verify_elsewhere(&too_deep, issued.document()), "anchor");
}

#[test]
fn a_data_directory_that_is_not_there_is_not_made() {
    let deployment = Deployment::new();
    assert_eq!(verify(&deployment, &[], Issued::get().document()).status, Some(2));
    assert!(!deployment.data_dir().exists());
}

#[test]
fn a_node_of_another_chain_proves_nothing_and_one_that_lacks_the_transaction_refutes_the_anchor() {
    let issued = Issued::get();
    let verdict = |chain_id| {
        let ended = verify_elsewhere(&["--json", "--rpc", &Anvil::start(chain_id).url()], issued.document());
        (ended.status, text(&ended.json(), "/verdict"))
    };
    assert_eq!(verdict(84532), (Some(2), "could_not_check".into()));
    assert_eq!(verdict(31337), (Some(1), "not_valid".into()));
}

#[test]
fn a_host_that_is_gone_is_neither_valid_nor_not_valid() {
    let Issued { server, answer, .. } = Issued::new();
    let deployment = server.deployment.clone();
    assert!(server.stop().success());
    let ended = verify(&deployment, &["--json"], &answer);
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert_eq!(ended.json()["verdict"], "could_not_check");
    deployment.refusal(&["verify", &text(&answer, "/verify_url")]);
}

#[test]
fn what_can_not_be_read_can_not_be_checked() {
    let issued = Issued::get();
    let deployment = &issued.server.deployment;
    assert!(deployment.refusal(&["verify", "absent.json"]).contains("absent.json"));
    deployment.refusal(&["verify", &issued.server.url("/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A")]);
    deployment.refusal(&["verify", "http://learncoin.example/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A"]);
    deployment.refusal(&["verify", "-", "--rpc", "not a URL"]);
}

#[test]
fn another_deployment_at_the_address_of_a_server_that_was_killed_is_not_asked() {
    let issued = Issued::new();
    let other = Deployment::new().serve();
    // A killed server leaves its address behind, and any other may get that address next.
    let file = issued.server.deployment.data_dir().join("server.json");
    let mut running: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    running["address"] = Value::from(other.url("").trim_start_matches("http://"));
    std::fs::write(&file, running.to_string()).unwrap();

    let ended = issued.verify_here(issued.document());
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(outcomes(&ended).contains(&("anchor".to_owned(), "could_not_check".to_owned())), "{ended:?}");
}
