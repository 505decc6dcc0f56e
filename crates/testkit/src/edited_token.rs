//! Signed tokens that were changed on the way.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Returns a token whose header (part 0) or claims (part 1) are others, with the same signature.
pub fn edited_token(token: &str, part: usize, edit: impl FnOnce(&mut Value)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let bytes = URL_SAFE_NO_PAD.decode(&parts[part]).expect("a part in base64url");
    let mut value = serde_json::from_slice(&bytes).expect("a part in JSON");
    edit(&mut value);
    parts[part] = URL_SAFE_NO_PAD.encode(value.to_string());
    parts.join(".")
}
