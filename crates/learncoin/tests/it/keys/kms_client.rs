//! The client of Cloud KMS against a server that speaks its wire format: tokens, keys, signatures, and all that can go
//! wrong with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use learncoin_chain::{Address, Signature, U256};
use learncoin_credential::PublicKey as Point;
use learncoin_kms::{
    Credentials, KeyRing, KeyVersion, Kms, KmsError, KmsOptions, KmsPublicKey, ProtectionLevel,
    ServiceAccount, VersionState,
};
use learncoin_testkit::{KmsFault, KmsServer};

const DIGEST: [u8; 32] = [0xab; 32];

/// A server, a client of it, and the client's time.
struct Story {
    server: KmsServer,
    kms: Arc<Kms>,
    now: Arc<AtomicI64>,
}

impl Story {
    async fn by(credentials: impl Fn(&KmsServer) -> Credentials) -> Self {
        let server = KmsServer::start().await;
        let options = KmsOptions {
            endpoint: Some(server.origin().parse().unwrap()),
            credentials: credentials(&server),
            timeout: Duration::from_millis(500),
            pause: Duration::from_millis(1),
            proxy: None,
        };
        let now = Arc::new(AtomicI64::new(1_776_945_600_000));
        let clock = Arc::clone(&now);
        let kms = Kms::new(options, Arc::new(move || clock.load(Ordering::SeqCst))).unwrap();
        Self { server, kms: Arc::new(kms), now }
    }

    async fn by_service_account() -> Self {
        Self::by(|server| {
            Credentials::ServiceAccount(ServiceAccount::read(&server.service_account()).unwrap())
        })
        .await
    }

    async fn by_machine() -> Self {
        Self::by(|server| {
            let host = server.origin().trim_start_matches("http://").to_owned();
            Credentials::Metadata { host: Some(host) }
        })
        .await
    }

    fn ring(&self) -> KeyRing {
        self.server.key_ring().parse().unwrap()
    }

    async fn key(&self, id: &str) -> Result<(KeyVersion, KmsPublicKey), KmsError> {
        self.kms.create_key(&self.ring(), id, ProtectionLevel::Hsm).await
    }

    fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

/// Recovers the address of the signer, as a chain does.
fn signer(signature: &learncoin_kms::Signature) -> Address {
    let (r, s) = (U256::from_be_bytes(signature.r), U256::from_be_bytes(signature.s));
    let signature = Signature::new(r, s, signature.y_is_odd);
    assert_eq!(signature.normalize_s(), None, "s is low");
    signature.recover_address_from_prehash(&DIGEST.into()).unwrap()
}

fn address(key: &KmsPublicKey) -> String {
    Point::new(key.x, key.y).unwrap().address().to_string()
}

#[tokio::test]
async fn each_signature_is_the_keys_own_and_no_two_are_alike() {
    for story in [Story::by_service_account().await, Story::by_machine().await] {
        let (version, key) = story.key("tenant-key-1").await.unwrap();
        let mut seen = Vec::new();
        for _ in 0..8 {
            let signature = story.kms.sign(&version, &key, &DIGEST).await.unwrap();
            assert_eq!(signer(&signature).to_string(), address(&key));
            assert!(!seen.contains(&signature));
            seen.push(signature);
        }
        assert_eq!(story.server.signatures(), 8);
    }
}

#[tokio::test]
async fn a_key_that_is_made_again_is_the_same_one() {
    let story = Story::by_service_account().await;
    story.server.generate_slowly(3);
    let first = story.key("tenant-key-1").await.unwrap();
    assert_eq!(story.key("tenant-key-1").await.unwrap(), first);
    assert_ne!(story.key("tenant-key-2").await.unwrap().1, first.1);
    assert_eq!(story.server.versions().len(), 2);
    assert_eq!(story.kms.public_key(&first.0).await.unwrap(), first.1);
}

#[tokio::test]
async fn a_key_that_is_still_being_made_is_waited_for_but_not_without_end() {
    let story = Story::by_service_account().await;
    story.server.generate_slowly(1_000);
    let error = story.key("tenant-key-1").await.unwrap_err();
    assert_eq!(error, KmsError::Generating);
    assert!(error.passes());
}

#[tokio::test]
async fn many_calls_at_once_share_one_token_which_is_replaced_before_it_ends() {
    let story = Story::by_service_account().await;
    let (version, _) = story.key("tenant-key-1").await.unwrap();
    story.server.withdraw_tokens();
    story.pass(3_600);
    let before = story.server.tokens();
    let at_once = async || {
        let calls = (0..16).map(|_| {
            let (kms, version) = (Arc::clone(&story.kms), version.clone());
            tokio::spawn(async move { kms.state(&version).await })
        });
        for call in calls.collect::<Vec<_>>() {
            assert_eq!(call.await.unwrap(), Ok(VersionState::Enabled));
        }
    };
    at_once().await;
    assert_eq!(story.server.tokens(), before + 1);
    story.pass(3_300);
    at_once().await;
    assert_eq!(story.server.tokens(), before + 1, "it is good for five minutes more");
    story.pass(100);
    at_once().await;
    assert_eq!(story.server.tokens(), before + 2);
}

#[tokio::test]
async fn a_token_that_is_withdrawn_is_replaced_once() {
    let story = Story::by_machine().await;
    let (version, key) = story.key("tenant-key-1").await.unwrap();
    story.server.withdraw_tokens();
    story.kms.sign(&version, &key, &DIGEST).await.unwrap();
    assert_eq!(story.server.tokens(), 2);
    story.server.set_fault(KmsFault::Status(401));
    let error = story.kms.sign(&version, &key, &DIGEST).await.unwrap_err();
    assert_eq!((error.passes(), story.server.tokens()), (false, 3));
}

#[tokio::test]
async fn a_refused_token_is_reported_as_denied() {
    for story in [Story::by_service_account().await, Story::by_machine().await] {
        story.server.refuse_tokens(true);
        let error = story.key("tenant-key-1").await.unwrap_err();
        assert!(matches!(error, KmsError::Denied { .. }), "{error}");
        assert!(!error.passes());
    }
    // An account that the server does not know signs its assertion with another key.
    let stranger = KmsServer::start().await;
    let story = Story::by(|server| {
        let file = stranger.service_account().replace(stranger.origin(), server.origin());
        Credentials::ServiceAccount(ServiceAccount::read(&file).unwrap())
    })
    .await;
    assert!(matches!(story.key("tenant-key-1").await, Err(KmsError::Denied { .. })));
    assert_eq!(story.server.tokens(), 0);
}

#[tokio::test]
async fn every_fault_is_an_error_that_reports_whether_it_passes() {
    let story = Story::by_service_account().await;
    let (version, key) = story.key("tenant-key-1").await.unwrap();
    let mut texts = format!("{:?}", story.kms);
    for (fault, passes, words) in [
        (KmsFault::Hang, true, "in time"),
        (KmsFault::LostAnswer, true, "in time"),
        (KmsFault::Status(500), true, "status 500"),
        (KmsFault::Status(503), true, "status 503"),
        (KmsFault::Status(429), true, "status 429"),
        (KmsFault::Status(302), false, "status 302"),
        (KmsFault::Page, true, "no JSON object"),
        (KmsFault::WrongChecksum, true, "checksum"),
        (KmsFault::ChangedDigest, true, "was changed on its way"),
        (KmsFault::OtherName, true, "another key version"),
        (KmsFault::OtherKey, false, "not by the expected key"),
        (KmsFault::Denied, false, "refuses these credentials"),
        (KmsFault::Status(400), false, "status 400"),
    ] {
        story.server.set_fault(fault);
        let error = story.kms.sign(&version, &key, &DIGEST).await.unwrap_err();
        assert_eq!(error.passes(), passes, "{fault:?}: {error}");
        assert!(error.to_string().contains(words), "{fault:?}: {error}");
        texts.push_str(&format!("{error} {error:?}"));
    }
    assert!(!texts.contains("ya29") && !texts.contains("PRIVATE"), "{texts}");
    story.server.set_fault(KmsFault::None);
    story.kms.sign(&version, &key, &DIGEST).await.unwrap();
}

#[tokio::test]
async fn a_version_that_is_disabled_or_destroyed_signs_nothing_and_reports_its_state() {
    let story = Story::by_service_account().await;
    let (version, key) = story.key("tenant-key-1").await.unwrap();
    story.kms.disable(&version).await.unwrap();
    assert_eq!(story.server.state(version.as_str()), Some("DISABLED"));
    for (state, expected) in [("DISABLED", VersionState::Disabled), ("DESTROYED", VersionState::Destroyed)] {
        story.server.set_state(version.as_str(), state);
        let error = story.kms.sign(&version, &key, &DIGEST).await.unwrap_err();
        assert_eq!(error, KmsError::Unusable(expected));
        assert_eq!(story.kms.public_key(&version).await, Err(KmsError::Unusable(expected)));
        assert_eq!(story.key("tenant-key-1").await, Err(KmsError::Unusable(expected)));
        // What can't sign need not be disabled any more.
        story.kms.disable(&version).await.unwrap();
    }
    let unknown: KeyVersion = version.as_str().replace("key-1", "key-9").parse().unwrap();
    assert!(matches!(story.kms.sign(&unknown, &key, &DIGEST).await, Err(KmsError::NotFound(_))));
    assert!(matches!(story.kms.disable(&unknown).await, Err(KmsError::NotFound(_))));
}

#[tokio::test]
async fn a_server_that_is_away_is_an_outage() {
    let story = Story::by_service_account().await;
    let (version, key) = story.key("tenant-key-1").await.unwrap();
    let options = KmsOptions {
        // Nothing listens there.
        endpoint: Some("http://127.0.0.1:9/".parse().unwrap()),
        credentials: Credentials::None,
        ..KmsOptions::default()
    };
    let away = Kms::new(options, Arc::new(|| 0)).unwrap();
    let error = away.sign(&version, &key, &DIGEST).await.unwrap_err();
    assert!(error.passes() && error.is_outage(), "{error}");
}
