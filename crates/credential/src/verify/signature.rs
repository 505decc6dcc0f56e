//! Steps 3 to 5: the hash of the canonical form, and the path from it to the Merkle root.

use super::report::{Check, CheckName};
use crate::credential::SignedCredential;
use crate::merkle::{self, Step};
use crate::proof::Decoded;

/// The decoded proof, whose anchors may still be wrong, and the check that passed.
pub(super) fn check(credential: &SignedCredential) -> Result<(Decoded, Check), Check> {
    let mut check = Check::new(CheckName::Signature);
    let leaf = credential.document.leaf();
    check.show("document hash", leaf);
    let decoded = match Decoded::read(&credential.proof.proof_value) {
        Ok(decoded) => decoded,
        Err(error) => return Err(check.failed(error.to_string())),
    };
    check.show("target hash", decoded.target_hash);
    check.show("Merkle root", decoded.merkle_root);
    check.show("path", format!("{} steps", decoded.path.len()));
    if decoded.target_hash != leaf {
        return Err(check
            .failed("the document is not the one that was signed: its hash is not the proof's target hash"));
    }
    if merkle::fold(leaf, &decoded.path) != decoded.merkle_root {
        return Err(check.failed("the path does not lead from the document's hash to the Merkle root"));
    }
    // The double leaf: a redacted document shown as a full one, or the reverse, has the other beginning.
    let (right_beginning, words) = if credential.document.is_redacted() {
        (
            matches!(decoded.path.as_slice(), [Step::Left(_), ..]),
            "a redacted document's path starts with a left step",
        )
    } else {
        (
            matches!(decoded.path.as_slice(), [Step::Right(_), Step::Right(_), ..]),
            "a full document's path starts with two right steps",
        )
    };
    if !right_beginning {
        return Err(check.failed(words));
    }
    Ok((decoded, check))
}
