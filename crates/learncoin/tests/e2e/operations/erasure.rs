//! The traces that an erasure leaves on the disk of a running server: none in the files, a line in the journal.

use serde_json::json;

use crate::support::deployment::Deployment;
use crate::support::http::poll;
use crate::support::process::Running;
use crate::support::programs::python_lines;
use crate::support::school::{School, credential_ids, one};

const REASON: &str = "Ada Lovelace asked for another name on it";
/// An operator's backup, which takes its time.
const LONG_READER: &str = "
import signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute('BEGIN')
database.execute('SELECT COUNT(*) FROM credentials').fetchone()
print('reading', flush=True)
signal.pause()
";

fn files_with(deployment: &Deployment, needle: &str) -> Vec<String> {
    let files = std::fs::read_dir(deployment.data_dir()).unwrap().map(Result::unwrap);
    let holds = |bytes: Vec<u8>| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    files
        .filter(|file| holds(std::fs::read(file.path()).unwrap()))
        .map(|file| file.file_name().into_string().unwrap())
        .collect()
}

#[test]
fn an_erasure_beside_a_long_reader_is_finished_when_the_reader_ends() {
    let server = Deployment::new().serve();
    let deployment = &server.deployment;
    let school = School::join(&server, "starter");
    let id = credential_ids(&school.issue(&one())).remove(0);
    school.change(&id, "revoke", &json!({ "reason": REASON, "reason_code": "reissued" }));
    let database = deployment.data_dir().join("learncoin.db");
    let mut reader = Running::reading_stdout(&mut python_lines(LONG_READER, &[database.to_str().unwrap()]));
    reader.wait_for("line `reading`", |line| (line == "reading").then_some(()));

    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    assert_eq!(school.change(&id, "erase", &body)["erased"], true);
    assert!(!files_with(deployment, REASON).is_empty(), "the reader still sees it, so it is still there");
    drop(reader);
    poll("free of what was erased", || match files_with(deployment, REASON) {
        files if files.is_empty() => Ok(()),
        files => Err(files.join(", ")),
    });
}

#[test]
fn an_erasure_that_cannot_be_journaled_raises_its_alarm_and_is_confirmed_once_it_can() {
    let server = Deployment::new().with_metrics().serve();
    let school = School::join(&server, "starter");
    let id = credential_ids(&school.issue(&one())).remove(0);
    let journal = server.deployment.data_dir().join("erasures.log");
    std::fs::create_dir(&journal).unwrap();

    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    let refused = school.try_change(&id, "erase", &body);
    assert_eq!(refused.status, 500, "{}", refused.text());
    let alarms = server.metrics().moved("learncoin_alarms_total");
    assert_eq!(alarms, ["alarm=erasures_not_journaled 1".to_owned()].into());

    std::fs::remove_dir(&journal).unwrap();
    let repeated = school.try_change(&id, "erase", &body);
    assert_eq!(repeated.status, 409, "{}", repeated.text());
    assert!(std::fs::read_to_string(&journal).unwrap().contains(&id));
}
