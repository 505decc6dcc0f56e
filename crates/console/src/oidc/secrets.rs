//! The secrets of one sign-in.

use learncoin_store::members::Token;

/// The secrets of one sign-in. `nonce` and `verifier` follow from the browser's secret, which no URL contains, and from `state`: so
/// nothing but hashes is stored, and only the browser that began the sign-in can finish it.
pub(crate) struct FlowSecrets {
    /// The secret with which the provider sends the browser back.
    pub(super) state: String,
    /// The value that the token must repeat.
    pub(super) nonce: String,
    /// The secret that redeems the code ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)): 64 characters.
    pub(super) verifier: String,
}

impl FlowSecrets {
    /// Returns those of the sign-in that a browser began with this `state`.
    pub(crate) fn of(state: &Token, browser: &Token) -> Self {
        let derived = |purpose: &str| browser.derive(&format!("learncoin oidc {purpose} {}", state.expose()));
        Self { state: state.expose().to_owned(), nonce: derived("nonce"), verifier: derived("verifier") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_by_browser_by_attempt_and_from_each_other() {
        let token = |digits: &str| Token::parse(&digits.repeat(32)).unwrap();
        let one = FlowSecrets::of(&token("aa"), &token("bb"));
        assert_eq!((one.verifier.len(), one.nonce.len()), (64, 64));
        assert!(one.verifier != one.nonce && one.state == "aa".repeat(32));
        for other in
            [FlowSecrets::of(&token("aa"), &token("cc")), FlowSecrets::of(&token("cc"), &token("bb"))]
        {
            assert!(other.verifier != one.verifier && other.nonce != one.nonce);
        }
    }
}
