//! A tenant's own web site, on this machine: the documents that a tenant names elsewhere are fetched from it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_testkit::{Caller, TestApp};
use serde_json::{Value, json};

/// A web site. Cheap to clone; all clones are the same site.
#[derive(Clone)]
pub(crate) struct Site {
    port: u16,
    pages: Arc<Mutex<Pages>>,
}

#[derive(Default)]
struct Pages {
    bodies: HashMap<String, (StatusCode, Vec<u8>)>,
    asked: Vec<String>,
}

async fn answer(State(pages): State<Arc<Mutex<Pages>>>, uri: Uri) -> impl IntoResponse {
    let mut pages = pages.lock().unwrap();
    pages.asked.push(uri.path().to_owned());
    pages.bodies.get(uri.path()).cloned().unwrap_or((StatusCode::NOT_FOUND, Vec::new()))
}

impl Site {
    /// Opens a site without any page.
    pub(crate) async fn open() -> Self {
        let pages = Arc::<Mutex<Pages>>::default();
        let routes = axum::Router::new().fallback(answer).with_state(pages.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { port, pages }
    }

    /// Returns the URL of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// Returns the site's DID.
    pub(crate) fn did(&self) -> String {
        format!("did:web:localhost%3A{}", self.port)
    }

    /// Puts a page there.
    pub(crate) fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.pages.lock().unwrap().bodies.insert(path.to_owned(), (StatusCode::OK, body.into()));
    }

    /// Lets a page fail.
    pub(crate) fn fail(&self, path: &str, status: StatusCode) {
        self.pages.lock().unwrap().bodies.insert(path.to_owned(), (status, Vec::new()));
    }

    /// Publishes the site's DID document.
    pub(crate) fn publish(&self, document: &Value) {
        self.put(DID_PATH, document.to_string());
    }

    /// Returns the number of requests for a page.
    pub(crate) fn times_asked(&self, path: &str) -> usize {
        self.pages.lock().unwrap().asked.iter().filter(|asked| *asked == path).count()
    }
}

/// The path of a site's DID document.
pub(crate) const DID_PATH: &str = "/.well-known/did.json";

/// Starts a deployment that may fetch from sites on this machine.
pub(crate) async fn app_that_reaches_sites() -> TestApp {
    TestApp::builder().egress(Egress::new(true, Arc::new(SystemResolver))).start().await
}

/// Creates a DID document for the tenant's own DID, as the tenant would: the tenant's keys are taken out of the
/// deployment's DID document and named anew.
pub(crate) async fn did_document_for(app: &TestApp, tenant: &Caller, did: &str) -> Value {
    let hosted = app.get(DID_PATH).await.expect(200);
    let ulid = tenant.tenant_id.ulid();
    let keys: Vec<Value> = hosted["verificationMethod"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|key| key["id"].as_str().unwrap().contains(ulid))
        .map(|key| {
            let mut key = key.clone();
            let number = key["id"].as_str().unwrap().rsplit('-').next().unwrap().to_owned();
            key["id"] = json!(format!("{did}#learncoin-{number}"));
            key["controller"] = json!(did);
            key
        })
        .collect();
    let names: Vec<Value> = keys.iter().map(|key| key["id"].clone()).collect();
    json!({
        "@context": hosted["@context"],
        "id": did,
        "verificationMethod": keys,
        "assertionMethod": names,
        "service": [{
            "id": format!("{did}#issuer-profile"),
            "type": "IssuerProfile",
            "serviceEndpoint": format!("{}/tenants/{ulid}/issuer.json", app.public_url()),
        }],
    })
}
