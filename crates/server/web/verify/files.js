// The credential inside a file: the signed document itself, a baked badge, or a certificate with the document attached. The
// rules are those of `crates/badge/src/bake.rs`; one test holds both to the same table of files.
import { fromUtf8, isEqual, utf8 } from './bytes.js';
import { FOREIGN_TOKEN, contentsOfText, contentsOfToken } from './contents.js';
import { credentialInPdf } from './pdf.js';
import { credentialInPng } from './png.js';
import { MAX_DOCUMENT_BYTES, UnreadableFile, tooLarge, trimmed } from './reading.js';
import { credentialInSvg } from './svg.js';
import { tokenText } from './token.js';

/** The largest file that is read. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const startsWith = (bytes, beginning) => isEqual(bytes.subarray(0, beginning.length), beginning);
const unknown = () => new UnreadableFile('kind', 'the file is no PNG, SVG, PDF or JSON in UTF-8');

/**
 * Reads the credential of a file.
 * @returns {Promise<{format: 'json' | 'png' | 'svg' | 'pdf', credential?: Uint8Array, foreign?: {kind: string, issuer: string | null}}>}
 *   the credential to be verified, or one that only others can judge
 * @throws {UnreadableFile}
 */
export async function readFile(bytes) {
  if (bytes.length > MAX_FILE_BYTES) throw new UnreadableFile('too_large', `the file is larger than ${MAX_FILE_BYTES} bytes`);
  if (startsWith(bytes, PNG)) return { format: 'png', ...contentsOf(credentialInPng(bytes)) };
  if (startsWith(bytes, utf8('%PDF-'))) return { format: 'pdf', ...contentsOf(await credentialInPdf(bytes)) };
  const begin = String.fromCharCode(...bytes.subarray(0, 3)) === '\u00ef\u00bb\u00bf' ? 3 : 0;
  const text = fromUtf8(bytes.subarray(begin));
  if (text !== null && trimmed(text).startsWith('<')) return { format: 'svg', ...contentsOf(credentialInSvg(text)) };
  // White space of JSON, and no mark of the byte order, which other programs would stumble over.
  const isJson = text !== null && begin === 0 && (/^[{["]/.test(trimmed(text)) || tokenText(text) !== null);
  if (!isJson) throw unknown();
  return { format: 'json', ...contentsOfText(text) };
}

/** What the text in a badge or a certificate is. */
function contentsOf({ text, token, assertion }) {
  if (token !== undefined) {
    const signed = tokenText(token);
    return signed === null ? FOREIGN_TOKEN : contentsOfToken(signed);
  }
  if (assertion) return { foreign: { kind: 'open_badges', issuer: null } };
  if (utf8(text).length > MAX_DOCUMENT_BYTES) throw tooLarge();
  return contentsOfText(text);
}
