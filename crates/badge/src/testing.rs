//! The document that tests and the example draw.

use learncoin_credential::Host;
use learncoin_credential::contexts::ContextSet;
use learncoin_credential::document::{Achievement, Document, Issuer, Subject};

/// Creates the credential document of the guides.
pub(crate) fn document() -> Document {
    let host = Host::parse("https://learncoin.example").expect("a host");
    Document {
        contexts: ContextSet::new(&host),
        id: host.credential_url("crd_01KPX4MQ00REJFE5FBD8QX9Y5A"),
        issuer: Issuer {
            id: host.tenant_did("01KPX4MQ005TCNKPH5QY15PQWV"),
            name: "Example University".into(),
            url: None,
            image: None,
        },
        issuance_date: "2026-04-23T12:00:00Z".into(),
        expiration_date: Some("2031-04-23T12:00:00Z".into()),
        nonce: "c45ba76511437ecabd9d2cebcc3ce36e".into(),
        subject: Subject {
            id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into(),
            name: Some("Ada Lovelace".into()),
            achievement: Achievement {
                id: Some("https://yourschool.edu/credentials/intro-ml".into()),
                name: "Introduction to Machine Learning".into(),
                description: "Completed the 12-week introductory course with distinction.".into(),
                criteria: "Passing grade on the final project.".into(),
                alignment: Vec::new(),
            },
        },
        evidence: Vec::new(),
    }
}
