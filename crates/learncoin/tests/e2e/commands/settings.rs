//! Settings as an operator meets them: what is remembered, what is refused, and how a mistake is named.

use learncoin_testkit::ReservedPort;

use crate::support::deployment::{Deployment, refusal};
use crate::support::school::text;

#[test]
fn the_public_url_is_remembered_at_the_first_start() {
    let deployment = Deployment::new();
    let first = deployment.serve();
    let origin = first.origin();
    let did = did_of(&first);
    assert_eq!(did, format!("did:web:localhost%3A{}", first.port()));
    assert!(first.stop().success());

    let on_another_port = deployment.serve();
    assert_ne!(on_another_port.origin(), origin);
    assert_eq!(did_of(&on_another_port), did, "the port is no part of the identity");
    assert!(on_another_port.stop().success());

    let message = deployment.serve_refused(&["--public-url", "https://learncoin.example"]);
    assert!(message.contains(&origin) && message.contains("--force-public-url"), "{message}");
    let by_variable = deployment.with("LEARNCOIN_PUBLIC_URL", "https://learncoin.example");
    by_variable.serve_refused(&[]);

    let deployment = deployment.with("LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN", "true");
    let forced = deployment.serve_with(&["--public-url", "https://learncoin.example", "--force-public-url"]);
    assert_eq!(did_of(&forced), "did:web:learncoin.example");
    assert!(forced.stop().success());
    assert_eq!(did_of(&deployment.serve()), "did:web:learncoin.example", "and is remembered in turn");
}

#[test]
fn by_default_a_server_listens_where_its_links_point_to() {
    let deployment = Deployment::new();
    let first = deployment.serve();
    let (port, did) = (first.port(), did_of(&first));
    assert!(first.stop().success());
    let again = deployment.serve_plainly(&[]);
    assert_eq!((again.port(), did_of(&again)), (port, did));
    assert!(again.stop().success());
    // A URL that is named counts before the one that is remembered.
    let reserved = ReservedPort::new();
    let free = reserved.number();
    let url = format!("http://localhost:{free}");
    let moved = deployment.serve_plainly(&["--public-url", &url, "--force-public-url"]);
    assert_eq!((moved.port(), did_of(&moved)), (free, format!("did:web:localhost%3A{free}")));
}

#[test]
fn a_public_url_that_no_did_can_have_is_refused() {
    for url in [
        "http://learncoin.example",
        "https://192.0.2.1",
        "https://learncoin.example/path",
        "learncoin.example",
    ] {
        let message = Deployment::new().serve_refused(&["--public-url", url]);
        assert!(message.contains(url), "{message}");
    }
}

#[test]
fn a_data_directory_belongs_to_one_kind_of_chain_for_good() {
    let deployment = Deployment::new();
    assert!(deployment.serve().stop().success());
    // No node listens there, and none is asked: the kind of the directory is reason enough.
    let message = deployment.with("LEARNCOIN_CHAIN_TEST_RPC_URL", "http://127.0.0.1:1").serve_refused(&[]);
    assert!(message.contains("embedded"), "{message}");
}

#[test]
fn the_embedded_chain_is_for_its_own_machine_unless_a_setting_says_otherwise() {
    let deployment = Deployment::new();
    let public = ["--public-url", "https://learncoin.example"];
    let message = deployment.serve_refused(&public);
    for named in ["https://learncoin.example", "chain.test_rpc_url", "chain.allow_public_development_chain"] {
        assert!(message.contains(named), "{message}");
    }
    // Nothing was remembered.
    assert!(deployment.serve().stop().success());
    let message = deployment.serve_refused(&[public.as_slice(), &["--force-public-url"]].concat());
    assert!(message.contains("chain.allow_public_development_chain"), "{message}");
    let again = deployment.serve();
    assert!(did_of(&again).starts_with("did:web:localhost"), "the refusal changed nothing");
    assert!(again.stop().success());

    let allowed = Deployment::new().with("LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN", "true");
    assert_eq!(did_of(&allowed.serve_with(&public)), "did:web:learncoin.example");
    // Without the setting it doesn't start again either.
    let message = allowed.with("LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN", "false").serve_refused(&[]);
    assert!(message.contains("https://learncoin.example"), "{message}");
    let local = Deployment::new().serve_with(&["--public-url", "https://uni.localhost:8443"]);
    assert_eq!(did_of(&local), "did:web:uni.localhost%3A8443");
}

#[test]
fn a_setting_that_is_wrong_is_named() {
    let soon = Deployment::new().with("LEARNCOIN_CHAIN_POLL_MS", "soon").serve_refused(&[]);
    assert!(soon.contains("LEARNCOIN_CHAIN_POLL_MS must be a whole number"), "{soon}");

    let deployment = Deployment::new();
    deployment.write("learncoin.toml", "[chain]\npol_ms = 5\n");
    let unknown = deployment.serve_refused(&[]);
    assert!(unknown.contains("pol_ms"), "{unknown}");

    let missing = refusal(deployment.command(&["tenant", "list"]).args(["--config", "other.toml"]));
    assert!(missing.contains("other.toml"), "{missing}");
    deployment.write("other.toml", "not TOML at all");
    let unreadable = refusal(deployment.command(&["tenant", "list"]).args(["--config", "other.toml"]));
    assert!(unreadable.contains("other.toml is not TOML"), "{unreadable}");
}

#[test]
fn a_flag_beats_a_variable_beats_the_file() {
    let deployment = on_public_hosts();
    deployment.write("learncoin.toml", "public_url = 'https://file.example'\nlisten = '192.0.2.1:1'\n");
    assert_eq!(did_of(&deployment.serve()), "did:web:file.example");

    let deployment = on_public_hosts().with("LEARNCOIN_PUBLIC_URL", "https://variable.example");
    deployment.write("learncoin.toml", "public_url = 'https://file.example'\n");
    assert_eq!(did_of(&deployment.serve()), "did:web:variable.example");

    let deployment = on_public_hosts().with("LEARNCOIN_PUBLIC_URL", "https://variable.example");
    assert_eq!(
        did_of(&deployment.serve_with(&["--public-url", "https://flag.example"])),
        "did:web:flag.example"
    );
}

#[test]
fn what_is_mistyped_is_named_before_anything_starts() {
    let deployment = Deployment::new().with("LEARNCOIN_DATABSE_URL", "postgres://db.example/learncoin");
    let deployment = deployment.with("LEARNCOIN_LOG", "inof").with("LEARNCOIN_CHAIN_CONFIRMATIONS", 0);
    deployment.write("learncoin.toml", "lisen = '127.0.0.1:1'\n");
    for message in [deployment.serve_refused(&[]), deployment.refusal(&["tenant", "list"])] {
        let lines: Vec<&str> = message.lines().map(str::trim).collect();
        assert_eq!(lines.len(), 5, "{message}");
        for line in [
            "learncoin: 4 settings are wrong:",
            "lisen is not a setting: did you mean listen?",
            "LEARNCOIN_DATABSE_URL is not a variable of LearnCoin: did you mean LEARNCOIN_DATABASE_URL?",
            "log: expected error, warn, info, debug or trace, or `target=level` pairs with commas between them, not \"inof\"",
            "chain.confirmations: expected 1 or more, not 0",
        ] {
            assert!(lines.contains(&line), "{line}: {message}");
        }
    }
    assert!(!deployment.data_dir().exists(), "nothing was made");
    // The variables of callers of the API may be set in the same shell.
    let callers = Deployment::new().with("LEARNCOIN_API_KEY", "lrn_test_x").with("LEARNCOIN_BASE_URL", "x");
    assert!(callers.serve().stop().success());
}

#[test]
fn mail_settings_are_checked_before_anything_starts() {
    let deployment = Deployment::new().with("LEARNCOIN_MAIL_TRANSPORT", "smtp");
    let deployment =
        deployment.with("LEARNCOIN_MAIL_SMTP_HOST", "smtp.example").with("LEARNCOIN_MAIL_SMTP_USERNAME", "u");
    let message = deployment.serve_refused(&[]);
    assert!(message.contains("mail.smtp_username needs a password"), "{message}");
    assert!(!deployment.data_dir().exists(), "nothing was made");
    // Commands send no mail, so they need no password.
    deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
}

#[test]
fn a_server_that_starts_tells_where_everything_is_in_one_line() {
    let server = Deployment::new().with("LEARNCOIN_MAIL_TRANSPORT", "off").serve();
    let (origin, deployment) = (server.origin(), server.deployment.clone());
    let data_dir = deployment.data_dir();
    server.ask_to_end();
    let (_, printed) = server.until_ended();
    let lines: Vec<&str> = printed.lines().filter(|line| line.starts_with("LearnCoin ")).collect();
    let expected = format!(
        "LearnCoin {}: {origin}, database sqlite:{}, the embedded development chain, no mails",
        env!("CARGO_PKG_VERSION"),
        data_dir.canonicalize().unwrap().join("learncoin.db").display()
    );
    assert_eq!(lines, [expected], "{printed}");
}

#[test]
fn a_database_that_is_away_is_reported_at_once_and_once() {
    let away = "postgres://learncoin:hunter2@127.0.0.1:1/learncoin";
    let deployment =
        Deployment::new().with("LEARNCOIN_DATABASE_URL", away).with("LEARNCOIN_MASTER_KEY", "ab".repeat(32));
    for message in [deployment.serve_refused(&[]), deployment.refusal(&["tenant", "list"])] {
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(
            message.starts_with("learncoin: can't open the database postgres://127.0.0.1:1/learncoin: "),
            "{message}"
        );
        assert_eq!(message.matches("refused").count(), 1, "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn a_file_that_a_server_has_used_and_that_is_gone_is_not_made_anew() {
    let deployment = Deployment::new();
    assert!(deployment.serve().stop().success());
    std::fs::remove_file(deployment.data_dir().join("learncoin.db")).unwrap();
    for message in [deployment.serve_refused(&[]), deployment.refusal(&["tenant", "list"])] {
        assert!(message.contains("learncoin.db is missing") && message.contains("server.json"), "{message}");
    }
    std::fs::remove_file(deployment.data_dir().join("server.json")).unwrap();
    std::fs::remove_file(deployment.data_dir().join("chain.jsonl")).unwrap();
    assert!(deployment.serve().stop().success());
}

fn on_public_hosts() -> Deployment {
    Deployment::new().with("LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN", "true")
}

fn did_of(server: &crate::support::deployment::Server) -> String {
    text(&server.get("/.well-known/did.json").json(), "/id")
}
