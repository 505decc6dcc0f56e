//! A school's own web site on this machine: what the school names elsewhere is fetched from there.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::school::text;

/// The path of a site's DID document.
pub(crate) const DID_PATH: &str = "/.well-known/did.json";

/// The school's own site: pages by their paths, which every origin may read.
pub(crate) struct Site {
    port: u16,
    pages: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    connections: Arc<AtomicUsize>,
}

impl Site {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let pages = Arc::<Mutex<HashMap<String, Vec<u8>>>>::default();
        let shown = Arc::clone(&pages);
        let connections = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&connections);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                counted.fetch_add(1, Ordering::SeqCst);
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
                let page = shown.lock().unwrap().get(path).cloned();
                let status = if page.is_some() { "200 OK" } else { "404 Not Found" };
                let page = page.unwrap_or_default();
                // The client may be gone.
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\naccess-control-allow-origin: *\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    page.len()
                );
                let _ = stream.write_all(&page);
            }
        });
        Self { port, pages, connections }
    }

    /// Returns how many connections were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn put(&self, path: &str, page: impl Into<Vec<u8>>) {
        self.pages.lock().unwrap().insert(path.to_owned(), page.into());
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub(crate) fn did(&self) -> String {
        format!("did:web:localhost%3A{}", self.port)
    }
}

/// Creates the DID document of a school's own: its keys as the deployment's DID document (`hosted`, of this origin) has them,
/// under its own names.
pub(crate) fn did_document(hosted: &Value, tenant_id: &str, origin: &str, did: &str) -> Value {
    let ulid = tenant_id.trim_start_matches("tnt_");
    let mut keys = hosted["verificationMethod"].as_array().unwrap().clone();
    keys.retain(|key| text(key, "/id").contains(ulid));
    for (number, key) in keys.iter_mut().enumerate() {
        key["id"] = json!(format!("{did}#key-{}", number + 1));
        key["controller"] = json!(did);
    }
    json!({
        "@context": hosted["@context"],
        "id": did,
        "verificationMethod": keys,
        "assertionMethod": keys.iter().map(|key| key["id"].clone()).collect::<Vec<_>>(),
        "service": [{
            "id": format!("{did}#issuer-profile"),
            "type": "IssuerProfile",
            "serviceEndpoint": format!("{origin}/tenants/{ulid}/issuer.json"),
        }],
    })
}
