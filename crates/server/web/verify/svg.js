// A baked SVG (Open Badges 3.0, section 5.3.2.2): an `<openbadges:credential>` element with the document as its text.
import { utf8 } from './bytes.js';

const ELEMENT = /<([A-Za-z_][\w.-]*:)?credential(?=[\s>])[^>]*>([^]*?)<\/\1credential\s*>/g;
const PIECE = /<!\[CDATA\[([^]*?)\]\]>|&(?:#(\d+)|#x([0-9A-Fa-f]+)|(amp|lt|gt|quot|apos));|[^<&]/gu;
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const NAMESPACE = /xmlns:[\w.-]+\s*=\s*["']https:\/\/purl\.imsglobal\.org\/ob\/v3p0/;

/** The one credential in the image, or `null`. */
export function credentialInSvg(text) {
  const found = [...text.replace(/<!--[^]*?-->/g, '').matchAll(ELEMENT)];
  if (found.length !== 1 || !NAMESPACE.test(text)) return null;
  const read = textOf(found[0][2]).trim();
  return read.startsWith('{') ? utf8(read) : null;
}

/** The text of an element: sections of CDATA as they stand, references resolved. */
function textOf(content) {
  return [...content.matchAll(PIECE)].map(([whole, section, decimal, hex, name]) => {
    if (section !== undefined) return section;
    if (name !== undefined) return NAMED[name];
    const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
    if (Number.isNaN(code)) return whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }).join('');
}
