//! Templates of achievements, and the link from a credential to the one that it replaced.

use learncoin_store::credentials::{Revocation, RevocationCode};
use learncoin_store::id::{TemplateId, TenantId};
use learncoin_store::templates::Template;

use crate::fixture::{Fixture, NOW, fixture};

async fn kept(f: &Fixture, content: &str) -> Template {
    let id = TemplateId::generate(&f.world, &f.world);
    let template = Template { id, content: content.to_owned(), created_at: NOW, changed_at: NOW };
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_template(&f.scope.tenant_id, &template).await.unwrap();
    tx.commit().await.unwrap();
    template
}

#[tokio::test]
async fn templates_are_a_tenants_own() {
    let f = fixture().await;
    let tenant = &f.scope.tenant_id;
    let other = TenantId::generate(&f.world, &f.world);
    let (first, second) = (kept(&f, "{\"name\":\"Botany\"}").await, kept(&f, "{}").await);
    assert_eq!(f.store.list_templates(tenant, 10).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(f.store.list_templates(tenant, 1).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(f.store.find_template(tenant, &first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(f.store.list_templates(&other, 10).await.unwrap(), []);
    assert_eq!(f.store.find_template(&other, &first.id).await.unwrap(), None);

    let mut tx = f.store.begin().await.unwrap();
    assert_eq!(tx.count_templates(tenant).await.unwrap(), 2);
    assert!(!tx.update_template(&other, &first.id, "{}", NOW + 1).await.unwrap());
    assert!(!tx.delete_template(&other, &first.id).await.unwrap());
    assert!(tx.update_template(tenant, &first.id, "{\"name\":\"Zoology\"}", NOW + 1).await.unwrap());
    assert!(tx.delete_template(tenant, &second.id).await.unwrap());
    assert!(!tx.delete_template(tenant, &second.id).await.unwrap());
    tx.commit().await.unwrap();
    let changed = Template { content: "{\"name\":\"Zoology\"}".to_owned(), changed_at: NOW + 1, ..first };
    assert_eq!(f.store.list_templates(tenant, 10).await.unwrap(), [changed]);
}

#[tokio::test]
async fn a_credential_leads_to_the_one_that_it_replaced() {
    let f = fixture().await;
    let (_, ids) = f.accepted(&["Ada Lovelaec", "Ada Lovelace"]).await;
    let recipient = f.store.credential_by_id(&ids[0]).await.unwrap().unwrap().recipient_id;
    assert_eq!(f.store.find_replaced(&f.scope, &recipient, &ids[1]).await.unwrap(), None);
    let revocation = Revocation {
        revoked_at: NOW,
        code: RevocationCode::Reissued,
        reason: Some("A corrected one was issued.".to_owned()),
        replaced_by: Some(ids[1].clone()),
    };
    let mut tx = f.store.begin().await.unwrap();
    tx.revoke_credential(&ids[0], &revocation).await.unwrap();
    tx.commit().await.unwrap();
    let found = f.store.find_replaced(&f.scope, &recipient, &ids[1]).await.unwrap();
    assert_eq!(found.as_ref(), Some(&ids[0]));
    assert_eq!(f.store.find_replaced(&f.scope, &recipient, &ids[0]).await.unwrap(), None);
}
