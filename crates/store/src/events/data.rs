//! The data of events: what is stored of it, and how the rest follows from the batch that an event is about.
//!
//! Invariant: the data of an event is the same whenever it is read. What follows from a batch is what never changes of it: the
//! number, ids and pseudonyms of its credentials, and of its transitions the times and the root. What may change, such as the
//! transaction by which its anchor counts, is stored with the event.

use serde_json::{Value, json};

use crate::batches::batch::{Batch, BatchState};
use crate::clock::iso8601;
use crate::credentials::credential::CredentialSummary;
use crate::events::event_type::EventType;
use crate::onchain::TxHash;

/// The data of a new event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventData<'a> {
    /// All of it, as a JSON object.
    Whole(&'a Value),
    /// All of it follows from the batch.
    OfBatch,
    /// All but this follows from the batch.
    OfAnchoredBatch(&'a AnnouncedTransaction),
}

/// The transaction that anchored a batch, as it was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncedTransaction {
    /// Its hash.
    pub hash: TxHash,
    /// The number of its block.
    pub block_number: u64,
    /// The address of the explorer's pages of transactions, which `0x` and a hash follow on.
    pub explorer: String,
}

impl<'a> From<&'a Value> for EventData<'a> {
    fn from(whole: &'a Value) -> Self {
        Self::Whole(whole)
    }
}

impl EventData<'_> {
    /// Returns the text that is stored.
    pub(super) fn stored(&self) -> String {
        match self {
            Self::Whole(data) => data.to_string(),
            Self::OfBatch => String::new(),
            Self::OfAnchoredBatch(AnnouncedTransaction { hash, block_number, explorer }) => {
                format!("{hash} {block_number} {explorer}")
            }
        }
    }
}

/// The data of an event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StoredData {
    /// All of it, as JSON text. So release 0.1.0 stored all events.
    Whole(String),
    /// Of a batch that was accepted.
    Created,
    /// Of a batch that was signed.
    Signed,
    /// Of a batch that was anchored.
    Anchored(AnnouncedTransaction),
}

impl StoredData {
    /// Parses the text that is stored of an event of this type. Returns `None` for any other one.
    pub(super) fn read(event_type: &str, text: String) -> Option<Self> {
        if text.starts_with('{') {
            return Some(Self::Whole(text));
        }
        let is_of = |one: EventType| event_type == one.as_str();
        match text.as_str() {
            "" if is_of(EventType::BatchCreated) => Some(Self::Created),
            "" if is_of(EventType::BatchSigned) => Some(Self::Signed),
            text if is_of(EventType::BatchAnchored) => {
                let (hash, rest) = text.split_once(' ')?;
                let (block_number, explorer) = rest.split_once(' ')?;
                let (hash, block_number) = (hash.parse().ok()?, block_number.parse().ok()?);
                Some(Self::Anchored(AnnouncedTransaction {
                    hash,
                    block_number,
                    explorer: explorer.to_owned(),
                }))
            }
            _ => None,
        }
    }

    /// Returns whether a part of it follows from the batch that it is about.
    pub(super) fn is_of_batch(&self) -> bool {
        !matches!(self, Self::Whole(_))
    }

    /// Returns whether a part of it follows from the credentials of that batch.
    pub(super) fn is_of_credentials(&self) -> bool {
        matches!(self, Self::Anchored(_))
    }

    /// Returns all of it, given the batch that it is about, with its credentials. Returns `None` if the batch is needed and not
    /// there, or not in the state that the event reports.
    pub(super) fn complete(self, batch: Option<&(Batch, Vec<CredentialSummary>)>) -> Option<String> {
        let data = match (self, batch) {
            (Self::Whole(text), _) => return Some(text),
            (_, None) => return None,
            (Self::Created, Some((batch, _))) => json!({
                "batch_id": batch.id.as_str(),
                "credentials_count": batch.credentials_count,
                "environment": batch.scope.environment.as_str(),
            }),
            (Self::Signed, Some((batch, _))) => {
                let (BatchState::Signed { signed_at, .. } | BatchState::Anchored { signed_at, .. }) =
                    &batch.state
                else {
                    return None;
                };
                json!({
                    "batch_id": batch.id.as_str(),
                    "merkle_root": format!("0x{}", batch.merkle_root()?),
                    "signed_at": iso8601(*signed_at),
                })
            }
            (Self::Anchored(transaction), Some((batch, credentials))) => {
                let BatchState::Anchored { anchored_at, .. } = &batch.state else { return None };
                anchored(batch, credentials, &transaction, *anchored_at)?
            }
        };
        Some(data.to_string())
    }
}

fn anchored(
    batch: &Batch,
    credentials: &[CredentialSummary],
    transaction: &AnnouncedTransaction,
    anchored_at: i64,
) -> Option<Value> {
    let credentials = credentials.iter().map(|credential| {
        json!({
            "id": credential.id.as_str(),
            "recipient_id": credential.recipient_id,
            "verify_url": credential.id.page_url(&batch.public_url),
        })
    });
    Some(json!({
        "batch_id": batch.id.as_str(),
        "merkle_root": format!("0x{}", batch.merkle_root()?),
        "anchor_transaction": {
            "chain": batch.scope.environment.api_chain_name(),
            "hash": format!("0x{}", transaction.hash),
            "block_number": transaction.block_number,
            "explorer_url": format!("{}0x{}", transaction.explorer, transaction.hash),
        },
        "anchored_at": iso8601(anchored_at),
        "credentials": credentials.collect::<Vec<_>>(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batches::batch::PlaceInAnchor;
    use crate::scope::{Environment, TenantScope};

    const HASH: &str = "4dcc6e24e9f4cb4bf1c9ae1ec3a6e0b9f5d7d2b3c4a5968778695a4b3c2d1e0f";
    const ROOT: &str = "ab6e24e9f4cb4bf1c9ae1ec3a6e0b9f5d7d2b3c4a5968778695a4b3c2d1e0f11";

    fn transaction() -> AnnouncedTransaction {
        let explorer = "https://sepolia.basescan.org/tx/".into();
        AnnouncedTransaction { hash: HASH.parse().unwrap(), block_number: 14_582_301, explorer }
    }

    fn place() -> PlaceInAnchor {
        PlaceInAnchor {
            anchor_id: "anc_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap(),
            merkle_root: ROOT.parse().unwrap(),
            path: Vec::new().into(),
        }
    }

    fn batch(state: BatchState) -> (Batch, Vec<CredentialSummary>) {
        let batch = Batch {
            id: "bat_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap(),
            scope: TenantScope {
                tenant_id: "tnt_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap(),
                environment: Environment::Test,
            },
            credentials_count: 2,
            public_url: "https://learncoin.me".into(),
            verification_method: "did:web:learncoin.me#key-1".into(),
            signing_key_number: 1,
            chain_id: 84532,
            created_at: 1_776_945_600_000,
            tree_root: None,
            state,
            first_status_number: 0,
            attempts: 0,
        };
        let credential = |id: &str, recipient: &str| CredentialSummary {
            id: id.parse().unwrap(),
            batch_id: batch.id.clone(),
            recipient_id: recipient.to_owned(),
        };
        let credentials = vec![
            credential("crd_01KPX4MQ00REJFE5FBD8QX9Y5A", "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f"),
            credential("crd_01KPX4MQ00XZ22KESRT8JTNY8E", "urn:uuid:00000000-0000-4000-8000-000000000002"),
        ];
        (batch, credentials)
    }

    fn read_back(event_type: EventType, data: EventData<'_>) -> StoredData {
        StoredData::read(event_type.as_str(), data.stored()).unwrap()
    }

    #[test]
    fn these_bytes_stay_these_bytes() {
        let (signed_at, anchored_at) = (1_776_945_610_000, 1_776_945_658_101);
        let anchored = batch(BatchState::Anchored { signed_at, anchored_at, anchor: place() });
        let created = read_back(EventType::BatchCreated, EventData::OfBatch);
        assert_eq!(
            created.complete(Some(&anchored)).unwrap(),
            r#"{"batch_id":"bat_01KPX4MQ005TCNKPH5QY15PQWV","credentials_count":2,"environment":"test"}"#
        );
        let signed = read_back(EventType::BatchSigned, EventData::OfBatch);
        let text = format!(
            r#"{{"batch_id":"bat_01KPX4MQ005TCNKPH5QY15PQWV","merkle_root":"0x{ROOT}","signed_at":"2026-04-23T12:00:10.000Z"}}"#
        );
        assert_eq!(signed.clone().complete(Some(&anchored)).unwrap(), text);
        let only_signed = batch(BatchState::Signed { signed_at, anchor: place() });
        assert_eq!(signed.complete(Some(&only_signed)).unwrap(), text);
        let transaction = transaction();
        let announced = read_back(EventType::BatchAnchored, EventData::OfAnchoredBatch(&transaction));
        assert_eq!(
            announced.complete(Some(&anchored)).unwrap(),
            format!(
                concat!(
                    r#"{{"batch_id":"bat_01KPX4MQ005TCNKPH5QY15PQWV","merkle_root":"0x{root}","#,
                    r#""anchor_transaction":{{"chain":"base-sepolia","hash":"0x{hash}","block_number":14582301,"#,
                    r#""explorer_url":"https://sepolia.basescan.org/tx/0x{hash}"}},"anchored_at":"2026-04-23T12:00:58.101Z","#,
                    r#""credentials":[{{"id":"crd_01KPX4MQ00REJFE5FBD8QX9Y5A","#,
                    r#""recipient_id":"urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f","#,
                    r#""verify_url":"https://learncoin.me/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A"}},"#,
                    r#"{{"id":"crd_01KPX4MQ00XZ22KESRT8JTNY8E","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000002","#,
                    r#""verify_url":"https://learncoin.me/c/crd_01KPX4MQ00XZ22KESRT8JTNY8E"}}]}}"#,
                ),
                root = ROOT,
                hash = HASH
            )
        );
    }

    #[test]
    fn what_is_whole_needs_no_batch_and_the_rest_one_in_the_state_that_it_tells_of() {
        let whole = json!({ "batch_id": "bat_1", "a": 1 });
        let read = read_back(EventType::BatchSigned, EventData::from(&whole));
        assert!(!read.is_of_batch());
        assert_eq!(read.complete(None).unwrap(), whole.to_string());
        let transaction = transaction();
        let pending = batch(BatchState::Pending);
        let signed = batch(BatchState::Signed { signed_at: 1, anchor: place() });
        for (event_type, data, of) in [
            (EventType::BatchCreated, EventData::OfBatch, None),
            (EventType::BatchSigned, EventData::OfBatch, None),
            (EventType::BatchSigned, EventData::OfBatch, Some(&pending)),
            (EventType::BatchAnchored, EventData::OfAnchoredBatch(&transaction), None),
            (EventType::BatchAnchored, EventData::OfAnchoredBatch(&transaction), Some(&signed)),
        ] {
            let read = read_back(event_type, data);
            assert!(read.is_of_batch());
            assert_eq!(read.complete(of), None, "{event_type:?}");
        }
    }

    #[test]
    fn a_text_that_no_event_has_is_not_read() {
        let announced = EventData::OfAnchoredBatch(&transaction()).stored();
        for (event_type, text) in [
            (EventType::BatchAnchored, ""),
            (EventType::BatchAnchored, HASH),
            (EventType::BatchAnchored, &announced.replace("14582301", "-1")),
            (EventType::BatchAnchored, &announced.replacen('4', "x", 1)),
            (EventType::BatchFailed, ""),
            (EventType::CredentialRevoked, ""),
            (EventType::BatchCreated, &announced),
            (EventType::BatchSigned, "[]"),
        ] {
            assert_eq!(StoredData::read(event_type.as_str(), text.to_owned()), None, "{text}");
        }
    }
}
