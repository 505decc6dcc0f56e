//! Tests of the verification of wallet forms: each with one fault in an otherwise valid case.

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::json;

use super::*;
use crate::Document;
use crate::json as strict;
use crate::testing::batches;
use crate::wallet::{
    DocumentPublicKey, DocumentSignature, ProofOptions, SignatureInput, SignedStatusList,
    SignedWalletDocument, StatusEntry, StatusList, WalletDocument,
};
use crate::wallet_did::{HostedDocumentKey, multikey_id, tenant_document};

pub(super) const ULID: &str = "01KPX4MQ005TCNKPH5QY15PQWV";
pub(super) const INDEX: u32 = 94_567;
pub(super) const NOW: &str = "2026-05-01T00:00:00Z";

pub(super) fn host() -> Host {
    Host::parse("https://learncoin.me").unwrap()
}

fn list_url() -> String {
    format!("{}3", host().status_lists_url(ULID))
}

pub(super) fn secret(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

fn multikey_of(byte: u8) -> String {
    DocumentPublicKey::new(secret(byte).verifying_key().as_bytes()).unwrap().to_multikey()
}

fn options(secret: &SigningKey) -> ProofOptions {
    let verification_method = multikey_id(&host(), ULID, secret.verifying_key().as_bytes());
    ProofOptions { created: "2026-04-23T12:00:30Z".into(), verification_method }
}

fn sign(input: &SignatureInput, secret: &SigningKey) -> DocumentSignature {
    DocumentSignature(secret.sign(&input.0).to_bytes())
}

/// Returns a signed status list.
pub(super) fn list(
    secret: &SigningKey,
    revoked: &[u32],
    edit: impl FnOnce(&mut StatusList),
) -> SignedStatusList {
    let dates = ("2026-04-30T23:55:00Z".to_owned(), "2026-05-02T00:00:00Z".to_owned());
    let names = (list_url(), host().tenant_wallet_did(ULID));
    let mut list = StatusList::new(names, dates, 240_000, revoked.iter().copied());
    edit(&mut list);
    let options = options(secret);
    let signature = sign(&list.signature_input(&options), secret);
    SignedStatusList { list, options, signature }
}

/// A wallet form with the answers of its host.
pub(super) struct WalletCase {
    pub(super) form: Json,
    pub(super) did_document: Json,
    pub(super) list: Lookup<SignedStatusList>,
    pub(super) policy: VerificationPolicy,
}

impl WalletCase {
    pub(super) fn new() -> Self {
        Self::of(AnchorChain::BaseSepolia, "credential_full", 7)
    }

    /// Creates the case of a vector's credential. The keys of the bytes 6 and 7 are listed: one before a rotation, one after.
    pub(super) fn of(chain: AnchorChain, kind: &str, byte: u8) -> Self {
        let credential =
            SignedCredential::from_json(&strict::Value::from(batches()[0]["signed"][0][kind].clone()));
        let status = StatusEntry::new(list_url(), INDEX);
        let document: Document = credential.unwrap().document;
        let document = WalletDocument::new(document, &host(), ULID, status, chain);
        let (secret, options) = (secret(byte), options(&secret(byte)));
        let signature = sign(&SignatureInput::of_document(&document, &options), &secret);
        let keys = [6, 7].map(|byte| HostedDocumentKey {
            number: u64::from(byte),
            public_key: *self::secret(byte).verifying_key().as_bytes(),
            revoked: None,
        });
        Self {
            form: SignedWalletDocument { document, options, signature }.to_json(),
            did_document: tenant_document(&host(), ULID, &keys, &[]),
            list: Lookup::Found(list(&self::secret(7), &[5], |_| {})),
            policy: VerificationPolicy {
                now: NOW.parse().unwrap(),
                allow_development: false,
                min_confirmations: 1,
            },
        }
    }

    pub(super) fn parsed(&self) -> ParsedWalletForm {
        match ParsedForm::read(self.form.to_string().as_bytes())
            .expect("the checks of the document alone pass")
        {
            ParsedForm::Wallet(parsed) => *parsed,
            ParsedForm::Anchored(_) => panic!("it is a wallet form"),
        }
    }

    pub(super) fn inputs(&self) -> WalletInputs {
        let did_document = Lookup::from_read(DidDocument::read(self.did_document.to_string().as_bytes()));
        WalletInputs { did_document, status_list: self.list.clone() }
    }

    fn verify(&self) -> Report {
        self.judge(self.form.to_string().as_bytes())
    }

    /// Judges a credential by the answers that the case has.
    pub(super) fn judge(&self, credential: &[u8]) -> Report {
        match ParsedForm::read(credential) {
            Ok(ParsedForm::Wallet(parsed)) => verify_wallet_form(&parsed, &self.inputs(), &self.policy),
            Ok(ParsedForm::Anchored(_)) => panic!("it is a wallet form"),
            Err(report) => *report,
        }
    }

    /// Returns the index of the method of the key that signed.
    fn edit_method(&mut self, edit: impl FnOnce(&mut Json)) -> &Self {
        edit(&mut self.did_document["verificationMethod"][2]);
        self
    }
}

#[test]
fn it_is_valid_on_each_chain_by_each_listed_key_full_and_redacted() {
    use CheckOutcome::{NotApplicable, Passed};
    for (chain, verdict) in [
        (AnchorChain::BaseMainnet, Verdict::Valid),
        (AnchorChain::BaseSepolia, Verdict::ValidTest),
        (AnchorChain::Development, Verdict::ValidDevelopment),
    ] {
        for kind in ["credential_full", "credential_redacted"] {
            // A key that was only rotated stays listed.
            for byte in [6, 7] {
                let mut case = WalletCase::of(chain, kind, byte);
                case.policy.allow_development = true;
                let report = case.verify();
                assert_eq!(report.verdict, verdict, "{report:#?}");
                assert_eq!(report.outcomes(), [Passed, Passed, Passed, NotApplicable, Passed]);
                assert_eq!(report.failure(), None);
            }
        }
    }
    let anchor = serde_json::to_value(WalletCase::new().verify()).unwrap()["checks"][3].clone();
    assert_eq!(anchor["outcome"], "not_applicable");
    assert!(anchor["reason"].as_str().unwrap().contains("not anchored"), "{anchor}");
}

#[test]
fn its_lookups_go_to_the_credentials_host() {
    let parsed = WalletCase::new().parsed();
    assert_eq!(parsed.did_url().as_str(), format!("https://learncoin.me/t/{ULID}/did.json"));
    assert_eq!(
        parsed.status_list_url().as_str(),
        format!("https://learncoin.me/t/{ULID}/status/revocation/3")
    );
    assert_eq!((parsed.host(), parsed.ulid(), parsed.chain()), (&host(), ULID, AnchorChain::BaseSepolia));
}

#[test]
fn its_words_are_those_of_the_anchored_form() {
    let form = Summary::read(WalletCase::new().form.to_string().as_bytes()).unwrap();
    let anchored = Summary::read(Case::new().credential.to_string().as_bytes()).unwrap();
    assert_eq!(form, anchored);
    assert_eq!(Summary::read(br#"{"proof":{"cryptosuite":"eddsa-rdfc-2022"}}"#), None);
}

#[test]
fn what_is_malformed_fails_the_first_check_and_what_was_altered_the_second() {
    let mut case = WalletCase::new();
    case.form["credentialStatus"]["statusPurpose"] = json!("suspension");
    let report = case.verify();
    report.assert_failed(CheckName::Schema, "credentialStatus.statusPurpose");
    assert_eq!(report.outcomes()[1..], [CheckOutcome::NotReached; 4]);
    let edits: [Edit; 4] = [
        |form| form["credentialSubject"]["achievement"]["description"] = json!("x"),
        |form| form["issuer"]["name"] = json!("Another"),
        |form| form["proof"][0]["created"] = json!("2026-04-23T12:00:31Z"),
        |form| form["validFrom"] = json!("2020-01-01T00:00:00Z"),
    ];
    for edit in edits {
        let mut case = WalletCase::new();
        edit(&mut case.form);
        if case.form["credentialSubject"]["achievement"]["description"] == "x" {
            case.form["description"] = json!("TEST · x");
        }
        let report = case.verify();
        report.assert_failed(CheckName::Signature, "not the one that was signed");
        assert_eq!(report.outcomes()[2..], [CheckOutcome::NotReached; 3]);
        assert_eq!(report.failure(), Some(NotValidReason::Altered));
    }
}

#[test]
fn nothing_unsigned_stands_in_it() {
    let person =
        json!({ "type": "IdentityObject", "hashed": false, "identityHash": "Eve", "identityType": "name" });
    let mut redacted = WalletCase::of(AnchorChain::BaseSepolia, "credential_redacted", 7);
    redacted.form["credentialSubject"]["identifier"] = json!([person]);
    redacted.verify().assert_failed(CheckName::Schema, "credentialSubject.identifier: is not a member");
    let mut full = WalletCase::new();
    full.form["credentialSubject"]["identifier"][0]["salt"] = json!("x");
    full.verify().assert_failed(CheckName::Schema, "credentialSubject.identifier[0].salt: is not a member");
}

#[test]
fn the_date_of_the_signature_is_shown_and_decides_nothing() {
    let mut case = WalletCase::new();
    let (secret, mut options) = (secret(7), options(&secret(7)));
    options.created = "2039-01-01T00:00:00Z".to_owned();
    let document = case.parsed().document().clone();
    let signature = sign(&SignatureInput::of_document(&document, &options), &secret);
    case.form = SignedWalletDocument { document, options, signature }.to_json();
    let report = case.verify();
    assert_eq!(report.verdict, Verdict::ValidTest);
    let shown = ("signed at, as it says", "2039-01-01T00:00:00Z".to_owned());
    assert!(report.check(CheckName::Signature).evidence.contains(&shown));
}

#[test]
fn the_key_is_the_tenants_own() {
    let case = WalletCase {
        did_document: WalletCase::new().did_document,
        ..WalletCase::of(AnchorChain::BaseSepolia, "credential_full", 9)
    };
    case.verify().assert_failed(CheckName::Issuer, "exactly once");
    let cases: [NamedEdit; 8] = [
        ("exactly once", |method| method["id"] = json!("did:web:learncoin.me#x")),
        ("another key", |method| method["publicKeyMultibase"] = json!(multikey_of(9))),
        ("no Ed25519 Multikey", |method| method["publicKeyMultibase"] = json!("z6Mk")),
        ("no Ed25519 Multikey", |method| method["type"] = json!("JsonWebKey")),
        ("no Ed25519 Multikey", |method| method["publicKeyJwk"] = json!({ "kty": "OKP" })),
        ("no Ed25519 Multikey", |method| drop(method.as_object_mut().unwrap().remove("publicKeyMultibase"))),
        ("another controller", |method| method["controller"] = json!("did:web:evil.example")),
        ("another controller", |method| drop(method.as_object_mut().unwrap().remove("controller"))),
    ];
    for (words, edit) in cases {
        let mut case = WalletCase::new();
        let report = case.edit_method(edit).verify();
        report.assert_failed(CheckName::Issuer, words);
        assert_eq!(report.failure(), Some(NotValidReason::WrongIssuer));
    }
    let mut case = WalletCase::new();
    case.did_document["assertionMethod"] = json!([]);
    case.verify().assert_failed(CheckName::Issuer, "under assertionMethod");
    let mut case = WalletCase::new();
    case.did_document["id"] = json!("did:web:learncoin.me");
    case.verify().assert_failed(CheckName::Issuer, "that of another DID");
}

#[test]
fn a_key_that_was_revoked_or_whose_time_is_over_verifies_nothing() {
    for (name, date, is_over) in [
        ("revoked", json!("2026-04-30T00:00:00Z"), true),
        ("revoked", json!(NOW), true),
        ("expires", json!("yesterday"), true),
        ("expires", json!(7), true),
        ("expires", json!("2026-05-01T00:00:01Z"), false),
    ] {
        let mut case = WalletCase::new();
        let report = case.edit_method(|method| method[name] = date.clone()).verify();
        match is_over {
            true => {
                report.assert_failed(CheckName::Issuer, "revoked, or that its time is over");
                assert_eq!(report.failure(), Some(NotValidReason::KeyWithdrawn));
            }
            false => assert_eq!(report.verdict, Verdict::ValidTest, "{date}"),
        }
    }
}

#[test]
fn another_deployments_development_chain_proves_nothing() {
    let report = WalletCase::of(AnchorChain::Development, "credential_full", 7).verify();
    report.assert_failed(CheckName::Anchor, "development chain");
    assert_eq!(report.failure(), Some(NotValidReason::Unproven));
}

#[test]
fn what_the_list_says_decides_over_the_dates() {
    let revoked =
        || Lookup::Found(list(&secret(7), &[INDEX], |list| list.valid_until = "9999-01-01T00:00:00Z".into()));
    let mut case = WalletCase { list: revoked(), ..WalletCase::new() };
    case.verify().assert_failed(CheckName::Revocation, "revoked");
    assert_eq!(case.verify().failure(), Some(NotValidReason::Revoked));
    case.policy.now = "2040-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(case.verify().failure(), Some(NotValidReason::Revoked));
    case.list = Lookup::Found(list(&secret(6), &[], |list| list.valid_until = "9999-01-01T00:00:00Z".into()));
    assert_eq!(case.verify().failure(), Some(NotValidReason::Expired));
    // A credential whose time is over is not valid, whatever could not be looked up.
    case.list = Lookup::Absent;
    assert_eq!(case.verify().failure(), Some(NotValidReason::Expired));
    case.policy.now = "2020-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(case.verify().failure(), Some(NotValidReason::NotYetValid));
}

#[test]
fn a_list_that_says_nothing_is_could_not_check_and_never_valid() {
    let signed = |edit: fn(&mut StatusList)| Lookup::Found(list(&secret(7), &[INDEX], edit));
    let altered =
        SignedStatusList { list: list(&secret(7), &[], |_| {}).list, ..list(&secret(7), &[5], |_| {}) };
    let cases = [
        (Lookup::Absent, "has no such status list"),
        (Lookup::Unreachable("connection refused".to_owned()), "could not be read: connection refused"),
        (Lookup::from_read(SignedStatusList::read(b"{}")), "could not be read: expected a status list"),
        (signed(|list| list.id.push('0')), "it is the list https://learncoin.me/"),
        (signed(|list| list.issuer = "did:web:learncoin.me".into()), "its issuer is did:web:learncoin.me"),
        (signed(|list| list.valid_until = NOW.into()), "not valid at this time"),
        (signed(|list| list.valid_from = "2026-05-01T00:00:01Z".into()), "not valid at this time"),
        (Lookup::Found(list(&secret(9), &[INDEX], |_| {})), "its signature is not the issuer's"),
        (Lookup::Found(altered), "its signature is not the issuer's"),
    ];
    for (list, words) in cases {
        WalletCase { list, ..WalletCase::new() }
            .verify()
            .assert_could_not_check(CheckName::Revocation, words);
    }
    // A list of a key that was revoked says nothing either.
    let mut case = WalletCase::of(AnchorChain::BaseSepolia, "credential_full", 6);
    let report = case.edit_method(|method| method["revoked"] = json!("2026-04-30T00:00:00Z")).verify();
    report.assert_could_not_check(CheckName::Revocation, "its signature is not the issuer's");
}

#[test]
fn a_did_document_that_is_away_is_could_not_check_and_one_that_is_absent_refutes() {
    let case = WalletCase::new();
    let with = |did_document| {
        verify_wallet_form(&case.parsed(), &WalletInputs { did_document, ..case.inputs() }, &case.policy)
    };
    let report = with(Lookup::Unreachable("connection refused".to_owned()));
    report.assert_could_not_check(CheckName::Issuer, "connection refused");
    report.assert_could_not_check(CheckName::Revocation, "without the issuer's DID document");
    with(Lookup::Absent).assert_failed(CheckName::Issuer, "no DID document");
}
