// The path from a document's hash to the root on the chain. `H(a, b)` is SHA-256 over the 64 bytes of both.
import { concat, fromHex, hex } from './bytes.js';
import { sha256 } from '../vendor/noble.js';

/** Folds a path over a leaf: the root, if the path is right. Hashes are 64 characters of lower-case hex. */
export function fold(leaf, steps) {
  return steps.reduce((below, { side, hash }) => (side === 'left' ? pair(hash, below) : pair(below, hash)), leaf);
}

const pair = (left, right) => hex(sha256(concat(fromHex(left), fromHex(right))));
