// Signed tokens (JWT): their shape and their parts. The rules are those of `crates/credential/src/wallet/compact.rs`.
import { fromBase64Url } from './bytes.js';
import { JsonError, Numeral, parse } from './json.js';
import { trimmed } from './reading.js';

/**
 * The text without the white space around it, if it has the shape of a compact JWS (RFC 7515, section 3.1), with the disclosures of
 * an SD-JWT if it has any: three parts of base64url, of which the first begins a JSON object. `null` for anything else.
 */
export function tokenText(text) {
  // Most texts are none: of those no copy is made.
  if (!/^[ \t\n\f\r]*ey/.test(text)) return null;
  const token = trimmed(text);
  return /^ey[\w-]*\.[\w-]+\.[\w-]*$/.test(token.split('~')[0]) ? token : null;
}

/** The three parts of a compact token; `null` if it has another number of them. */
export function partsOf(token) {
  const parts = token.split('.');
  return parts.length === 3 ? parts : null;
}

/** The JSON of a part; `undefined` if it is none, or one that two programs could read differently. */
export function decoded(part) {
  const bytes = fromBase64Url(part);
  if (bytes === null) return undefined;
  try {
    return parse(bytes, (text) => new Numeral(text));
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
