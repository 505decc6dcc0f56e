//! The rows of the audit log about commands: which one was run, by whom, and what it changed.

use std::fs;

use anyhow::{Context as _, Result};
use learncoin_store::Store;
use learncoin_store::clock::Clock as _;
use learncoin_store::id::{RequestId, TenantId};
use learncoin_store::requests::{AuditRow, COMMAND};

use crate::environment::variable;
use crate::system::{SystemClock, SystemEntropy};

/// The longest name of a user that is kept, in characters.
const MOST_NAME_CHARS: usize = 64;

/// A command that changed something.
pub(crate) struct OperatorCommand<'a> {
    /// The command's name, as it is typed.
    pub(crate) command: &'static str,
    /// The tenant that it is about, if it is about one.
    pub(crate) tenant_id: Option<&'a TenantId>,
    /// The ids of what it changed. None holds a space.
    pub(crate) subjects: Vec<String>,
}

impl OperatorCommand<'static> {
    /// Creates the record of a command that is about no tenant, and about the deployment as a whole.
    pub(crate) fn new(command: &'static str) -> Self {
        Self { command, tenant_id: None, subjects: Vec::new() }
    }
}

/// Records what a command has changed. The command ends only afterwards, so that no secret is printed that the log does not know of.
///
/// # Errors
/// If the row can't be written; the change has been made.
pub(crate) async fn record(store: &Store, change: OperatorCommand<'_>) -> Result<()> {
    record_all(store, [change]).await
}

/// Records what a command has changed of several tenants.
///
/// # Errors
/// As [`record`].
pub(crate) async fn record_all(
    store: &Store,
    changes: impl IntoIterator<Item = OperatorCommand<'_>>,
) -> Result<()> {
    let operator = operator();
    let rows: Vec<AuditRow> = changes
        .into_iter()
        .map(|change| AuditRow {
            request_id: RequestId::generate(&SystemClock, &SystemEntropy),
            tenant_id: change.tenant_id.cloned(),
            key_id: None,
            operator: Some(operator.clone()),
            member_id: None,
            address_mac: None,
            method: COMMAND.to_owned(),
            endpoint: change.command.to_owned(),
            status: 0,
            subjects: change.subjects,
            at: SystemClock.now_ms(),
            calls: 1,
            place: None,
        })
        .collect();
    let written = async {
        // A database that was just copied or restored may be of a release without chains.
        store.begin_audit_chains().await?;
        let mut tx = store.begin().await?;
        tx.append_audit_rows(&rows).await?;
        tx.commit().await
    };
    written.await.context("the command has done its work, but its row of the audit log can't be written")
}

/// Returns the name of the operating system's user who runs this process; behind `sudo` the name of the user who called it, too.
fn operator() -> String {
    let uid = rustix::process::getuid().as_raw();
    let name = name_of(&fs::read_to_string("/etc/passwd").unwrap_or_default(), uid);
    let name = name.unwrap_or_else(|| format!("uid {uid}"));
    // Only root can be believed about who became root.
    match variable("SUDO_USER").filter(|user| uid == 0 && !user.is_empty()) {
        Some(user) => plain(&format!("{name} for {user}")),
        None => plain(&name),
    }
}

/// Returns the name that the file of users gives this number ([passwd(5)](https://man7.org/linux/man-pages/man5/passwd.5.html)).
fn name_of(users: &str, uid: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// Returns the name without what a table or a terminal could read otherwise.
fn plain(name: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || " ._-@".contains(char);
    name.chars().take(MOST_NAME_CHARS).map(|char| if is_plain(char) { char } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_found_by_the_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\nbroken\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(name_of(users, 1000).as_deref(), Some("ada"));
        assert_eq!(name_of(users, 0).as_deref(), Some("root"));
        assert_eq!(name_of(users, 1), None);
    }

    #[test]
    fn a_name_holds_nothing_that_a_table_reads_otherwise() {
        assert_eq!(plain("ada,\"x\"\n=1"), "ada??x???1");
        assert_eq!(plain(&"a".repeat(100)).len(), MOST_NAME_CHARS);
        assert!(!operator().is_empty());
    }
}
