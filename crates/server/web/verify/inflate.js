// Zlib's format (RFC 1950 and 1951), as PNG and PDF compress with it, and gzip's (RFC 1952), as status lists do. The browser's own decompressor refuses bytes behind
// the end, which PDFs have, and does not stop at a limit.

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTHS = [...table(28, 3, 4), { base: 258, bits: 0 }];
const DISTANCES = table(30, 1, 2);
const FIXED = { letters: codeOf([...Array(144).fill(8), ...Array(112).fill(9), ...Array(24).fill(7), ...Array(8).fill(8)]), distances: codeOf(Array(30).fill(5)) };

/** Bytes that are not zlib's, or break off. */
export class BrokenError extends Error {}

/** More bytes than the limit. */
export class LimitError extends Error {}

/** The first value and the number of extra bits of each length or distance. */
function table(count, first, step) {
  const entries = [];
  for (let at = 0, base = first; at < count; at += 1) {
    const bits = Math.max(0, Math.floor(at / step) - 1);
    entries.push({ base, bits });
    base += 1 << bits;
  }
  return entries;
}

/** Canonical Huffman codes: how many there are of each length, and the symbols in order. */
function codeOf(lengths) {
  const counts = new Array(16).fill(0);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let left = 1;
  for (let length = 1; length < 16; length += 1) {
    left = 2 * left - counts[length];
    if (left < 0) throw new BrokenError('too many codes');
  }
  const starts = new Array(16).fill(0);
  for (let length = 1; length < 15; length += 1) starts[length + 1] = starts[length] + counts[length];
  const symbols = [];
  lengths.forEach((length, symbol) => {
    if (length !== 0) symbols[starts[length]++] = symbol;
  });
  return { counts, symbols };
}

class Inflater {
  held = 0;
  bits = 0;
  length = 0;
  output = new Uint8Array(4096);

  /** @param {number} begin where the first block is */
  constructor(bytes, limit, begin) {
    this.bytes = bytes;
    this.limit = limit;
    this.at = begin;
  }

  take(count) {
    while (this.bits < count) {
      if (this.at >= this.bytes.length) throw new BrokenError('it breaks off');
      this.held |= this.bytes[this.at] << this.bits;
      this.at += 1;
      this.bits += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.bits -= count;
    return value;
  }

  symbol({ counts, symbols }) {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length += 1) {
      code |= this.take(1);
      const count = counts[length];
      if (code - count < first) return symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new BrokenError('no such code');
  }

  put(byte) {
    if (this.length >= this.limit) throw new LimitError('too long');
    if (this.length === this.output.length) {
      const grown = new Uint8Array(2 * this.output.length);
      grown.set(this.output);
      this.output = grown;
    }
    this.output[this.length] = byte;
    this.length += 1;
  }

  stored() {
    this.held = 0;
    this.bits = 0;
    const { bytes, at } = this;
    const length = bytes[at] | (bytes[at + 1] << 8);
    const isRight = at + 4 <= bytes.length && (length ^ 0xffff) === (bytes[at + 2] | (bytes[at + 3] << 8));
    if (!isRight || at + 4 + length > bytes.length) throw new BrokenError('it breaks off');
    for (const byte of bytes.subarray(at + 4, at + 4 + length)) this.put(byte);
    this.at = at + 4 + length;
  }

  compressed({ letters, distances }) {
    for (;;) {
      const symbol = this.symbol(letters);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.put(symbol);
        continue;
      }
      const length = this.extended(LENGTHS[symbol - 257]);
      const distance = this.extended(DISTANCES[this.symbol(distances)]);
      if (distance > this.length) throw new BrokenError('it points before its beginning');
      for (let copied = 0; copied < length; copied += 1) this.put(this.output[this.length - distance]);
    }
  }

  extended(entry) {
    if (entry === undefined) throw new BrokenError('no such symbol');
    return entry.base + this.take(entry.bits);
  }

  codes() {
    const [letters, distances, count] = [this.take(5) + 257, this.take(5) + 1, this.take(4) + 4];
    const ofLengths = new Array(19).fill(0);
    for (const place of ORDER.slice(0, count)) ofLengths[place] = this.take(3);
    const code = codeOf(ofLengths);
    const lengths = [];
    while (lengths.length < letters + distances) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      if (symbol === 16 && lengths.length === 0) throw new BrokenError('nothing to repeat');
      const [value, times] = symbol === 16 ? [lengths.at(-1), 3 + this.take(2)] : [0, symbol === 17 ? 3 + this.take(3) : 11 + this.take(7)];
      for (let made = 0; made < times; made += 1) lengths.push(value);
    }
    if (lengths.length > letters + distances) throw new BrokenError('too many lengths');
    return { letters: codeOf(lengths.slice(0, letters)), distances: codeOf(lengths.slice(letters)) };
  }

  /** Everything that the blocks hold. Then `at` is behind them. */
  run() {
    let isLast = false;
    while (!isLast) {
      isLast = this.take(1) === 1;
      const kind = this.take(2);
      if (kind === 0) this.stored();
      else if (kind === 1) this.compressed(FIXED);
      else if (kind === 2) this.compressed(this.codes());
      else throw new BrokenError('no such block');
    }
    this.at -= Math.floor(this.bits / 8);
    return this.output.subarray(0, this.length);
  }

  /** The number of four bytes behind the blocks. */
  after(offset, isLittleEndian) {
    const at = this.at + offset;
    if (at + 4 > this.bytes.length) throw new BrokenError('it breaks off');
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).getUint32(at, isLittleEndian);
  }
}

function adler(bytes) {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return ((high << 16) | low) >>> 0;
}

/**
 * @param {Uint8Array} bytes what follows the end is passed over
 * @param {number} limit the most bytes that may come out
 * @throws {BrokenError | LimitError}
 */
export function inflate(bytes, limit) {
  const [method, flags] = bytes;
  if ((method & 15) !== 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 !== 0 || flags & 32) throw new BrokenError('no zlib');
  const inflater = new Inflater(bytes, limit, 2);
  const found = inflater.run();
  if (inflater.after(0, false) !== adler(found)) throw new BrokenError('a checksum is wrong');
  return found;
}

/**
 * The same of gzip's format.
 * @throws {BrokenError | LimitError}
 */
export function gunzip(bytes, limit) {
  const inflater = new Inflater(bytes, limit, beginOfGzip(bytes));
  const found = inflater.run();
  const isWhole = inflater.after(0, true) === checksum(found) && inflater.after(4, true) === found.length;
  if (!isWhole) throw new BrokenError('a checksum is wrong');
  return found;
}

/** Where the blocks begin: behind ten bytes, and what the flags announce. */
function beginOfGzip(bytes) {
  const [first, second, method, flags] = bytes;
  if (first !== 0x1f || second !== 0x8b || method !== 8 || flags & 0xe0) throw new BrokenError('no gzip');
  let at = 10;
  if (flags & 4) at += 2 + (bytes[at] | (bytes[at + 1] << 8));
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) throw new BrokenError('it breaks off');
    at = end + 1;
  }
  if (flags & 2) {
    if ((checksum(bytes.subarray(0, at)) & 0xffff) !== (bytes[at] | (bytes[at + 1] << 8))) throw new BrokenError('a checksum is wrong');
    at += 2;
  }
  if (at > bytes.length) throw new BrokenError('it breaks off');
  return at;
}

const SUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

/** CRC-32, as PNG and gzip have it. */
export function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = SUMS[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
