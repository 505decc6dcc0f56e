//! A damaged database is examined whole: a row that can't be read is found, and the others are examined beside it.

use serde_json::Value;

use crate::support::deployment::Deployment;
use crate::support::process::run;
use crate::support::programs::python_lines;
use crate::support::school::{School, credential_ids, one, text};

/// Damages the place of one credential in its tree so that it can't be read, and exchanges the full half of another.
const DAMAGE: &str = "
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute(\"UPDATE credentials SET tree_place = x'00' WHERE id = ?\", (sys.argv[2],))
database.execute('UPDATE credentials SET tree_place = ? WHERE id = ?', (bytes.fromhex('ab' * 32), sys.argv[3]))
database.commit()
";

#[test]
fn a_row_that_cannot_be_read_is_found_and_hides_no_other() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let school = School::join(&server, "starter");
    let (unreadable, wrong) = (school.issue(&one()), school.issue(&one()));
    assert!(server.stop().success());
    let database = deployment.data_dir().join("learncoin.db");
    let ids = [credential_ids(&unreadable).remove(0), credential_ids(&wrong).remove(0)];
    let ended = run(&mut python_lines(DAMAGE, &[database.to_str().unwrap(), &ids[0], &ids[1]]));
    assert_eq!(ended.status, Some(0), "{ended:?}");

    let examined = run(&mut deployment.command(&["doctor"]));
    assert_eq!(examined.status, Some(1), "{examined:?}");
    let result = examined.json();
    let broken: Vec<&str> =
        result["broken"][0]["broken_by"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let of_batch = format!("{}: credentials {}: unreadable tree_place", text(&unreadable, "/id"), ids[0]);
    assert_eq!(broken, [of_batch, ids[1].clone()], "{result}");
}
