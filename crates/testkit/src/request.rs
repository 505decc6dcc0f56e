//! Bodies of requests, as a school would send them. They are plain JSON, so that a test can change any part.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

/// Returns a recipient's pseudonym that is unique in this process.
pub fn recipient_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("urn:uuid:00000000-0000-4000-8000-{:012x}", NEXT.fetch_add(1, Ordering::SeqCst))
}

/// Returns one credential, like the example of the documentation.
pub fn credential(recipient_name: &str) -> Value {
    json!({
        "recipient": { "id": recipient_id(), "name": recipient_name },
        "achievement": {
            "id": "https://yourschool.edu/credentials/intro-ml",
            "name": "Introduction to Machine Learning",
            "description": "Completed the 12-week introductory course with distinction.",
            "criteria": { "narrative": "Passing grade on final project plus peer-reviewed submission." },
            "alignment": [{
                "targetFramework": "ESCO",
                "targetCode": "S1.4.0",
                "targetName": "Machine learning",
                "targetUrl": "https://esco.ec.europa.eu/en/classification/skill?uri=http%3A%2F%2Fdata.europa.eu%2Fesco%2Fskill%2FS1.4.0"
            }]
        },
        "issuanceDate": "2026-04-23T12:00:00Z",
        "expirationDate": "2031-04-23T12:00:00Z"
    })
}

/// Returns the body of a batch of these credentials.
pub fn batch_of(credentials: Vec<Value>) -> Value {
    json!({ "credentials": credentials })
}

/// Returns the body of a batch of one.
pub fn one(recipient_name: &str) -> Value {
    batch_of(vec![credential(recipient_name)])
}

/// Returns the body of a batch of `count`.
pub fn many(count: usize) -> Value {
    batch_of((1..=count).map(|number| credential(&format!("Recipient {number}"))).collect())
}
