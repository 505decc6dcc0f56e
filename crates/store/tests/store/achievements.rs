//! The search by achievement: what earlier releases accepted is found once it is recorded, and what is recorded is never changed.

use learncoin_store::credentials::{AchievementSearch, FoundByAchievement};

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, fixture};

async fn found(fixture: &Fixture, text: &str) -> Vec<String> {
    let search = AchievementSearch { text, after: None, from_ms: 0, to_ms: i64::MAX, limit: 10 };
    match fixture.store.page_credentials_of_achievement(&fixture.scope, &search).await.unwrap() {
        FoundByAchievement::Page(page) => page.credentials.iter().map(|one| one.id.to_string()).collect(),
        FoundByAchievement::TooManyNames => panic!("few names are there"),
    }
}

#[tokio::test]
async fn credentials_of_earlier_releases_are_found_once_their_achievements_are_recorded() {
    let fixture = fixture().await;
    let (_, first) = fixture.accepted(&["Ada", "Grace"]).await;
    let (_, second) = fixture.accepted(&["Alan"]).await;
    let name = {
        let credential = fixture.store.credential_by_id(&first[0]).await.unwrap().unwrap();
        credential.redacted().unwrap().subject.achievement.name
    };
    let all: Vec<String> = [&second[0], &first[0], &first[1]].map(ToString::to_string).into();
    assert_eq!(found(&fixture, &name.to_uppercase()).await, all, "newest batch first");
    // As an earlier release left them, and one as the first release did.
    let direct = DirectConnection::open(&fixture.location).await;
    let tables = ["achievement_batches", "achievement_names"];
    direct.without_guards(&tables).await;
    for table in tables {
        direct.execute(&format!("DELETE FROM {table}")).await.unwrap();
    }
    fixture.store_as_earlier_release(&first[0]).await;
    fixture.store_as_earlier_release(&first[1]).await;
    assert!(found(&fixture, &name).await.is_empty());
    assert!(fixture.store.record_earlier_achievements(1).await.unwrap());
    assert_eq!(found(&fixture, &name).await, all[..1], "the newest batch first");
    while fixture.store.record_earlier_achievements(1).await.unwrap() {}
    assert_eq!(found(&fixture, &name).await, all);
    assert!(!fixture.store.record_earlier_achievements(1).await.unwrap());
    assert_eq!(direct.number("SELECT COUNT(*) FROM achievement_names").await, 1);
}

#[tokio::test]
async fn names_and_batches_of_achievements_are_never_changed() {
    let fixture = fixture().await;
    fixture.accepted(&["Ada"]).await;
    let direct = DirectConnection::open(&fixture.location).await;
    for change in [
        "UPDATE achievement_names SET name = 'x'",
        "DELETE FROM achievement_names",
        "UPDATE achievement_batches SET batch_id = 'x'",
        "DELETE FROM achievement_batches",
    ] {
        assert!(direct.execute(change).await.is_err(), "{change}");
    }
}
