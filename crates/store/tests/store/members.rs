//! Members, their roles, links and sessions; and the pages of the console over large tables.

use learncoin_store::batches::BatchStatus;
use learncoin_store::credentials::ListPlace;
use learncoin_store::id::{MemberId, SessionId};
use learncoin_store::members::{GrantedBy, LinkPurpose, Member, MemberLink, MemberSession, Role, Token};

use crate::fixture::{Fixture, NOW, fixture};

async fn member(f: &Fixture, email: &str) -> Member {
    let member = Member {
        id: MemberId::generate(&f.world, &f.world),
        email: email.parse().unwrap(),
        created_at: NOW,
        operator_since: None,
    };
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_member(&member, &f.world).await.unwrap();
    tx.commit().await.unwrap();
    member
}

#[tokio::test]
async fn a_member_is_found_by_the_address_in_any_case_and_there_is_one_of_each() {
    let f = fixture().await;
    let ada = member(&f, "ada@example.edu").await;
    let found = f.store.find_member_by_email(&"ADA@Example.edu".parse().unwrap()).await.unwrap();
    assert_eq!(found, Some(ada.clone()));
    assert_eq!(f.store.find_member(&ada.id).await.unwrap(), Some(ada.clone()));
    let mut tx = f.store.begin().await.unwrap();
    let again = Member { id: MemberId::generate(&f.world, &f.world), ..ada.clone() };
    assert!(tx.insert_member(&again, &f.world).await.is_err());
    drop(tx);
    let rows = format!("{:?}", f.store.rows("members").await.unwrap());
    assert!(!rows.contains("ada@example.edu"), "the address is sealed");
}

#[tokio::test]
async fn a_link_is_used_once_and_all_that_a_member_has_goes_with_them() {
    let f = fixture().await;
    let ada = member(&f, "ada@example.edu").await;
    let (link, secret) = (Token::generate(&f.world), Token::generate(&f.world));
    let session = MemberSession {
        id: SessionId::generate(&f.world, &f.world),
        member_id: ada.id.clone(),
        created_at: NOW,
        seen_at: NOW,
        agent: "Firefox".into(),
    };
    let row = MemberLink {
        token_hash: link.hash(),
        member_id: ada.id.clone(),
        purpose: LinkPurpose::Mail,
        browser_hash: Some(secret.hash()),
        created_at: NOW,
        used_at: None,
    };
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_member_link(&row).await.unwrap();
    tx.insert_member_session(&session, &secret.hash()).await.unwrap();
    tx.put_membership(&ada.id, &f.scope.tenant_id, Role::Issuer, GrantedBy::Hand, NOW).await.unwrap();
    tx.put_membership(&ada.id, &f.scope.tenant_id, Role::Owner, GrantedBy::Hand, NOW).await.unwrap();
    assert_eq!(tx.hold_role(&ada.id, &f.scope.tenant_id).await.unwrap(), Some(Role::Owner));
    assert!(!tx.has_other_owner(&f.scope.tenant_id, &ada.id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(f.store.find_member_link(&link.hash()).await.unwrap(), Some(row));
    assert_eq!(f.store.find_member_session(&secret.hash()).await.unwrap(), Some(session));

    let mut tx = f.store.begin().await.unwrap();
    assert!(tx.use_member_link(&link.hash(), NOW + 1).await.unwrap());
    assert!(!tx.use_member_link(&link.hash(), NOW + 2).await.unwrap());
    tx.commit().await.unwrap();
    let used = f.store.find_member_link(&link.hash()).await.unwrap().unwrap();
    assert_eq!(used.used_at, Some(NOW + 1));

    let mut tx = f.store.begin().await.unwrap();
    assert!(tx.delete_member(&ada.id).await.unwrap());
    assert!(!tx.delete_member(&ada.id).await.unwrap());
    tx.commit().await.unwrap();
    for table in ["members", "memberships", "member_links", "member_sessions"] {
        assert!(f.store.rows(table).await.unwrap().is_empty(), "{table}");
    }
}

#[tokio::test]
async fn requests_for_links_are_counted_in_their_window() {
    let f = fixture().await;
    let count = async |subject: &str, at: i64| {
        let mut tx = f.store.begin().await.unwrap();
        let count = tx.count_sign_in_request(subject, 1_000, at).await.unwrap();
        tx.commit().await.unwrap();
        count
    };
    assert_eq!([count("a", NOW).await, count("a", NOW + 999).await, count("b", NOW).await], [1, 2, 1]);
    assert_eq!(count("a", NOW + 1_000).await, 1);
    assert_eq!(count("a", NOW - 100_000_000).await, 1, "a clock that was wrong counts nothing for long");
}

#[tokio::test]
async fn credentials_are_paged_batch_by_batch_and_none_is_left_out() {
    let f = fixture().await;
    let mut expected = Vec::new();
    for number in 0..3 {
        let names = ["Ada", "Grace", "Mary"];
        let (_, ids) = f.accepted(&names[..=number]).await;
        expected.push(ids);
    }
    let all = f.store.page_credentials(&f.scope, None, 0, i64::MAX, 100).await.unwrap();
    assert_eq!((all.credentials.len(), all.next), (6, None));
    let whole: Vec<_> = all.credentials.iter().map(|credential| credential.id.clone()).collect();
    let (mut paged, mut after): (Vec<_>, Option<ListPlace>) = (Vec::new(), None);
    loop {
        let page = f.store.page_credentials(&f.scope, after.as_ref(), 0, i64::MAX, 2).await.unwrap();
        assert!(page.credentials.len() <= 2);
        paged.extend(page.credentials.into_iter().map(|credential| credential.id));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(paged, whole);
    let none = f.store.page_credentials(&f.scope, None, 0, 1, 100).await.unwrap();
    assert!(none.credentials.is_empty());
    let pending = f.store.count_unsettled_batches(&f.scope, BatchStatus::Pending, 2).await.unwrap();
    assert_eq!(pending, 2, "no more than that is counted");
    let listed = f.store.list_unsettled_batches(&f.scope, BatchStatus::Pending, None, 10).await.unwrap();
    assert_eq!(listed.len(), 3);
}
