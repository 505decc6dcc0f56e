//! Members, their roles, links and sessions; and the pages of the console over large tables.

use learncoin_store::batches::BatchStatus;
use learncoin_store::credentials::ListPlace;
use learncoin_store::id::{IdentityId, MemberId, SessionId};
use learncoin_store::members::{
    GrantedBy, LinkPurpose, Member, MemberIdentity, MemberLink, MemberRole, MemberSession, Role,
    SignInAttempt, Token,
};

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
async fn a_subject_is_linked_to_one_member_who_has_one_of_each_issuer_and_goes_with_them() {
    let f = fixture().await;
    let (ada, eve) = (member(&f, "ada@example.edu").await, member(&f, "eve@example.edu").await);
    let identity = |member: &Member, issuer: &str| MemberIdentity {
        id: IdentityId::generate(&f.world, &f.world),
        issuer: issuer.into(),
        member_id: member.id.clone(),
        created_at: NOW,
    };
    let link = async |member: &Member, issuer: &str, subject: &str| {
        let mut tx = f.store.begin().await.unwrap();
        let linked = tx.insert_member_identity(&identity(member, issuer), subject).await;
        if linked.is_ok() {
            tx.commit().await.unwrap();
        }
        linked.is_ok()
    };
    assert!(link(&ada, "https://a.example", "1").await);
    assert!(!link(&eve, "https://a.example", "1").await, "it is Ada's");
    assert!(!link(&ada, "https://a.example", "2").await, "she has one of this issuer");
    assert!(link(&ada, "https://b.example", "1").await);
    assert!(link(&eve, "https://a.example", "2").await);
    let mut tx = f.store.begin().await.unwrap();
    for (issuer, subject, expected) in [
        ("https://a.example", "1", Some(&ada.id)),
        ("https://b.example", "1", Some(&ada.id)),
        ("https://a.example", "2", Some(&eve.id)),
        ("https://b.example", "2", None),
        ("https://a.exampl", "e1", None),
    ] {
        let known = tx.find_member_id_by_identity(issuer, subject).await.unwrap();
        assert_eq!(known.as_ref(), expected, "{issuer} {subject}");
    }
    assert!(tx.has_identity(&ada.id, "https://a.example").await.unwrap());
    assert!(!tx.has_identity(&ada.id, "https://c.example").await.unwrap());
    tx.delete_member(&ada.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(f.store.rows("member_identities").await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_attempt_is_taken_once_by_the_browser_that_made_it() {
    let f = fixture().await;
    let (state, browser) = (Token::generate(&f.world), Token::generate(&f.world));
    let other = Token::generate(&f.world);
    let attempt = SignInAttempt { state_hash: state.hash(), browser_hash: browser.hash(), created_at: NOW };
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_sign_in_attempt(&attempt).await.unwrap();
    for (state, browser, expected) in [
        (&state, &other, None),
        (&other, &browser, None),
        (&state, &browser, Some(NOW)),
        (&state, &browser, None),
    ] {
        let taken = tx.take_sign_in_attempt(&state.hash(), &browser.hash()).await.unwrap();
        assert_eq!(taken, expected);
    }
    tx.insert_sign_in_attempt(&attempt).await.unwrap();
    tx.purge_sign_in_attempts(NOW).await.unwrap();
    tx.purge_sign_in_attempts(NOW + 1).await.unwrap();
    assert_eq!(tx.take_sign_in_attempt(&state.hash(), &browser.hash()).await.unwrap(), None);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_right_has_the_one_who_granted_it() {
    let f = fixture().await;
    let ada = member(&f, "ada@example.edu").await;
    let mut tx = f.store.begin().await.unwrap();
    for (granted_by, role) in [
        (GrantedBy::Groups, Role::Auditor),
        (GrantedBy::Hand, Role::Issuer),
        (GrantedBy::Groups, Role::Owner),
    ] {
        tx.put_membership(&ada.id, &f.scope.tenant_id, role, granted_by, NOW).await.unwrap();
        let expected = MemberRole { tenant_id: f.scope.tenant_id.clone(), role, granted_by };
        assert_eq!(tx.list_roles(&ada.id).await.unwrap(), [expected]);
        tx.set_operator(&ada.id, Some(NOW), granted_by).await.unwrap();
        let by_groups = granted_by == GrantedBy::Groups;
        assert_eq!(tx.is_operator_by_groups(&ada.id).await.unwrap(), by_groups);
    }
    tx.set_operator(&ada.id, None, GrantedBy::Hand).await.unwrap();
    assert!(!tx.is_operator_by_groups(&ada.id).await.unwrap());
    tx.commit().await.unwrap();
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
