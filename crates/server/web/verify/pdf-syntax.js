// The syntax of PDF (ISO 32000-1, section 7.3): objects as they are written.
//
// Dictionaries become `Map`s, strings bytes, numbers numbers; names, references and streams have classes of their own.

const SPACES = new Set([0, 9, 10, 12, 13, 32]);
const DELIMITERS = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)));
const ESCAPES = { n: 10, r: 13, t: 9, b: 8, f: 12 };
const MAX_DEPTH = 64;

/** Bytes that are no object. */
export class SyntaxFault extends Error {}

export class Name {
  constructor(text) {
    this.text = text;
  }
}

/** The place of another object. */
export class Reference {
  constructor(number, generation) {
    this.number = number;
    this.generation = generation;
  }

  get key() {
    return `${this.number} ${this.generation}`;
  }
}

/** A dictionary and the bytes behind it. */
export class Stream {
  constructor(dictionary, data, id) {
    this.dictionary = dictionary;
    this.data = data;
    this.id = id;
  }
}

export const isName = (value, text) => value instanceof Name && value.text === text;

const isDigit = (code) => code >= 48 && code <= 57;
const isRegular = (code) => code !== undefined && !SPACES.has(code) && !DELIMITERS.has(code);

export class Lexer {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  skipSpace() {
    const { bytes } = this;
    for (;;) {
      while (SPACES.has(bytes[this.at])) this.at += 1;
      if (bytes[this.at] !== 37) return;
      while (this.at < bytes.length && bytes[this.at] !== 10 && bytes[this.at] !== 13) this.at += 1;
    }
  }

  /** Whether these characters come next; if so they are passed. */
  takes(text) {
    for (let index = 0; index < text.length; index += 1) {
      if (this.bytes[this.at + index] !== text.charCodeAt(index)) return false;
    }
    this.at += text.length;
    return true;
  }

  expect(text) {
    if (!this.takes(text)) throw new SyntaxFault(`expected ${text}`);
  }

  /** A whole number without a sign, or `null`. */
  integer() {
    const begin = this.at;
    let value = 0;
    while (isDigit(this.bytes[this.at]) && this.at - begin < 15) {
      value = 10 * value + this.bytes[this.at] - 48;
      this.at += 1;
    }
    return this.at === begin || isRegular(this.bytes[this.at]) ? null : value;
  }

  /** `12 0`: an object's number and generation, and the keyword behind them. */
  reference(keyword) {
    const begin = this.at;
    const number = this.integer();
    if (number !== null) {
      this.skipSpace();
      const generation = this.integer();
      this.skipSpace();
      if (generation !== null && this.takes(keyword) && !(keyword === 'R' && isRegular(this.bytes[this.at]))) return new Reference(number, generation);
    }
    this.at = begin;
    return null;
  }

  object(depth = 0) {
    if (depth > MAX_DEPTH) throw new SyntaxFault('nested too deep');
    this.skipSpace();
    const code = this.bytes[this.at];
    if (code === undefined) throw new SyntaxFault('it breaks off');
    if (isDigit(code)) return this.reference('R') ?? this.number();
    if (code === 43 || code === 45 || code === 46) return this.number();
    if (code === 47) return this.name();
    if (code === 40) return this.literal();
    if (this.takes('<<')) return this.dictionary(depth);
    if (code === 60) return this.hexadecimal();
    if (this.takes('[')) return this.array(depth);
    const word = this.word();
    if (word === 'null') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    throw new SyntaxFault('no object');
  }

  word() {
    const begin = this.at;
    while (isRegular(this.bytes[this.at])) this.at += 1;
    return String.fromCharCode(...this.bytes.subarray(begin, Math.min(this.at, begin + 256)));
  }

  number() {
    const value = Number(this.word());
    if (Number.isNaN(value)) throw new SyntaxFault('no number');
    return value;
  }

  name() {
    this.at += 1;
    return new Name(this.word().replace(/#([0-9A-Fa-f]{2})/g, (_, digits) => String.fromCharCode(parseInt(digits, 16))));
  }

  array(depth) {
    const items = [];
    for (;;) {
      this.skipSpace();
      if (this.takes(']')) return items;
      items.push(this.object(depth + 1));
    }
  }

  dictionary(depth) {
    const members = new Map();
    for (;;) {
      this.skipSpace();
      if (this.takes('>>')) return members;
      if (this.bytes[this.at] !== 47) throw new SyntaxFault('expected a name');
      const { text } = this.name();
      members.set(text, this.object(depth + 1));
    }
  }

  /** `(text)`, with escapes and inner parentheses. */
  literal() {
    const found = [];
    this.at += 1;
    for (let depth = 1; ;) {
      const code = this.bytes[this.at];
      this.at += 1;
      if (code === undefined) throw new SyntaxFault('it breaks off');
      if (code === 40) depth += 1;
      if (code === 41) depth -= 1;
      if (depth === 0) return Uint8Array.from(found);
      if (code === 92) this.escape(found);
      else found.push(code);
    }
  }

  escape(found) {
    const code = this.bytes[this.at];
    const octal = /^[0-7]{1,3}/.exec(String.fromCharCode(...this.bytes.subarray(this.at, this.at + 3)))?.[0];
    if (octal !== undefined) {
      this.at += octal.length;
      found.push(parseInt(octal, 8) & 255);
      return;
    }
    this.at += 1;
    if (code === 10) return;
    if (code === 13) this.takes('\n');
    else found.push(ESCAPES[String.fromCharCode(code)] ?? code);
  }

  /** `<hexadecimal>`. */
  hexadecimal() {
    const end = this.bytes.indexOf(62, this.at);
    if (end < 0) throw new SyntaxFault('it breaks off');
    let text = '';
    for (const code of this.bytes.subarray(this.at + 1, end)) if (!SPACES.has(code)) text += String.fromCharCode(code);
    this.at = end + 1;
    if (!/^[0-9A-Fa-f]*$/.test(text)) throw new SyntaxFault('no digits');
    if (text.length % 2 === 1) text += '0';
    return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
  }

  /** The bytes behind a dictionary, if a stream follows it: as many as `length` says, or up to `endstream`. */
  streamData(length) {
    this.skipSpace();
    if (!this.takes('stream')) return null;
    if (!this.takes('\r\n') && !this.takes('\n')) this.takes('\r');
    const begin = this.at;
    if (Number.isInteger(length) && length >= 0 && begin + length <= this.bytes.length) {
      this.at = begin + length;
      while (SPACES.has(this.bytes[this.at])) this.at += 1;
      if (this.takes('endstream')) return this.bytes.subarray(begin, begin + length);
    }
    const end = indexOf(this.bytes, 'endstream', begin);
    if (end < 0) throw new SyntaxFault('it breaks off');
    this.at = end + 'endstream'.length;
    return this.bytes.subarray(begin, endOfLine(this.bytes, begin, end));
  }
}

/** The end of a line's text: the line feed before the next line is no part of it. */
function endOfLine(bytes, begin, end) {
  if (end > begin + 1 && bytes[end - 2] === 13 && bytes[end - 1] === 10) return end - 2;
  return end > begin && (bytes[end - 1] === 10 || bytes[end - 1] === 13) ? end - 1 : end;
}

/** The first place of a word at or after `from`; -1 without one. */
export function indexOf(bytes, word, from) {
  const first = word.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (new Lexer(bytes, at).takes(word)) return at;
  }
  return -1;
}

/** The last place of a word; -1 without one. */
export function lastIndexOf(bytes, word) {
  const first = word.charCodeAt(0);
  for (let at = bytes.lastIndexOf(first); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1)) {
    if (new Lexer(bytes, at).takes(word)) return at;
  }
  return -1;
}
