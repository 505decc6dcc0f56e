// Strict reading of JSON (RFC 8259): what two programs could read differently is refused. That is bytes that are not
// UTF-8, a byte order mark, trailing bytes, unpaired surrogates, duplicate members at any depth, nesting deeper than
// MAX_DEPTH, and more than MAX_VALUES values. The browser's own reader lets the last of two members win.
//
// Objects become `Map`s in the order of the document: a member named `__proto__` is a member like any other.
import { fromUtf8 } from './bytes.js';

export const MAX_DEPTH = 32;
export const MAX_VALUES = 4_194_304;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const LITERALS = [['null', null], ['true', true], ['false', false]];

/** Why a text is not JSON for us. */
export class JsonError extends Error {
  /** Whether it is JSON for no program. */
  isSyntax = false;
}

function syntaxError(message) {
  const error = new JsonError(message);
  error.isSyntax = true;
  return error;
}

/** A number as it stands in the text, for those who tell its spellings apart. */
export class Numeral {
  constructor(text) {
    this.text = text;
  }
}

/** @param {Uint8Array} bytes @param {(text: string) => any} numberOf what stands for a number @returns the one value in them */
export function parse(bytes, numberOf = Number) {
  const text = fromUtf8(bytes);
  if (text === null) throw syntaxError('not JSON: not UTF-8');
  const reader = new Reader(text, numberOf);
  const value = reader.value(0);
  reader.skipSpace();
  if (reader.at < text.length) reader.fail();
  return value;
}

/** How a person would call this kind of value. */
export function kind(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Map) return 'an object';
  if (value instanceof Numeral) return 'a number';
  return { boolean: 'a boolean', number: 'a number', string: 'a string' }[typeof value];
}

class Reader {
  at = 0;
  valuesLeft = MAX_VALUES;

  constructor(text, numberOf) {
    this.text = text;
    this.numberOf = numberOf;
  }

  fail() {
    const before = this.text.slice(0, this.at).split('\n');
    throw syntaxError(`not JSON at line ${before.length}, column ${before.at(-1).length + 1}`);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  skipSpace() {
    this.match(SPACE);
  }

  takes(character) {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  value(depth) {
    this.skipSpace();
    if (this.valuesLeft === 0) throw new JsonError(`more than ${MAX_VALUES} values`);
    this.valuesLeft -= 1;
    if (this.takes('"')) return this.string();
    if (this.takes('{')) return this.object(this.inside(depth));
    if (this.takes('[')) return this.array(this.inside(depth));
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    const number = this.match(NUMBER);
    if (number === '' || !Number.isFinite(Number(number))) this.fail();
    return this.numberOf(number);
  }

  inside(depth) {
    if (depth >= MAX_DEPTH) throw new JsonError(`nested deeper than ${MAX_DEPTH} levels`);
    return depth + 1;
  }

  array(depth) {
    const elements = [];
    this.skipSpace();
    if (this.takes(']')) return elements;
    for (;;) {
      elements.push(this.value(depth));
      this.skipSpace();
      if (this.takes(']')) return elements;
      if (!this.takes(',')) this.fail();
    }
  }

  object(depth) {
    const members = new Map();
    this.skipSpace();
    if (this.takes('}')) return members;
    for (;;) {
      this.skipSpace();
      if (!this.takes('"')) this.fail();
      const name = this.string();
      if (members.has(name)) throw new JsonError(`the member ${JSON.stringify(name)} stands twice in one object`);
      this.skipSpace();
      if (!this.takes(':')) this.fail();
      members.set(name, this.value(depth));
      this.skipSpace();
      if (this.takes('}')) return members;
      if (!this.takes(',')) this.fail();
    }
  }

  /** What follows the opening quote. */
  string() {
    let text = '';
    for (;;) {
      text += this.match(PLAIN);
      if (this.takes('"')) break;
      if (!this.takes('\\')) this.fail();
      text += this.escape();
    }
    if (!text.isWellFormed()) this.fail();
    return text;
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (letter === 'u') return this.unit();
    if (!Object.hasOwn(ESCAPES, letter ?? '')) this.fail();
    return ESCAPES[letter];
  }

  /** The four digits of `\uXXXX`. Halves of a pair meet in the text that they become part of. */
  unit() {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail();
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }
}
