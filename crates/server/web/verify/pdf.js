// A certificate with the signed document attached: an embedded file of a PDF (ISO 32000-1, section 7.11.4), which is a stream
// of its own, plain or deflated.
import { fromUtf8, utf8 } from './bytes.js';
import { inflate } from './inflate.js';

const OBJECT = /\bobj\b(.{0,4096}?)\bstream\r?\n/gs;

/** The one credential attached to the certificate, or `null`. */
export async function credentialInPdf(bytes) {
  // One character for each byte, so that places in the text are places in the bytes.
  const text = new TextDecoder('latin1').decode(bytes);
  const found = [];
  for (const { 0: whole, 1: dictionary, index } of text.matchAll(OBJECT)) {
    if (!/\/EmbeddedFile\b/.test(dictionary)) continue;
    const read = await streamText(bytes, text, index + whole.length, dictionary);
    if (read?.startsWith('{')) found.push(utf8(read));
  }
  return found.length === 1 ? found[0] : null;
}

async function streamText(bytes, text, begin, dictionary) {
  // A length can be in another object; the stream's end is marked as well.
  const length = /\/Length\s+(\d+)(?!\s+\d+\s+R)/.exec(dictionary)?.[1];
  const end = length === undefined ? text.indexOf('endstream', begin) : begin + Number(length);
  if (end < begin || end > bytes.length) return null;
  const stored = bytes.subarray(begin, end);
  const filter = /\/Filter\s*\[?\s*\/(\w+)/.exec(dictionary)?.[1];
  if (filter !== undefined && filter !== 'FlateDecode') return null;
  const content = filter === undefined ? stored : await inflate(stored);
  return content && fromUtf8(content)?.trim();
}
