//! The canonical forms of what surrounds a wallet form: the options of a proof by a key, and status lists.

use super::emit::{Term, vocabulary as v, write_iri, write_literal};
use crate::wallet::{CRYPTOSUITE, ProofOptions, StatusList};

/// Returns the canonical form of a proof's options ([Data Integrity EdDSA](https://www.w3.org/TR/vc-di-eddsa/) section 3.2.5). Its
/// only node is a blank one.
pub(crate) fn proof_options(options: &ProofOptions) -> String {
    let mut out = String::with_capacity(512);
    let node = Term::Blank("c14n0");
    write_literal(&mut out, node, v::CREATED, &options.created, v::DATE_TIME);
    write_iri(&mut out, node, v::TYPE, v::TYPE_PROOF);
    write_literal(&mut out, node, v::CRYPTOSUITE, CRYPTOSUITE, v::CRYPTOSUITE_STRING);
    write_iri(&mut out, node, v::PROOF_PURPOSE, v::ASSERTION_METHOD);
    write_iri(&mut out, node, v::VERIFICATION_METHOD, &options.verification_method);
    out
}

/// Returns the canonical form of a status list credential without its proof. The list's id is that of the credential with a fragment,
/// so its block comes first: `#` sorts before `>`.
pub(crate) fn status_list(list: &StatusList) -> String {
    let encoded = list.encoded();
    let mut out = String::with_capacity(encoded.len().saturating_add(1_024));
    let subject = list.subject_id();
    let node = Term::Iri(&subject);
    write_iri(&mut out, node, v::TYPE, v::TYPE_STATUS_LIST);
    write_literal(&mut out, node, v::STATUS_ENCODED_LIST, encoded, v::MULTIBASE);
    write_literal(&mut out, node, v::STATUS_PURPOSE, "revocation", "");
    write_literal(&mut out, node, v::STATUS_TTL, &list.ttl_ms.to_string(), v::INTEGER);
    let node = Term::Iri(&list.id);
    write_iri(&mut out, node, v::TYPE, v::TYPE_CREDENTIAL);
    write_iri(&mut out, node, v::TYPE, v::TYPE_STATUS_LIST_CREDENTIAL);
    write_iri(&mut out, node, v::CREDENTIAL_SUBJECT, &subject);
    write_iri(&mut out, node, v::ISSUER, &list.issuer);
    write_literal(&mut out, node, v::VALID_FROM, &list.valid_from, v::DATE_TIME);
    write_literal(&mut out, node, v::VALID_UNTIL, &list.valid_until, v::DATE_TIME);
    out
}
