//! The rules of `learncoin doctor`, after a story.

use std::thread;
use std::time::Duration;

use learncoin_issuance::credential::examine;
use learncoin_store::seal::MasterKey;
use learncoin_store::{Location, Store};
use tokio::time::timeout;

/// The longest time that an examination takes: it waits for nothing that the story holds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Checks that the database breaks none of the rules of `learncoin doctor`.
///
/// # Panics
/// If it breaks one.
pub async fn assert_doctor_is_content(store: &Store) {
    let mut findings = store.examine().await.expect("the rules are examined");
    findings.push(examine::trees(store, |_| {}).await.expect("the trees are examined"));
    for finding in findings {
        assert_eq!(finding.broken_by, [""; 0], "{}", finding.rule);
    }
}

/// Checks the same of the database in this file, in a thread of its own: the caller may be in a runtime that ends. `open` is the
/// deployment's store: what it has begun to write may hold up others. A database of PostgreSQL is left out: to open it, one waits for
/// what others of the same runtime hold.
///
/// # Panics
/// If it breaks one.
pub(crate) fn assert_content_at(location: &Location, master: &MasterKey, open: Option<Store>) {
    if let Location::Postgres(_) = location {
        return;
    }
    let examined = thread::scope(|threads| {
        let examining = threads.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let examining = async {
                    let store = match open {
                        Some(store) if store.ping().await.is_ok() => store,
                        _ => Store::open(location, master).await.expect("the store opens"),
                    };
                    assert_doctor_is_content(&store).await;
                };
                timeout(PATIENCE, examining).await
            })
        });
        examining.join()
    });
    assert!(
        matches!(examined, Ok(Ok(()))),
        "learncoin doctor finds fault with what the story left, or can't read it"
    );
}
