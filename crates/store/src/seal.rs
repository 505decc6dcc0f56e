//! Sealing of secrets and personal data.
//!
//! One master key of 32 bytes is the root of all: the sealing key and every keyed hash are derived from it
//! (HMAC-SHA-256 with a label). Under it each credential has a data key of its own, under which its personal
//! fields are sealed; erasing the person destroys that data key. Sealing is XChaCha20-Poly1305 with a random
//! nonce; the row and column that a value belongs to are authenticated with it, so that sealed values can't be
//! swapped between rows. So is the tenant that the row belongs to: a row that was moved to another tenant can't be opened.
//!
//! A sealed value begins with its version. `1.` has a context that names no tenant, or names it by itself; `2.` names the
//! tenant before it. What earlier releases sealed without a tenant is sealed anew once (`maintenance::reseal`), and is opened nowhere
//! else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock::{Entropy, random_bytes};
use crate::error::{Error, Result};
use crate::id::TenantId;

const VERSION: &str = "1.";
/// The version of a value whose context names its tenant.
const TENANT_VERSION: &str = "2.";
/// The first byte of a value that is no text: a sealed key, and what is sealed under it.
const BYTES_VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
/// A nonce, a key of 32 bytes, and the tag of 16 bytes.
const SEALED_KEY_BYTES: usize = NONCE_BYTES + 32 + 16;

/// The key above all keys. It has no `Debug` and is wiped from memory when dropped.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Takes the 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads 64 hexadecimal digits, surrounding white space allowed.
    ///
    /// # Errors
    /// [`Error::MasterKey`] where the text is anything else; the text is not repeated.
    pub fn from_hex(text: &str) -> Result<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
            .map_err(|_| Error::MasterKey("expected 64 hexadecimal digits (32 bytes)".into()))?;
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Returns the 64 hexadecimal digits that [`MasterKey::from_hex`] reads.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }
}

/// The length of the block of SHA-256, in bytes.
const BLOCK_BYTES: usize = 64;

/// Returns a keyed hash: HMAC-SHA-256 over the parts.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key of a whole block, as HMAC fills a shorter one with zeros (RFC 2104, section 2): its length can't be wrong, so
    // there is no failure that could end in a hash under no key.
    let mut block = Zeroizing::new([0; BLOCK_BYTES]);
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let block: &[u8; BLOCK_BYTES] = &block;
    let mut hmac = <Hmac<Sha256> as hmac::KeyInit>::new(block.into());
    for part in parts {
        // Length-prefixed, so that ("ab", "c") and ("a", "bc") differ.
        hmac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hmac.update(part);
    }
    hmac.finalize().into_bytes().into()
}

/// Seals and opens values, and makes the keyed hashes, with keys derived from the master key.
pub struct Sealer {
    seal: Zeroizing<[u8; 32]>,
    idempotency: Zeroizing<[u8; 32]>,
    cursor: Zeroizing<[u8; 32]>,
    audit: Zeroizing<[u8; 32]>,
    address: Zeroizing<[u8; 32]>,
    member: Zeroizing<[u8; 32]>,
    wallet: Zeroizing<[u8; 32]>,
    status: Zeroizing<[u8; 32]>,
    fingerprint: [u8; 32],
}

impl Sealer {
    /// Derives the keys.
    pub fn new(master: &MasterKey) -> Self {
        let derive = |label: &str| Zeroizing::new(mac(&master.0, &[b"learncoin", label.as_bytes()]));
        Self {
            seal: derive("seal"),
            idempotency: derive("idempotency"),
            cursor: derive("cursor"),
            audit: derive("audit"),
            address: derive("address"),
            member: derive("member"),
            wallet: derive("wallet"),
            status: derive("status"),
            fingerprint: *derive("fingerprint"),
        }
    }

    /// Returns what distinguishes one master key from another, in lower-case hex, and betrays neither.
    pub fn fingerprint(&self) -> String {
        hex::encode(self.fingerprint)
    }

    /// Seals `plain` for the row and column that `place` names.
    pub fn seal(&self, entropy: &dyn Entropy, place: &str, plain: &[u8]) -> Result<String> {
        seal_with(&self.seal, entropy, place, plain)
    }

    /// Seals `plain` for a row of this tenant and the column, which `place` names.
    pub fn seal_for(
        &self,
        entropy: &dyn Entropy,
        tenant_id: &TenantId,
        place: &str,
        plain: &[u8],
    ) -> Result<String> {
        seal_as(TENANT_VERSION, &self.seal, entropy, &of_tenant(tenant_id, place), plain)
    }

    /// Opens what [`Sealer::seal_for`] made for the same tenant and `place`.
    ///
    /// # Errors
    /// [`Error::Unsealed`] if the value was changed, moved, also to another tenant, or sealed under another master key.
    pub fn open_for(&self, tenant_id: &TenantId, place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        open_as(TENANT_VERSION, &self.seal, &of_tenant(tenant_id, place), sealed)
    }

    /// Seals a value of an earlier release anew, with the tenant in its context. Returns `None` if it is sealed so already.
    pub(crate) fn reseal_for(
        &self,
        entropy: &dyn Entropy,
        tenant_id: &TenantId,
        place: &str,
        sealed: &str,
    ) -> Result<Option<String>> {
        if sealed.starts_with(TENANT_VERSION) {
            return Ok(None);
        }
        let plain = self.open(place, sealed)?;
        self.seal_for(entropy, tenant_id, place, &plain).map(Some)
    }

    /// Opens what [`Sealer::seal`] made for the same `place`.
    ///
    /// # Errors
    /// [`Error::Unsealed`] where the value was changed, moved, or sealed under another master key.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        open_with(&self.seal, place, sealed)
    }

    /// Returns a keyed hash of an idempotency key or of a request, from which neither can be guessed.
    pub(crate) fn idempotency_mac(&self, parts: &[&[u8]]) -> String {
        hex::encode(mac(&self.idempotency, parts))
    }

    /// Returns the keyed hash that chains rows of the audit log, of 128 bits.
    pub(crate) fn audit_mac(&self, parts: &[&[u8]]) -> String {
        let mut text = hex::encode(mac(&self.audit, parts));
        text.truncate(32);
        text
    }

    /// Returns a keyed hash of a client's address, of 64 bits. It distinguishes clients, and only the holder of the master key can
    /// compare it with an address.
    pub fn address_mac(&self, address: &str) -> String {
        let mut text = hex::encode(mac(&self.address, &[address.as_bytes()]));
        text.truncate(16);
        text
    }

    /// Returns a keyed hash by which a member's address is found, or a request for a link is counted.
    pub fn member_mac(&self, text: &str) -> String {
        hex::encode(mac(&self.member, &[text.as_bytes()]))
    }

    /// Returns a keyed hash by which a member's identity at an identity provider is found.
    pub(crate) fn identity_mac(&self, issuer: &str, subject: &str) -> String {
        hex::encode(mac(&self.member, &[b"identity", issuer.as_bytes(), subject.as_bytes()]))
    }

    /// Returns the tag that makes a nonce for wallets tamper-evident, of 128 bits.
    pub fn wallet_nonce_mac(&self, parts: &[&[u8]]) -> [u8; 16] {
        mac(&self.wallet, parts).first_chunk().copied().unwrap_or_default()
    }

    /// Returns the key from which the places of a tenant's credentials in its status lists follow. It never changes, like the master
    /// key.
    pub fn status_key(&self, tenant_id: &TenantId) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(mac(&self.status, &[tenant_id.as_str().as_bytes()]))
    }

    /// Returns the tag that makes a paging cursor tamper-evident.
    pub fn cursor_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.cursor, parts)
    }
}

/// The key of one credential's personal fields.
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// Draws a new one.
    pub(crate) fn generate(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(random_bytes(entropy)))
    }

    /// Opens a key that an earlier release sealed as a text.
    pub(crate) fn open(sealer: &Sealer, tenant_id: &TenantId, place: &str, sealed: &str) -> Result<Self> {
        Self::read(&sealer.open_for(tenant_id, place, sealed)?)
    }

    /// Opens what an earlier release sealed as a text under this key.
    pub(crate) fn unseal(&self, place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        open_with(&self.0, place, sealed)
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| Error::Unsealed)?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

/// The places of a value that is sealed under a key of its own, and of that key.
pub(crate) struct OwnKeyPlaces<'a> {
    /// The tenant of the row.
    pub(crate) tenant_id: &'a TenantId,
    /// The place of the key.
    pub(crate) key: &'a str,
    /// The place of the value.
    pub(crate) value: &'a str,
}

impl Sealer {
    /// Seals `plain` under a new key, and that key under the master key for the tenant. Returns both in one value.
    pub(crate) fn seal_under_own_key(
        &self,
        entropy: &dyn Entropy,
        places: &OwnKeyPlaces<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>> {
        let key = DataKey::generate(entropy);
        let value = encrypt(&key.0, entropy, places.value, plain)?;
        let key_place = of_tenant(places.tenant_id, places.key);
        let key = encrypt(&self.seal, entropy, &key_place, key.0.as_slice())?;
        Ok([[BYTES_VERSION].as_slice(), &key, &value].concat())
    }

    /// Opens what [`Sealer::seal_under_own_key`] made for the same places.
    ///
    /// # Errors
    /// [`Error::Unsealed`] if the value was changed, moved, also to another tenant, or sealed under another master key.
    pub(crate) fn open_under_own_key(
        &self,
        places: &OwnKeyPlaces<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let sealed = sealed.strip_prefix(&[BYTES_VERSION]).ok_or(Error::Unsealed)?;
        let (key, value) = sealed.split_at_checked(SEALED_KEY_BYTES).ok_or(Error::Unsealed)?;
        let key = decrypt(&self.seal, &of_tenant(places.tenant_id, places.key), key)?;
        decrypt(&DataKey::read(&key)?.0, places.value, value)
    }
}

fn of_tenant(tenant_id: &TenantId, place: &str) -> String {
    format!("tenants/{tenant_id}/{place}")
}

pub(crate) fn seal_with(key: &[u8; 32], entropy: &dyn Entropy, place: &str, plain: &[u8]) -> Result<String> {
    seal_as(VERSION, key, entropy, place, plain)
}

fn seal_as(
    version: &str,
    key: &[u8; 32],
    entropy: &dyn Entropy,
    place: &str,
    plain: &[u8],
) -> Result<String> {
    Ok(format!("{version}{}", BASE64.encode(encrypt(key, entropy, place, plain)?)))
}

/// Returns a new nonce and the encrypted bytes.
fn encrypt(key: &[u8; 32], entropy: &dyn Entropy, place: &str, plain: &[u8]) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE_BYTES] = random_bytes(entropy);
    let payload = Payload { msg: plain, aad: place.as_bytes() };
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| Error::Unsealed)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

pub(crate) fn open_with(key: &[u8; 32], place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
    open_as(VERSION, key, place, sealed)
}

fn open_as(version: &str, key: &[u8; 32], place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
    let bytes =
        sealed.strip_prefix(version).and_then(|text| BASE64.decode(text).ok()).ok_or(Error::Unsealed)?;
    decrypt(key, place, &bytes)
}

fn decrypt(key: &[u8; 32], place: &str, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(Error::Unsealed)?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: place.as_bytes() })
        .map(Zeroizing::new)
        .map_err(|_| Error::Unsealed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::testing::Counting;

    fn tenant(number: u8) -> TenantId {
        format!("tnt_01KPX4MQ00REJFE5FBD8QX9Y5{number}").parse().unwrap()
    }

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&MasterKey::from_bytes([byte; 32]))
    }

    #[test]
    fn a_sealed_value_opens_in_its_place_and_nowhere_else() {
        let entropy = Counting(1.into());
        let sealed = sealer(1).seal(&entropy, "credentials/a/personal", b"Ada Lovelace").unwrap();
        assert!(!sealed.contains("Lovelace"));
        assert_eq!(sealer(1).open("credentials/a/personal", &sealed).unwrap().as_slice(), b"Ada Lovelace");
        assert!(sealer(1).open("credentials/b/personal", &sealed).is_err());
        assert!(sealer(2).open("credentials/a/personal", &sealed).is_err());
        let mut damaged = sealed.clone().into_bytes();
        *damaged.last_mut().unwrap() ^= 1;
        assert!(sealer(1).open("credentials/a/personal", std::str::from_utf8(&damaged).unwrap()).is_err());
        assert!(sealer(1).open("credentials/a/personal", "").is_err());
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let entropy = Counting(1.into());
        assert_ne!(
            sealer(1).seal(&entropy, "x", b"same").unwrap(),
            sealer(1).seal(&entropy, "x", b"same").unwrap()
        );
    }

    #[test]
    fn a_data_key_of_an_earlier_release_is_opened() {
        let entropy = Counting(7.into());
        let key = DataKey::generate(&entropy);
        let personal = seal_with(&key.0, &entropy, "p", b"text").unwrap();
        let stored = sealer(1).seal_for(&entropy, &tenant(1), "k", key.0.as_slice()).unwrap();
        let again = DataKey::open(&sealer(1), &tenant(1), "k", &stored).unwrap();
        assert_eq!(again.unseal("p", &personal).unwrap().as_slice(), b"text");
        assert!(DataKey::open(&sealer(1), &tenant(2), "k", &stored).is_err());
    }

    #[test]
    fn a_value_under_its_own_key_opens_in_its_places_and_nowhere_else() {
        let entropy = Counting(7.into());
        let (one, two) = (tenant(1), tenant(2));
        let places = OwnKeyPlaces { tenant_id: &one, key: "k", value: "v" };
        let sealed = sealer(1).seal_under_own_key(&entropy, &places, b"Ada Lovelace").unwrap();
        assert_eq!(sealed.len(), 1 + SEALED_KEY_BYTES + NONCE_BYTES + b"Ada Lovelace".len() + 16);
        assert!(!sealed.windows(3).any(|part| part == b"Ada"));
        assert_eq!(sealer(1).open_under_own_key(&places, &sealed).unwrap().as_slice(), b"Ada Lovelace");
        let again = sealer(1).seal_under_own_key(&entropy, &places, b"Ada Lovelace").unwrap();
        assert_ne!(sealed, again);
        for wrong in [
            OwnKeyPlaces { tenant_id: &two, ..places },
            OwnKeyPlaces { key: "v", ..places },
            OwnKeyPlaces { value: "k", ..places },
        ] {
            assert!(sealer(1).open_under_own_key(&wrong, &sealed).is_err());
        }
        assert!(sealer(2).open_under_own_key(&places, &sealed).is_err());
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert!(sealer(1).open_under_own_key(&places, &damaged).is_err(), "{place}");
            assert!(sealer(1).open_under_own_key(&places, &sealed[..place]).is_err(), "{place}");
        }
        // The key of one value with the other value.
        let mixed = [&sealed[..=SEALED_KEY_BYTES], &again[1 + SEALED_KEY_BYTES..]].concat();
        assert!(sealer(1).open_under_own_key(&places, &mixed).is_err());
    }

    #[test]
    fn a_value_of_a_tenant_opens_for_no_other_and_one_without_a_tenant_for_none() {
        let (entropy, sealer) = (Counting(1.into()), sealer(1));
        let sealed = sealer.seal_for(&entropy, &tenant(1), "x", b"text").unwrap();
        assert_eq!(sealer.open_for(&tenant(1), "x", &sealed).unwrap().as_slice(), b"text");
        assert!(sealer.open_for(&tenant(2), "x", &sealed).is_err());
        assert!(
            sealer.open("x", &sealed).is_err() && sealer.open(&of_tenant(&tenant(1), "x"), &sealed).is_err()
        );
        let renamed = sealed.replacen(TENANT_VERSION, VERSION, 1);
        assert!(sealer.open("x", &renamed).is_err());
        let older = sealer.seal(&entropy, "x", b"text").unwrap();
        assert!(sealer.open_for(&tenant(1), "x", &older).is_err());
        let renamed = older.replacen(VERSION, TENANT_VERSION, 1);
        assert!(sealer.open_for(&tenant(1), "x", &renamed).is_err());
        let anew = sealer.reseal_for(&entropy, &tenant(1), "x", &older).unwrap().unwrap();
        assert_eq!(sealer.open_for(&tenant(1), "x", &anew).unwrap().as_slice(), b"text");
        assert!(sealer.reseal_for(&entropy, &tenant(1), "x", &anew).unwrap().is_none());
        assert!(sealer.reseal_for(&entropy, &tenant(1), "y", &older).is_err());
    }

    /// Checks the test case of RFC 4231, section 4.2, whose key is filled up to 32 bytes with zeros: HMAC fills it up all the same.
    #[test]
    fn a_keyed_hash_is_hmac_sha_256() {
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let expected = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&[0x0b; 20]).unwrap();
        let message = [8_u64.to_be_bytes().as_slice(), b"Hi There"].concat();
        let expected: [u8; 32] = expected.chain_update(&message).finalize().into_bytes().into();
        assert_eq!(mac(&key, &[b"Hi There"]), expected);
        assert_ne!(mac(&key, &[]), [0; 32]);
    }

    #[test]
    fn keyed_hashes_separate_their_parts_and_purposes() {
        let s = sealer(1);
        assert_ne!(s.idempotency_mac(&[b"ab", b"c"]), s.idempotency_mac(&[b"a", b"bc"]));
        assert_ne!(s.idempotency_mac(&[b"a"]), hex::encode(s.cursor_mac(&[b"a"])));
    }

    #[test]
    fn what_the_audit_log_holds_is_hashed_under_keys_of_its_own() {
        let s = sealer(1);
        let address = s.address_mac("192.0.2.1");
        assert_eq!((address.len(), s.audit_mac(&[b"192.0.2.1"]).len()), (16, 32));
        assert_ne!(address, sealer(2).address_mac("192.0.2.1"));
        assert_ne!(address, s.address_mac("192.0.2.2"));
        assert!(!s.audit_mac(&[b"192.0.2.1"]).starts_with(&address));
        assert_ne!(s.audit_mac(&[b"ab", b"c"]), s.audit_mac(&[b"a", b"bc"]));
    }

    #[test]
    fn a_master_key_is_64_hexadecimal_digits() {
        assert_eq!(*MasterKey::from_hex(&"ab".repeat(32)).unwrap().to_hex(), "ab".repeat(32));
        for text in ["", "ab", &"zz".repeat(32), &"ab".repeat(33)] {
            assert!(MasterKey::from_hex(text).is_err());
        }
    }
}
