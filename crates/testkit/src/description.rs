//! Every response of the API that a test sees is checked against the API's own description.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use axum::http::Method;
use serde_json::Value;

use crate::answer::Answer;

/// Headers of HTTP itself and of this deployment's hardening, which no description of an API lists.
const OF_ANY_ANSWER: [&str; 9] = [
    "allow",
    "cache-control",
    "content-length",
    "content-security-policy",
    "content-type",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

/// One operation of the description.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its `operationId`.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its path, with names in braces.
    pub path: String,
    /// Its part of the description.
    pub described: Value,
}

impl Operation {
    /// Returns every operation of the API.
    pub fn all() -> &'static [Operation] {
        static ALL: OnceLock<Vec<Operation>> = OnceLock::new();
        ALL.get_or_init(|| read(&learncoin_server::describe("https://learncoin.example")))
    }

    /// Returns the status of its success. The default response is one to something else.
    pub fn success(&self) -> u16 {
        let mut statuses = self.responses().filter(|status| status.starts_with('2'));
        let status = statuses.find_map(|status| status.parse().ok());
        status.unwrap_or_else(|| panic!("{} has no success", self.id))
    }

    /// Returns the codes of its errors.
    pub fn codes(&self) -> BTreeSet<String> {
        self.responses().flat_map(|status| self.codes_under(status)).collect()
    }

    /// Returns the example of its request, if it has one.
    pub fn example_request(&self) -> Option<&Value> {
        self.described.pointer("/requestBody/content/application~1json/example")
    }

    /// Returns the example of its success.
    pub fn example_answer(&self) -> &Value {
        &self.described["responses"][self.success().to_string()]["content"]["application/json"]["example"]
    }

    fn responses(&self) -> impl Iterator<Item = &str> {
        self.described["responses"].as_object().into_iter().flatten().map(|(status, _)| status.as_str())
    }

    fn codes_under(&self, status: &str) -> Vec<String> {
        let codes = self.described["responses"][status]["x-error-codes"].as_array();
        codes.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn matches(&self, path: &str) -> bool {
        let (mut described, mut given) = (self.path.split('/'), path.split('/'));
        loop {
            match (described.next(), given.next()) {
                (None, None) => return true,
                (Some(name), Some(given)) if name.starts_with('{') && !given.is_empty() => {}
                (Some(word), Some(other)) if word == other => {}
                _ => return false,
            }
        }
    }
}

fn read(description: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in description["paths"].as_object().expect("the description has paths") {
        for (method, described) in item.as_object().expect("a path is an object") {
            let id = described["operationId"].as_str().expect("an operation has an id").to_owned();
            let method = method.to_uppercase().parse().expect("a method");
            all.push(Operation { id, method, path: path.clone(), described: described.clone() });
        }
    }
    assert!(!all.is_empty(), "the description has operations");
    all
}

/// Fails the test if the description does not allow the response: its status, its code, or a header.
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) {
    if !path.starts_with("/v1/") {
        return;
    }
    let asked = if method == Method::HEAD { &Method::GET } else { method };
    let code = || answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned();
    let of_path: Vec<&Operation> = Operation::all().iter().filter(|one| one.matches(path)).collect();
    // A literal path goes before one with a name in it.
    let mut found: Vec<&&Operation> = of_path.iter().filter(|one| one.method == *asked).collect();
    found.sort_by_key(|one| one.path.contains('{'));
    let Some(operation) = found.first() else {
        let expected = if of_path.is_empty() { "endpoint_not_found" } else { "method_not_allowed" };
        assert!(method == Method::HEAD || code() == expected, "{method} {path}: {} is not described", code());
        return;
    };
    let (id, status) = (&operation.id, answer.status.to_string());
    let responses = &operation.described["responses"];
    let response = match responses.get(&status) {
        None if answer.status == 200 => &responses["default"],
        described => described.unwrap_or(&Value::Null),
    };
    assert!(response.is_object(), "{id} answered {status}, which is not described: {}", answer.text());
    if answer.status >= 400 && method != Method::HEAD {
        let codes = operation.codes_under(&status);
        assert!(codes.contains(&code()), "{id} answered {}, which is not described", code());
    }
    for name in answer.headers.keys() {
        let described = response["headers"].as_object().expect("an answer has headers");
        let described = described.keys().any(|header| header.eq_ignore_ascii_case(name.as_str()));
        assert!(
            described || OF_ANY_ANSWER.contains(&name.as_str()),
            "{id} answered {status} with {name}, which is not described"
        );
    }
    let (counted, always) = (answer.status != 401 && answer.status < 500, ["x-request-id"]);
    let limits = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];
    for name in always.into_iter().chain(limits.into_iter().filter(|_| counted)) {
        assert!(answer.headers.contains_key(name), "{id} answered {status} without {name}");
    }
}
