use std::collections::HashSet;

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value as Json, json};

use super::*;
use crate::Host;
use crate::contexts::ContextSet;
use crate::document::{Achievement, Alignment, Document, Evidence, Image, Issuer, Subject};
use crate::json;
use crate::proof::AnchorChain;

const ULID: &str = "01KPX4MQ005TCNKPH5QY15PQWV";

fn host() -> Host {
    Host::parse("https://learncoin.me").unwrap()
}

fn document() -> Document {
    let host = host();
    Document {
        contexts: ContextSet::new(&host),
        id: host.credential_url("crd_01KPX4MQ00REJFE5FBD8QX9Y5A"),
        issuer: Issuer {
            id: host.tenant_did(ULID),
            name: "Example University".into(),
            url: Some("https://university.example".into()),
            image: Some(Image { id: "https://learncoin.me/logos/1.png".into() }),
        },
        issuance_date: "2026-04-23T12:00:00Z".into(),
        expiration_date: Some("2031-04-23T12:00:00Z".into()),
        nonce: "c45ba76511437ecabd9d2cebcc3ce36e".into(),
        subject: Subject {
            id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into(),
            name: Some("Ada Lovelace".into()),
            achievement: Achievement {
                id: Some("https://yourschool.edu/credentials/intro-ml".into()),
                name: "Introduction to Machine Learning".into(),
                description: "Twelve weeks.".into(),
                criteria: "A grade of 70 % or more.".into(),
                alignment: vec![Alignment {
                    target_framework: "ESCO".into(),
                    target_code: "S1.4.0".into(),
                    target_name: "Machine learning".into(),
                    target_url: "https://esco.example/S1.4.0".into(),
                }],
            },
        },
        evidence: vec![Evidence {
            id: Some("urn:uuid:1e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into()),
            narrative: Some("A classifier for bird song.".into()),
        }],
    }
}

fn form(document: Document, chain: AnchorChain) -> WalletDocument {
    let host = host();
    let status = StatusEntry::new(format!("{}3", host.status_lists_url(ULID)), 94_567);
    WalletDocument::new(document, &host, ULID, status, chain)
}

fn key() -> (SigningKey, DocumentPublicKey) {
    let secret = SigningKey::from_bytes(&[7; 32]);
    let public = DocumentPublicKey::new(secret.verifying_key().as_bytes()).unwrap();
    (secret, public)
}

fn options() -> ProofOptions {
    let did = host().tenant_wallet_did(ULID);
    ProofOptions {
        created: "2026-04-23T12:00:30Z".into(),
        verification_method: format!("{did}#{}", key().1.to_multikey()),
    }
}

fn signed(document: WalletDocument) -> SignedWalletDocument {
    let (secret, _) = key();
    let input = SignatureInput::of_document(&document, &options());
    let signature = DocumentSignature(secret.sign(&input.0).to_bytes());
    SignedWalletDocument { document, options: options(), signature }
}

fn read(json: &Json) -> Result<SignedWalletDocument, String> {
    let value = json::parse(json.to_string().as_bytes()).unwrap();
    let read = SignedWalletDocument::read(&value).map_err(|error| error.to_string());
    read.map(|(signed, host, ulid)| {
        assert_eq!((host, ulid.as_str()), (self::host(), ULID));
        signed
    })
}

#[test]
fn every_form_is_read_as_it_was_written_and_is_signed() {
    for chain in [AnchorChain::BaseMainnet, AnchorChain::BaseSepolia, AnchorChain::Development] {
        let full = form(document(), chain);
        let email = HashedEmail::new(" Ada@Example.org", "ab12".into());
        let with_email = WalletDocument { email: Some(email), ..full.clone() };
        let redacted = form(document().redacted(), chain);
        assert_eq!(redacted.identifiers().count(), 0);
        for one in [full, with_email, redacted] {
            let signed = signed(one);
            let found = read(&signed.to_json()).unwrap();
            assert_eq!(found, signed);
            assert!(found.is_signed_by(&found.named_key().unwrap()));
            assert!(
                !found.is_signed_by(
                    &DocumentPublicKey::from_multikey("z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH")
                        .unwrap()
                )
            );
            // A proof that is no array is the same proof.
            let mut json = signed.to_json();
            json["proof"] = json["proof"][0].clone();
            assert_eq!(read(&json).unwrap(), signed);
        }
    }
}

#[test]
fn a_form_says_which_chain_it_is_anchored_on() {
    let names = [AnchorChain::BaseMainnet, AnchorChain::BaseSepolia, AnchorChain::Development]
        .map(|chain| form(document(), chain).to_json()["name"].clone());
    let name = "Introduction to Machine Learning";
    assert_eq!(names, [json!(name), json!(format!("TEST · {name}")), json!(format!("DEVELOPMENT · {name}"))]);
}

#[test]
fn an_address_is_hashed_in_lower_case_with_its_salt() {
    // sha256sum of `ada@example.orgab12`
    let email = HashedEmail::new("Ada@Example.org ", "ab12".into());
    let expected = crate::Hash::sha256(b"ada@example.orgab12");
    assert_eq!(email.hash, format!("sha256${expected}"));
}

#[test]
fn each_change_of_a_member_is_noticed() {
    let whole = WalletDocument {
        email: Some(HashedEmail::new("ada@example.org", "ab12".into())),
        ..form(document(), AnchorChain::BaseSepolia)
    };
    let json = signed(whole).to_json();
    let mut places = Vec::new();
    list_places(&json, String::new(), &mut places);
    assert!(places.len() > 45, "{places:?}");
    for place in places {
        let mut changed = json.clone();
        let value = changed.pointer_mut(&place).unwrap();
        *value = match value.clone() {
            Json::Bool(value) => json!(!value),
            Json::String(text) => json!(text.replacen(|_: char| true, "x", 1)),
            _ => unreachable!("{place}"),
        };
        let noticed = match read(&changed) {
            Err(_) => true,
            Ok(found) => !found.is_signed_by(&found.named_key().unwrap()),
        };
        assert!(noticed, "{place}");
        // Nor can a member be left out or added.
        let (parent, name) = place.rsplit_once('/').unwrap();
        let mut without = json.clone();
        let mut with = json.clone();
        match without.pointer_mut(parent).unwrap() {
            Json::Object(members) => drop(members.remove(name)),
            Json::Array(elements) => drop(elements.remove(name.parse().unwrap())),
            _ => unreachable!("{place}"),
        }
        match with.pointer_mut(parent).unwrap() {
            Json::Object(members) => drop(members.insert("grade".into(), json!("A"))),
            Json::Array(elements) => elements.push(json!("x")),
            _ => unreachable!("{place}"),
        }
        for changed in [without, with] {
            assert!(read(&changed).map(|found| !found.is_signed_by(&key().1)).unwrap_or(true), "{place}");
        }
    }
}

fn list_places(value: &Json, place: String, places: &mut Vec<String>) {
    match value {
        Json::Object(members) => {
            members.iter().for_each(|(name, value)| list_places(value, format!("{place}/{name}"), places));
        }
        Json::Array(elements) => {
            let elements = elements.iter().enumerate();
            elements.for_each(|(index, value)| list_places(value, format!("{place}/{index}"), places));
        }
        _ => places.push(place),
    }
}

#[test]
fn a_fault_is_named_with_its_member() {
    let json = signed(form(document(), AnchorChain::BaseMainnet)).to_json();
    let edits: [(&str, Json, &str); 12] = [
        ("/grade", json!("A"), "grade: is not a member of the format"),
        (
            "/issuer/id",
            json!("did:web:learncoin.me"),
            "issuer.id: must be did:web:HOST:t:ULID, HOST as in id",
        ),
        ("/id", json!("https://other.example/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A"), "issuer.id"),
        ("/id", json!("https://learncoin.me/c/x"), "id: must be https://HOST/c/ and a credential id"),
        ("/name", json!("Other"), "name: must be equal to the achievement's name"),
        ("/description", json!("Other"), "description: must be as the wallet form writes it"),
        ("/validUntil", json!("2020-01-01T00:00:00Z"), "validUntil: must be after issuanceDate"),
        (
            "/credentialStatus/statusListIndex",
            json!("+94567"),
            "credentialStatus.statusListIndex: must be as",
        ),
        (
            "/credentialStatus/statusListIndex",
            json!(94_567),
            "credentialStatus.statusListIndex: must be a string",
        ),
        ("/credentialStatus/statusPurpose", json!("suspension"), "credentialStatus.statusPurpose"),
        ("/proof/0/proofValue", json!("z123"), "proof.proofValue: must be z and base58 of 64 bytes"),
        (
            "/credentialSubject/achievement/id",
            json!("https://learncoin.me/t/01KPX4MQ005TCNKPH5QY15PQWV/status/revocation/3#94567"),
            "must differ from every other id",
        ),
    ];
    for (place, value, words) in edits {
        let mut changed = json.clone();
        match changed.pointer_mut(place) {
            Some(found) => *found = value,
            None => changed["grade"] = value,
        }
        let fault = read(&changed).unwrap_err();
        assert!(fault.contains(words), "{place}: {fault}");
    }
}

#[test]
fn keys_and_signatures_have_one_text() {
    // The key of the specification's test vectors.
    let text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    let key = DocumentPublicKey::from_multikey(text).unwrap();
    assert_eq!(key.to_multikey(), text);
    for other in [
        "",
        "z",
        "u6Mk",
        &text[1..],
        &format!("{text}1"),
        "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
    ] {
        assert!(DocumentPublicKey::from_multikey(other).is_none(), "{other}");
    }
    // The neutral element verifies everything that is signed with it.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(DocumentPublicKey::new(&neutral).is_none());
    // The field's prime and a little more is another spelling of a small number, which libraries take for the point of that number.
    let spelled_otherwise: Vec<[u8; 32]> = (0..19)
        .map(|more| {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (0xed + more, 0x7f);
            bytes
        })
        .collect();
    let is_point =
        |bytes: &&[u8; 32]| ed25519_dalek::VerifyingKey::from_bytes(bytes).is_ok_and(|key| !key.is_weak());
    assert!(spelled_otherwise.iter().filter(is_point).count() > 3);
    assert!(spelled_otherwise.iter().all(|bytes| DocumentPublicKey::new(bytes).is_none()));
    let signature = DocumentSignature([9; 64]);
    assert_eq!(DocumentSignature::from_multibase(&signature.to_multibase()), Some(signature));
    assert!(DocumentSignature::from_multibase("z1").is_none());
}

#[test]
fn places_are_a_permutation_that_the_key_decides() {
    let places = StatusPlaces::new(&[1; 32]);
    let length = u64::from(LIST_LENGTH);
    for list in [0, 7] {
        let mut seen = HashSet::new();
        for number in list * length..(list + 1) * length {
            let (found, index) = places.place(number);
            assert_eq!(found, list);
            assert!(index < LIST_LENGTH && seen.insert(index));
        }
        let numbers = [list * length, (list + 1) * length - 1, (list + 1) * length, list * length + 77];
        let expected = [0, 1, 3].map(|at| places.place(numbers[at]).1);
        assert_eq!(places.indexes(list, numbers), expected);
    }
    // Neither the order of issuing shows, nor is it the same in the next list, or under another key.
    let of = |key: &[u8; 32], first: u64| -> Vec<u32> {
        (first..first + 4_000).map(|number| StatusPlaces::new(key).place(number).1).collect()
    };
    let (one, next, other) = (of(&[1; 32], 0), of(&[1; 32], length), of(&[2; 32], 0));
    for (left, right) in [(&one, &next), (&one, &other)] {
        let same = left.iter().zip(right.iter()).filter(|(left, right)| left == right).count();
        assert!(same < 8, "{same}");
    }
    let rising = one.windows(2).filter(|pair| pair[0] < pair[1]).count();
    let near = one.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < 1_311).count();
    // Of 4,000 pairs half rise (five standard deviations are 158), and one in fifty is near (44).
    assert!((1_842..2_158).contains(&rising) && near < 130, "{rising} {near}");
}

fn list(revoked: &[u32]) -> SignedStatusList {
    let id = format!("{}3", host().status_lists_url(ULID));
    let dates = ("2026-04-23T11:55:00Z".to_owned(), "2026-04-30T12:00:00Z".to_owned());
    let list = StatusList::new((id, host().tenant_wallet_did(ULID)), dates, 300_000, revoked.iter().copied());
    let signature = DocumentSignature(key().0.sign(&list.signature_input(&options()).0).to_bytes());
    SignedStatusList { list, options: options(), signature }
}

#[test]
fn a_list_holds_what_is_revoked_and_nothing_else() {
    let revoked = [0, 7, 8, 94_567, LIST_LENGTH - 1];
    let signed = list(&revoked);
    let read = SignedStatusList::read(signed.to_json().to_string().as_bytes()).unwrap();
    assert_eq!(read, signed);
    assert!(read.is_signed_by(&key().1));
    assert!(!SignedStatusList { list: list(&[1]).list, ..signed.clone() }.is_signed_by(&key().1));
    let bits = StatusBits::decode(read.list.encoded()).unwrap();
    let set: Vec<u32> = (0..LIST_LENGTH).filter(|index| bits.is_set(*index).unwrap()).collect();
    assert_eq!(set, revoked);
    assert_eq!(bits.is_set(LIST_LENGTH), Err(StatusListError::NoEntry(LIST_LENGTH)));
    let at = |time: &str| read.is_valid_at(time.parse().unwrap());
    assert!(at("2026-04-23T11:55:00Z") && !at("2026-04-23T11:54:59Z") && !at("2026-04-30T12:00:00Z"));
    let mut other = signed.to_json();
    other["credentialSubject"]["statusPurpose"] = json!("suspension");
    assert!(SignedStatusList::read(other.to_string().as_bytes()).is_err());
}

#[test]
fn lists_that_say_nothing_are_told_apart() {
    // Of the specification, section 3: `u`, base64url, gzip; by others also without `u` or with base64.
    let encoded = list(&[5]).list.encoded().to_owned();
    assert_eq!(StatusBits::decode(&encoded[1..]), Err(StatusListError::Encoding));
    assert_eq!(StatusBits::decode(&format!("{encoded}=")), Err(StatusListError::Encoding));
    assert_eq!(StatusBits::decode("uAAAA"), Err(StatusListError::Encoding));
    // The short list of an example in the specification, with 16 KiB compressed by another library.
    let example = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
    assert!(!StatusBits::decode(example).unwrap().is_set(94_567).unwrap());
    let short = "uH4sIAAAAAAAA_2NgAAAAAAD__wMA";
    assert!(StatusBits::decode(short).is_err());
}

#[test]
fn a_list_has_the_canonical_form_of_its_vectors() {
    let list = list(&[]).list;
    let encoded = list.encoded().to_owned();
    let url = &list.id;
    let expected = format!(
        "<{url}#list> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/ns/credentials/status#BitstringStatusList> .\n\
         <{url}#list> <https://www.w3.org/ns/credentials/status#encodedList> \"{encoded}\"^^<https://w3id.org/security#multibase> .\n\
         <{url}#list> <https://www.w3.org/ns/credentials/status#statusPurpose> \"revocation\" .\n\
         <{url}#list> <https://www.w3.org/ns/credentials/status#ttl> \"300000\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n\
         <{url}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> .\n\
         <{url}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/ns/credentials/status#BitstringStatusListCredential> .\n\
         <{url}> <https://www.w3.org/2018/credentials#credentialSubject> <{url}#list> .\n\
         <{url}> <https://www.w3.org/2018/credentials#issuer> <did:web:learncoin.me:t:{ULID}> .\n\
         <{url}> <https://www.w3.org/2018/credentials#validFrom> \"2026-04-23T11:55:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n\
         <{url}> <https://www.w3.org/2018/credentials#validUntil> \"2026-04-30T12:00:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n"
    );
    assert_eq!(crate::canonicalize::signed_with_key::status_list(&list), expected);
}

#[test]
fn the_twin_is_the_same_credential_with_the_claims_of_a_token() {
    use base64::Engine as _;
    let decode =
        |part: &str| -> Vec<u8> { base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap() };
    let document = form(document(), AnchorChain::BaseMainnet);
    let key_id = format!("{}#ed-1", host().tenant_wallet_did(ULID));
    let input = TokenInput::new(&document, &key_id).unwrap();
    let signature = DocumentSignature(key().0.sign(input.as_bytes()).to_bytes());
    let token = input.clone().into_token(&signature);
    let [header, claims, last] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(input.as_bytes(), format!("{header}.{claims}").as_bytes());
    assert_eq!(decode(last), signature.0);
    let (header, claims): (Json, Json) =
        (serde_json::from_slice(&decode(header)).unwrap(), serde_json::from_slice(&decode(claims)).unwrap());
    assert_eq!(header, json!({ "alg": "EdDSA", "typ": "JWT", "kid": key_id }));
    let expected = json!({
        "iss": document.issuer.id,
        "sub": "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f",
        "jti": document.id,
        "nbf": 1_776_945_600,
        "exp": 1_934_712_000,
        "vc": document.to_json(),
    });
    assert_eq!(claims, expected);
}

#[test]
fn every_date_of_a_document_is_a_number_in_the_twin() {
    let seconds = |date: &str| {
        let document = WalletDocument {
            valid_from: date.into(),
            valid_until: None,
            ..form(document(), AnchorChain::BaseMainnet)
        };
        let token = TokenInput::new(&document, "did:web:learncoin.me#ed-1").unwrap();
        let claims = String::from_utf8(token.as_bytes().to_vec()).unwrap();
        use base64::Engine as _;
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(claims.split_once('.').unwrap().1)
            .unwrap();
        let claims: Json = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims.get("exp"), None);
        claims["nbf"].as_i64().unwrap()
    };
    for (date, expected) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("1969-12-31T23:59:58.5Z", -2),
        ("2026-04-23T12:00:00.999999999Z", 1_776_945_600),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        assert_eq!(seconds(date), expected, "{date}");
    }
    let document = WalletDocument { valid_from: "soon".into(), ..form(document(), AnchorChain::BaseMainnet) };
    assert!(TokenInput::new(&document, "did:web:learncoin.me#ed-1").is_err());
}

#[test]
fn a_form_whose_subject_is_a_holder_is_read_and_signed_like_any_other() {
    let holder = "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFiYyIsInkiOiJkZWYifQ";
    for did in ["did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169", holder] {
        let mut document = form(document(), AnchorChain::BaseMainnet);
        document.subject.id = did.into();
        let signed = signed(document);
        let found = read(&signed.to_json()).unwrap();
        assert_eq!((found.document.subject.id.as_str(), found.is_signed_by(&key().1)), (did, true));
    }
}
