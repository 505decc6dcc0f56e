// The JWT twin of a wallet form, in exactly the form that is written: a claim more would be signed, and not shown; one that says
// another thing than the credential would be true for some readers alone. The rules are those of
// `crates/credential/src/wallet/token.rs`.
import { fromBase64Url, utf8 } from './bytes.js';
import { instantOf, toSeconds } from './dates.js';
import { DocumentError, members } from './document.js';
import { Numeral } from './json.js';
import { decoded, partsOf } from './token.js';
import { readUnsignedWalletForm } from './wallet-document.js';

/**
 * Reads a JWT twin, and checks all that needs nothing else.
 * @param {string} token
 * @returns {{document: object, keyId: string, input: Uint8Array, signature: Uint8Array, chain: object, host: object, ulid: string}}
 * @throws {DocumentError}
 */
export function readToken(token) {
  const parts = partsOf(token);
  if (parts === null) throw new DocumentError('token', 'must be a signed JWT in its compact form');
  const header = members(jsonOf(parts[0], 'header'), 'header', ['alg', 'typ', 'kid']);
  header.fixedString('alg', 'EdDSA');
  header.fixedString('typ', 'JWT');
  const keyId = header.string('kid');
  const claims = members(jsonOf(parts[1], 'claims'), 'claims', ['iss', 'sub', 'jti', 'nbf', 'exp', 'vc']);
  const form = inside('vc', claims.required('vc'), readUnsignedWalletForm);
  const { document } = form;
  checkClaims(claims, document);
  const isKey = keyId.startsWith(`${document.issuer.id}#ed-`) && isKeyNumber(keyId.slice(`${document.issuer.id}#ed-`.length));
  if (!isKey) header.fail('kid', 'must be vc.issuer.id, #ed- and a number');
  const signature = fromBase64Url(parts[2]);
  if (signature?.length !== 64) throw new DocumentError('signature', 'must be base64url of 64 bytes');
  return { ...form, keyId, input: utf8(`${parts[0]}.${parts[1]}`), signature };
}

function jsonOf(part, place) {
  const value = decoded(part);
  if (value === undefined) throw new DocumentError(place, 'must be base64url of JSON that no two programs read differently');
  return value;
}

/** What is read of a member, whose faults are named by their whole path. */
function inside(place, value, read) {
  try {
    return read(value);
  } catch (error) {
    throw error instanceof DocumentError ? new DocumentError(error.path === '' ? place : `${place}.${error.path}`, error.fault) : error;
  }
}

/** Checks that the claims say what the credential says. */
function checkClaims(claims, { id, issuer, subject, issuanceDate, expirationDate }) {
  for (const [name, due, words] of [['iss', issuer.id, 'vc.issuer.id'], ['sub', subject.id, 'vc.credentialSubject.id'], ['jti', id, 'vc.id']]) {
    if (claims.string(name) !== due) claims.fail(name, `must be equal to ${words}`);
  }
  for (const [name, date, words] of [['nbf', issuanceDate, 'vc.validFrom'], ['exp', expirationDate, 'vc.validUntil']]) {
    const found = claims.has(name) ? claims.required(name) : undefined;
    const isDue = date === null ? found === undefined : found instanceof Numeral && found.text === String(toSeconds(instantOf(date)));
    if (!isDue) claims.fail(name, `must be equal to ${words}`);
  }
}

/** Whether a text is the `N` of `#ed-N`, in its one spelling. */
const isKeyNumber = (text) => /^[1-9][0-9]{0,19}$/.test(text) && BigInt(text) < 1n << 64n;
