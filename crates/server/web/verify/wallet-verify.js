// The verification of a wallet form, without looking anything up itself, rule by rule as the server's own
// (`crates/credential/src/verify/wallet.rs`).
import { concat, hex, utf8 } from './bytes.js';
import { canonical, canonicalProofOptions } from './canonical.js';
import { written } from './dates.js';
import { DocumentError, OPEN_BADGES_3, VC_2 } from './document.js';
import { isSignedBy, keyOfJwk, keyOfMultikey } from './ed25519.js';
import { Check, KEY_WITHDRAWN, ending, report } from './report.js';
import { StatusListError } from './status-list.js';
import { faultOfDates } from './status.js';
import { readWalletForm } from './wallet-document.js';
import { readToken } from './wallet-token.js';
import { sha256 } from '../vendor/noble.js';

const NO_ANCHOR = "a wallet form is signed with a key and not anchored; the credential's page shows the anchor";

/** The forms in which a DID document gives a key: the key of a method, and why there is none. */
const MULTIKEY = { keyOf: ({ multikey }) => keyOfMultikey(multikey), missing: 'the DID document gives no Ed25519 Multikey for the verification method' };
const JWK = { keyOf: ({ documentJwk }) => keyOfJwk(documentJwk), missing: 'the DID document gives no Ed25519 JsonWebKey for the verification method' };

/** A document that can't be relied on, in words. */
class Refusal extends Error {}

/**
 * What the document alone allows. The signature of a token is checked by the key in the DID document, all else at once.
 * @param {{value?: any, token?: string, check: Check}} begun the JSON or the token, and the first check as far as it was made
 * @returns {{parsed?: object, ended?: object, document: object | null}} as `readParsed` of `verify.js`
 */
export function readParsedWalletForm({ value, token, check: schema }) {
  const isToken = token !== undefined;
  let form;
  try {
    form = isToken ? readToken(token) : readWalletForm(value);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return { ended: ending(schema.failed(error.message)), document: null };
  }
  const { document, host, ulid, chain } = form;
  schema.show('id', document.id);
  schema.show('document', document.subject.name === null ? 'redacted' : 'full');
  schema.show('contexts', `${VC_2} ${OPEN_BADGES_3}`);
  schema.show('proof', isToken ? 'JWT EdDSA, wallet form' : 'DataIntegrityProof eddsa-rdfc-2022, wallet form');
  const parsed = { document, host, chain, didUrl: host.tenantWalletDidDocumentUrl(ulid), statusListUrl: document.wallet.status.list };
  if (isToken) {
    const { keyId, input, signature } = form;
    return { parsed: { ...parsed, keyId, keyForm: JWK, token: { input, signature }, checks: [schema] }, document };
  }
  const { check, key } = checkProof(form);
  if (check.outcome === 'failed') return { ended: ending(schema, check), document };
  return { parsed: { ...parsed, keyId: form.options.verificationMethod, keyForm: MULTIKEY, key, checks: [schema, check] }, document };
}

/** The signature of a proof is that of the key that the proof names. */
function checkProof({ document, options, signature }) {
  const check = new Check('signature');
  const input = inputOf(canonical(document), options);
  check.show('document hash', hex(input.subarray(32)));
  check.show('proof options hash', hex(input.subarray(0, 32)));
  check.show('signed at, as it says', options.created);
  const multikey = options.verificationMethod.slice(document.issuer.id.length + 1);
  const key = keyOfMultikey(multikey);
  check.show('key', multikey);
  if (!isSignedBy(key, input, signature)) {
    check.failed('the document is not the one that was signed: the signature is not that of the key that the proof names');
  }
  return { check, key };
}

/** The bytes that a key signs: SHA-256 of the options, then of the document. */
const inputOf = (text, options) => concat(sha256(utf8(canonicalProofOptions(options))), sha256(utf8(text)));

/**
 * @param {{didDocument: object, statusList: object}} evidence lookups
 * @param {{now: bigint, allowDevelopment: boolean}} policy
 */
export function judgeWalletForm(parsed, evidence, policy) {
  const checks = [
    ...checkToken(parsed, evidence), checkWalletIssuer(parsed, evidence, policy.now), checkNoAnchor(parsed, policy), checkWalletStatus(parsed, evidence, policy.now),
  ];
  return report([...parsed.checks, ...checks], parsed.chain);
}

/** The signature of a token is that of the key which the DID document has under the name in its header. @returns {Check[]} none of a proof */
export function checkToken({ document, keyId, token }, { didDocument }) {
  if (token === undefined) return [];
  const check = new Check('signature');
  check.show('token hash', hex(sha256(token.input)));
  if (!didDocument.found) return [check.couldNotCheck('the DID document, which has the key, could not be read')];
  const method = didDocument.found.id === document.issuer.id ? didDocument.found.method(keyId) : null;
  const key = method === null ? null : JWK.keyOf(method);
  if (key === null) return [check.couldNotCheck('the DID document does not have the key that the token names')];
  check.show('Ed25519 key', hex(key));
  if (isSignedBy(key, token.input, token.signature)) return [check];
  return [check.failed('the token is not the one that was signed: the signature is not that of the key that its header names')];
}

/** The issuer: the tenant's DID document lists the key that signed. */
export function checkWalletIssuer({ document, keyId, keyForm, key, didUrl }, { didDocument }, now) {
  const check = new Check('issuer');
  check.show('issuer', document.issuer.name);
  check.show('DID', document.issuer.id);
  check.show('verification method', keyId);
  check.show('DID document', didUrl);
  if (didDocument.absent) return check.failed("the issuer's host answers that it has no DID document");
  if (!didDocument.found) return check.couldNotCheck(`the issuer's DID document could not be read: ${didDocument.unreachable}`);
  try {
    const listed = authorizedKey(didDocument.found, document.issuer.id, keyId, keyForm, now);
    return key === undefined || hex(listed) === hex(key) ? check : check.failed('the DID document gives another key than the one that signed');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return check.failed(error.message);
  }
}

/** The key with this id, if the DID document lets it make assertions at this time. @throws {Refusal} */
function authorizedKey(document, did, id, { keyOf, missing }, now) {
  const refuse = (reason) => { throw new Refusal(reason); };
  if (document.id !== did) refuse('the DID document is that of another DID');
  const listed = document.method(id) ?? refuse('the DID document does not list the key under verificationMethod exactly once');
  const key = keyOf(listed) ?? refuse(missing);
  if (listed.controller !== did) refuse('the DID document gives the key to another controller');
  if (listed.ended !== null && listed.ended <= now) refuse(KEY_WITHDRAWN);
  if (!document.mayAssert(id)) refuse('the DID document does not list the key under assertionMethod');
  return key;
}

export function checkNoAnchor({ chain }, { allowDevelopment }) {
  const check = new Check('anchor');
  check.show('chain', `${chain.name} (${chain.chainId})`);
  if (chain.name === 'development' && !allowDevelopment) {
    return check.failed('the anchor is on a development chain, which proves nothing to others');
  }
  return check.notApplicable(NO_ANCHOR);
}

/** The status: the entry in the list is not set, and today is between the dates. */
export function checkWalletStatus(parsed, evidence, now) {
  const { document } = parsed;
  const check = new Check('revocation');
  check.show('checked at', written(now));
  check.show('valid from', document.issuanceDate);
  if (document.expirationDate !== null) check.show('valid until', document.expirationDate);
  check.show('status list', document.wallet.status.list);
  check.show('index', document.wallet.status.index);
  const { isRevoked, reason } = lookedUp(parsed, evidence, now);
  if (isRevoked !== undefined) check.show('status', isRevoked ? 'revoked' : 'not revoked');
  if (isRevoked) return check.failed('revoked');
  const fault = faultOfDates(document, now);
  if (fault !== null) return check.failed(fault);
  return reason === undefined ? check : check.couldNotCheck(reason);
}

/** Whether the list says that the credential is revoked, or why it says nothing. */
function lookedUp(parsed, { statusList, didDocument }, now) {
  if (statusList.absent) return { reason: "the issuer's host has no such status list" };
  if (!statusList.found) return { reason: `the status list could not be read: ${statusList.unreachable}` };
  if (!didDocument.found) return { reason: "the status list's signature could not be checked without the issuer's DID document" };
  try {
    return { isRevoked: isSet(parsed, statusList.found, didDocument.found, now) };
  } catch (error) {
    if (!(error instanceof StatusListError)) throw error;
    return { reason: `the status list says nothing: ${error.message}` };
  }
}

function isSet({ document: { issuer, wallet: { status } } }, list, didDocument, now) {
  if (list.id !== status.list) throw new StatusListError(`it is the list ${list.id}`);
  if (list.issuer !== issuer.id) throw new StatusListError(`its issuer is ${list.issuer}`);
  if (!isListSigned(list, didDocument, issuer.id, now)) throw new StatusListError("its signature is not the issuer's");
  if (!list.isValidAt(now)) throw new StatusListError('it is not valid at this time');
  return list.isSet(status.index);
}

function isListSigned(list, didDocument, did, now) {
  let key;
  try {
    key = authorizedKey(didDocument, did, list.options.verificationMethod, MULTIKEY, now);
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
  return isSignedBy(key, inputOf(list.canonical, list.options), list.signature);
}
