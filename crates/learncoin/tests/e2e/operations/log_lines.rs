//! Log lines as a collector of logs reads them.

use serde_json::Value;

use crate::support::deployment::Deployment;
use crate::support::school::{School, one};

/// Messages to the person who started the program, which are not part of the log.
const MESSAGES: [&str; 2] = ["LearnCoin ", "ready on http://"];

#[test]
fn with_the_setting_each_line_of_the_log_is_one_object() {
    let deployment =
        Deployment::new().with_metrics().with("LEARNCOIN_LOG_FORMAT", "json").with("LEARNCOIN_LOG", "debug");
    let server = deployment.serve();
    let school = School::join(&server, "developer");
    school.issue(&one());
    assert_eq!(school.get("/batches/bat_nobodys").status, 404);
    server.ask_to_end();
    let (status, printed) = server.until_ended();
    assert!(status.success());
    let lines = printed.lines().filter(|line| !MESSAGES.iter().any(|message| line.starts_with(message)));
    let lines: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for line in &lines {
        let is_text = |pointer: &str| line.pointer(pointer).is_some_and(Value::is_string);
        assert!(["/timestamp", "/level", "/target"].into_iter().all(is_text), "{line}");
        assert!(line["fields"].is_object(), "{line}");
    }
    let find = |words: &str| lines.iter().find(|line| line["fields"]["message"] == words);
    for words in ["serving metrics", "batch signed", "batch anchored"] {
        assert!(find(words).is_some(), "{words}: {printed}");
    }
    let signed = find("batch signed").unwrap();
    assert_eq!(
        (&signed["span"]["name"], &signed["span"]["environment"]),
        (&"pipeline step".into(), &"test".into())
    );
}
