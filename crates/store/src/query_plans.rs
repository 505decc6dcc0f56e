//! Every statement of this crate is held to find its rows by an index, so that none becomes slow as tables grow.

use std::path::{Path, PathBuf};

use crate::database::store::Store;
use crate::keys::leases::free_key;
use crate::seal::MasterKey;

/// The statements that read a whole table, by a part of their text, and why they may.
const READ_ALL: [(&str, &str); 20] = [
    ("FROM members ORDER BY id", "the operator's list; people are few"),
    ("FROM tenants ORDER BY id", "the operator's list, and what is deleted when its time is over"),
    ("FROM signing_keys ORDER BY tenant_id, number", "the host's DID document lists every key"),
    (
        "COUNT(*) FROM signing_keys",
        "an index of the keys is counted to see whether the DID document is still right",
    ),
    ("FROM signing_keys WHERE kms_version IS NOT NULL", "asked once, when a server starts"),
    ("FROM signing_keys WHERE NOT EXISTS", "asked once, when a server starts"),
    ("FROM document_keys ORDER BY tenant_id, number", "the doctor reads all"),
    ("FROM document_keys WHERE kms_version IS NOT NULL", "asked once, when a server starts"),
    ("FROM key_statements ORDER BY sequence", "the last one is at the end of it; the doctor reads all"),
    ("FROM _sqlx_migrations", "there is one for each change of the tables"),
    ("FROM host_keys", "there is one for each chain"),
    ("SELECT * FROM settings", "a copy of a database is a copy of all of it"),
    ("COUNT(*) FROM settings", "and all of it is counted"),
    (
        "disabled_at IS NOT NULL GROUP BY",
        "there are few endpoints, and operators count them a few times a minute",
    ),
    (
        "signing_keys SET leased_until = $1 WHERE leased_until > $2",
        "a few times a minute; a tenant has few keys",
    ),
    ("host_keys SET leased_until = $1 WHERE leased_until > $2", "there is one for each chain"),
    ("webhook_tests SET", "a few times a minute; tests are sent by hand"),
    ("host_attempts SET created_at = $1", "a few times a minute; the host sends little"),
    ("host_transactions SET created_at", "a few times a minute; the host sends little"),
    ("DELETE FROM logos", "a logo that is replaced, which happens when a tenant changes its branding"),
];

#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let master = MasterKey::from_bytes([7; 32]);
    let store = Store::open_sqlite(&directory.path().join("plans.db"), &master).await.unwrap();
    store.close().await;
    let connection = rusqlite::Connection::open(directory.path().join("plans.db")).unwrap();
    // The parameters have no values: what is read is the plan.
    let column = |sql: &str, name: &str| {
        let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        let mut rows = statement.raw_query();
        let mut found: Vec<String> = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            found.push(row.get(name).unwrap());
        }
        found
    };
    let tables = column("SELECT name FROM sqlite_master WHERE type = 'table'", "name");
    let statements = statements();
    assert!(statements.len() >= 70, "the sources have more statements than these {}", statements.len());
    let mut slow = Vec::new();
    for statement in &statements {
        for step in column(&format!("EXPLAIN QUERY PLAN {statement}"), "detail") {
            let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            if table.is_some_and(|table| tables.iter().any(|one| one == table)) || step.contains("AUTOMATIC")
            {
                slow.push(format!("{step}: {statement}"));
            }
        }
    }
    for (part, _) in READ_ALL {
        assert!(slow.iter().any(|one| one.contains(part)), "it reads no whole table any more: {part}");
    }
    slow.retain(|one| !READ_ALL.iter().any(|(part, _)| one.contains(part)));
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// Returns the SQL statements in the sources of this crate, with placeholders for what is filled in when they run.
fn statements() -> Vec<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut statements = Vec::new();
    for path in files_below(&sources) {
        // What is asked of PostgreSQL alone, and what is there to read everything.
        let is_of_postgres = path.parent().is_some_and(|folder| folder.ends_with("postgres"));
        if is_of_postgres || path.ends_with("doctor.rs") {
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        let (product, _tests) = source.split_once("#[cfg(test)]").unwrap_or((&source, ""));
        let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];
        let found =
            literals(product).into_iter().filter(|text| verbs.iter().any(|verb| text.starts_with(verb)));
        statements.extend(found.map(|text| filled(&text)));
    }
    statements
}

/// Returns the string literals of a source, without their quotation marks.
fn literals(source: &str) -> Vec<String> {
    let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n").replace("'\"'", "");
    // Every other part between quotation marks is a literal; a quotation mark inside one is escaped.
    let code = code.replace("\\\"", "'");
    code.split('"').skip(1).step_by(2).map(|text| text.replace("\\\n", "")).collect()
}

fn filled(statement: &str) -> String {
    let statement = statement
        .replace("SELECT {}, {COLUMNS}", "SELECT *")
        .replace("{COLUMNS}", "*")
        .replace("{key}, {tenant}", "*")
        .replace("{credential}, {batch}, {transaction}", "*")
        .replace("SELECT {} FROM", "SELECT * FROM")
        .replace("{condition}", "IS NULL")
        .replace("({}) AS v", "(VALUES ($1, $2, $3, $4, $5)) AS v")
        .replace("IN ({})", "IN ($1)")
        .replace("${now}", "$3")
        .replace("WHERE {free_key}", &format!("WHERE {}", free_key("w", 1)))
        .replace("{free_key}", &free_key("anchors", 2))
        .replace("{which}", "w.id = $2")
        .replace("{restriction}", "")
        .replace("{hold}", "")
        .replace("{ROW_NUMBER}", "number")
        .replace("{ROWS_AT_A_TIME}", "500")
        .replace("{table}", "settings");
    // What else is filled in at the end holds rows, which is nothing on SQLite.
    let statement = statement.replace("({}) VALUES {}", "(name, value) VALUES ($1, $2)").replace(" {}", "");
    let is_whole = ["VALUES", "SELECT"].iter().any(|word| statement.contains(word));
    match is_whole || !statement.starts_with("INSERT") {
        true => statement,
        false => {
            let columns = statement.matches(',').count() + 1;
            format!("{statement} VALUES ({})", vec!["$1"; columns].join(", "))
        }
    }
}
