//! The keys, and the calls about them.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use k256::ecdsa::hazmat::SignPrimitive as _;
use k256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use super::KmsFault;
use super::wire::{Failure, read};

const SECP256K1: &str = "EC_SIGN_SECP256K1_SHA256";
const ED25519: &str = "EC_SIGN_ED25519";
const MADE_AT: &str = "2026-01-01T00:00:00.123456789Z";
/// The bytes before the coordinates in a `SubjectPublicKeyInfo`.
const SPKI_HEAD: &str = "3056301006072a8648ce3d020106052b8104000a034200";
/// The bytes before an Ed25519 key in a `SubjectPublicKeyInfo`.
const SPKI_HEAD_OF_ED25519: &str = "302a300506032b6570032100";

struct Version {
    algorithm: &'static str,
    level: &'static str,
    secret: [u8; 32],
    state: &'static str,
    looks_until_made: u32,
}

/// Every key has one version.
#[derive(Default)]
pub(super) struct Keys {
    versions: BTreeMap<String, Version>,
    order: Vec<String>,
    pub(super) looks_until_made: u32,
    /// Whether the location has no Ed25519 keys in hardware.
    pub(super) without_hardware_ed25519: bool,
    signatures: u64,
}

type Query = [(String, String)];

impl Keys {
    pub(super) fn set_state(&mut self, version: &str, state: &'static str) {
        self.versions.get_mut(version).expect("the version is there").state = state;
    }

    pub(super) fn state(&self, version: &str) -> Option<&'static str> {
        self.versions.get(version).map(|version| version.state)
    }

    pub(super) fn versions(&self) -> Vec<String> {
        self.order.clone()
    }

    pub(super) fn versions_of_chain_keys(&self) -> Vec<String> {
        self.order.iter().filter(|name| self.versions[*name].algorithm == SECP256K1).cloned().collect()
    }

    pub(super) fn secret(&self, version: &str) -> Option<[u8; 32]> {
        self.versions.get(version).map(|version| version.secret)
    }

    pub(super) fn call(
        &mut self,
        method: &Method,
        path: &str,
        query: &Query,
        body: &[u8],
        fault: KmsFault,
    ) -> Result<Value, Failure> {
        let body: Value = match body {
            [] => Value::Null,
            body => serde_json::from_slice(body).map_err(|_| Failure::argument("Invalid JSON payload."))?,
        };
        let parts: Vec<&str> = path.split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("POST", ["projects", _, "locations", _, "keyRings", ring, "cryptoKeys"]) => {
                if *ring != "learncoin" {
                    return Err(Failure::not_found("KeyRing"));
                }
                self.create(path, query, &body)
            }
            ("GET", ["projects", .., "cryptoKeys", _]) => self.key(path),
            ("GET", ["projects", .., "cryptoKeyVersions", _]) => self.look(path, fault),
            ("GET", ["projects", .., "cryptoKeyVersions", _, "publicKey"]) => {
                self.public_key(path.strip_suffix("/publicKey").unwrap_or_default(), fault)
            }
            ("PATCH", ["projects", .., "cryptoKeyVersions", _]) => self.patch(path, query, &body, fault),
            ("POST", ["projects", .., "cryptoKeyVersions", last]) if last.ends_with(":asymmetricSign") => {
                self.sign(path.strip_suffix(":asymmetricSign").unwrap_or_default(), &body, fault)
            }
            ("POST", ["projects", .., "cryptoKeyVersions", last]) if last.ends_with(":destroy") => {
                let version = path.strip_suffix(":destroy").unwrap_or_default();
                self.find(version)?.state = "DESTROY_SCHEDULED";
                self.look(version, fault)
            }
            _ => Err(Failure::not_found("the method")),
        }
    }

    fn create(&mut self, path: &str, query: &Query, body: &Value) -> Result<Value, Failure> {
        let id = query.iter().find(|(name, _)| name == "cryptoKeyId").map_or("", |(_, id)| id);
        let is_named = (1..=63).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !is_named {
            return Err(Failure::argument("crypto_key_id must match [a-zA-Z0-9_-]{1,63}."));
        }
        let template = &body["versionTemplate"];
        let algorithm = read(template, "algorithm");
        if read(body, "purpose") != "ASYMMETRIC_SIGN" || ![SECP256K1, ED25519].contains(&algorithm) {
            return Err(Failure::argument("The algorithm does not fit the purpose."));
        }
        let level = read(template, "protectionLevel");
        match (algorithm, level) {
            (SECP256K1, "HSM") | (ED25519, "SOFTWARE") => {}
            (ED25519, "HSM") if !self.without_hardware_ed25519 => {}
            _ => return Err(Failure::argument("The algorithm does not fit the protection level.")),
        }
        let key = format!("{path}/{id}");
        let version = format!("{key}/cryptoKeyVersions/1");
        if self.versions.contains_key(&version) {
            return Err(Failure::exists(&key));
        }
        // The same name leads to the same key, so that a test can be repeated.
        let secret = digest(&SHA256, version.as_bytes());
        let made = Version {
            algorithm,
            level,
            secret: secret.as_ref().try_into().expect("a digest has 32 bytes"),
            state: if self.looks_until_made == 0 { "ENABLED" } else { "PENDING_GENERATION" },
            looks_until_made: self.looks_until_made,
        };
        self.versions.insert(version.clone(), made);
        self.order.push(version);
        self.key(&key)
    }

    fn key(&self, name: &str) -> Result<Value, Failure> {
        let version = self.versions.get(&format!("{name}/cryptoKeyVersions/1"));
        let version = version.ok_or_else(|| Failure::not_found(name))?;
        Ok(json!({
            "name": name,
            "purpose": "ASYMMETRIC_SIGN",
            "createTime": MADE_AT,
            "versionTemplate": { "protectionLevel": version.level, "algorithm": version.algorithm },
            "destroyScheduledDuration": "2592000s",
        }))
    }

    fn find(&mut self, name: &str) -> Result<&mut Version, Failure> {
        self.versions.get_mut(name).ok_or_else(|| Failure::not_found(name))
    }

    fn enabled(&mut self, name: &str) -> Result<&mut Version, Failure> {
        let version = self.find(name)?;
        match version.state {
            "ENABLED" => Ok(version),
            state => Err(Failure::precondition(name, state)),
        }
    }

    fn look(&mut self, name: &str, fault: KmsFault) -> Result<Value, Failure> {
        let version = self.find(name)?;
        if version.state == "PENDING_GENERATION" {
            version.looks_until_made = version.looks_until_made.saturating_sub(1);
            if version.looks_until_made == 0 {
                version.state = "ENABLED";
            }
        }
        Ok(json!({
            "name": shown(name, fault),
            "state": version.state,
            "protectionLevel": version.level,
            "algorithm": version.algorithm,
            "createTime": MADE_AT,
        }))
    }

    fn public_key(&mut self, name: &str, fault: KmsFault) -> Result<Value, Failure> {
        let version = self.enabled(name)?;
        let (algorithm, level) = (version.algorithm, version.level);
        let der = version.public_key();
        let text = BASE64.encode(der);
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
        Ok(json!({
            "name": shown(name, fault),
            "algorithm": algorithm,
            "protectionLevel": level,
            "pemCrc32c": checksum(pem.as_bytes(), fault),
            "pem": pem,
        }))
    }

    fn patch(&mut self, name: &str, query: &Query, body: &Value, fault: KmsFault) -> Result<Value, Failure> {
        if !query.iter().any(|(name, value)| name == "updateMask" && value == "state") {
            return Err(Failure::argument("update_mask must be state."));
        }
        let wanted = read(body, "state");
        let version = self.find(name)?;
        match (version.state, wanted) {
            ("ENABLED" | "DISABLED", "ENABLED" | "DISABLED") => version.state = wanted,
            (state, "ENABLED" | "DISABLED") => return Err(Failure::precondition(name, state)),
            _ => return Err(Failure::argument("state must be ENABLED or DISABLED.")),
        }
        self.look(name, fault)
    }
}

/// Signatures.
impl Keys {
    fn sign(&mut self, name: &str, body: &Value, fault: KmsFault) -> Result<Value, Failure> {
        match self.find(name)?.algorithm {
            ED25519 => self.sign_data(name, body, fault),
            _ => self.sign_digest(name, body, fault),
        }
    }

    fn sign_data(&mut self, name: &str, body: &Value, fault: KmsFault) -> Result<Value, Failure> {
        let data = body["data"].as_str().and_then(|text| BASE64.decode(text).ok());
        let data = data.filter(|_| body["digest"].is_null());
        let data = data.ok_or_else(|| Failure::argument("The algorithm needs data and takes no digest."))?;
        let sum = &body["dataCrc32c"];
        let is_right = *sum == json!(crc32c::crc32c(&data).to_string());
        if !sum.is_null() && !is_right {
            return Err(Failure::argument("The checksum in field data_crc32c did not match."));
        }
        self.signatures += 1;
        let version = self.enabled(name)?;
        let seed = if fault == KmsFault::OtherKey { [7; 32] } else { version.secret };
        let signature = pair(&seed).sign(&data);
        Ok(json!({
            "name": shown(name, fault),
            "signature": BASE64.encode(signature.as_ref()),
            "signatureCrc32c": checksum(signature.as_ref(), fault),
            "verifiedDataCrc32c": is_right && fault != KmsFault::ChangedDigest,
            "protectionLevel": version.level,
        }))
    }

    fn sign_digest(&mut self, name: &str, body: &Value, fault: KmsFault) -> Result<Value, Failure> {
        let digest_bytes = body["digest"]["sha256"].as_str().and_then(|text| BASE64.decode(text).ok());
        let digest_bytes: [u8; 32] = digest_bytes
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| Failure::argument("Digest length is not equal to 32 bytes."))?;
        let sum = &body["digestCrc32c"];
        let is_right = *sum == json!(crc32c::crc32c(&digest_bytes).to_string());
        if !sum.is_null() && !is_right {
            return Err(Failure::argument("The checksum in field digest_crc32c did not match."));
        }
        self.signatures += 1;
        let count = self.signatures;
        let key = self.enabled(name)?.chain_key();
        let key = match fault {
            KmsFault::OtherKey => SigningKey::from_slice(&[7; 32]).expect("a key"),
            _ => key,
        };
        // Each signature has a number of its own, so that two over one digest differ, and every other one has a high s.
        let own = digest(&SHA256, &[&count.to_be_bytes()[..], &digest_bytes].concat());
        let own = SigningKey::from_slice(own.as_ref()).expect("a digest is below the order of the curve");
        let (low, _) = key
            .as_nonzero_scalar()
            .try_sign_prehashed(**own.as_nonzero_scalar(), &digest_bytes.into())
            .expect("it signs");
        let signature = match count % 2 {
            0 => Signature::from_scalars(*low.r(), -*low.s()).expect("the other half"),
            _ => low,
        };
        let der = signature.to_der();
        Ok(json!({
            "name": shown(name, fault),
            "signature": BASE64.encode(der.as_bytes()),
            "signatureCrc32c": checksum(der.as_bytes(), fault),
            "verifiedDigestCrc32c": is_right && fault != KmsFault::ChangedDigest,
            "protectionLevel": "HSM",
        }))
    }
}

impl Version {
    fn chain_key(&self) -> SigningKey {
        SigningKey::from_slice(&self.secret).expect("a digest is below the order of the curve")
    }

    /// Returns the public key as a `SubjectPublicKeyInfo`.
    fn public_key(&self) -> Vec<u8> {
        let (head, key) = match self.algorithm {
            ED25519 => (SPKI_HEAD_OF_ED25519, pair(&self.secret).public_key().as_ref().to_vec()),
            _ => {
                let point = self.chain_key().verifying_key().to_encoded_point(false);
                (SPKI_HEAD, point.as_bytes().to_vec())
            }
        };
        [hex::decode(head).expect("it is hex"), key].concat()
    }
}

fn pair(seed: &[u8; 32]) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(seed).expect("each seed makes a key")
}

/// Returns the checksum: a 64-bit number, which is a text in this JSON.
fn checksum(bytes: &[u8], fault: KmsFault) -> String {
    let right = crc32c::crc32c(bytes);
    (if fault == KmsFault::WrongChecksum { right ^ 1 } else { right }).to_string()
}

fn shown(name: &str, fault: KmsFault) -> String {
    match fault {
        KmsFault::OtherName => name.replace("/cryptoKeys/", "/cryptoKeys/other-"),
        _ => name.to_owned(),
    }
}
