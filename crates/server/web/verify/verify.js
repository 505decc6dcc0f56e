// Verification: section 11 of the credential format, without looking anything up itself, rule by rule as the server's own
// (`crates/credential/src/verify`). The tests hold both to the same report.
//
// `readParsed` does what the document alone allows. The caller then looks up what the result names, and `judge` judges
// the answers. A lookup is `{found}`, `{absent: true}` or `{unreachable: 'why'}`.
import { checkAnchor } from './anchor.js';
import { fromUtf8 } from './bytes.js';
import { leafOf } from './canonical.js';
import { objects } from './did.js';
import { DocumentError, readCredential } from './document.js';
import { checkIssuer, identify } from './issuer.js';
import { JsonError, parse } from './json.js';
import { fold } from './merkle.js';
import { AnchorError, ProofError, decodeProof } from './proof.js';
import { Check, ending, report } from './report.js';
import { checkDocument, checkProof } from './rules.js';
import { checkStatus } from './status.js';
import { tokenText } from './token.js';

/** A document longer than this is not read. */
export const MAX_DOCUMENT_BYTES = 1_048_576;

/**
 * Steps 1 to 5, and the form of the identifiers of step 6.
 * @param {Uint8Array} bytes
 * @returns {{parsed?: object, ended?: object, document: object | null}} `ended` is the report that ends the verification;
 *   `document` is what it says, `null` if it does not have the form of one
 */
export function readParsed(bytes) {
  const begun = begin(bytes);
  return begun.check.outcome === 'failed' ? { ended: ending(begun.check), document: null } : readParsedValue(begun);
}

/**
 * The JSON of a document, or the text of a signed token, and the first check as far as it was made.
 * @returns {{check: Check, value?: any, token?: string}}
 */
export function begin(bytes) {
  const check = new Check('schema');
  check.show('size', `${bytes.length} bytes`);
  if (bytes.length > MAX_DOCUMENT_BYTES) return { check: check.failed(`the document is longer than ${MAX_DOCUMENT_BYTES} bytes`) };
  const token = tokenText(fromUtf8(bytes) ?? '');
  if (token !== null) return { check, token };
  try {
    return { check, value: parse(bytes) };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { check: check.failed(error.message) };
  }
}

/** Whether a document is a wallet form, or meant to be one: its proof is of that form's cryptosuite, or it is a signed token. */
export function isWalletForm({ value, token }) {
  return token !== undefined || (value instanceof Map && objects(value.get('proof')).some((proof) => proof.get('cryptosuite') === 'eddsa-rdfc-2022'));
}

/** The same as `readParsed` of a document whose JSON was read. */
export function readParsedValue(begun) {
  const schema = checkSchema(begun);
  if (schema.check.outcome === 'failed') return { ended: ending(schema.check), document: null };
  const { document } = schema.credential;
  return { ...readFurther(schema), document };
}

/** Steps 3 to 5, and the form of the identifiers of step 6. */
function readFurther(schema) {
  const { credential, host } = schema;
  const signature = checkSignature(credential);
  if (signature.check.outcome === 'failed') return { ended: ending(schema.check, signature.check) };
  const { anchor, merkleRoot } = signature.proof;
  let issuer;
  let issuerCheck = new Check('issuer').notReached();
  try {
    issuer = identify(credential, host);
  } catch (failed) {
    if (!(failed instanceof Check)) throw failed;
    issuerCheck = failed;
  }
  if (anchor instanceof AnchorError) {
    return { ended: ending(schema.check, signature.check, issuerCheck, new Check('anchor').failed(anchor.message)) };
  }
  if (!issuer) return { ended: ending(schema.check, signature.check, issuerCheck) };
  return { parsed: { credential, host, issuer, ...anchor, merkleRoot, checks: [schema.check, signature.check] } };
}

/**
 * Steps 6 to 8.
 * @param {{didDocument: object, issuerProfile: object, transaction: object, revocation: object}} evidence lookups
 * @param {{now: bigint, allowDevelopment: boolean, minConfirmations: bigint}} policy
 */
export function judge(parsed, evidence, policy) {
  const issuer = checkIssuer(parsed, evidence);
  const anchor = checkAnchor(parsed, issuer, evidence, policy);
  const status = checkStatus(parsed.credential.document, evidence.revocation, policy.now);
  return report([...parsed.checks, issuer.check, anchor, status], parsed.chain);
}

/** Steps 1 and 2: size, JSON, the closed member list, the rules of sections 2 and 3, contexts and layout. */
function checkSchema({ check, value }) {
  try {
    const credential = readCredential(value);
    const { document, layout } = credential;
    const host = checkDocument(document);
    checkProof(credential.proof);
    check.show('id', document.id);
    check.show('document', document.subject.name === null ? 'redacted' : 'full');
    check.show('contexts', document.contexts.join(' '));
    check.show('proof', layout);
    return { check, credential, host };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return { check: check.failed(error.message) };
  }
}

/** Steps 3 to 5: the hash of the canonical form, and the path from it to the Merkle root. */
function checkSignature({ document, proof: { proofValue } }) {
  const check = new Check('signature');
  const leaf = leafOf(document);
  check.show('document hash', leaf);
  let proof;
  try {
    proof = decodeProof(proofValue);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return { check: check.failed(error.message) };
  }
  check.show('target hash', proof.targetHash);
  check.show('Merkle root', proof.merkleRoot);
  check.show('path', `${proof.path.length} steps`);
  const sides = proof.path.map(({ side }) => side);
  const isRedacted = document.subject.name === null;
  if (proof.targetHash !== leaf) {
    check.failed("the document is not the one that was signed: its hash is not the proof's target hash");
  } else if (fold(leaf, proof.path) !== proof.merkleRoot) {
    check.failed("the path does not lead from the document's hash to the Merkle root");
  } else if (isRedacted && sides[0] !== 'left') {
    // The double leaf: a redacted document shown as a full one, or the reverse, has the other beginning.
    check.failed("a redacted document's path starts with a left step");
  } else if (!isRedacted && !(sides[0] === 'right' && sides[1] === 'right')) {
    check.failed("a full document's path starts with two right steps");
  }
  return { check, proof };
}
