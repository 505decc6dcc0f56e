//! Helpers for unit tests: the batch vectors and transactions.

use alloy_rlp::{BufMut as _, Encodable, Header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use k256::ecdsa::SigningKey;
use serde_json::Value;
use sha3::{Digest as _, Keccak256};

use crate::{Address, Host, HostedKey, HostedTenant, PublicKey};

/// Parses every `batch-*.json`, `batch-1.json` first.
pub(crate) fn batches() -> Vec<Value> {
    [
        include_str!("../tests/data/vectors/batch-1.json"),
        include_str!("../tests/data/vectors/batch-1-mainnet.json"),
        include_str!("../tests/data/vectors/batch-2-erased.json"),
        include_str!("../tests/data/vectors/batch-2-unicode.json"),
        include_str!("../tests/data/vectors/batch-3-evidence.json"),
        include_str!("../tests/data/vectors/batch-5-alignments.json"),
    ]
    .into_iter()
    .map(|text| serde_json::from_str(text).expect("a vector is JSON"))
    .collect()
}

/// Returns the host and the tenant of a batch.
pub(crate) fn hosted(batch: &Value) -> (Host, HostedTenant) {
    let host = Host::parse(&format!("https://{}", batch["host"].as_str().expect("a host"))).expect("a host");
    let coordinate = |name: &str| {
        let text = batch["key"]["public_key_jwk"][name].as_str().expect("a coordinate");
        URL_SAFE_NO_PAD.decode(text).expect("base64url").try_into().expect("32 bytes")
    };
    let key = HostedKey {
        number: 1,
        public_key: PublicKey::new(coordinate("x"), coordinate("y")).expect("a key"),
        chain_id: batch["transaction"]["chain_id"].as_u64().expect("a chain id"),
        created: batch["key"]["created"].as_str().expect("a date").parse().expect("a date"),
        expires: None,
        revoked: None,
    };
    let tenant = HostedTenant {
        ulid: batch["tenant"]["id"].as_str().expect("an id").to_owned(),
        name: batch["tenant"]["name"].as_str().expect("a name").to_owned(),
        url: None,
        own_dids: Vec::new(),
        keys: vec![key],
    };
    (host, tenant)
}

/// Encodes the first nine fields of a type 2 transaction as RLP.
pub(crate) fn transaction_fields(
    chain_id: u64,
    to: &[u8],
    value: u128,
    data: &[u8],
    access_list: &[u8],
) -> Vec<u8> {
    let mut out = Vec::new();
    for number in [u128::from(chain_id), 5, 1_000_000, 3_000_000_000, 30_000] {
        number.encode(&mut out);
    }
    to.encode(&mut out);
    value.encode(&mut out);
    data.encode(&mut out);
    out.put_slice(access_list);
    out
}

/// Signs the nine fields. `edit` may then change parity, r and s.
pub(crate) fn sign_transaction(
    secret: &[u8; 32],
    fields: &[u8],
    edit: impl FnOnce(&mut bool, &mut [u8; 32], &mut [u8; 32]),
) -> Vec<u8> {
    let list = |payload: &[u8]| {
        let mut out = vec![2];
        Header { list: true, payload_length: payload.len() }.encode(&mut out);
        out.extend_from_slice(payload);
        out
    };
    let key = SigningKey::from_slice(secret).expect("a secret key");
    let (signature, id) = key.sign_prehash_recoverable(&Keccak256::digest(list(fields)));
    let (mut r, mut s): ([u8; 32], [u8; 32]) =
        (signature.r().to_bytes().into(), signature.s().to_bytes().into());
    let mut parity = id.is_y_odd();
    edit(&mut parity, &mut r, &mut s);
    let mut payload = fields.to_vec();
    parity.encode(&mut payload);
    for scalar in [r, s] {
        let start = scalar.iter().position(|byte| *byte != 0).unwrap_or(32);
        scalar[start..].encode(&mut payload);
    }
    list(&payload)
}

/// Derives the public key of a secret key.
pub(crate) fn public_key(secret: &[u8; 32]) -> PublicKey {
    let key = SigningKey::from_slice(secret).expect("a secret key");
    PublicKey::from_sec1(&key.verifying_key().to_sec1_bytes()).expect("a point")
}

/// Signs an anchor as an honest issuer does.
pub(crate) fn anchor_transaction(secret: &[u8; 32], chain_id: u64, root: &[u8]) -> Vec<u8> {
    let own: Address = public_key(secret).address();
    sign_transaction(secret, &transaction_fields(chain_id, own.as_bytes(), 0, root, &[0xc0]), |_, _, _| ())
}
