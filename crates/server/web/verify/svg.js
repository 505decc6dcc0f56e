// A baked SVG (Open Badges 3.0, section 5.3.2.2): a `credential` element of the standard's namespace with the document as
// its text. Only the five entities that XML itself knows are resolved; a file that declares others is refused.
import { utf8 } from './bytes.js';
import { MAX_DOCUMENT_BYTES, damaged as broken, empty, several, tooLarge, trimmed } from './reading.js';

const NAMESPACE = 'https://purl.imsglobal.org/ob/v3p0';
/** The namespace of Open Badges 1 and 2. */
const OLD_NAMESPACE = 'http://openbadges.org';
const SVG = 'http://www.w3.org/2000/svg';
const MAX_DEPTH = 256;
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const NAME = '[^\\s<>/=&"\'!?]+';
const PIECES = new RegExp([
  '<!--[^]*?-->', '<\\?[^]*?\\?>', '<!\\[CDATA\\[(?<section>[^]*?)\\]\\]>', '<!DOCTYPE(?<doctype>[^>]*)>', `</(?<end>${NAME})\\s*>`,
  `<(?<start>${NAME})(?<attributes>(?:\\s+${NAME}\\s*=\\s*(?:"[^"]*"|'[^']*'))*)\\s*(?<empty>/?)>`, '&(?<reference>[^;&<\\s]*);', '(?<text>[^<&]+)',
].join('|'), 'y');
const ATTRIBUTES = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');

const damaged = (what) => broken('SVG', what);

/** The one credential in the image: `{text}`, `{token}` where it is in an attribute, or `{assertion: true}` for one of Open Badges 2. */
export function credentialInSvg(text) {
  const reader = new Reader();
  PIECES.lastIndex = 0;
  while (PIECES.lastIndex < text.length) {
    const piece = PIECES.exec(text);
    if (piece === null) throw damaged('it is no XML');
    reader.take(piece.groups);
  }
  return reader.finish();
}

class Reader {
  /** The elements that are open, each with its name and the namespaces in force. */
  open = [];
  /** The text of the credential, as far as it was read. */
  text = null;
  size = 0;
  /** The depth of the credential's element while it is open. */
  depth = null;
  /** The signed token, which the element has as an attribute. */
  token = null;
  hasAssertion = false;

  take({ section, doctype, start, attributes, empty: isEmpty, end, reference, text }) {
    if (start !== undefined) {
      this.begin(start, attributes);
      if (isEmpty === '/') this.end(start);
    } else if (end !== undefined) this.end(end);
    else if (reference !== undefined) this.push(resolved(reference));
    else if (doctype?.includes('[')) throw damaged('it declares entities');
    else this.push(section ?? text?.replace(/\r\n?/g, '\n') ?? '');
  }

  begin(name, attributes) {
    const given = [...attributes.matchAll(ATTRIBUTES)].map(([, key, double, single]) => [key, double ?? single]);
    const namespaces = new Map(this.open.at(-1)?.namespaces);
    for (const [key, value] of given) {
      if (key === 'xmlns') namespaces.set('', value);
      else if (key.startsWith('xmlns:')) namespaces.set(key.slice(6), value);
    }
    const [prefix, local] = name.includes(':') ? name.split(':', 2) : ['', name];
    const namespace = namespaces.get(prefix);
    if (this.open.length === 0 && !(namespace === SVG && local === 'svg')) throw damaged('its root is no `svg`');
    this.open.push({ name, namespaces });
    if (this.open.length > MAX_DEPTH) throw damaged('its elements are nested too deep');
    if (this.depth !== null) throw damaged('an element stands in the credential');
    if (namespace === OLD_NAMESPACE && local === 'assertion') this.hasAssertion = true;
    if (namespace !== NAMESPACE || local !== 'credential') return;
    if (this.text !== null) throw several('SVG');
    this.token = given.find(([key]) => key === 'verify')?.[1] ?? null;
    this.text = '';
    this.depth = this.open.length;
  }

  end(name) {
    if (this.depth === this.open.length) this.depth = null;
    if (this.open.pop()?.name !== name) throw damaged('it is no XML');
  }

  push(text) {
    if (this.depth === null) return;
    this.text += text;
    this.size += utf8(text).length;
    if (this.size > MAX_DOCUMENT_BYTES) throw tooLarge();
  }

  finish() {
    if (this.open.length > 0) throw damaged('it is cut off');
    if (this.text !== null) {
      const text = trimmed(this.text);
      if (this.token === null) return { text };
      if (text !== '') throw several('SVG');
      return { token: this.token };
    }
    if (this.hasAssertion) return { assertion: true };
    throw empty('SVG');
  }
}

function resolved(reference) {
  const [, hexadecimal, decimal] = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(reference) ?? [];
  if (hexadecimal === undefined && decimal === undefined) {
    if (!Object.hasOwn(NAMED, reference)) throw damaged('it uses an entity');
    return NAMED[reference];
  }
  const code = hexadecimal === undefined ? Number(decimal) : parseInt(hexadecimal, 16);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw damaged('it is no XML');
  return String.fromCodePoint(code);
}
