//! Steps 3 to 5: the hash of the canonical form, and the path from it to the Merkle root.

use super::report::{Check, CheckName};
use crate::credential::SignedCredential;
use crate::merkle::{self, PathStep};
use crate::proof::DecodedProof;

/// Checks hash and path, and returns the decoded proof, whose anchors may be invalid, with the passed check.
pub(super) fn check(credential: &SignedCredential) -> Result<(DecodedProof, Check), Check> {
    let mut check = Check::new(CheckName::Signature);
    let leaf = credential.document.leaf();
    check.add_evidence("document hash", leaf);
    let decoded = match DecodedProof::read(&credential.proof.proof_value) {
        Ok(decoded) => decoded,
        Err(error) => return Err(check.failed(error.to_string())),
    };
    check.add_evidence("target hash", decoded.target_hash);
    check.add_evidence("Merkle root", decoded.merkle_root);
    check.add_evidence("path", format!("{} steps", decoded.path.len()));
    if decoded.target_hash != leaf {
        return Err(check
            .failed("the document is not the one that was signed: its hash is not the proof's target hash"));
    }
    if merkle::fold(leaf, &decoded.path) != decoded.merkle_root {
        return Err(check.failed("the path does not lead from the document's hash to the Merkle root"));
    }
    // The double leaf: the path of a redacted document begins differently from that of a full one.
    let (right_beginning, words) = if credential.document.is_redacted() {
        (
            matches!(decoded.path.as_slice(), [PathStep::Left(_), ..]),
            "a redacted document's path starts with a left step",
        )
    } else {
        (
            matches!(decoded.path.as_slice(), [PathStep::Right(_), PathStep::Right(_), ..]),
            "a full document's path starts with two right steps",
        )
    };
    if !right_beginning {
        return Err(check.failed(words));
    }
    Ok((decoded, check))
}
