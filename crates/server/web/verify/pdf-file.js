// The objects of a PDF file (ISO 32000-1, section 7.5): where they are by the file's own tables, those of earlier revisions
// included, and by a search of the whole file if a table is wrong.
import { BrokenError, LimitError, inflate } from './inflate.js';
import { Lexer, Reference, Stream, SyntaxFault, indexOf, isName, lastIndexOf } from './pdf-syntax.js';

const ENTRY_LENGTH = 20;
const MAX_TABLES = 256;
const MAX_OBJECTS = 500_000;
/** The most bytes that all tables and streams of objects of a file may have together. */
const MAX_UNPACKED = 64 * 1024 * 1024;

export class PdfFile {
  /** Where each object is: `{at}` in the file, or `{container, index}` in a stream of objects. */
  #places = new Map();
  #containers = new Map();
  #decrypt = null;
  #isSearched = false;
  #unpackedLeft = MAX_UNPACKED;

  /** @throws {SyntaxFault} if this is no file whose objects can be found */
  constructor(bytes) {
    this.bytes = bytes;
    try {
      const begin = lastIndexOf(bytes, 'startxref');
      if (begin < 0) throw new SyntaxFault('no table');
      const lexer = new Lexer(bytes, begin + 'startxref'.length);
      lexer.skipSpace();
      this.trailer = this.#table(lexer.integer(), new Set());
      if (!this.#hasPages()) throw new SyntaxFault('no pages');
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      this.#search();
    }
  }

  /** Has the strings and streams of an encrypted file decrypted. @param {(bytes, id, isStream) => Promise<Uint8Array>} decrypt */
  decryptWith(decrypt) {
    this.#decrypt = decrypt;
    this.#containers.clear();
  }

  /** The value itself, or what a reference leads to; `null` for what is not there. */
  async resolve(value) {
    for (let hops = 0; value instanceof Reference; hops += 1) {
      if (hops > 16) return null;
      value = await this.#object(value);
    }
    return value ?? null;
  }

  /** Every object, with its reference. */
  async* objects() {
    for (const key of [...this.#places.keys()]) {
      const [number, generation] = key.split(' ').map(Number);
      const reference = new Reference(number, generation);
      yield [reference, await this.#object(reference)];
    }
  }

  /** The content of a stream as it is stored, decrypted. */
  async stored(stream) {
    if (this.#decrypt === null || stream.id === null || isName(stream.dictionary.get('Type'), 'XRef')) return stream.data;
    return this.#decrypt(stream.data, stream.id, true);
  }

  /** A string of an object, decrypted. Within a stream of objects it is no more than the stream itself is. */
  async text(bytes, reference) {
    const isInside = this.#places.get(reference.key)?.container !== undefined;
    return this.#decrypt === null || isInside ? bytes : this.#decrypt(bytes, reference, false);
  }

  async #object(reference) {
    const place = this.#places.get(reference.key);
    if (place === undefined) return null;
    try {
      return place.container === undefined ? this.#at(place.at, reference) : await this.#inside(place, reference);
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      if (this.#isSearched) return null;
      this.#search();
      return this.#object(reference);
    }
  }

  #at(at, reference) {
    const lexer = new Lexer(this.bytes, at);
    lexer.skipSpace();
    const id = lexer.reference('obj');
    if (id?.key !== reference.key) throw new SyntaxFault('another object');
    return this.#value(lexer, id);
  }

  #value(lexer, id) {
    const value = lexer.object();
    if (!(value instanceof Map)) return value;
    const data = lexer.streamData(this.#length(value.get('Length')));
    return data === null ? value : new Stream(value, data, id);
  }

  /** A stream's length may be an object of its own. */
  #length(length) {
    if (!(length instanceof Reference)) return length;
    const at = this.#places.get(length.key)?.at;
    if (at === undefined) return null;
    const lexer = new Lexer(this.bytes, at);
    lexer.skipSpace();
    if (lexer.reference('obj')?.key !== length.key) return null;
    lexer.skipSpace();
    return lexer.integer();
  }

  async #inside({ container, index }, reference) {
    const { bytes, first, numbers } = await this.#container(container);
    if (numbers[index]?.number !== reference.number) throw new SyntaxFault('another object');
    return new Lexer(bytes, first + numbers[index].offset).object();
  }

  async #container(number) {
    const known = this.#containers.get(number);
    if (known) return known;
    const place = this.#places.get(`${number} 0`);
    if (place?.at === undefined) throw new SyntaxFault('no stream of objects');
    const stream = this.#at(place.at, new Reference(number, 0));
    if (!(stream instanceof Stream)) throw new SyntaxFault('no stream of objects');
    const made = contained(stream.dictionary, this.#unpacked(stream.dictionary, await this.stored(stream)));
    this.#containers.set(number, made);
    return made;
  }

  /** Reads a table and those before it. What a later one says counts. @returns the dictionary of the file's end */
  #table(at, seen) {
    if (at === null || seen.has(at) || seen.size >= MAX_TABLES) throw new SyntaxFault('no table');
    seen.add(at);
    const lexer = new Lexer(this.bytes, at);
    lexer.skipSpace();
    const id = lexer.reference('obj');
    if (id !== null) return this.#tableInStream(lexer, id, seen);
    lexer.expect('xref');
    const sections = [];
    for (;;) {
      lexer.skipSpace();
      if (lexer.takes('trailer')) break;
      const [first, count] = [lexer.integer(), (lexer.skipSpace(), lexer.integer())];
      lexer.skipSpace();
      if (first === null || count === null || count > MAX_OBJECTS) throw new SyntaxFault('no table');
      sections.push({ first, count, at: lexer.at });
      lexer.at += ENTRY_LENGTH * count;
    }
    const trailer = lexer.object();
    if (!(trailer instanceof Map)) throw new SyntaxFault('no trailer');
    for (const before of ['Prev', 'XRefStm']) if (trailer.has(before)) this.#table(trailer.get(before), seen);
    for (const { first, count, at: begin } of sections) {
      for (let index = 0; index < count; index += 1) this.#entry(first + index, begin + ENTRY_LENGTH * index);
    }
    return trailer;
  }

  #entry(number, at) {
    const text = String.fromCharCode(...this.bytes.subarray(at, at + ENTRY_LENGTH));
    const entry = /^(\d{10}).(\d{5}).(.)/s.exec(text);
    if (entry === null) throw new SyntaxFault('no entry');
    if (entry[3] === 'n') this.#put(number, Number(entry[2]), { at: Number(entry[1]) });
  }

  #tableInStream(lexer, id, seen) {
    const stream = this.#value(lexer, id);
    if (!(stream instanceof Stream)) throw new SyntaxFault('no table');
    const { dictionary } = stream;
    if (dictionary.has('Prev')) this.#table(dictionary.get('Prev'), seen);
    const [kindLength, ...lengths] = dictionary.get('W') ?? [];
    const size = dictionary.get('Size');
    if (!(lengths.length === 2 && [kindLength, ...lengths].every((length) => Number.isInteger(length) && length >= 0 && length <= 8))) throw new SyntaxFault('no table');
    const bytes = this.#unpacked(dictionary, stream.data);
    let at = 0;
    const field = (length) => {
      let value = 0;
      for (let index = 0; index < length; index += 1) value = 256 * value + (bytes[at + index] ?? NaN);
      at += length;
      if (Number.isNaN(value)) throw new SyntaxFault('no entry');
      return value;
    };
    const sections = dictionary.get('Index') ?? [0, size];
    for (let section = 0; section + 1 < sections.length; section += 2) {
      const [first, count] = [sections[section], sections[section + 1]];
      if (!Number.isInteger(first) || !Number.isInteger(count) || count > MAX_OBJECTS) throw new SyntaxFault('no table');
      for (let number = first; number < first + count; number += 1) {
        const [kind, second, third] = [kindLength === 0 ? 1 : field(kindLength), ...lengths.map(field)];
        if (kind === 1) this.#put(number, third, { at: second });
        if (kind === 2) this.#put(number, 0, { container: second, index: third });
        if (kind > 2) throw new SyntaxFault('no entry');
      }
    }
    return dictionary;
  }

  #unpacked(dictionary, data) {
    const bytes = unpacked(dictionary, data, this.#unpackedLeft);
    this.#unpackedLeft -= bytes.length;
    return bytes;
  }

  #put(number, generation, place) {
    if (this.#places.size >= MAX_OBJECTS) throw new SyntaxFault('too many objects');
    this.#places.set(`${number} ${generation}`, place);
  }

  /** Whether the catalog is there, and names the pages. */
  #hasPages() {
    const root = this.trailer.get('Root');
    const place = root instanceof Reference ? this.#places.get(root.key) : undefined;
    if (place === undefined) return false;
    if (place.container !== undefined) return true;
    const catalog = this.#at(place.at, root);
    return catalog instanceof Map && catalog.get('Pages') instanceof Reference;
  }

  /** Looks for objects in the whole file, as its tables are wrong. The last one of each number counts. */
  #search() {
    this.#isSearched = true;
    this.#places.clear();
    this.#containers.clear();
    const streams = [];
    let trailer = null;
    let catalog = null;
    for (let at = 0; (at = indexOf(this.bytes, 'obj', at)) >= 0; at += 3) {
      const begin = beginningOf(this.bytes, at);
      if (begin === null) continue;
      const id = new Lexer(this.bytes, begin).reference('obj');
      if (id !== null) this.#put(id.number, id.generation, { at: begin });
    }
    for (const [key, { at }] of [...this.#places]) {
      const [number, generation] = key.split(' ').map(Number);
      const reference = new Reference(number, generation);
      const object = attempt(() => this.#at(at, reference));
      if (object instanceof Map && isName(object.get('Type'), 'Catalog')) catalog = reference;
      if (!(object instanceof Stream)) continue;
      if (isName(object.dictionary.get('Type'), 'ObjStm')) streams.push([number, object]);
      if (isName(object.dictionary.get('Type'), 'XRef') && object.dictionary.has('Root')) trailer = object.dictionary;
    }
    for (const [number, { dictionary, data }] of streams) {
      const found = dictionary.has('Filter') || !trailer?.has('Encrypt') ? attempt(() => contained(dictionary, this.#unpacked(dictionary, data))) : null;
      found?.numbers.forEach((inside, index) => {
        if (this.#places.get(`${inside.number} 0`)?.at === undefined) this.#put(inside.number, 0, { container: number, index });
      });
    }
    for (let at = 0; (at = indexOf(this.bytes, 'trailer', at)) >= 0; at += 7) {
      const dictionary = attempt(() => new Lexer(this.bytes, at + 7).object());
      if (dictionary instanceof Map && dictionary.has('Root')) trailer = dictionary;
    }
    // A file that breaks off has no end that names its catalog.
    this.trailer = trailer ?? new Map([['Root', catalog]]);
    if (!this.#hasPages()) throw new SyntaxFault('no pages');
  }
}

/** The place of the two numbers before `obj`, or `null`. */
function beginningOf(bytes, at) {
  const before = String.fromCharCode(...bytes.subarray(Math.max(0, at - 24), at));
  const found = /(?:^|[\0\t\n\f\r ])(\d{1,10}[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]*)$/.exec(before);
  return found === null ? null : at - found[1].length;
}

/** What a stream of objects holds (section 7.5.7): numbers and places first, then the objects. */
function contained(dictionary, bytes) {
  const [count, first] = [dictionary.get('N'), dictionary.get('First')];
  const lexer = new Lexer(bytes);
  const numbers = [];
  for (let index = 0; index < count && index < MAX_OBJECTS; index += 1) {
    lexer.skipSpace();
    const number = lexer.integer();
    lexer.skipSpace();
    const offset = lexer.integer();
    if (number === null || offset === null) throw new SyntaxFault('no numbers');
    numbers.push({ number, offset });
  }
  return { bytes, first, numbers };
}

/** The content of a table or of a stream of objects: deflated, with or without the predictors of PNG. */
function unpacked(dictionary, data, limit) {
  const filters = [dictionary.get('Filter') ?? []].flat();
  if (filters.length === 0) return data;
  if (filters.length !== 1 || !isName(filters[0], 'FlateDecode')) throw new SyntaxFault('unknown compression');
  let bytes;
  try {
    bytes = inflate(data, limit);
  } catch (error) {
    if (error instanceof BrokenError || error instanceof LimitError) throw new SyntaxFault('broken compression');
    throw error;
  }
  const parameters = [dictionary.get('DecodeParms') ?? []].flat().find((one) => one instanceof Map);
  const predictor = parameters?.get('Predictor') ?? 1;
  if (predictor < 10) return bytes;
  return unfiltered(bytes, (parameters.get('Columns') ?? 1) * (parameters.get('Colors') ?? 1));
}

/** Takes the filters of PNG back, row by row, for samples of one byte. */
function unfiltered(bytes, width) {
  const rows = Math.floor(bytes.length / (width + 1));
  const made = new Uint8Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    const filter = bytes[row * (width + 1)];
    for (let column = 0; column < width; column += 1) {
      const left = column > 0 ? made[row * width + column - 1] : 0;
      const up = row > 0 ? made[(row - 1) * width + column] : 0;
      const corner = row > 0 && column > 0 ? made[(row - 1) * width + column - 1] : 0;
      const expected = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      if (expected === undefined) throw new SyntaxFault('unknown filter');
      made[row * width + column] = bytes[row * (width + 1) + 1 + column] + expected;
    }
  }
  return made;
}

function paeth(left, up, corner) {
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function attempt(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxFault) return null;
    throw error;
  }
}
