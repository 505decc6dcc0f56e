//! A deployment's database with a tenant and its signing key in it: a SQLite file in a directory of its own, or, where
//! `LEARNCOIN_TEST_DATABASE` is `postgres`, a schema of its own in the database that `LEARNCOIN_TEST_POSTGRES` names.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use learncoin_credential::Hash;
use learncoin_credential::document::{OwnPart, SharedPart};
use learncoin_credential::merkle::MerklePath;
use learncoin_store::anchors::{Anchor, AnchorStatus, AnchoredBatch};
use learncoin_store::batches::{Batch, BatchState};
use learncoin_store::clock::{Clock, Entropy, random_bytes};
use learncoin_store::credentials::{AddressedPart, EvidenceRecord, IssuedNode, NewCredential, Personal};
use learncoin_store::id::{BatchId, CredentialId, TenantId};
use learncoin_store::keys::{KeyHome, SigningKey};
use learncoin_store::onchain::{MerkleRoot, PublicKeyCoordinates, RawTransaction};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::seal::MasterKey;
use learncoin_store::tenants::{Exceptions, Plan, Tenant};
use learncoin_store::transactions::AnchorTransaction;
use learncoin_store::{Error, Location, Store, WriteTx};

use crate::direct::DirectConnection;

pub(crate) const NOW: i64 = 1_776_945_601_234;

/// A clock that advances by a millisecond at each look, and bytes that never repeat.
pub(crate) struct World {
    pub(crate) now: AtomicI64,
    next: AtomicU64,
}

impl Clock for World {
    fn now_ms(&self) -> i64 {
        self.now.fetch_add(1, Ordering::Relaxed)
    }
}

impl Entropy for World {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let from = bytes.len() - chunk.len();
            chunk.copy_from_slice(&bytes[from..]);
        }
    }
}

pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) world: World,
    pub(crate) scope: TenantScope,
    pub(crate) key: SigningKey,
    pub(crate) location: Location,
    pub(crate) directory: tempfile::TempDir,
}

/// Returns what the documents of every fixture share.
pub(crate) fn shared_part() -> SharedPart {
    const TEXT: &str = r#"{
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://w3id.org/blockcerts/v3",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://learncoin.example/contexts/v1"
        ],
        "id": "https://learncoin.example/c/",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": { "id": "did:web:learncoin.example", "type": ["Profile"], "name": "Uni" },
        "validFrom": "2026-04-23T12:00:00Z",
        "issuanceDate": "2026-04-23T12:00:00Z",
        "nonce": "",
        "credentialSubject": {
            "id": "",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://uni.example/ml",
                "type": ["Achievement"],
                "name": "Machine Learning",
                "description": "A course.",
                "criteria": { "narrative": "An exam." }
            }
        }
    }"#;
    SharedPart::read(TEXT).unwrap()
}

/// Returns the key of every fixture.
pub(crate) fn master() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

/// Returns the database that the run is for.
pub(crate) fn location(directory: &Path) -> Location {
    match std::env::var("LEARNCOIN_TEST_DATABASE").as_deref() {
        Ok("postgres") => postgres_location(directory),
        Ok("sqlite") | Err(_) => sqlite_location(directory),
        Ok(other) => panic!("LEARNCOIN_TEST_DATABASE is {other:?}, it must be sqlite or postgres"),
    }
}

pub(crate) fn sqlite_location(directory: &Path) -> Location {
    Location::Sqlite(directory.join("a.db"))
}

/// Returns a schema that is named after the directory, so that no other test has it.
pub(crate) fn postgres_location(directory: &Path) -> Location {
    let url = std::env::var("LEARNCOIN_TEST_POSTGRES").expect("LEARNCOIN_TEST_POSTGRES names a database");
    let schema = format!("test_{}", hex::encode(directory.file_name().unwrap().as_encoded_bytes()));
    format!("{url}?options[search_path]={schema}").parse().unwrap()
}

pub(crate) async fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let location = location(directory.path());
    fixture_at(location, directory).await
}

pub(crate) async fn fixture_at(location: Location, directory: tempfile::TempDir) -> Fixture {
    let world = World { now: NOW.into(), next: 1.into() };
    let store = Store::open(&location, &master()).await.unwrap();
    store.begin_audit_chains().await.unwrap();
    let tenant_id = TenantId::generate(&world, &world);
    let scope = TenantScope { tenant_id: tenant_id.clone(), environment: Environment::Test };
    let mut tx = store.begin().await.unwrap();
    tx.insert_tenant(&Tenant {
        id: tenant_id.clone(),
        name: "Uni".into(),
        plan: Plan::Developer,
        created_at: NOW,
        exceptions: Exceptions::default(),
    })
    .await
    .unwrap();
    let key = SigningKey {
        tenant_id: tenant_id.clone(),
        number: tx.claim_key_number(&tenant_id).await.unwrap(),
        environment: Environment::Test,
        chain_id: 31337,
        address: "0xb695B01217E9b9E55CF1E23814ac091352df7D12".parse().unwrap(),
        public_key: PublicKeyCoordinates::new([0x11; 32], [0x22; 32]),
        next_nonce: 0,
        home: KeyHome::Local,
        created_at: NOW,
        retired_at: None,
        disabled_at: None,
        expires_at: None,
        revoked_from: None,
    };
    tx.insert_signing_key(&key, &[9; 32], &world).await.unwrap();
    tx.commit().await.unwrap();
    Fixture { store, world, scope, key, location, directory }
}

impl Fixture {
    pub(crate) fn new_batch(&self, credentials: u64) -> Batch {
        Batch {
            id: BatchId::generate(&self.world, &self.world),
            scope: self.scope.clone(),
            credentials_count: credentials,
            public_url: "https://learncoin.example".into(),
            verification_method: "did:web:learncoin.example#tenant-X-key-1".into(),
            signing_key_number: self.key.number,
            chain_id: 31337,
            created_at: NOW,
            tree_root: Some(MerkleRoot::new(random_bytes(&self.world))),
            state: BatchState::Pending,
            first_status_number: 0,
            attempts: 0,
        }
    }

    pub(crate) fn new_credential(&self, name: &str) -> NewCredential {
        NewCredential {
            id: CredentialId::generate(&self.world, &self.world),
            recipient_id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into(),
            shared: Arc::new(AddressedPart::new(&shared_part())),
            own: OwnPart { nonce: random_bytes(&self.world), achievement: None },
            personal: Personal {
                name: name.into(),
                email: Some("ada@example.edu".into()),
                evidence: vec![EvidenceRecord {
                    id: "https://e.example/1".into(),
                    narrative: Some("Final project".into()),
                }],
                blind: Hash::new([0xab; 32]),
            },
            node: IssuedNode { node_full: Hash::new([0xcd; 32]), tree_path: MerklePath::default() },
            image: None,
        }
    }

    pub(crate) async fn accepted(&self, names: &[&str]) -> (Batch, Vec<CredentialId>) {
        let batch = self.new_batch(u64::try_from(names.len()).unwrap());
        let credentials: Vec<_> = names
            .iter()
            .map(|name| {
                self.new_credential(name)
                    .seal(self.store.sealer(), &self.world, &self.scope.tenant_id)
                    .unwrap()
            })
            .collect();
        let mut tx = self.store.begin().await.unwrap();
        tx.insert_batch(&batch).await.unwrap();
        tx.insert_credentials(&self.scope, &batch.id, &credentials).await.unwrap();
        tx.commit().await.unwrap();
        (batch, credentials.iter().map(|credential| credential.id().clone()).collect())
    }

    /// Stores a credential as release 0.1.0 did: the document whole, and the place and the person in two texts each.
    pub(crate) async fn store_as_earlier_release(&self, id: &CredentialId) {
        let credential = self.store.credential_by_id(id).await.unwrap().unwrap();
        let document = credential.redacted().unwrap().to_json();
        let IssuedNode { node_full, tree_path } = credential.node.unwrap();
        let data_key: [u8; 32] = random_bytes(&self.world);
        let place = format!("credentials/{id}/data_key");
        let sealed_key =
            self.store.sealer().seal_for(&self.world, &self.scope.tenant_id, &place, &data_key).unwrap();
        let person = serde_json::to_vec(&credential.personal.unwrap()).unwrap();
        let place = format!("credentials/{id}/personal");
        let nonce: [u8; 24] = random_bytes(&self.world);
        let sealed = XChaCha20Poly1305::new(&data_key.into())
            .encrypt(&nonce.into(), Payload { msg: &person, aad: place.as_bytes() })
            .unwrap();
        let sealed = STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        let sql = format!(
            "UPDATE credentials SET document = '{document}', document_hash = NULL, document_own = NULL, tree_place = NULL,
                    node_full = '{node_full}', tree_path = '{tree_path}', person_sealed = NULL, personal_sealed = '1.{sealed}',
                    data_key_sealed = '{sealed_key}' WHERE id = '{id}'"
        );
        let direct = DirectConnection::open(&self.location).await;
        assert_eq!(direct.execute(&sql).await.unwrap(), 1);
    }

    /// Returns the anchor of this batch alone.
    pub(crate) fn anchor(&self, batch: &Batch) -> Anchor {
        Anchor {
            id: format!("anc_{}", batch.id.ulid()).parse().unwrap(),
            scope: batch.scope.clone(),
            status: AnchorStatus::Signed,
            root: batch.tree_root.unwrap(),
            batches_count: 1,
            signing_key_number: batch.signing_key_number,
            verification_method: batch.verification_method.clone(),
            public_url: batch.public_url.clone(),
            chain_id: batch.chain_id,
            signed_at: NOW,
            seen_in_block: None,
            reanchor_with: None,
            attempts: 0,
        }
    }

    /// Puts a batch alone into an anchor.
    pub(crate) async fn sign(&self, tx: &mut WriteTx, batch: &Batch) -> Result<(), Error> {
        let anchor = self.anchor(batch);
        tx.insert_anchor(&anchor).await?;
        tx.mark_batches_signed(
            &anchor,
            &[AnchoredBatch { id: batch.id.clone(), path: MerklePath::default() }],
        )
        .await
    }

    pub(crate) fn transaction(&self, batch: &Batch, nonce: u64) -> AnchorTransaction {
        AnchorTransaction {
            hash: format!("{nonce:064x}").parse().unwrap(),
            anchor_id: self.anchor(batch).id,
            chain_id: 31337,
            address: self.key.address.clone(),
            nonce,
            raw: RawTransaction::new(vec![2]),
            created_at: NOW,
            sent_at: None,
            block: None,
        }
    }
}
