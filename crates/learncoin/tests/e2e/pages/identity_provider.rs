//! Signing in to the console at an identity provider, in a browser.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::support::deployment::Deployment;
use crate::support::programs::{node, succeeds};

/// A provider, ended when dropped.
struct Provider(Child);

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_member_signs_in_at_the_identity_provider_in_a_browser_without_scripts() {
    // It learns the deployment's address from the program that visits it.
    let mut command = node("identity-provider.mjs", &["https://learncoin.example/"]);
    let process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut provider = Provider(process);
    let mut lines = BufReader::new(provider.0.stdout.take().unwrap()).lines();
    let issuer = lines.next().unwrap().unwrap();
    // It writes advice, and a pipe that no one reads would end it.
    std::thread::spawn(move || lines.for_each(drop));

    let deployment = Deployment::new()
        .with("LEARNCOIN_OIDC_ISSUER", &issuer)
        .with("LEARNCOIN_OIDC_CLIENT_ID", "learncoin")
        .with("LEARNCOIN_OIDC_CLIENT_SECRET", "a secret of the registration")
        .with("LEARNCOIN_OIDC_NAME", "Example ID");
    let server = deployment.serve();
    deployment.result(&["member", "add", "ada@example.edu", "--operator"]);
    let origin = server.origin();
    let arguments = ["--origin", origin.as_str(), "--issuer", &issuer, "--email", "ada@example.edu"];
    let ended = succeeds(&mut node("browser-oidc.mjs", &arguments));
    println!("{}", ended.stdout);
    assert!(server.stop().success());
}
