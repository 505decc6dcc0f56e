//! Rights by groups at the identity provider: they come, change and go with the groups, and what a person granted stays.

use learncoin_console::accounts::{Grant, LastOwner};
use learncoin_store::id::TenantId;
use learncoin_store::members::{Member, Role};
use serde_json::json;

use super::browser::{accounts, member};
use super::identity_provider::Federation;

struct Scene {
    federation: Federation,
    uni: TenantId,
    other: TenantId,
}

impl Scene {
    async fn new() -> Self {
        let federation = Federation::start().await;
        let uni = federation.app.tenant("Example University").await.tenant_id;
        let other = federation.app.tenant("Another University").await.tenant_id;
        let federation = federation.with_groups(&[
            format!("staff={uni}:auditor"),
            format!("registrars={uni}:issuer"),
            format!("registrars={other}:auditor"),
            "it=operator".to_owned(),
            "gone=tnt_01KPX3C6PJZZZZZZZZZZZZZZZZ:owner".to_owned(),
        ]);
        Self { federation, uni, other }
    }

    /// Signs Grace in with these groups. Returns the status.
    async fn sign_in(&self, groups: &[&str]) -> u16 {
        self.federation.provider.account("grace-1", "grace@example.edu", groups).await;
        let answer = self.federation.sign_in(&mut self.federation.browser()).await;
        answer.status
    }

    async fn grace(&self) -> Option<Member> {
        let store = self.federation.app.issuance().store.clone();
        store.find_member_by_email(&"grace@example.edu".parse().unwrap()).await.unwrap()
    }

    /// Returns Grace's roles, and whether she is an operator.
    async fn rights(&self) -> (Option<Role>, Option<Role>, bool) {
        let store = self.federation.app.issuance().store.clone();
        let grace = self.grace().await.unwrap();
        let role = async |tenant: &TenantId| store.find_role(&grace.id, tenant).await.unwrap();
        (role(&self.uni).await, role(&self.other).await, grace.is_operator())
    }
}

#[tokio::test]
async fn whom_a_group_grants_a_right_becomes_a_member_and_the_rights_follow_the_groups() {
    let scene = Scene::new().await;
    assert_eq!(scene.sign_in(&[]).await, 403);
    assert_eq!(scene.sign_in(&["others", "gone"]).await, 403);
    assert!(scene.grace().await.is_none());
    assert_eq!(scene.sign_in(&["staff"]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Auditor), None, false));
    assert_eq!(scene.sign_in(&["staff", "registrars", "gone"]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Issuer), Some(Role::Auditor), false));
    assert_eq!(scene.sign_in(&["staff", "it"]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Auditor), None, true));
    assert_eq!(scene.sign_in(&["it"]).await, 303);
    assert_eq!(scene.rights().await, (None, None, true));
    // No group, no right, no member; and back again.
    assert_eq!(scene.sign_in(&[]).await, 403);
    assert!(scene.grace().await.is_none());
    for table in ["members", "member_sessions", "member_identities", "memberships"] {
        assert!(scene.federation.app.issuance().store.rows(table).await.unwrap().is_empty(), "{table}");
    }
    assert_eq!(scene.sign_in(&["registrars"]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Issuer), Some(Role::Auditor), false));
}

#[tokio::test]
async fn what_a_person_granted_no_group_takes_away_or_changes() {
    let scene = Scene::new().await;
    let app = &scene.federation.app;
    member(app, "grace@example.edu", &scene.uni, Role::Owner).await;
    assert_eq!(scene.sign_in(&["staff", "registrars"]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Owner), Some(Role::Auditor), false));
    assert_eq!(scene.sign_in(&[]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Owner), None, false));
    // A role that a group gave, and a person then set, is the person's.
    assert_eq!(scene.sign_in(&["registrars", "it"]).await, 303);
    let grace = scene.grace().await.unwrap();
    let accounts = accounts(app);
    accounts.set_role(&grace.id, &scene.other, Role::Issuer, LastOwner::MayGo).await.unwrap();
    accounts.add(&grace.email, &Grant::Operator, LastOwner::MayGo).await.unwrap();
    assert_eq!(scene.sign_in(&[]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Owner), Some(Role::Issuer), true));
}

#[tokio::test]
async fn groups_make_no_member_without_a_verified_address() {
    let scene = Scene::new().await;
    let account = json!({ "sub": "grace-1", "email": "grace@example.edu", "groups": ["it"] });
    scene.federation.provider.set(&json!({ "account": account })).await;
    assert_eq!(scene.federation.sign_in(&mut scene.federation.browser()).await.status, 403);
    assert!(scene.grace().await.is_none());
    // Once linked, an address is not needed any more.
    assert_eq!(scene.sign_in(&["it"]).await, 303);
    let account = json!({ "sub": "grace-1", "groups": ["it"] });
    scene.federation.provider.set(&json!({ "account": account })).await;
    assert_eq!(scene.federation.sign_in(&mut scene.federation.browser()).await.status, 303);
}

#[tokio::test]
async fn a_map_that_is_taken_out_of_the_settings_grants_nothing_any_more() {
    let mut scene = Scene::new().await;
    member(&scene.federation.app, "grace@example.edu", &scene.uni, Role::Auditor).await;
    assert_eq!(scene.sign_in(&["it", "registrars"]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Auditor), Some(Role::Auditor), true));
    scene.federation = scene.federation.with_groups(&[]);
    assert_eq!(scene.sign_in(&["it", "registrars"]).await, 303);
    assert_eq!(scene.rights().await, (Some(Role::Auditor), None, false));
}
