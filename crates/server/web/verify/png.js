// A baked PNG (Open Badges 3.0, section 5.3.2.1): an `iTXt` chunk with the keyword `openbadgecredential`.
import { fromUtf8, utf8 } from './bytes.js';
import { inflate } from './inflate.js';

const KEYWORD = 'openbadgecredential';

/** The one credential in the image, or `null`. */
export async function credentialInPng(bytes) {
  const texts = [...chunks(bytes)].filter(({ type, data }) => type === 'iTXt' && keywordOf(data) === KEYWORD);
  return texts.length === 1 ? textOf(texts[0].data) : null;
}

function* chunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Length, type, data, checksum. A broken image breaks a credential too, so checksums are not looked at.
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (length > bytes.length - at - 12) return;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

const keywordOf = (data) => String.fromCharCode(...data.subarray(0, Math.max(0, data.subarray(0, 80).indexOf(0))));

/** Keyword, 0, compression flag and method, language tag, 0, translated keyword, 0, text. */
async function textOf(data) {
  const flags = KEYWORD.length + 1;
  const language = data.indexOf(0, flags + 2);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (translated < 0 || data[flags] > 1 || data[flags + 1] !== 0) return null;
  const text = data.subarray(translated + 1);
  const bytes = data[flags] === 1 ? await inflate(text) : text;
  // What the badge holds may be white space around the document.
  const read = bytes && fromUtf8(bytes)?.trim();
  return read?.startsWith('{') ? utf8(read) : null;
}
