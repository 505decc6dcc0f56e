//! Verifies a credential without a network: all responses come from a file.
//!
//! ```text
//! cargo run -p learncoin-credential --example verify_file -- [BATCH.json [POSITION]]
//! ```
//!
//! The file is one of the test vectors (`tests/data/vectors/batch-*.json`), which contain signed credentials together
//! with the DID document, the issuer profile and the transaction that verification needs. The default is
//! `batch-1.json`. The reports of the full and of the redacted document are printed as JSON.
//!
//! A program that verifies other credentials does the same with responses from the network, in the order of the
//! numbered comments.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

use std::error::Error;
use std::path::{Path, PathBuf};

use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{
    Lookup, MinedTransaction, ParsedCredential, Report, VerificationInputs, VerificationPolicy, verify,
};
use serde_json::Value;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vectors");
    let path = arguments.next().map_or_else(|| vectors.join("batch-1.json"), PathBuf::from);
    let position: usize = arguments.next().map_or(Ok(0), |number| number.parse())?;
    let batch: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let signed = batch.pointer(&format!("/signed/{position}")).ok_or("the batch has no such credential")?;
    for kind in ["credential_full", "credential_redacted"] {
        // A credential that was erased before it was signed has no full document.
        if let Some(credential) = signed.get(kind).filter(|credential| credential.is_object()) {
            let report = verify_offline(credential, &batch)?;
            println!("{kind}: {}\n{}", report.verdict.words(), serde_json::to_string_pretty(&report)?);
        }
    }
    Ok(())
}

fn verify_offline(credential: &Value, batch: &Value) -> Result<Report, Failure> {
    let member = |pointer: &str| batch.pointer(pointer).ok_or_else(|| format!("the batch has no {pointer}"));

    // 1. The checks that need only the document. A report at this point is final.
    let parsed = match ParsedCredential::read(credential.to_string().as_bytes()) {
        Ok(parsed) => parsed,
        Err(report) => return Ok(*report),
    };

    // 2. The DID document, from `parsed.lookups().did_url`.
    let document = DidDocument::read(member("/did_document")?.to_string().as_bytes())?;

    // 3. The issuer profile, from the URL in the DID document.
    let _url = parsed.profile_url(&document)?;
    let profile = IssuerProfile::read(member("/issuer_profile")?.to_string().as_bytes())?;

    // 4. The revocation entry, from the URL in the profile. The vectors are not revoked.
    let _url = parsed.revocation_url(&profile)?;
    let revocation = RevocationList::read(br#"{"revokedAssertions":[]}"#)?;

    // 5. The transaction, from a node of `parsed.lookups().chain`.
    let raw =
        member("/transaction/raw")?.as_str().and_then(|raw| raw.strip_prefix("0x")).ok_or("raw is hex")?;
    let mined = MinedTransaction {
        raw: hex::decode(raw)?.into(),
        block_number: 1,
        block_time: 1_776_945_658,
        succeeded: true,
        confirmations: 1,
    };

    // 6. The verdict.
    let inputs = VerificationInputs {
        did_document: Lookup::Found(document),
        issuer_profile: Lookup::Found(profile),
        transaction: Lookup::Found(mined),
        revocation: Lookup::Found(revocation),
    };
    let policy = VerificationPolicy {
        now: "2026-05-01T00:00:00Z".parse()?,
        allow_development: false,
        min_confirmations: 1,
    };
    Ok(verify(&parsed, &inputs, &policy))
}
