//! Sealed values open for the tenant that they are of, and for no other; what an earlier release sealed is sealed anew, once.

use learncoin_store::Error;
use learncoin_store::id::{CredentialId, TenantId, WebhookId};
use learncoin_store::settings::Setting;
use learncoin_store::tenants::{Exceptions, Plan, Tenant};
use learncoin_store::webhooks::WebhookEndpoint;

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture};

const SECRET: &str = "whsec_newer";
const PREVIOUS: &str = "whsec_older";

/// A database with a credential and an endpoint of the fixture's tenant, and another tenant.
struct Story {
    f: Fixture,
    direct: DirectConnection,
    credential: CredentialId,
    endpoint: WebhookId,
    other: TenantId,
}

impl Story {
    async fn new() -> Self {
        let f = fixture().await;
        let credential = f.accepted(&["Ada"]).await.1.remove(0);
        let endpoint = WebhookId::generate(&f.world, &f.world);
        let other = TenantId::generate(&f.world, &f.world);
        let new = WebhookEndpoint {
            id: endpoint.clone(),
            scope: f.scope.clone(),
            url: "https://receiver.example".into(),
            events: vec!["batch.anchored".into()],
            description: None,
            created_at: NOW,
            disabled_at: None,
        };
        let mut tx = f.store.begin().await.unwrap();
        tx.insert_tenant(&Tenant {
            id: other.clone(),
            name: "Other".into(),
            plan: Plan::Developer,
            created_at: NOW,
            exceptions: Exceptions::default(),
        })
        .await
        .unwrap();
        tx.insert_webhook(&new, PREVIOUS, &f.world).await.unwrap();
        assert!(tx.rotate_webhook_secret(&endpoint, SECRET, NOW + 1_000, &f.world).await.unwrap());
        tx.commit().await.unwrap();
        let direct = DirectConnection::open(&f.location).await;
        Self { f, direct, credential, endpoint, other }
    }

    async fn name(&self) -> Result<String, Error> {
        let credential = self.f.store.credential_by_id(&self.credential).await?;
        Ok(credential.unwrap().personal.unwrap().name)
    }

    async fn secrets(&self) -> Result<Vec<String>, Error> {
        let secrets = self.f.store.webhook_secrets(&self.endpoint, NOW).await?;
        Ok(secrets.iter().map(|secret| secret.to_string()).collect())
    }

    /// Seals anew, and returns how many values that was, and how many can't be opened.
    async fn reseal(&self) -> (u64, u64) {
        let values = self.f.store.reseal(&self.f.world).await.unwrap();
        (values.resealed, values.unreadable)
    }

    async fn assert_readable(&self) {
        assert_eq!(self.name().await.unwrap(), "Ada");
        assert_eq!(self.secrets().await.unwrap(), [SECRET, PREVIOUS]);
    }

    async fn set(&self, table: &str, column: &str, value: &str) {
        let sql = format!("UPDATE {table} SET {column} = '{value}'");
        assert_eq!(self.direct.execute(&sql).await.unwrap(), 1);
    }

    async fn get(&self, table: &str, column: &str) -> String {
        self.direct.rows(&format!("SELECT {column} FROM {table}")).await.remove(0).remove(0)
    }

    /// Puts the form of an earlier release into the place of a value.
    async fn age(&self, table: &str, column: &str, place: &str) {
        let sealer = self.f.store.sealer();
        let plain = sealer.open_for(&self.f.scope.tenant_id, place, &self.get(table, column).await).unwrap();
        self.set(table, column, &sealer.seal(&self.f.world, place, &plain).unwrap()).await;
    }

    async fn age_all(&self) {
        let place = format!("webhook_endpoints/{}/secret", self.endpoint);
        self.f.store_as_earlier_release(&self.credential).await;
        self.age("credentials", "data_key_sealed", &format!("credentials/{}/data_key", self.credential))
            .await;
        self.age("webhook_endpoints", "secret_sealed", &place).await;
        self.age("webhook_endpoints", "previous_secret_sealed", &place).await;
    }
}

#[tokio::test]
async fn what_is_moved_to_another_tenant_can_not_be_opened() {
    let story = Story::new().await;
    story.assert_readable().await;
    let (own, other) = (story.f.scope.tenant_id.to_string(), story.other.to_string());
    for (table, of) in [("credentials", "credential"), ("webhook_endpoints", "endpoint")] {
        story.set(table, "tenant_id", &other).await;
        let moved = [story.name().await.is_err(), story.secrets().await.is_err()];
        assert_eq!(moved, [of == "credential", of == "endpoint"], "{table}");
        story.set(table, "tenant_id", &own).await;
    }
    story.assert_readable().await;
}

#[tokio::test]
async fn what_an_earlier_release_sealed_is_sealed_anew_once_and_is_refused_from_then_on() {
    let story = Story::new().await;
    story.age_all().await;
    let before = story.get("credentials", "data_key_sealed").await;
    assert!(matches!(story.name().await, Err(Error::Unsealed)));
    assert!(matches!(story.secrets().await, Err(Error::Unsealed)));
    assert_eq!(story.reseal().await, (3, 0));
    story.assert_readable().await;
    assert_eq!(story.f.store.find_setting(Setting::SealedForm).await.unwrap().as_deref(), Some("2"));

    // A value that is put back from a copy is neither opened nor sealed anew.
    story.set("credentials", "data_key_sealed", &before).await;
    assert_eq!(story.reseal().await, (0, 0));
    assert!(matches!(story.name().await, Err(Error::Unsealed)));
}

#[tokio::test]
async fn sealing_anew_that_was_killed_goes_on_and_two_nodes_may_do_it_at_once() {
    let story = Story::new().await;
    story.age_all().await;
    let older = story.get("webhook_endpoints", "previous_secret_sealed").await;
    let (one, other) = tokio::join!(story.reseal(), story.reseal());
    assert!(one.0 + other.0 >= 3 && one.1 + other.1 == 0, "{one:?} {other:?}");
    story.assert_readable().await;
    // A process that was killed left a value, and has not recorded that all is done.
    story.set("webhook_endpoints", "previous_secret_sealed", &older).await;
    story.direct.execute("DELETE FROM settings WHERE name = 'sealed_form'").await.unwrap();
    assert_eq!(story.reseal().await, (1, 0));
    story.assert_readable().await;
}

#[tokio::test]
async fn a_value_that_can_not_be_opened_stays_as_it_is_and_holds_up_no_other() {
    let story = Story::new().await;
    story.age_all().await;
    story.set("webhook_endpoints", "secret_sealed", "1.AAAA").await;
    assert_eq!(story.reseal().await, (2, 1));
    assert_eq!(story.f.store.find_setting(Setting::SealedForm).await.unwrap().as_deref(), Some("2"));
    assert_eq!(story.get("webhook_endpoints", "secret_sealed").await, "1.AAAA");
    assert_eq!(story.name().await.unwrap(), "Ada");
}
