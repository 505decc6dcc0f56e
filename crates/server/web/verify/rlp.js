// RLP in its one encoding: shortest heads, no leading zeros in numbers.
import { concat, fromNumber, toNumber } from './bytes.js';

/** The bytes are not canonical RLP of what was expected. */
export class RlpError extends Error {}

export class RlpReader {
  constructor(bytes) {
    this.rest = bytes;
  }

  get isAtEnd() {
    return this.rest.length === 0;
  }

  bytes() {
    return this.item(false);
  }

  list() {
    return new RlpReader(this.item(true));
  }

  /** A number of at most so many bits. */
  number(bits) {
    const bytes = this.bytes();
    if (bytes[0] === 0 || bytes.length * 8 > bits) throw new RlpError();
    return toNumber(bytes);
  }

  item(wantsList) {
    const [first] = this.take(1);
    if (first < 0x80) {
      if (wantsList) throw new RlpError();
      return Uint8Array.of(first);
    }
    const isList = first >= 0xc0;
    if (isList !== wantsList) throw new RlpError();
    const info = first - (isList ? 0xc0 : 0x80);
    const payload = this.take(info < 56 ? info : this.length(info - 55));
    // A single byte below 0x80 is its own encoding and has no head.
    if (!isList && info === 1 && payload[0] < 0x80) throw new RlpError();
    return payload;
  }

  /** A length that was too long for the first byte. */
  length(bytes) {
    const digits = this.take(bytes);
    const length = toNumber(digits);
    if (digits[0] === 0 || length < 56n || length > BigInt(Number.MAX_SAFE_INTEGER)) throw new RlpError();
    return Number(length);
  }

  take(length) {
    if (length > this.rest.length) throw new RlpError();
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }
}

/** A byte string. */
export function encodeBytes(bytes) {
  return bytes.length === 1 && bytes[0] < 0x80 ? bytes : concat(head(0x80, bytes.length), bytes);
}

export const encodeNumber = (number) => encodeBytes(fromNumber(number));

/** A list of what is encoded already. */
export function encodeList(...items) {
  const payload = concat(...items);
  return concat(head(0xc0, payload.length), payload);
}

function head(base, length) {
  if (length < 56) return Uint8Array.of(base + length);
  const digits = fromNumber(BigInt(length));
  return concat(Uint8Array.of(base + 55 + digits.length), digits);
}
