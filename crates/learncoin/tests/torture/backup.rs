//! Backups and restores are killed at each of their points and run again: what is in its place is whole.

use learncoin_store::kill;
use serde_json::json;

use crate::keys::Operator;

#[test]
fn a_backup_that_is_killed_anywhere_is_whole_or_not_there_and_can_be_made_again() {
    let operator = Operator::with(Vec::new());
    operator.tenant();
    for point in kill::BACKUP {
        let (to, restored) = (format!("to-{point}"), format!("restored-{point}"));
        operator.killed(&["backup", "--to", &to], point);
        let place = operator.path(&to);
        assert_eq!(place.exists(), *point == "backup.renamed", "{point}");
        assert_eq!(operator.path(&format!("{to}.partial")).exists(), *point != "backup.renamed", "{point}");
        if !place.exists() {
            operator.result(&["backup", "--to", &to]);
        }
        std::fs::create_dir(operator.path(&restored)).expect("a directory");
        std::fs::copy(operator.path("data/master.key"), operator.path(&restored).join("master.key"))
            .expect("the key is copied");
        let there = operator.in_directory(&restored);
        there.result(&["restore", "--from", &to]);
        assert_eq!(there.result(&["doctor"])["broken"], json!([]), "{point}");
        assert_eq!(there.result(&["tenant", "list"]), operator.result(&["tenant", "list"]), "{point}");
    }
}

#[test]
fn a_restore_that_is_killed_anywhere_leaves_no_database_or_all_of_it_and_can_be_run_again() {
    let operator = Operator::with(Vec::new());
    operator.tenant();
    operator.result(&["backup", "--to", "backup"]);
    for point in kill::RESTORE {
        let name = format!("restored-{point}");
        std::fs::create_dir(operator.path(&name)).expect("a directory");
        std::fs::copy(operator.path("data/master.key"), operator.path(&name).join("master.key"))
            .expect("the key is copied");
        let there = operator.in_directory(&name);
        let restore = ["restore", "--from", "backup"];
        there.killed(&restore, point);
        let is_there = operator.path(&name).join("learncoin.db").exists();
        assert_eq!(is_there, *point == "restore.database", "{point}");
        if !is_there {
            there.result(&restore);
            assert!(!operator.path(&name).join("restoring").exists(), "{point}");
        }
        assert_eq!(there.result(&["doctor"])["broken"], json!([]), "{point}");
        assert_eq!(there.result(&["tenant", "list"]), operator.result(&["tenant", "list"]), "{point}");
    }
}
