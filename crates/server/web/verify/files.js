// The credential inside a file: the signed document itself, a baked badge, or a certificate with the document attached.
import { fromUtf8, isEqual, utf8 } from './bytes.js';
import { JsonError, parse } from './json.js';
import { credentialInPdf } from './pdf.js';
import { credentialInPng } from './png.js';
import { credentialInSvg } from './svg.js';

/** The largest file that is read. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;

const startsWith = (bytes, text) => isEqual(bytes.subarray(0, text.length), utf8(text));

/** The signed document's bytes; `null` where the file holds none, or several. */
export async function credentialIn(bytes) {
  if (isEqual(bytes.subarray(0, 8), [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return credentialInPng(bytes);
  if (startsWith(bytes, '%PDF-')) return credentialInPdf(bytes);
  const text = fromUtf8(bytes);
  if (text?.trimStart().startsWith('<')) return credentialInSvg(text);
  // Bytes that are no JSON go on to the check, which says what is wrong with them.
  return text?.trimStart().startsWith('{') ? unwrapped(bytes) : null;
}

/** Takes the credential out of what `GET /v1/credentials/{id}` answers; anything else is left as it is. */
export function unwrapped(bytes) {
  try {
    const body = parse(bytes);
    const signed = body instanceof Map ? body.get('signed_credential') : undefined;
    return signed instanceof Map ? utf8(JSON.stringify(plain(signed))) : bytes;
  } catch (error) {
    if (error instanceof JsonError) return bytes;
    throw error;
  }
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof Map ? Object.fromEntries([...value].map(([name, member]) => [name, plain(member)])) : value;
}
