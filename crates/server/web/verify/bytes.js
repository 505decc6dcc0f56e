// Bytes and their texts. Reading is strict: what has two spellings has one here.
const DIGITS = '0123456789abcdef';

/** @returns {string} lower-case hex without 0x */
export function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte >> 4] + DIGITS[byte & 15];
  return text;
}

/** Bytes from hex of either case, without 0x; `null` for anything else. */
export function fromHex(text) {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** Whether a text is a hash as the format writes it: 64 characters of lower-case hex. */
export const isHash = (text) => /^[0-9a-f]{64}$/.test(text);

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export const isEqual = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

export const utf8 = (text) => new TextEncoder().encode(text);

/** The text of UTF-8, a byte order mark included; `null` for bytes that are not UTF-8. */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Bytes from base64url without padding, whose unused bits must be zero; `null` for anything else. */
export function fromBase64Url(text) {
  const bytes = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const digit = BASE64URL.indexOf(character);
    if (digit < 0) return null;
    held = (held << 6) | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(held >> bits);
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 && bits < 6 ? Uint8Array.from(bytes) : null;
}

/** A big-endian number of any length. */
export const toNumber = (bytes) => (bytes.length === 0 ? 0n : BigInt(`0x${hex(bytes)}`));

/** The shortest big-endian bytes of a number; none for 0. */
export function fromNumber(number) {
  if (number === 0n) return new Uint8Array();
  const text = number.toString(16);
  return fromHex(text.length % 2 === 0 ? text : `0${text}`);
}
