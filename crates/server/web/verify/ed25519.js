// Ed25519 (RFC 8032), as the server's own code checks it: of the spellings of a key or a signature only one counts, no point may
// be of small order, and the equation is that without the cofactor. Browsers' own Ed25519 differ in these.
import { decode as decodeBase58 } from './base58.js';
import { concat, fromBase64Url, isEqual, toNumber } from './bytes.js';
import { ed25519, sha512 } from '../vendor/noble.js';

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

/** The key of a Multikey, `z6Mk…`: 32 bytes; `null` for anything else. */
export function keyOfMultikey(text) {
  // 34 bytes have at most 47 base58 characters. Longer texts are not decoded.
  if (text === null || !text.startsWith('z') || text.length > 48) return null;
  const bytes = decodeBase58(text.slice(1));
  const isKey = bytes?.length === 34 && bytes[0] === 0xed && bytes[1] === 1 && pointOf(bytes.subarray(2)) !== null;
  return isKey ? bytes.subarray(2) : null;
}

/** The key of a JSON Web Key (RFC 8037): 32 bytes; `null` for anything else, also one with its private part. */
export function keyOfJwk(jwk) {
  const isKey = jwk instanceof Map && !jwk.has('d') && jwk.get('kty') === 'OKP' && jwk.get('crv') === 'Ed25519' && typeof jwk.get('x') === 'string';
  const bytes = isKey ? fromBase64Url(jwk.get('x')) : null;
  return bytes?.length === 32 && pointOf(bytes) !== null ? bytes : null;
}

/** The 64 bytes of a `proofValue`; `null` for anything else. */
export function signatureOf(text) {
  if (!text.startsWith('z') || text.length > 89) return null;
  const bytes = decodeBase58(text.slice(1));
  return bytes?.length === 64 ? bytes : null;
}

/** Whether a signature over a message is that of a key. */
export function isSignedBy(key, message, signature) {
  const [point, commitment] = [pointOf(key), pointOf(signature.subarray(0, 32))];
  const scalar = toNumber(signature.slice(32).reverse());
  if (point === null || commitment === null || scalar >= ORDER) return false;
  const challenge = toNumber(sha512(concat(signature.subarray(0, 32), key, message)).reverse()) % ORDER;
  const expected = Point.BASE.multiplyUnsafe(scalar).subtract(point.multiplyUnsafe(challenge));
  return isEqual(expected.toBytes(), signature.subarray(0, 32));
}

/** The point of 32 bytes; `null` if they are none, another spelling of one, or of small order. */
function pointOf(bytes) {
  try {
    const point = Point.fromBytes(bytes);
    return point.isSmallOrder() ? null : point;
  } catch {
    // The library reports every fault by throwing.
    return null;
  }
}
