//! The API's description, judged by the tools that integrators feed it to, and sent back as requests.

use serde_json::json;

use crate::support::deployment::{Deployment, Server};
use crate::support::programs::{SHARED, node, python, succeeds};
use crate::support::school::School;

/// The number of requests that are made from the description; `LEARNCOIN_GENERATED_CASES` asks for more.
const CASES: usize = 900;

/// Keeps what the server serves there in a file.
fn saved(server: &Server, path: &str) -> String {
    let answer = server.get(path);
    assert_eq!(answer.status, 200, "{path}");
    let name = path.trim_start_matches('/');
    server.deployment.write(name, &answer.body).to_str().unwrap().to_owned()
}

#[test]
fn linters_and_generators_of_clients_are_content() {
    // The linter minds a server on localhost.
    let server = Deployment::new().at_public_url("https://credentials.university.test").serve();
    let (json, yaml) = (saved(&server, "/openapi.json"), saved(&server, "/openapi.yaml"));
    println!("{}", succeeds(&mut node("specification.mjs", &["--json", &json, "--yaml", &yaml])).stdout);
}

/// Generates clients in the languages of `LEARNCOIN_CLIENTS`, `python typescript go java` otherwise; `tests/python/clients.py
/// --help` names the programs that they need.
#[test]
fn generated_clients_compile_and_make_every_call() {
    let languages =
        std::env::var("LEARNCOIN_CLIENTS").unwrap_or_else(|_| "python typescript go java".to_owned());
    let server = Deployment::new().with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true").serve();
    let school = School::join(&server, "starter");
    let (json, url, hook) = (saved(&server, "/openapi.json"), server.url(""), server.url("/healthz"));
    let mut arguments =
        vec!["--json", &json, "--url", &url, "--key", &school.key, "--hook", &hook, "--languages"];
    arguments.extend(languages.split(' '));
    let printed = succeeds(&mut python("clients.py", &arguments)).stdout;
    println!("{printed}");
    for language in languages.split(' ') {
        let done = if ["python", "typescript"].contains(&language) { "13 calls: " } else { "compiles" };
        assert!(printed.contains(&format!("{language}: {done}")), "{printed}");
    }
}

#[test]
fn the_types_differ_from_the_published_ones_only_as_the_contract_allows() {
    let server = Deployment::new().serve();
    let types = saved(&server, "/learncoin-types.ts");
    println!("{}", succeeds(&mut node("types.mjs", &["--shared", SHARED, "--types", &types])).stdout);
}

#[test]
fn requests_made_from_the_description_find_no_fault() {
    let cases = std::env::var("LEARNCOIN_GENERATED_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let server = Deployment::new().with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true").serve();
    let school = School::join(&server, "starter");
    let unlimited = ["tenant", "update", &school.tenant_id, "--quota", "1000000000"];
    server.deployment.result(&unlimited);
    let batch_id = school.accepted(&learncoin_testkit::one("Ada Lovelace"));
    let batch = school.anchored(&batch_id);
    let endpoint = json!({ "url": server.url("/healthz"), "events": ["batch.anchored"] });
    let endpoint = school.create("/webhooks", &endpoint);
    let arguments = [
        ("--url", server.url("")),
        ("--key", school.key.clone()),
        ("--cases", cases.to_string()),
        ("--batch-id", batch_id),
        ("--credential-id", batch["credentials"][0]["id"].as_str().unwrap().to_owned()),
        ("--tenant-id", school.tenant_id.clone()),
        ("--webhook-id", endpoint["id"].as_str().unwrap().to_owned()),
    ];
    let arguments: Vec<&str> = arguments.iter().flat_map(|(name, value)| [*name, value.as_str()]).collect();
    println!("{}", succeeds(&mut python("specification.py", &arguments)).stdout);
}
