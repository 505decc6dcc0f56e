//! The tenants of those who follow the samples of the API reference: one for each language, so that each of them finds what
//! the page names and changes nothing of the others.

use learncoin_testkit::batch_of;
use serde_json::{Value, json};

use crate::support::deployment::Server;
use crate::support::school::{School, credential_ids, text};

/// The ids that the pages show.
const BATCH: &str = "bat_01KPX4MRGJ2N7RBX4K9Y1ESMWF";
const CREDENTIAL: &str = "crd_01KPX4MRGJ6E3PJ0G5T8ZAVQNC";
const WEBHOOK: &str = "whk_01KPX4MRGJ5M1S8D7XQYF4R0GP";
const TENANT: &str = "tnt_01KPX4MRGJ8Z5W0T9V3QH6C2DA";
const RECIPIENT: &str = "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f";

/// A tenant with an anchored credential and an endpoint.
pub(super) struct SampleTenant {
    /// The language of the blocks that it follows.
    pub(super) language: &'static str,
    pub(super) school: School,
    batch_id: String,
    credential_id: String,
    webhook_id: String,
}

impl SampleTenant {
    /// Creates one for each language; that of the shell is the page's own.
    pub(super) fn of_all(server: &Server, own: &School) -> Vec<Self> {
        ["bash", "ts", "python"]
            .map(|language| {
                let school =
                    if language == "bash" { own.clone() } else { School::join(server, "institution") };
                Self::new(server, language, school)
            })
            .into()
    }

    fn new(server: &Server, language: &'static str, school: School) -> Self {
        // Two batches, so that a page of one has another page behind it.
        school.issue(&batch_of(vec![credential()]));
        let batch_id = school.accepted(&batch_of(vec![credential()]));
        let endpoint = json!({ "url": receiver(server), "events": ["batch.anchored", "credential.revoked"], "description": "Student records" });
        let webhook_id = text(&school.create("/webhooks", &endpoint), "/id");
        let credential_id = credential_ids(&school.anchored(&batch_id)).remove(0);
        Self { language, school, batch_id, credential_id, webhook_id }
    }

    /// Returns what the pages show of every reader's own, with the values of this one.
    pub(super) fn stand_ins(&self) -> Vec<(&'static str, String)> {
        vec![
            (BATCH, self.batch_id.clone()),
            (CREDENTIAL, self.credential_id.clone()),
            (WEBHOOK, self.webhook_id.clone()),
            (TENANT, self.school.tenant_id.clone()),
        ]
    }
}

/// Returns a URL that accepts whatever is sent to it, in place of the school's own.
pub(super) fn receiver(server: &Server) -> String {
    server.chain_url()
}

/// Returns the credential that the pages issue.
fn credential() -> Value {
    json!({
        "recipient": { "id": RECIPIENT, "name": "Ada Lovelace" },
        "achievement": {
            "name": "Introduction to Machine Learning",
            "description": "Completed the 12-week course.",
        },
        "issuanceDate": "2026-04-23T12:00:00Z",
    })
}
