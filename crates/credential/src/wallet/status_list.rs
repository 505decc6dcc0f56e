//! Status lists: [Bitstring Status List 1.0](https://www.w3.org/TR/vc-bitstring-status-list/).

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::proof::{DocumentPublicKey, DocumentSignature, ProofOptions, SignatureInput};
use super::read::read_proof;
use super::status_index::LIST_LENGTH;
use crate::canonicalize::signed_with_key;
use crate::contexts::VC_2;
use crate::did::ReadError;
use crate::document::FieldPath;
use crate::json::{self, Value};
use crate::text::parse_foreign_timestamp;

/// The bytes of the longest list that is read: 8 million entries.
const MAX_LIST_BYTES: u64 = 1_048_576;

/// A list of revoked credentials without its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    /// Its URL, `https://HOST/t/ULID/status/revocation/N`.
    pub id: String,
    /// The tenant's second DID.
    pub issuer: String,
    /// The time from which it is valid, before that of its making: a checker's clock may be slow.
    pub valid_from: String,
    /// The time after which it is not valid.
    pub valid_until: String,
    /// The time for which a checker may keep it, in milliseconds.
    pub ttl_ms: u64,
    encoded: String,
}

/// A list of revoked credentials with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedStatusList {
    /// The list.
    pub list: StatusList,
    /// The proof without its value.
    pub options: ProofOptions,
    /// The proof's value.
    pub signature: DocumentSignature,
}

/// The reasons why a list does not show the status of a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatusListError {
    /// It is not the list's form.
    #[error(transparent)]
    Form(#[from] ReadError),
    /// `encodedList` is not `u`, base64url and gzip.
    #[error("encodedList is not u and base64url of gzip")]
    Encoding,
    /// It is longer than what is read.
    #[error("the list is longer than {MAX_LIST_BYTES} bytes")]
    TooLong,
    /// It is shorter than the standard allows.
    #[error("the list has fewer than {LIST_LENGTH} entries")]
    TooShort,
    /// The index is not in it.
    #[error("the list has no entry {0}")]
    NoEntry(u32),
    /// It is another list.
    #[error("it is the list {0}")]
    OtherList(String),
    /// The issuer of the list is not that of the credential.
    #[error("its issuer is {0}")]
    OtherIssuer(String),
    /// It is not valid at the time.
    #[error("it is not valid at this time")]
    Time,
    /// Its signature is not one of the issuer's keys.
    #[error("its signature is not the issuer's")]
    Signature,
}

/// The bits of a list that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusBits(Vec<u8>);

impl StatusList {
    /// Creates a list in which the entries with these indexes are revoked. Indexes outside of it are left out.
    pub fn new(
        (id, issuer): (String, String),
        (valid_from, valid_until): (String, String),
        ttl_ms: u64,
        revoked: impl IntoIterator<Item = u32>,
    ) -> Self {
        let mut bits = vec![0_u8; usize::try_from(LIST_LENGTH / 8).unwrap_or_default()];
        for index in revoked {
            if let Some(byte) = usize::try_from(index / 8).ok().and_then(|place| bits.get_mut(place)) {
                // The first entry is the leftmost bit (section 3.1).
                *byte |= 0x80 >> (index % 8);
            }
        }
        Self { id, issuer, valid_from, valid_until, ttl_ms, encoded: encode(&bits) }
    }

    /// Returns the `encodedList`.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// Returns the id of the list in the credential.
    pub(crate) fn subject_id(&self) -> String {
        format!("{}#list", self.id)
    }

    /// Creates the input of the list's signature.
    pub fn signature_input(&self, options: &ProofOptions) -> SignatureInput {
        SignatureInput::of_canonical(&signed_with_key::status_list(self), options)
    }

    fn to_json(&self) -> Json {
        json!({
            "@context": [VC_2],
            "id": self.id,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.issuer,
            "validFrom": self.valid_from,
            "validUntil": self.valid_until,
            "credentialSubject": {
                "id": self.subject_id(),
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": self.encoded,
                "ttl": self.ttl_ms,
            },
        })
    }
}

impl SignedStatusList {
    /// Returns the JSON of the credential that holds the list.
    pub fn to_json(&self) -> Json {
        let mut json = self.list.to_json();
        if let Json::Object(members) = &mut json {
            members.insert("proof".to_owned(), self.options.to_json(&self.signature));
        }
        json
    }

    /// Reads the credential of a list, in exactly the form that [`to_json`](Self::to_json) gives it.
    ///
    /// # Errors
    /// [`StatusListError::Form`]
    pub fn read(bytes: &[u8]) -> Result<Self, StatusListError> {
        let value = json::parse_limited(bytes, json::MAX_HOST_VALUES).map_err(ReadError::Json)?;
        let form = || StatusListError::Form(ReadError::Form("expected a status list of this host's form"));
        let read = read_list(&value).ok_or_else(form)?;
        // What is not read is not signed either: the writer must give the same.
        let same: Json = serde_json::from_slice(bytes).map_err(|_| form())?;
        if read.to_json() == same { Ok(read) } else { Err(form()) }
    }

    /// Returns whether the signature is this key's.
    pub fn is_signed_by(&self, key: &DocumentPublicKey) -> bool {
        key.verifies(&self.list.signature_input(&self.options).0, &self.signature)
    }

    /// Returns whether the list is valid at a time.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        let [from, until] =
            [&self.list.valid_from, &self.list.valid_until].map(|date| parse_foreign_timestamp(date));
        from.is_some_and(|from| from <= now) && until.is_some_and(|until| now < until)
    }
}

impl StatusBits {
    /// Decodes an `encodedList`.
    ///
    /// # Errors
    /// [`StatusListError::Encoding`], [`StatusListError::TooLong`] or [`StatusListError::TooShort`]
    pub fn decode(encoded: &str) -> Result<Self, StatusListError> {
        let text = encoded.strip_prefix('u').ok_or(StatusListError::Encoding)?;
        let compressed = URL_SAFE_NO_PAD.decode(text).map_err(|_| StatusListError::Encoding)?;
        let mut bits = Vec::new();
        let mut reader = GzDecoder::new(compressed.as_slice()).take(MAX_LIST_BYTES.saturating_add(1));
        reader.read_to_end(&mut bits).map_err(|_| StatusListError::Encoding)?;
        let length = u64::try_from(bits.len()).unwrap_or(u64::MAX);
        if length > MAX_LIST_BYTES {
            return Err(StatusListError::TooLong);
        }
        if length < u64::from(LIST_LENGTH / 8) {
            return Err(StatusListError::TooShort);
        }
        Ok(Self(bits))
    }

    /// Returns whether the entry with this index is set.
    ///
    /// # Errors
    /// [`StatusListError::NoEntry`]
    pub fn is_set(&self, index: u32) -> Result<bool, StatusListError> {
        let byte = usize::try_from(index / 8).ok().and_then(|place| self.0.get(place));
        byte.map(|byte| byte & (0x80 >> (index % 8)) != 0).ok_or(StatusListError::NoEntry(index))
    }
}

/// Compresses the bits and encodes them as multibase.
fn encode(bits: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail. If it did, the list would be too short, and no verifier would take it.
    let compressed = encoder.write_all(bits).and_then(|()| encoder.finish()).unwrap_or_default();
    format!("u{}", URL_SAFE_NO_PAD.encode(compressed))
}

fn read_list(value: &Value) -> Option<SignedStatusList> {
    let members = value.as_object()?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let subject = members.get("credentialSubject")?.as_object()?;
    let list = StatusList {
        id: text("id")?,
        issuer: text("issuer")?,
        valid_from: text("validFrom")?,
        valid_until: text("validUntil")?,
        ttl_ms: match subject.get("ttl")? {
            Value::Number(ttl) => ttl.as_u64()?,
            _ => return None,
        },
        encoded: subject.get("encodedList")?.as_str()?.to_owned(),
    };
    let (options, signature) = read_proof(members.get("proof")?, &FieldPath::Root).ok()?;
    Some(SignedStatusList { list, options, signature })
}
