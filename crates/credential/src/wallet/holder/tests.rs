use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value as Json, json};

use super::key::{HolderKey, bytes_of};
use super::*;
use crate::wallet::DocumentPublicKey;

const ISSUER: &str = "https://learncoin.me/t/01KPX4MQ005TCNKPH5QY15PQWV";
const NOW: i64 = 1_776_945_600;
/// An example of the did:key method, section "P-256", with its JSON Web Key.
const P256_DID: &str = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169";
const P256_X: &str = "fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI";
const P256_Y: &str = "hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU";

fn encode(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn ed25519() -> (SigningKey, String) {
    let secret = SigningKey::from_bytes(&[5; 32]);
    let multikey = DocumentPublicKey::new(secret.verifying_key().as_bytes()).unwrap().to_multikey();
    (secret, multikey)
}

fn p256() -> (p256::ecdsa::SigningKey, Json) {
    let secret = p256::ecdsa::SigningKey::from_slice(&[6; 32]).unwrap();
    let point = secret.verifying_key().to_sec1_point(false);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": encode(point.x().unwrap()), "y": encode(point.y().unwrap()) });
    (secret, jwk)
}

fn claims() -> Json {
    json!({ "aud": ISSUER, "iat": NOW, "nonce": "n-1" })
}

fn ed25519_header() -> Json {
    let multikey = ed25519().1;
    json!({ "typ": TYPE, "alg": "EdDSA", "kid": format!("did:key:{multikey}#{multikey}") })
}

fn p256_header() -> Json {
    json!({ "typ": TYPE, "alg": "ES256", "jwk": p256().1 })
}

fn token(header: &Json, claims: &Json) -> String {
    let input = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let signature = match header["alg"].as_str() {
        Some("ES256") => {
            let signature: p256::ecdsa::Signature = p256().0.sign(input.as_bytes());
            signature.to_bytes().to_vec()
        }
        _ => ed25519().0.sign(input.as_bytes()).to_bytes().to_vec(),
    };
    format!("{input}.{}", encode(signature))
}

fn read(token: &str) -> Result<HolderProof, HolderProofError> {
    HolderProof::read(token, ISSUER, Timestamp::from_second(NOW).unwrap())
}

fn with(mut object: Json, name: &str, value: Json) -> Json {
    object[name] = value;
    object
}

fn without(mut object: Json, name: &str) -> Json {
    object.as_object_mut().unwrap().remove(name);
    object
}

#[test]
fn a_key_that_is_named_or_carried_is_bound_by_its_did() {
    let multikey = ed25519().1;
    let public = encode(ed25519().0.verifying_key().as_bytes());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": public, "kid": "mine", "use": "sig" });
    let did_jwk = format!("did:jwk:{}", encode(jwk.to_string()));
    let key = |name: &str, value: Json| with(without(ed25519_header(), "kid"), name, value);
    let minimal = json!({ "kty": "OKP", "crv": "Ed25519", "x": public });
    let minimal = format!("did:jwk:{}", encode(minimal.to_string()));
    let p256_minimal = format!("did:jwk:{}", encode(p256().1.to_string()));
    for (header, did) in [
        (ed25519_header(), format!("did:key:{multikey}")),
        (key("kid", json!(format!("did:key:{multikey}"))), format!("did:key:{multikey}")),
        (key("kid", json!(format!("{did_jwk}#0"))), did_jwk),
        (key("jwk", jwk), minimal),
        (p256_header(), p256_minimal.clone()),
        (
            with(without(p256_header(), "jwk"), "kid", json!(format!("{p256_minimal}#0"))),
            p256_minimal.clone(),
        ),
    ] {
        let proof = read(&token(&header, &claims())).unwrap();
        assert_eq!(proof, HolderProof { did, nonce: Some("n-1".into()) }, "{header}");
    }
    // The example of the method has the same key in both forms.
    let (did, key) = HolderKey::of_did_url(P256_DID).unwrap();
    let expected = json!({ "kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_Y });
    let written = bytes_of(key.to_did_jwk().strip_prefix("did:jwk:").unwrap()).unwrap();
    assert_eq!((did, serde_json::from_slice::<Json>(&written).unwrap()), (P256_DID, expected));
}

#[test]
fn es256_is_that_of_json_web_signatures() {
    // RFC 7515, appendix A.3.
    let point =
        ["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"];
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, point[0], point[1]);
    let key = ed25519_or_p256(json::parse(jwk.as_bytes()).unwrap().as_object().unwrap()).unwrap();
    let input = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let signature: [u8; 64] = bytes_of(signature).unwrap().try_into().unwrap();
    assert!(key.verifies(input.as_bytes(), &signature));
    assert!(!key.verifies(b"another", &signature));
}

#[test]
fn a_proof_may_have_no_nonce_and_several_audiences() {
    assert_eq!(read(&token(&ed25519_header(), &without(claims(), "nonce"))).unwrap().nonce, None);
    let several = with(claims(), "aud", json!(["https://other.example", ISSUER]));
    assert!(read(&token(&p256_header(), &several)).is_ok());
    // A time with a fraction, as some wallets write it.
    assert!(read(&token(&p256_header(), &with(claims(), "iat", json!(1_776_945_899.5)))).is_ok());
}

#[test]
fn each_fault_of_a_proof_is_named() {
    use HolderProofError as Fault;
    let multikey = ed25519().1;
    let header = |name: &str, value: Json| (with(ed25519_header(), name, value), claims());
    let claim = |name: &str, value: Json| (ed25519_header(), with(claims(), name, value));
    let mut secret = p256().1;
    secret["d"] = json!(encode([6; 32]));
    let kid = |text: String| header("kid", json!(text));
    let cases = [
        (header("typ", json!("JWT")), Fault::Type),
        ((without(ed25519_header(), "typ"), claims()), Fault::Type),
        (header("alg", json!("none")), Fault::Algorithm),
        (header("alg", json!("ES256")), Fault::Algorithm),
        (header("alg", json!("HS256")), Fault::Algorithm),
        ((with(p256_header(), "alg", json!("EdDSA")), claims()), Fault::Algorithm),
        (header("crit", json!(["b64"])), Fault::Critical),
        (header("jwk", p256().1), Fault::NoKey),
        (header("x5c", json!(["MII"])), Fault::NoKey),
        ((without(ed25519_header(), "kid"), claims()), Fault::NoKey),
        (header("kid", json!(7)), Fault::NoKey),
        (kid(format!("did:key:{multikey}#key-1")), Fault::Key),
        (kid(format!("did:web:{multikey}")), Fault::Key),
        (kid("did:key:z6Mk".into()), Fault::Key),
        (kid("did:jwk:e30#0".into()), Fault::Key),
        (kid(format!("did:jwk:{}", encode([b' '; 900]))), Fault::Key),
        ((with(p256_header(), "jwk", secret), claims()), Fault::Key),
        (
            (
                with(
                    p256_header(),
                    "jwk",
                    json!({ "kty": "EC", "crv": "P-256", "x": encode([1; 32]), "y": encode([1; 32]) }),
                ),
                claims(),
            ),
            Fault::Key,
        ),
        (kid(P256_DID.replace("did:key:", "did:key:z6Mk")), Fault::Key),
        (claim("aud", json!("https://other.example")), Fault::Audience),
        (claim("aud", json!([])), Fault::Audience),
        (claim("aud", json!(format!("{ISSUER}/"))), Fault::Audience),
        (claim("iat", json!(NOW - 301)), Fault::Time),
        (claim("iat", json!(NOW + 301)), Fault::Time),
        (claim("iat", json!("now")), Fault::Time),
        ((ed25519_header(), without(claims(), "iat")), Fault::Time),
        (claim("iat", json!(1e300)), Fault::Time),
        (claim("exp", json!(NOW - 1)), Fault::Time),
        (claim("exp", json!("later")), Fault::Time),
    ];
    for ((header, claims), fault) in cases {
        assert_eq!(read(&token(&header, &claims)), Err(fault), "{header} {claims}");
    }
    // Another key than the one that signed.
    let other = DocumentPublicKey::new(SigningKey::from_bytes(&[9; 32]).verifying_key().as_bytes()).unwrap();
    let (header, claims) = kid(format!("did:key:{}", other.to_multikey()));
    assert_eq!(read(&token(&header, &claims)), Err(Fault::Signature));
}

#[test]
fn what_is_no_token_is_refused() {
    use HolderProofError as Fault;
    let whole = token(&ed25519_header(), &claims());
    let (input, signature) = whole.rsplit_once('.').unwrap();
    let (header, claims) = input.split_once('.').unwrap();
    let changed = encode(json!({ "aud": ISSUER, "iat": NOW, "nonce": "n-2" }).to_string());
    let twice = encode(r#"{"typ":"openid4vci-proof+jwt","typ":"JWT","alg":"EdDSA"}"#);
    for (text, fault) in [
        (String::new(), Fault::Form),
        ("a.b".into(), Fault::Form),
        (format!("{input}."), Fault::Signature),
        (format!("{input}.{signature}A"), Fault::Signature),
        (format!("{input}.{}", encode([0; 64])), Fault::Signature),
        (format!("{input}.{signature}="), Fault::Form),
        (format!("{header}.{changed}.{signature}"), Fault::Signature),
        (format!("{twice}.{claims}.{signature}"), Fault::Form),
        (format!("{}.{claims}.{signature}", encode("[]")), Fault::Form),
        (format!("{header}.{claims}.{claims}.{signature}"), Fault::Form),
        ("x".repeat(MAX_PROOF_BYTES + 1), Fault::TooLong),
    ] {
        assert_eq!(read(&text), Err(fault), "{text}");
    }
}
