//! The audit log: the doctor finds each row that was changed, removed or inserted, and nothing in what is whole.

use learncoin_store::Store;
use learncoin_store::id::{KeyId, RequestId, TenantId};
use learncoin_store::requests::{AuditOwner, AuditRow, COMMAND};

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture, master};

const RULE: &str = "each row of the audit log follows from the one before it, and none is missing";

/// Whose row it is.
#[derive(Clone, Copy)]
enum Whose {
    Tenant,
    Stranger,
    Operator,
}

fn row(f: &Fixture, whose: Whose, at: i64) -> AuditRow {
    let tenant_id = matches!(whose, Whose::Tenant).then(|| f.scope.tenant_id.clone());
    let is_operator = matches!(whose, Whose::Operator);
    AuditRow {
        request_id: RequestId::generate(&f.world, &f.world),
        key_id: tenant_id.is_some().then(|| KeyId::generate(&f.world, &f.world)),
        member_id: None,
        tenant_id,
        operator: is_operator.then(|| "ada".to_owned()),
        address_mac: (!is_operator).then(|| "0123456789abcdef".to_owned()),
        method: if is_operator { COMMAND.into() } else { "GET".into() },
        endpoint: "/v1/batches".into(),
        status: 200,
        subjects: vec!["bat_1".into(), "bat_2".into()],
        at,
        calls: 1,
        place: None,
    }
}

async fn append(store: &Store, rows: &[AuditRow]) {
    let mut tx = store.begin().await.unwrap();
    tx.append_audit_rows(rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// Returns what the doctor finds in the audit log.
async fn found(store: &Store) -> Vec<String> {
    let findings = store.examine().await.unwrap();
    findings.into_iter().find(|finding| finding.rule == RULE).unwrap().broken_by
}

/// Creates a database with three chains of five rows each, in transactions of one row and of several.
async fn chained() -> Fixture {
    let f = fixture().await;
    for at in 0..3 {
        append(&f.store, &[row(&f, Whose::Tenant, at)]).await;
    }
    let mut rows = Vec::new();
    for at in 3..5 {
        rows.extend([row(&f, Whose::Operator, at), row(&f, Whose::Tenant, at), row(&f, Whose::Stranger, at)]);
    }
    append(&f.store, &rows).await;
    for at in 5..8 {
        append(&f.store, &[row(&f, Whose::Stranger, at), row(&f, Whose::Operator, at)]).await;
    }
    f
}

#[tokio::test]
async fn rows_are_read_as_they_were_written_each_in_its_place() {
    let f = chained().await;
    assert_eq!(found(&f.store).await, [""; 0]);
    let read =
        f.store.list_audit_rows(Some(&f.scope.tenant_id), i64::MIN, i64::MAX, None, 100).await.unwrap();
    let places: Vec<u64> = read.iter().map(|row| row.place.clone().unwrap().sequence).collect();
    assert_eq!(places, [1, 2, 3, 4, 5]);
    let written = row(&f, Whose::Tenant, 7);
    append(&f.store, std::slice::from_ref(&written)).await;
    let found = f.store.find_audit_row(&written.request_id).await.unwrap().unwrap();
    assert_eq!(AuditRow { place: None, ..found }, written);
    let others = f.store.list_audit_rows(None, i64::MIN, i64::MAX, None, 100).await.unwrap();
    assert_eq!(others.len(), 10);
    // Another process goes on where this one ended.
    let other = Store::open(&f.location, &master()).await.unwrap();
    other.begin_audit_chains().await.unwrap();
    append(&other, &[row(&f, Whose::Tenant, 8)]).await;
    assert_eq!(self::found(&other).await, [""; 0]);
}

#[tokio::test]
async fn whatever_is_changed_removed_or_inserted_is_found() {
    let f = chained().await;
    let tenant = f.scope.tenant_id.as_str();
    let direct = DirectConnection::open(&f.location).await;
    let of = |sequence: u64| format!("WHERE chain = '{tenant}' AND sequence = {sequence}");
    let columns = [
        "request_id",
        "tenant_id",
        "key_id",
        "operator",
        "address_mac",
        "method",
        "endpoint",
        "status",
        "subjects",
        "at",
        "calls",
        "chain",
        "sequence",
        "hash",
    ];
    let names = columns.join(", ");
    direct.execute("CREATE TABLE kept_rows AS SELECT * FROM audit_log").await.unwrap();
    direct.execute("CREATE TABLE kept_chains AS SELECT * FROM audit_chains").await.unwrap();
    let restore = async || {
        for table in ["audit_log", "audit_chains"] {
            direct.execute(&format!("DELETE FROM {table}")).await.unwrap();
        }
        direct
            .execute(&format!("INSERT INTO audit_log ({names}) SELECT {names} FROM kept_rows"))
            .await
            .unwrap();
        direct.execute("INSERT INTO audit_chains SELECT * FROM kept_chains").await.unwrap();
        assert_eq!(found(&f.store).await, [""; 0]);
    };
    let copied = |sequence: &str, chain: &str| {
        let values = columns.map(|column| match column {
            "request_id" => "'req_01KPX4MQ00REJFE5FBD8QX9Y5A'".to_owned(),
            "sequence" => sequence.to_owned(),
            "chain" => chain.to_owned(),
            other => other.to_owned(),
        });
        format!("INSERT INTO audit_log ({names}) SELECT {} FROM audit_log {}", values.join(", "), of(2))
    };
    let mut damages: Vec<(String, String)> = [
        ("request_id", "'req_01KPX4MQ00REJFE5FBD8QX9Y5A'"),
        ("tenant_id", "NULL"),
        ("key_id", "NULL"),
        ("operator", "'eve'"),
        ("address_mac", "NULL"),
        ("method", "'POST'"),
        ("endpoint", "'/v1/webhooks'"),
        ("status", "403"),
        ("status", "-1"),
        ("subjects", "'bat_1'"),
        ("subjects", "NULL"),
        ("at", "at + 1"),
        ("calls", "2"),
        ("hash", "'0123456789abcdef0123456789abcdef'"),
        ("hash", "NULL"),
    ]
    .map(|(column, value)| {
        (
            format!("UPDATE audit_log SET {column} = {value} {}", of(3)),
            format!("row 3 of {tenant} was changed"),
        )
    })
    .into();
    damages.extend([
        (format!("DELETE FROM audit_log {}", of(1)), format!("rows 1 to 1 of {tenant} are missing")),
        (format!("DELETE FROM audit_log {}", of(3)), format!("rows 3 to 3 of {tenant} are missing")),
        (format!("DELETE FROM audit_log {}", of(5)), format!("rows 5 to 5 of {tenant} are missing")),
        (
            format!("DELETE FROM audit_log WHERE chain = '{tenant}'"),
            format!("rows 1 to 5 of {tenant} are missing"),
        ),
        (
            format!("UPDATE audit_log SET sequence = NULL, chain = NULL, hash = NULL {}", of(5)),
            "1 rows belong to no chain, in place of 0".to_owned(),
        ),
        (copied("NULL", "NULL"), "1 rows belong to no chain, in place of 0".to_owned()),
        (copied("NULL", "chain"), "1 rows belong to no chain, in place of 0".to_owned()),
        (copied("3", "chain"), format!("row 3 of {tenant} was inserted")),
        (copied("0", "chain"), format!("row 0 of {tenant} was inserted")),
        (copied("-7", "chain"), format!("row -7 of {tenant} was inserted")),
        (copied("6", "chain"), format!("row 6 of {tenant} was changed")),
        (copied("1", "'tnt_other'"), "tnt_other has rows, and no chain".to_owned()),
        (format!("DELETE FROM audit_chains WHERE chain = '{tenant}'"), format!("{tenant} has no chain")),
        (
            "DELETE FROM audit_chains WHERE chain = 'operators'".into(),
            "operators has rows, and no chain".into(),
        ),
        ("DELETE FROM audit_chains WHERE chain = ''".into(), "the chain \"\" is missing".into()),
    ]);
    // The ends are changed so that they fit what is left, as far as that can be done without the master key.
    for (change, fault) in [
        ("sequence = 4", format!("the ends of {tenant} were changed")),
        ("hash = 'x'", format!("the ends of {tenant} were changed")),
        ("purged_sequence = 1", format!("the ends of {tenant} were changed")),
        ("purged_hash = 'x'", format!("the ends of {tenant} were changed")),
        ("mac = ''", format!("the ends of {tenant} were changed")),
    ] {
        damages.push((format!("UPDATE audit_chains SET {change} WHERE chain = '{tenant}'"), fault));
    }
    damages.push((
        "UPDATE audit_chains SET sequence = 7 WHERE chain = ''".to_owned(),
        "the ends of  were changed".to_owned(),
    ));
    for (damage, fault) in damages {
        assert!(direct.execute(&damage).await.unwrap() > 0, "{damage}");
        let found = found(&f.store).await;
        assert!(found.contains(&fault), "{damage}: {found:?}");
        restore().await;
    }
}

#[tokio::test]
async fn a_removed_end_stays_found_however_many_rows_follow() {
    let f = chained().await;
    let tenant = f.scope.tenant_id.as_str();
    let direct = DirectConnection::open(&f.location).await;
    direct
        .execute(&format!("DELETE FROM audit_log WHERE chain = '{tenant}' AND sequence = 5"))
        .await
        .unwrap();
    let to_the_fourth = format!(
        "UPDATE audit_chains SET sequence = 4, hash = (
             SELECT hash FROM audit_log WHERE chain = '{tenant}' AND sequence = 4) WHERE chain = '{tenant}'"
    );
    direct.execute(&to_the_fourth).await.unwrap();
    let expected = [format!("the ends of {tenant} were changed")];
    assert_eq!(found(&f.store).await, expected);
    for at in 10..13 {
        append(&f.store, &[row(&f, Whose::Tenant, at)]).await;
    }
    assert_eq!(found(&f.store).await, expected);
    f.store.purge_audit_rows(AuditOwner::Tenant(&f.scope.tenant_id), 12).await.unwrap();
    assert_eq!(found(&f.store).await, expected);
}

#[tokio::test]
async fn a_chain_that_was_removed_as_a_whole_does_not_begin_anew_unnoticed() {
    let f = chained().await;
    let tenant = f.scope.tenant_id.as_str();
    let direct = DirectConnection::open(&f.location).await;
    let rows = format!("DELETE FROM audit_log WHERE chain = '{tenant}'");
    let ends = format!("DELETE FROM audit_chains WHERE chain = '{tenant}'");
    for removal in [rows.as_str(), &ends, "DELETE FROM audit_chains WHERE chain = ''"] {
        direct.execute(removal).await.unwrap();
    }
    append(&f.store, &[row(&f, Whose::Tenant, 20)]).await;
    let expected = [format!("the ends of {tenant} were changed"), "the chain \"\" is missing".to_owned()];
    let mut faults = found(&f.store).await;
    faults.sort_unstable_by(|one, other| other.cmp(one));
    let mut sorted = expected.clone();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(faults, sorted);
    f.store.begin_audit_chains().await.unwrap();
    append(&f.store, &[row(&f, Whose::Tenant, 21)]).await;
    let faults = found(&f.store).await;
    assert_eq!(
        faults,
        ["the ends of  were changed".to_owned(), format!("the ends of {tenant} were changed")]
    );
}

#[tokio::test]
async fn a_changed_time_does_not_have_the_traces_deleted() {
    let f = chained().await;
    let tenant = f.scope.tenant_id.as_str();
    let direct = DirectConnection::open(&f.location).await;
    for row in 0..3 {
        append(&f.store, &[self::row(&f, Whose::Tenant, NOW + row)]).await;
    }
    // All rows up to this one are to look old.
    direct
        .execute(&format!("UPDATE audit_log SET at = 1 WHERE chain = '{tenant}' AND sequence = 7"))
        .await
        .unwrap();
    assert_eq!(f.store.purge_audit_rows(AuditOwner::Tenant(&f.scope.tenant_id), 10).await.unwrap(), 7);
    assert_eq!(found(&f.store).await, [format!("the ends of {tenant} were changed")]);
    let direct_removal = "DELETE FROM audit_log WHERE chain = 'unauthenticated' AND sequence = 1";
    direct.execute(direct_removal).await.unwrap();
    assert_eq!(f.store.cap_unauthenticated_audit_rows(2).await.unwrap(), 2);
    assert!(found(&f.store).await.contains(&"the ends of unauthenticated were changed".to_owned()));
}

#[tokio::test]
async fn a_row_that_was_inserted_keeps_no_other_from_being_written() {
    let f = chained().await;
    let tenant = f.scope.tenant_id.as_str();
    let direct = DirectConnection::open(&f.location).await;
    let inserted = format!(
        "INSERT INTO audit_log (request_id, method, endpoint, status, at, chain, sequence, hash)
         VALUES ('req_01KPX4MQ00REJFE5FBD8QX9Y5A', 'GET', '/v1/batches', 200, 1, '{tenant}', 6, 'x')"
    );
    direct.execute(&inserted).await.unwrap();
    append(&f.store, &[row(&f, Whose::Tenant, 20), row(&f, Whose::Operator, 20)]).await;
    let faults = found(&f.store).await;
    assert!(faults.contains(&format!("row 6 of {tenant} was inserted")), "{faults:?}");
}

#[tokio::test]
async fn what_is_too_old_is_deleted_and_what_is_left_still_follows_on_it() {
    let f = chained().await;
    let tenant = AuditOwner::Tenant(&f.scope.tenant_id);
    assert_eq!(f.store.purge_audit_rows(tenant, 0).await.unwrap(), 0);
    assert_eq!(f.store.purge_audit_rows(tenant, 2).await.unwrap(), 2);
    assert_eq!(f.store.purge_audit_rows(tenant, 2).await.unwrap(), 0);
    assert_eq!(f.store.purge_audit_rows(AuditOwner::Operators, 4).await.unwrap(), 1);
    assert_eq!(found(&f.store).await, [""; 0]);
    // A clock that was ahead wrote a row, and was set right.
    append(&f.store, &[row(&f, Whose::Tenant, NOW), row(&f, Whose::Tenant, 6)]).await;
    assert_eq!(f.store.purge_audit_rows(tenant, 7).await.unwrap(), 5);
    assert_eq!(found(&f.store).await, [""; 0]);
    append(&f.store, &[row(&f, Whose::Tenant, 8)]).await;
    assert_eq!(found(&f.store).await, [""; 0]);
    let many: Vec<_> = (0..1_100).map(|_| row(&f, Whose::Tenant, 9)).collect();
    append(&f.store, &many).await;
    assert_eq!(f.store.purge_audit_rows(tenant, 10).await.unwrap(), 1_101);
    assert_eq!(found(&f.store).await, [""; 0]);
}

#[tokio::test]
async fn of_calls_without_a_tenant_the_newest_are_kept() {
    let f = chained().await;
    assert_eq!(f.store.cap_unauthenticated_audit_rows(5).await.unwrap(), 0);
    assert_eq!(f.store.cap_unauthenticated_audit_rows(2).await.unwrap(), 3);
    assert_eq!(f.store.cap_unauthenticated_audit_rows(2).await.unwrap(), 0);
    let kept = f.store.list_audit_rows(None, i64::MIN, i64::MAX, None, 100).await.unwrap();
    let times: Vec<i64> = kept.iter().filter(|row| row.operator.is_none()).map(|row| row.at).collect();
    assert_eq!(times, [6, 7]);
    assert_eq!(kept.len(), 2 + 5, "commands are no such calls");
    assert_eq!(found(&f.store).await, [""; 0]);
    let many: Vec<_> = (0..1_200).map(|_| row(&f, Whose::Stranger, 9)).collect();
    append(&f.store, &many).await;
    assert_eq!(f.store.cap_unauthenticated_audit_rows(3).await.unwrap(), 1_199);
    assert_eq!(found(&f.store).await, [""; 0]);
}

#[tokio::test]
async fn rows_of_a_release_without_chains_are_counted_until_they_are_too_old() {
    let f = fixture().await;
    let direct = DirectConnection::open(&f.location).await;
    for (number, tenant) in
        [format!("'{}'", f.scope.tenant_id), "NULL".into(), "NULL".into()].iter().enumerate()
    {
        let old = format!(
            "INSERT INTO audit_log (request_id, tenant_id, method, endpoint, status, at)
             VALUES ('req_01KPX4MQ00REJFE5FBD8QX9Y5{number}', {tenant}, 'GET', '/v1/batches', 200, {number})"
        );
        direct.execute(&old).await.unwrap();
    }
    // As such a release leaves it.
    direct.execute("DELETE FROM audit_chains").await.unwrap();
    f.store.begin_audit_chains().await.unwrap();
    f.store.begin_audit_chains().await.unwrap();
    assert_eq!(found(&f.store).await, [""; 0]);
    append(&f.store, &[row(&f, Whose::Tenant, 3), row(&f, Whose::Stranger, 3)]).await;
    assert_eq!(found(&f.store).await, [""; 0]);
    let id = "req_01KPX4MQ00REJFE5FBD8QX9Y50".parse().unwrap();
    assert_eq!(f.store.find_audit_row(&id).await.unwrap().unwrap().place, None);
    assert_eq!(f.store.purge_audit_rows(AuditOwner::Unauthenticated, 2).await.unwrap(), 1);
    assert_eq!(f.store.purge_audit_rows(AuditOwner::Tenant(&f.scope.tenant_id), 3).await.unwrap(), 1);
    assert_eq!(found(&f.store).await, [""; 0]);
    direct.execute("DELETE FROM audit_log WHERE chain IS NULL").await.unwrap();
    assert_eq!(found(&f.store).await, ["0 rows belong to no chain, in place of 1"]);
}

#[tokio::test]
async fn a_tenant_has_its_chain_from_the_beginning() {
    let f = fixture().await;
    assert_eq!(found(&f.store).await, [""; 0]);
    let direct = DirectConnection::open(&f.location).await;
    let chains = direct.rows("SELECT chain FROM audit_chains ORDER BY chain").await.concat();
    assert_eq!(chains, ["", "operators", TenantId::as_str(&f.scope.tenant_id), "unauthenticated"]);
}
