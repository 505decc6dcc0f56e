// Addresses and public keys of EVM accounts.
import { fromHex, hex, concat, toNumber, utf8 } from './bytes.js';
import { keccak256, secp256k1 } from '../vendor/noble.js';

/** The address of a public key (`x ‖ y`, 64 bytes), written with the checksum of ERC-55. */
export const addressOf = (coordinates) => checksummed(hex(keccak256(coordinates).subarray(12)));

/** The address of a text of `0x` and 40 hex digits, checksummed; `null` where mixed capitals are not the checksum. */
export function parseAddress(text) {
  const bytes = text.startsWith('0x') && text.length === 42 ? fromHex(text.slice(2)) : null;
  if (bytes === null) return null;
  const address = checksummed(hex(bytes));
  const isOneCase = !/[A-F]/.test(text) || !/[a-f]/.test(text);
  return isOneCase || address === text ? address : null;
}

export const addressOfBytes = (bytes) => checksummed(hex(bytes));

function checksummed(lower) {
  const digest = hex(keccak256(utf8(lower)));
  return `0x${[...lower].map((character, at) => (digest[at] >= '8' ? character.toUpperCase() : character)).join('')}`;
}

/** `x ‖ y` of a point on secp256k1, or `null`. */
export function pointOf(x, y) {
  if (x?.length !== 32 || y?.length !== 32) return null;
  return coordinates(() => secp256k1.Point.fromAffine({ x: toNumber(x), y: toNumber(y) }));
}

/** The same from the 33 bytes of a compressed point. */
export const pointOfCompressed = (bytes) => coordinates(() => secp256k1.Point.fromBytes(bytes));

/**
 * Who signed (SEC 1, section 4.1.6): `x ‖ y`. `null` where no key fits.
 * @param {Uint8Array} digest what was signed, hashed already
 */
export function recover(digest, r, s, parity) {
  return coordinates(() => new secp256k1.Signature(r, s, parity).recoverPublicKey(digest));
}

/** The order of the curve's group. */
export const ORDER = secp256k1.Point.Fn.ORDER;

function coordinates(make) {
  try {
    const point = make();
    point.assertValidity();
    const { x, y } = point.toAffine();
    return concat(padded(x), padded(y));
  } catch {
    // The library reports every fault by throwing; each of them is "no such point".
    return null;
  }
}

const padded = (number) => fromHex(number.toString(16).padStart(64, '0'));
