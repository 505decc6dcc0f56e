//! Tests of the verification of JWT twins: each with one fault in an otherwise valid case.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::json;

use super::wallet::{INDEX, NOW, ULID, WalletCase, host, list, secret};
use super::*;
use crate::wallet::{DocumentSignature, TokenInput, WalletDocument};
use crate::wallet_did::jwk_id;

/// An edit of the header and the claims.
type TokenEdit = fn(&mut Json, &mut Json);

/// Returns the twin of a document, signed with the key of a byte, which the DID document has under that number.
fn token_of(document: &WalletDocument, byte: u8) -> String {
    let input = TokenInput::new(document, &jwk_id(&host(), ULID, byte.into())).unwrap();
    let signature = DocumentSignature(secret(byte).sign(input.as_bytes()).to_bytes());
    input.into_token(&signature)
}

fn token() -> String {
    token_of(WalletCase::new().parsed().document(), 7)
}

fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

/// Returns the header and the claims.
fn decoded(token: &str) -> [Json; 2] {
    let [header, claims, _] = parts(token);
    [header, claims].map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
}

/// Returns a token with another header and other claims: with the same signature, or signed anew with this key.
fn edited(token: &str, edit: TokenEdit, secret: Option<&SigningKey>) -> String {
    let [mut header, mut claims] = decoded(token);
    edit(&mut header, &mut claims);
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let input = format!("{header}.{claims}");
    let signature = match secret {
        Some(secret) => URL_SAFE_NO_PAD.encode(secret.sign(input.as_bytes()).to_bytes()),
        None => parts(token)[2].to_owned(),
    };
    format!("{input}.{signature}")
}

/// Judges a token by the answers that a case has.
fn judge(case: &WalletCase, token: &str) -> Report {
    case.judge(token.as_bytes())
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
            let mut case = WalletCase::of(chain, kind, 7);
            case.policy.allow_development = true;
            for byte in [6, 7] {
                let report = judge(&case, &token_of(case.parsed().document(), byte));
                assert_eq!(report.verdict, verdict, "{report:#?}");
                assert_eq!(report.outcomes(), [Passed, Passed, Passed, NotApplicable, Passed]);
                assert_eq!(report.failure(), None);
            }
        }
    }
    let report = judge(&WalletCase::of(AnchorChain::Development, "credential_full", 7), &{
        token_of(WalletCase::of(AnchorChain::Development, "credential_full", 7).parsed().document(), 7)
    });
    report.assert_failed(CheckName::Anchor, "development chain");
}

#[test]
fn it_is_looked_up_and_summed_up_as_the_wallet_form() {
    let case = WalletCase::new();
    let padded = format!("\n{}\r\n", token());
    for text in [&token(), &padded] {
        let Ok(ParsedForm::Wallet(parsed)) = ParsedForm::read(text.as_bytes()) else { panic!("{text}") };
        let form = case.parsed();
        assert_eq!(parsed.document(), form.document());
        assert_eq!((parsed.did_url(), parsed.status_list_url()), (form.did_url(), form.status_list_url()));
        assert_eq!(Summary::read(text.as_bytes()), Summary::read(case.form.to_string().as_bytes()));
    }
    assert_eq!(Summary::read(b"eyJ.eyJ9.c2ln"), None);
}

#[test]
fn a_token_that_was_altered_is_not_the_one_that_was_signed() {
    let edits: [TokenEdit; 2] = [
        |_, claims| claims["vc"]["issuer"]["name"] = json!("Another"),
        |_, claims| {
            claims["vc"]["validFrom"] = json!("2020-01-01T00:00:00Z");
            claims["nbf"] = json!(1_577_836_800);
        },
    ];
    let case = WalletCase::new();
    for edit in edits {
        let report = judge(&case, &edited(&token(), edit, None));
        report.assert_failed(CheckName::Signature, "the token is not the one that was signed");
        assert_eq!(report.failure(), Some(NotValidReason::Altered));
    }
    // A stranger signs in the name of the tenant's key, and in that of a key that the tenant does not have.
    let stranger = edited(&token(), |_, _| {}, Some(&secret(9)));
    judge(&case, &stranger)
        .assert_failed(CheckName::Signature, "is not that of the key that its header names");
    let unlisted: TokenEdit = |header, _| header["kid"] = json!(jwk_id(&host(), ULID, 9));
    let report = judge(&case, &edited(&token(), unlisted, Some(&secret(9))));
    assert_eq!(report.failure(), Some(NotValidReason::WrongIssuer), "{report:#?}");
    assert_eq!(report.check(CheckName::Signature).outcome, CheckOutcome::CouldNotCheck);
}

#[test]
fn only_the_header_that_is_written_is_read() {
    let edits: [(&str, TokenEdit); 12] = [
        ("header.alg", |header, _| header["alg"] = json!("none")),
        ("header.alg", |header, _| header["alg"] = json!("HS256")),
        ("header.alg", |header, _| drop(header.as_object_mut().unwrap().remove("alg"))),
        ("header.typ", |header, _| header["typ"] = json!("vc+jwt")),
        ("header.kid", |header, _| {
            header["kid"] = json!("did:web:learncoin.me:t:01KPX4MQ005TCNKPH5QY15PQWW#ed-7")
        }),
        ("header.kid", |header, _| {
            header["kid"] = json!(format!("did:web:learncoin.me#tenant-{ULID}-key-1"))
        }),
        ("header.kid", |header, _| header["kid"] = json!(format!("did:web:learncoin.me:t:{ULID}#ed-07"))),
        ("header.kid", |header, _| header["kid"] = json!(format!("did:web:learncoin.me:t:{ULID}#ed-0"))),
        ("header.kid", |header, _| header["kid"] = json!("#ed-7")),
        ("header.jwk", |header, _| header["jwk"] = json!({ "kty": "OKP" })),
        ("header.jku", |header, _| header["jku"] = json!("https://example.org/keys")),
        ("header.crit", |header, _| header["crit"] = json!(["b64"])),
    ];
    for (words, edit) in edits {
        // Signed by the tenant's own key it is refused too.
        for secret in [None, Some(&secret(7))] {
            let report = judge(&WalletCase::new(), &edited(&token(), edit, secret));
            report.assert_failed(CheckName::Schema, words);
            assert_eq!(report.failure(), Some(NotValidReason::Malformed));
        }
    }
}

#[test]
fn the_claims_say_what_the_credential_says_and_nothing_else() {
    let edits: [(&str, TokenEdit); 17] = [
        ("claims.iss: must be equal to vc.issuer.id", |_, claims| {
            claims["iss"] = json!("did:web:example.org")
        }),
        ("claims.iss: is missing", |_, claims| drop(claims.as_object_mut().unwrap().remove("iss"))),
        ("claims.sub: must be equal to vc.credentialSubject.id", |_, claims| {
            claims["sub"] = json!("urn:x:y")
        }),
        ("claims.jti: must be equal to vc.id", |_, claims| claims["jti"] = json!("urn:x:y")),
        ("claims.nbf: must be equal to vc.validFrom", |_, claims| claims["nbf"] = json!(0)),
        ("claims.nbf: must be equal to vc.validFrom", |_, claims| claims["nbf"] = json!("1776945600")),
        ("claims.nbf: must be equal to vc.validFrom", |_, claims| claims["nbf"] = json!(1_776_945_600.0)),
        ("claims.nbf: must be equal to vc.validFrom", |_, claims| {
            drop(claims.as_object_mut().unwrap().remove("nbf"))
        }),
        ("claims.exp: must be equal to vc.validUntil", |_, claims| claims["exp"] = json!(4_102_444_800_i64)),
        ("claims.exp: must be equal to vc.validUntil", |_, claims| {
            drop(claims.as_object_mut().unwrap().remove("exp"))
        }),
        ("claims.exp: must be equal to vc.validUntil", |_, claims| {
            drop(claims["vc"].as_object_mut().unwrap().remove("validUntil"));
        }),
        ("claims.iat: is not a member", |_, claims| claims["iat"] = claims["nbf"].clone()),
        ("claims.aud: is not a member", |_, claims| claims["aud"] = json!("https://example.org")),
        ("claims.vc: is missing", |_, claims| drop(claims.as_object_mut().unwrap().remove("vc"))),
        ("vc: must be an object", |_, claims| claims["vc"] = json!([claims["vc"].clone()])),
        ("vc.proof: is not a member", |_, claims| claims["vc"]["proof"] = json!([])),
        ("vc.credentialStatus.statusPurpose", |_, claims| {
            claims["vc"]["credentialStatus"]["statusPurpose"] = json!("suspension");
        }),
    ];
    for (words, edit) in edits {
        for secret in [None, Some(&secret(7))] {
            judge(&WalletCase::new(), &edited(&token(), edit, secret))
                .assert_failed(CheckName::Schema, words);
        }
    }
}

#[test]
fn a_token_has_three_parts_each_in_its_one_spelling() {
    let whole = token();
    let [header, claims, signature] = parts(&whole);
    let twice = URL_SAFE_NO_PAD.encode(decoded(&whole)[1].to_string().replacen('{', r#"{"iss":"x","#, 1));
    for (text, words) in [
        (format!("{header}.{claims}."), "signature: must be base64url of 64 bytes"),
        (format!("{header}.{claims}.{}", &signature[..85]), "signature: must be base64url of 64 bytes"),
        (format!("{whole}~WyJhIl0~"), "signature: must be base64url of 64 bytes"),
        (format!("{whole}~a.b"), "token: must be a signed JWT"),
        (format!("{header}.{twice}.{signature}"), "claims: must be base64url of JSON"),
        (format!("{header}.{claims}A.{signature}"), "claims: must be base64url of JSON"),
        (format!("{header}A.{claims}.{signature}"), "header: must be base64url of JSON"),
        // These have not the shape of a token.
        (format!("{whole}."), "not JSON"),
        (format!("{whole}="), "not JSON"),
        (format!("{header}.{claims}"), "not JSON"),
    ] {
        judge(&WalletCase::new(), &text).assert_failed(CheckName::Schema, words);
    }
    let long = format!("{whole}~{}", "A".repeat(MAX_DOCUMENT_BYTES));
    judge(&WalletCase::new(), &long).assert_failed(CheckName::Schema, "longer than");
}

#[test]
fn its_key_is_the_tenants_own_and_in_force() {
    let cases: [(CheckName, &str, Edit); 9] = [
        (CheckName::Issuer, "another controller", |method| {
            method["controller"] = json!("did:web:evil.example")
        }),
        (CheckName::Issuer, "revoked, or that its time is over", |method| method["revoked"] = json!(NOW)),
        (CheckName::Issuer, "revoked, or that its time is over", |method| {
            method["expires"] = json!("yesterday")
        }),
        (CheckName::Issuer, "exactly once", |method| method["id"] = json!("#x")),
        (CheckName::Issuer, "no Ed25519 JsonWebKey", |method| method["type"] = json!("Multikey")),
        (CheckName::Issuer, "no Ed25519 JsonWebKey", |method| method["publicKeyMultibase"] = json!("z6Mk")),
        (CheckName::Issuer, "no Ed25519 JsonWebKey", |method| method["publicKeyJwk"]["d"] = json!("AA")),
        (CheckName::Issuer, "no Ed25519 JsonWebKey", |method| {
            method["publicKeyJwk"]["crv"] = json!("X25519")
        }),
        (CheckName::Signature, "not the one that was signed", |method| {
            method["publicKeyJwk"]["x"] = json!(URL_SAFE_NO_PAD.encode(secret(9).verifying_key().as_bytes()));
        }),
    ];
    for (check, words, edit) in cases {
        let mut case = WalletCase::new();
        edit(&mut case.did_document["verificationMethod"][3]);
        let report = judge(&case, &token());
        assert_eq!(report.verdict, Verdict::NotValid, "{report:#?}");
        let reason = report.check(check).reason.clone().unwrap_or_default();
        assert!(reason.contains(words), "{words}: {report:#?}");
    }
    let mut case = WalletCase::new();
    case.did_document["verificationMethod"][3]["revoked"] = json!("2026-04-30T00:00:00Z");
    assert_eq!(judge(&case, &token()).failure(), Some(NotValidReason::KeyWithdrawn));
    case = WalletCase::new();
    case.did_document["assertionMethod"].as_array_mut().unwrap().pop();
    judge(&case, &token()).assert_failed(CheckName::Issuer, "under assertionMethod");
}

#[test]
fn revocation_and_dates_decide_as_for_the_wallet_form() {
    let lasting = |revoked: &[u32]| {
        Lookup::Found(list(&secret(7), revoked, |list| list.valid_until = "9999-01-01T00:00:00Z".into()))
    };
    let mut case = WalletCase { list: lasting(&[INDEX]), ..WalletCase::new() };
    assert_eq!(judge(&case, &token()).failure(), Some(NotValidReason::Revoked));
    case.list = lasting(&[]);
    case.policy.now = "2040-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(judge(&case, &token()).failure(), Some(NotValidReason::Expired));
    case.policy.now = "2020-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(judge(&case, &token()).failure(), Some(NotValidReason::NotYetValid));
}

#[test]
fn what_is_away_is_could_not_check_and_never_valid() {
    let case = WalletCase { list: Lookup::Absent, ..WalletCase::new() };
    judge(&case, &token()).assert_could_not_check(CheckName::Revocation, "has no such status list");
    let Ok(ParsedForm::Wallet(parsed)) = ParsedForm::read(token().as_bytes()) else { panic!("a token") };
    let case = WalletCase::new();
    let with = |did_document| {
        verify_wallet_form(&parsed, &WalletInputs { did_document, ..case.inputs() }, &case.policy)
    };
    let report = with(Lookup::Unreachable("connection refused".to_owned()));
    for (check, words) in [
        (CheckName::Signature, "could not be read"),
        (CheckName::Issuer, "connection refused"),
        (CheckName::Revocation, "without the issuer's DID document"),
    ] {
        report.assert_could_not_check(check, words);
    }
    assert_eq!(with(Lookup::Absent).failure(), Some(NotValidReason::WrongIssuer));
}
