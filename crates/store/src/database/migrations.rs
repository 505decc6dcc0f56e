//! The migrations, which bring a database to the schema of this program.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use crate::database::dialect::Dialect;
use crate::error::Result;
use crate::kill;

/// Applies the migrations that are missing to PostgreSQL. Each migration is a transaction of its own, so a process may die
/// between any two.
pub(crate) async fn migrate_postgres(connection: &mut PgConnection) -> Result<()> {
    let all = migrations(Dialect::Postgres);
    for migration in all.iter() {
        all.run_to(migration.version, &mut *connection).await?;
        kill::reached("migrate.between");
    }
    Ok(())
}

/// Returns every migration, in the order of their versions, as the dialect reads them.
pub(crate) fn migrations(dialect: Dialect) -> Migrator {
    let all = [
        (1, "initial", include_str!("../../migrations/0001_initial.sql")),
        (2, "contract", include_str!("../../migrations/0002_contract.sql")),
        (3, "deliveries", include_str!("../../migrations/0003_deliveries.sql")),
        (4, "mails", include_str!("../../migrations/0004_mails.sql")),
        (10, "nodes", include_str!("../../migrations/0010_nodes.sql")),
        (11, "chains", include_str!("../../migrations/0011_chains.sql")),
        (12, "keys", include_str!("../../migrations/0012_keys.sql")),
        (13, "host", include_str!("../../migrations/0013_host.sql")),
        (14, "erasures", include_str!("../../migrations/0014_erasures.sql")),
        (15, "words", include_str!("../../migrations/0015_words.sql")),
        (16, "anchors", include_str!("../../migrations/0016_anchors.sql")),
        (17, "returned mails", include_str!("../../migrations/0017_returned_mails.sql")),
        (18, "erased means empty", include_str!("../../migrations/0018_erased_means_empty.sql")),
        (19, "answers without text", include_str!("../../migrations/0019_answers_without_text.sql")),
        (20, "counted calls", include_str!("../../migrations/0020_counted_calls.sql")),
        (21, "mail relay", include_str!("../../migrations/0021_mail_relay.sql")),
        (22, "audit chains", include_str!("../../migrations/0022_audit_chains.sql")),
        (23, "shared parts", include_str!("../../migrations/0023_shared_parts.sql")),
        (24, "confirmed names", include_str!("../../migrations/0024_confirmed_names.sql")),
        (25, "waiting for", include_str!("../../migrations/0025_waiting_for.sql")),
        (26, "credentials by recipient", include_str!("../../migrations/0026_credentials_by_recipient.sql")),
        (27, "successors", include_str!("../../migrations/0027_successors.sql")),
        (28, "pictures and signatures", include_str!("../../migrations/0028_pictures_and_signatures.sql")),
        (29, "members", include_str!("../../migrations/0029_members.sql")),
        (30, "uploads", include_str!("../../migrations/0030_uploads.sql")),
        (31, "identities", include_str!("../../migrations/0031_identities.sql")),
        (32, "mails by time", include_str!("../../migrations/0032_mails_by_time.sql")),
        (33, "document keys", include_str!("../../migrations/0033_document_keys.sql")),
        (34, "status numbers", include_str!("../../migrations/0034_status_numbers.sql")),
        (35, "wallet offers", include_str!("../../migrations/0035_wallet_offers.sql")),
        (36, "achievements", include_str!("../../migrations/0036_achievements.sql")),
    ];
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        let sql = AssertSqlSafe(dialect.migration(sql).into_owned()).into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(all.map(migration).into())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rusqlite::params;
    use sqlx::migrate::Migrator;

    use super::migrations;
    use crate::database::dialect::Dialect;
    use crate::database::sql;
    use crate::database::sqlite::SqliteDatabase;
    use crate::database::store::Store;
    use crate::mails::status::MailStatus;
    use crate::seal::MasterKey;

    /// Creates a file as the migrations up to this one made it. What its rows belong to need not be there.
    async fn file_of_release(file: &Path, version: i64) -> rusqlite::Connection {
        let all = migrations(Dialect::Sqlite);
        let before: Vec<_> = all.iter().filter(|one| one.version <= version).cloned().collect();
        let database = SqliteDatabase::open(file).unwrap();
        database.migrate(Migrator::with_migrations(before)).await.unwrap();
        database.close().await;
        let connection = rusqlite::Connection::open(file).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        connection
    }

    #[tokio::test]
    async fn a_mail_in_every_status_survives_the_migration_of_the_words() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("old.db");
        let old_file = file_of_release(&file, 14).await;
        let old = ["waiting", "leased", "handed", "sent", "failed", "bounced", "dropped", "unsure"];
        for (status, number) in old.into_iter().zip(0_i64..) {
            let id = format!("crd_{number}");
            let credential =
                "INSERT INTO credentials (id, batch_id, position, tenant_id, environment, recipient_id, document)
                 VALUES (?1, 'bat', ?2, 'tnt', 'test', 'r', '{}')";
            old_file.execute(credential, params![id, number]).unwrap();
            let mail =
                "INSERT INTO mails (credential_id, tenant_id, token, status, edition, attempts, queued_at, due_at, handed_at, settled_at, answer)
                 VALUES (?1, 'tnt', ?1, ?2, 1, 2, 3, ?3, 5, 6, 'seven')";
            old_file.execute(mail, params![id, status, number]).unwrap();
        }
        drop(old_file);

        let store = Store::open_sqlite(&file, &MasterKey::from_bytes([7; 32])).await.unwrap();

        let rows =
            sql::query("SELECT * FROM mails ORDER BY credential_id").fetch_all(&store.pool).await.unwrap();
        let statuses: Vec<String> = rows.iter().map(|row| row.try_get("status").unwrap()).collect();
        let later = [MailStatus::Returned, MailStatus::Held, MailStatus::Postponed];
        let known = MailStatus::ALL.into_iter().filter(|status| !later.contains(status));
        assert_eq!(statuses, known.map(MailStatus::as_str).collect::<Vec<_>>());
        assert!(rows.iter().all(|row| row.try_get::<String>("environment").unwrap() == "test"));
        for (row, number) in rows.iter().zip(0_i64..) {
            let texts = ["credential_id", "tenant_id", "token", "answer"]
                .map(|column| row.try_get::<String>(column).unwrap());
            let id = format!("crd_{number}");
            assert_eq!(texts, [id.clone(), "tnt".to_owned(), id, "seven".to_owned()]);
            let numbers = ["edition", "attempts", "queued_at", "due_at", "transmitted_at", "settled_at"]
                .map(|column| row.try_get::<i64>(column).unwrap());
            assert_eq!(numbers, [1, 2, 3, number, 5, 6]);
        }
    }

    #[tokio::test]
    async fn names_that_are_known_to_be_confirmed_are_kept_by_the_migration_and_no_others() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("old.db");
        let old_file = file_of_release(&file, 23).await;
        // Its display name, its awarding body, the time of a change that waits, and the name that was confirmed before that.
        for (id, name, body, changed_at, confirmed) in [
            ("tnt_settled", "University", None, None, None),
            ("tnt_body", "University", Some("Academy"), None, None),
            ("tnt_waiting", "Famous", Some("Ministry"), Some(5), Some("University")),
            ("tnt_unknown", "Famous", None, Some(5), None::<&str>),
        ] {
            let sql = "INSERT INTO tenants (id, name, plan, next_key_number, created_at, awarding_body_name, branding_changed_at, confirmed_name)
                       VALUES (?1, ?2, 'starter', 1, 1, ?3, ?4, ?5)";
            old_file.execute(sql, params![id, name, body, changed_at, confirmed]).unwrap();
        }
        drop(old_file);

        let store = Store::open_sqlite(&file, &MasterKey::from_bytes([7; 32])).await.unwrap();

        let rows = sql::query("SELECT * FROM confirmed_names ORDER BY tenant_id");
        let rows = rows.fetch_all(&store.pool).await.unwrap();
        let text = |row: &sql::Row, column| row.try_get::<String>(column).unwrap();
        let names: Vec<_> = rows.iter().map(|row| (text(row, "tenant_id"), text(row, "name"))).collect();
        let kept = [("tnt_body", "Academy"), ("tnt_settled", "University"), ("tnt_waiting", "University")];
        assert_eq!(names, kept.map(|(id, name)| (id.to_owned(), name.to_owned())));
    }

    #[tokio::test]
    async fn what_was_stored_before_pictures_and_signatures_has_none() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("old.db");
        let old_file = file_of_release(&file, 27).await;
        let tenant = "INSERT INTO tenants (id, name, plan, next_key_number, created_at, branding_changed_at, confirmed_name)
                      VALUES ('tnt_01KPX4MRGJZZZZZZZZZZZZZZZZ', 'Famous', 'starter', 1, 1, 5, 'University')";
        old_file.execute(tenant, params![]).unwrap();
        drop(old_file);

        let store = Store::open_sqlite(&file, &MasterKey::from_bytes([7; 32])).await.unwrap();

        let id = "tnt_01KPX4MRGJZZZZZZZZZZZZZZZZ".parse().unwrap();
        let branding = store.get_branding(&id).await.unwrap();
        assert!(branding.certificate.is_empty());
        let confirmed = branding.confirmed.unwrap();
        assert_eq!((confirmed.issuer_name.as_str(), confirmed.certificate.is_empty()), ("University", true));
        assert_eq!(store.list_due_images(i64::MAX, 10).await.unwrap(), []);
    }

    #[tokio::test]
    async fn words_about_an_erased_person_do_not_survive_the_migration_that_forbids_them() {
        const WORDS: &str = "Ada Lovelace \\\"withdrew\\\"";
        let answer = |id: &str, reason: &str| {
            format!(
                r#"={{"id":"{id}","revoked":true,"revoked_at":"2026-04-23T13:46:00.000Z","reason":"{reason}","reason_code":"other"}}"#
            )
        };
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("old.db");
        let old_file = file_of_release(&file, 17).await;
        let run = |sql: String| old_file.execute(&sql, []).unwrap();
        for (id, erased_at) in [("crd_erased", "7"), ("crd_other", "NULL")] {
            run(format!(
                "INSERT INTO credentials (id, batch_id, position, tenant_id, environment, recipient_id, document, erased_at, revoked_at,
                                          revocation_code, revocation_reason)
                 VALUES ('{id}', '{id}', 1, 'tnt', 'test', 'r', '{{}}', {erased_at}, 8, 'other', 'Ada Lovelace')"
            ));
            run(format!(
                "INSERT INTO mails (credential_id, tenant_id, token, status, edition, attempts, queued_at, due_at, answer)
                 VALUES ('{id}', 'tnt', '{id}', 'bounced', 1, 2, 3, 4, 'Ada Lovelace')"
            ));
            run(format!(
                "INSERT INTO idempotency_keys (tenant_id, environment, key_mac, fingerprint, status, body, created_at, subject_id)
                 VALUES ('tnt', 'test', '{id}', 'f', 200, '{}', 1, '{id}')",
                answer(id, WORDS)
            ));
            run(format!(
                "INSERT INTO idempotency_keys (tenant_id, environment, key_mac, fingerprint, status, body, created_at, subject_id)
                 VALUES ('tnt', 'test', 'erasure of {id}', 'f', 200, '={{\"id\":\"{id}\",\"erased\":true}}', 1, '{id}')"
            ));
        }
        run("INSERT INTO delivery_attempts (endpoint_id, at, request_id, event_id, number, duration_ms, status_code, answer)
             VALUES ('whk', 1, 'req', 'evt', 1, 1, 200, 'Ada Lovelace')".to_owned());
        drop(old_file);

        let store = Store::open_sqlite(&file, &MasterKey::from_bytes([7; 32])).await.unwrap();

        let column = async |text: &'static str| -> Vec<Option<String>> {
            sql::query_scalar(text).fetch_all(&store.pool).await.unwrap()
        };
        let kept = Some("Ada Lovelace".to_owned());
        assert_eq!(
            column("SELECT revocation_reason FROM credentials ORDER BY id").await,
            [None, kept.clone()]
        );
        assert_eq!(column("SELECT answer FROM mails ORDER BY credential_id").await, [None, kept]);
        assert_eq!(
            column("SELECT body FROM idempotency_keys ORDER BY key_mac").await,
            [
                answer("crd_erased", ""),
                answer("crd_other", WORDS),
                r#"={"id":"crd_erased","erased":true}"#.to_owned(),
                r#"={"id":"crd_other","erased":true}"#.to_owned(),
            ]
            .map(Some)
        );
        let columns = column("SELECT name FROM pragma_table_info('delivery_attempts')").await;
        let has = |name: &str| columns.contains(&Some(name.to_owned()));
        assert!(has("answer_bytes") && !has("answer"), "{columns:?}");
    }
}
