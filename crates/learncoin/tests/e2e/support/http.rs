//! A blocking HTTP client, for stories whose steps follow each other in the order of the code.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::support::process::PATIENCE;

/// The client's own threads; stories themselves are not asynchronous.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
});
static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    // A redirect that leads away from this machine is the answer.
    let stay = reqwest::redirect::Policy::custom(|attempt| match attempt.url().host_str() {
        Some("localhost" | "127.0.0.1") => attempt.follow(),
        _ => attempt.stop(),
    });
    Client::builder().no_proxy().timeout(PATIENCE).redirect(stay).build().unwrap()
});

/// An answer that has arrived whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.text()))
    }

    /// Returns the code in an error's body.
    pub(crate) fn error_code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Waits for something asynchronous, as the chain's client is.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

/// Runs something asynchronous beside the story.
pub(crate) fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    RUNTIME.spawn(future)
}

/// Asks for a page or a document.
pub(crate) fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    send(Method::GET, url, headers, Vec::new())
}

/// Posts JSON.
pub(crate) fn post(url: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let headers = [headers, &[("content-type", "application/json")]].concat();
    send(Method::POST, url, &headers, body.to_string().into_bytes())
}

/// Patches with JSON.
pub(crate) fn patch(url: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let headers = [headers, &[("content-type", "application/json")]].concat();
    send(Method::PATCH, url, &headers, body.to_string().into_bytes())
}

/// Sends anything.
pub(crate) fn send(method: Method, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let request = headers
        .iter()
        .fold(CLIENT.request(method, url), |request, (name, value)| request.header(*name, *value));
    wait(async {
        let response = request.body(body).send().await.unwrap_or_else(|error| panic!("{url}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
    })
}

/// Calls a JSON-RPC method.
pub(crate) fn rpc(url: &str, method: &str, params: &Value) -> Value {
    let call = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let answer = post(url, &[], &call).json();
    assert!(answer.get("error").is_none(), "{method}: {answer}");
    answer["result"].clone()
}

/// Repeats `ask` until it succeeds, at most until the deadline; its last error is in the message of a failure.
pub(crate) fn poll<T>(what: &str, mut ask: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match ask() {
            Ok(found) => return found,
            Err(seen) => assert!(Instant::now() < deadline, "not {what} in time; last seen: {seen}"),
        }
        wait(async { tokio::time::sleep(Duration::from_millis(50)).await });
    }
}
