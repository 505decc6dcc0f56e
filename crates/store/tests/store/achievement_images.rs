//! The pictures of achievements: named with a batch, fetched by one node at a time, and deleted with the last credential that names them.

use learncoin_credential::Hash;
use learncoin_store::credentials::{DueImage, ErasureRecord, ImageUrl, NewCredential, Requester};
use learncoin_store::id::CredentialId;
use learncoin_store::tenants::Logo;

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture};

const URL: &str = "https://school.example/ml.png";

fn picture(byte: u8) -> Logo {
    Logo { media_type: "image/png".into(), bytes: vec![byte; 10] }
}

/// Accepts a batch of credentials whose achievements have these pictures.
async fn accepted(f: &Fixture, urls: &[&str]) -> Vec<CredentialId> {
    let batch = f.new_batch(u64::try_from(urls.len()).unwrap());
    let new = urls.iter().map(|url| NewCredential {
        image: Some(ImageUrl::new((*url).to_owned())),
        ..f.new_credential("Ada Lovelace")
    });
    let sealed: Vec<_> =
        new.map(|one| one.seal(f.store.sealer(), &f.world, &f.scope.tenant_id).unwrap()).collect();
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_batch(&batch).await.unwrap();
    tx.insert_credentials(&f.scope, &batch.id, &sealed).await.unwrap();
    tx.commit().await.unwrap();
    sealed.iter().map(|one| one.id().clone()).collect()
}

async fn due(f: &Fixture, now: i64) -> Vec<DueImage> {
    f.store.list_due_images(now, 10).await.unwrap()
}

async fn begin(f: &Fixture, image: &DueImage, next: Option<i64>) -> bool {
    let mut tx = f.store.begin().await.unwrap();
    let begun = tx.begin_image_attempt(image, next).await.unwrap();
    tx.commit().await.unwrap();
    begun
}

async fn keep(f: &Fixture, image: &DueImage, logo: &Logo) {
    let mut tx = f.store.begin().await.unwrap();
    tx.keep_image(image, logo).await.unwrap();
    tx.commit().await.unwrap();
}

async fn erase(f: &Fixture, id: &CredentialId) {
    let image = f.store.credential_by_id(id).await.unwrap().unwrap().image.unwrap();
    let record = ErasureRecord { erased_at: NOW, requester: Requester::Recipient, verified_at: "" };
    let mut tx = f.store.begin().await.unwrap();
    tx.erase_credential(id, &record, &Hash::new([0; 32])).await.unwrap();
    tx.release_image(&f.scope.tenant_id, &image).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_picture_is_fetched_once_however_many_credentials_name_it() {
    let f = fixture().await;
    let ids = accepted(&f, &[URL, URL, "https://school.example/other.png"]).await;
    assert_eq!(due(&f, NOW).await.len(), 2);
    let image = due(&f, NOW).await.into_iter().find(|image| image.url == URL).unwrap();
    assert_eq!((image.attempts, &image.tenant_id), (0, &f.scope.tenant_id));
    assert!(begin(&f, &image, Some(NOW + 1000)).await);
    assert!(!begin(&f, &image, Some(NOW + 1000)).await, "another node has begun it");
    assert_eq!(due(&f, NOW + 999).await.len(), 1);
    let again = due(&f, NOW + 1000).await.into_iter().find(|image| image.url == URL).unwrap();
    assert_eq!(again.attempts, 1);
    keep(&f, &again, &picture(1)).await;
    assert_eq!(due(&f, NOW + 1000).await.len(), 1);
    for id in &ids[..2] {
        let hash = f.store.credential_by_id(id).await.unwrap().unwrap().image.unwrap();
        let kept = f.store.find_achievement_image(&f.scope.tenant_id, &hash).await.unwrap();
        assert_eq!(kept, Some(picture(1)));
    }
    let hash = f.store.credential_by_id(&ids[2]).await.unwrap().unwrap().image.unwrap();
    assert_eq!(f.store.find_achievement_image(&f.scope.tenant_id, &hash).await.unwrap(), None);
    // Named again, it is there already.
    accepted(&f, &[URL]).await;
    assert_eq!(due(&f, NOW + 1000).await.len(), 1);
}

#[tokio::test]
async fn a_picture_that_was_given_up_is_tried_again_once_it_is_named_again() {
    let f = fixture().await;
    accepted(&f, &[URL]).await;
    let image = due(&f, NOW).await.remove(0);
    assert!(begin(&f, &image, None).await);
    assert_eq!(due(&f, i64::MAX).await, []);
    accepted(&f, &[URL]).await;
    assert_eq!(due(&f, NOW).await[0].attempts, 0);
}

#[tokio::test]
async fn a_picture_goes_with_the_last_credential_that_names_it() {
    let f = fixture().await;
    let ids = accepted(&f, &[URL, URL]).await;
    let image = due(&f, NOW).await.remove(0);
    keep(&f, &image, &picture(1)).await;
    let direct = DirectConnection::open(&f.location).await;
    let kept = async || {
        (
            direct.number("SELECT COUNT(*) FROM achievement_images").await,
            direct.number("SELECT COUNT(*) FROM logos").await,
        )
    };
    erase(&f, &ids[0]).await;
    assert_eq!(kept().await, (1, 1));
    assert_eq!(f.store.credential_by_id(&ids[0]).await.unwrap().unwrap().image, None);
    erase(&f, &ids[1]).await;
    assert_eq!(kept().await, (0, 0));
    // What arrives for it afterwards is not kept.
    keep(&f, &image, &picture(2)).await;
    assert_eq!(kept().await, (0, 0));
}

#[tokio::test]
async fn the_database_refuses_a_picture_of_an_erased_credential() {
    let f = fixture().await;
    let ids = accepted(&f, &[URL]).await;
    erase(&f, &ids[0]).await;
    let direct = DirectConnection::open(&f.location).await;
    let bytes =
        if matches!(f.location, learncoin_store::Location::Postgres(_)) { "'\\x00'" } else { "x'00'" };
    let refused =
        direct.execute(&format!("UPDATE credentials SET achievement_image = {bytes}")).await.unwrap_err();
    assert!(refused.contains("would hold what it must not"), "{refused}");
}
