//! The fuzz targets: each hands bytes to a parser as they come from outside, and checks what must hold of whatever it accepts.
//!
//! `fuzz/run` runs them under libFuzzer. The tests of the crate `learncoin` include this file and run each target over its corpus.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use jiff::civil::Date;
use learncoin_badge::bake::{read, unbake};
use learncoin_badge::{Picture, accept_picture};
use learncoin_chain::rpc::{BlockTag, Client, RpcError, Transport};
use learncoin_chain::{Address, ReadTransaction};
use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::proof::ProofValue;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::transaction::DecodedTransaction;
use learncoin_credential::verify::{ParsedCredential, ParsedForm, Summary};
use learncoin_credential::wallet::{
    HolderProof, SignedStatusList, SignedToken, SignedWalletDocument, StatusBits, TokenInput,
};
use learncoin_credential::{Document, SignedCredential, json};
use learncoin_delivery::mail::bounce as mail_bounce;
use learncoin_language::Language;
use learncoin_server::parsers;
use learncoin_spreadsheet::rows::{RowInputs, check};
use learncoin_spreadsheet::{AchievementTemplate, batches, columns, read as spreadsheet_reader, result_file};
use serde_json::Value;

/// A target: its name, which is that of its corpus, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 18] = [
    ("batch_body", batch_body),
    ("bounce", bounce),
    ("credential", credential),
    ("cursor", cursor),
    ("did_document", did_document),
    ("document", document),
    ("holder_proof", holder_proof),
    ("issuer_profile", issuer_profile),
    ("logo", logo),
    ("pdf", pdf),
    ("png", png),
    ("proof_value", proof_value),
    ("revocation_list", revocation_list),
    ("rpc_result", rpc_result),
    ("spreadsheet", spreadsheet),
    ("svg", svg),
    ("transaction", transaction),
    ("wallet_form", wallet_form),
];

/// Parses the body of `POST /v1/batches`.
pub fn batch_body(bytes: &[u8]) {
    if let Ok(count) = parsers::batch_body(bytes) {
        assert!((1..=parsers::MAX_CREDENTIALS).contains(&count), "{count} credentials");
    }
}

/// Parses a mail that came back.
pub fn bounce(bytes: &[u8]) {
    let _ = mail_bounce::read(bytes, None);
    let _ = mail_bounce::read(bytes, Some("bounce+x@learncoin.example"));
}

/// Parses a signed credential, and checks what can be checked without asking anyone.
pub fn credential(bytes: &[u8]) {
    let _ = ParsedCredential::read(bytes);
    let _ = read(bytes);
    let Some(value) = parsed(bytes) else { return };
    if let Ok(credential) = SignedCredential::from_json(&value) {
        let written = parsed(credential.to_json().to_string().as_bytes()).expect("JSON");
        assert_eq!(SignedCredential::from_json(&written).expect("a credential"), credential);
    }
}

/// Parses a cursor of a list.
pub fn cursor(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(!parsers::cursor(text), "a cursor was forged");
    }
}

/// Parses a DID document.
pub fn did_document(bytes: &[u8]) {
    let _ = DidDocument::read(bytes);
}

/// Parses a document. What is valid has a canonical form, and is the same after it was written and parsed.
pub fn document(bytes: &[u8]) {
    let Some(value) = parsed(bytes) else { return };
    let Ok(document) = Document::from_json(&value) else { return };
    let written = parsed(document.to_json().to_string().as_bytes()).expect("JSON");
    assert_eq!(Document::from_json(&written).expect("a document"), document);
    if document.validate().is_ok() {
        let mut canonicalizer = Canonicalizer::default();
        let leaves = canonicalizer.leaves(&document);
        assert_eq!(canonicalizer.leaves(&document.redacted()).redacted, leaves.redacted);
    }
}

/// Parses an issuer profile.
pub fn issuer_profile(bytes: &[u8]) {
    let _ = IssuerProfile::read(bytes);
}

/// Decodes a logo, and accepts it: what is made of it is accepted too.
pub fn logo(bytes: &[u8]) {
    let _ = Picture::decode(bytes);
    if let Ok(accepted) = accept_picture(bytes, 512 * 1024) {
        assert_eq!(accept_picture(&accepted.bytes, 512 * 1024).as_ref(), Ok(&accepted));
    }
}

/// Extracts the credential from a PDF.
pub fn pdf(bytes: &[u8]) {
    extract(b"%PDF-1.7\n", bytes);
}

/// Extracts the credential from a PNG.
pub fn png(bytes: &[u8]) {
    extract(b"\x89PNG\r\n\x1a\n", bytes);
}

/// Decodes a proof value. What is accepted is exactly what is written.
pub fn proof_value(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(proof) = ProofValue::decode(text) {
        assert_eq!(proof.encode(), text);
    }
}

/// Parses a revocation list.
pub fn revocation_list(bytes: &[u8]) {
    if let Ok(list) = RevocationList::read(bytes) {
        let _ = list.entry("https://learncoin.example/c/crd_01KPX4MRGJZZZZZZZZZZZZZZZZ");
    }
}

/// Parses what a node returns as the result of a call, for every call.
pub fn rpc_result(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    let client = Client::new(Arc::new(Answering(value)));
    let (address, hash) = (Address::repeat_byte(7), [7; 32]);
    let _ = client.chain_id().now_or_never();
    let _ = client.genesis_hash().now_or_never();
    let _ = client.block_number().now_or_never();
    let _ = client.transaction_count(&address, BlockTag::Latest).now_or_never();
    let _ = client.balance(&address).now_or_never();
    let _ = client.finalized_number().now_or_never();
    let _ = client.header(BlockTag::Latest).now_or_never();
    let _ = client.market().now_or_never();
    let _ = client.data_fee(&hash).now_or_never();
    let _ = client.locate(&address, 1).now_or_never();
    let _ = client.send_raw_transaction(&hash).now_or_never();
    let _ = client.inclusion(&hash).now_or_never();
}

/// Reads a spreadsheet, checks its rows and writes its result, which is a table with as many rows.
pub fn spreadsheet(bytes: &[u8]) {
    let Ok(table) = spreadsheet_reader::read(bytes, "people.csv") else { return };
    let map = columns::guess(&table);
    let template = AchievementTemplate::default();
    let _ = columns::check(&table, &map, &template);
    let inputs =
        RowInputs { table: &table, map: &map, template: &template, today: Date::constant(2026, 5, 31) };
    let checked = check(&inputs, &mut || [7; 16]);
    let body = batches::body(&checked.rows);
    assert!(parsed(body.as_bytes()).is_some(), "a body that is no JSON");
    let result = result_file::write(&inputs, Language::English, &mut |_| None);
    if let Ok(again) = spreadsheet_reader::read(&result, "result.csv") {
        assert_eq!(again.rows.len(), table.rows.len());
    }
}

/// Extracts the credential from an SVG.
pub fn svg(bytes: &[u8]) {
    extract(b"<", bytes);
}

/// Decodes a signed transaction by both readers. What the one of verification accepts, the one of the pipeline reads alike.
pub fn transaction(bytes: &[u8]) {
    let sent = ReadTransaction::read(bytes);
    if let Ok(decoded) = DecodedTransaction::decode(bytes) {
        let sent = sent.expect("the reader of the pipeline refuses what the reader of verification accepts");
        assert_eq!(decoded.sender.as_bytes().as_slice(), sent.sender.as_slice());
    }
}

/// Reads a wallet form, its JWT twin, and a status list. What is accepted is written as it was read.
pub fn wallet_form(bytes: &[u8]) {
    let _ = (ParsedForm::read(bytes).is_ok(), Summary::read(bytes), read(bytes).is_ok());
    if let Some(Ok((form, host, tenant))) = parsed(bytes).map(|value| SignedWalletDocument::read(&value)) {
        let written = parsed(form.to_json().to_string().as_bytes()).expect("JSON");
        let again = SignedWalletDocument::read(&written).expect("a wallet form");
        assert_eq!(again, (form.clone(), host, tenant));
        let key = form.named_key().expect("a form that names no key was accepted");
        assert_eq!(form.is_signed_by(&key), again.0.is_signed_by(&key));
    }
    if let Ok(list) = SignedStatusList::read(bytes) {
        assert_eq!(SignedStatusList::read(list.to_json().to_string().as_bytes()).as_ref(), Ok(&list));
        let _ = StatusBits::decode(list.list.encoded()).and_then(|bits| bits.is_set(131_071));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = StatusBits::decode(text);
    if let Ok((token, host, tenant)) = SignedToken::read(text) {
        let written = TokenInput::new(&token.document, &token.key_id).expect("dates");
        let again = SignedToken::read(&written.into_token(&token.signature)).expect("a twin");
        assert_eq!((&again.0.document, &again.0.key_id), (&token.document, &token.key_id));
        assert_eq!((again.1, again.2), (host, tenant));
    }
}

/// Reads the proof of a holder's key. Whatever is accepted names a key, and is accepted for its issuer and at its time alone.
pub fn holder_proof(bytes: &[u8]) {
    const ISSUER: &str = "https://learncoin.me/t/01KPX4MQ005TCNKPH5QY15PQWV";
    let now = jiff::Timestamp::constant(1_776_945_600, 0);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(proof) = HolderProof::read(text, ISSUER, now) {
        assert!(proof.did.starts_with("did:key:z") || proof.did.starts_with("did:jwk:"), "{}", proof.did);
        assert!(proof.did.len() <= 1_024 && !proof.did.contains('#'), "{}", proof.did);
        assert!(HolderProof::read(text, "https://learncoin.me/t/x", now).is_err());
        assert!(HolderProof::read(text, ISSUER, jiff::Timestamp::UNIX_EPOCH).is_err());
    }
}

/// A node that returns the same result for each call.
struct Answering(Value);

impl Transport for Answering {
    fn call<'a>(&'a self, _method: &'a str, _params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        ready(Ok(self.0.clone())).boxed()
    }
}

fn parsed(bytes: &[u8]) -> Option<json::Value> {
    json::parse(bytes).ok()
}

/// Extracts from the bytes as they are, and from what they are behind the signature of the format.
fn extract(signature: &[u8], bytes: &[u8]) {
    let whole = match bytes.starts_with(signature) {
        true => bytes.to_vec(),
        false => [signature, bytes].concat(),
    };
    drop(unbake(&whole));
    drop(read(&whole));
}
