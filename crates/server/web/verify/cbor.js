// Deterministic CBOR (RFC 8949 section 4.2): shortest heads, definite lengths, nothing else.
import { fromUtf8, toNumber } from './bytes.js';

const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG] = [0, 1, 2, 3, 4, 5, 6];
/** The smallest argument that needs a head of this many bytes. */
const SMALLEST = { 1: 24n, 2: 1n << 8n, 4: 1n << 16n, 8: 1n << 32n };

/** The bytes are not CBOR in its one encoding, end early, or hold another type. */
export class CborError extends Error {}

export class CborReader {
  at = 0;

  constructor(bytes) {
    this.bytes = bytes;
  }

  get isAtEnd() {
    return this.at === this.bytes.length;
  }

  unsigned() {
    return this.headOf(UNSIGNED);
  }

  /** A whole number of either sign. */
  integer() {
    const [major, argument] = this.head();
    if (major === UNSIGNED) return argument;
    if (major === NEGATIVE) return -1n - argument;
    throw new CborError();
  }

  /** How many items follow. */
  array() {
    return this.headOf(ARRAY);
  }

  byteString() {
    return this.take(this.headOf(BYTES));
  }

  text() {
    const text = fromUtf8(this.take(this.headOf(TEXT)));
    if (text === null) throw new CborError();
    return text;
  }

  /** Passes over one item with everything in it. It counts instead of descending, so no nesting is too deep. */
  skip() {
    for (let open = 1n; open > 0n; open -= 1n) {
      const [major, argument] = this.head();
      if (major === BYTES || major === TEXT) this.take(argument);
      else if (major === ARRAY) open += argument;
      else if (major === MAP) open += 2n * argument;
      else if (major === TAG) open += 1n;
    }
  }

  headOf(wanted) {
    const [major, argument] = this.head();
    if (major !== wanted) throw new CborError();
    return argument;
  }

  /** A major type and its argument, which must have the shortest form (floating point numbers have their own). */
  head() {
    const [first] = this.take(1n);
    const [major, info] = [first >> 5, first & 0x1f];
    if (info < 24) return [major, BigInt(info)];
    if (info > 27) throw new CborError();
    const length = 1 << (info - 24);
    const argument = toNumber(this.take(BigInt(length)));
    if (argument < SMALLEST[length] && major <= TAG) throw new CborError();
    return [major, argument];
  }

  take(length) {
    if (length > BigInt(this.bytes.length - this.at)) throw new CborError();
    const taken = this.bytes.subarray(this.at, this.at + Number(length));
    this.at += taken.length;
    return taken;
  }
}
