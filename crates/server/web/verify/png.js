// A baked PNG (Open Badges 3.0, section 5.3.2.1): an `iTXt` chunk with the keyword `openbadgecredential`.
import { fromUtf8, isEqual, utf8 } from './bytes.js';
import { BrokenError, LimitError, checksum, inflate } from './inflate.js';
import { MAX_DOCUMENT_BYTES, damaged as broken, empty, several, tooLarge } from './reading.js';

const SIGNATURE_LENGTH = 8;
const KEYWORD = utf8('openbadgecredential\0');
/** The keyword of Open Badges 1 and 2. */
const ASSERTION = utf8('openbadges\0');

const damaged = (what) => broken('PNG', what);

/** The one credential up to the end of the image: `{text}`, or `{assertion: true}` for one of Open Badges 2. */
export function credentialInPng(bytes) {
  let found = null;
  let hasAssertion = false;
  for (let at = SIGNATURE_LENGTH, isFirst = true; ; isFirst = false) {
    const { type, data, end } = chunk(bytes, at);
    if (isFirst !== (type === 'IHDR')) throw damaged('its header is not its first part');
    if ((type === 'iTXt' || type === 'tEXt') && startsWith(data, ASSERTION)) hasAssertion = true;
    if (type === 'iTXt' && startsWith(data, KEYWORD)) {
      const text = credential(data.subarray(KEYWORD.length));
      if (found !== null) throw several('PNG');
      found = text;
    }
    if (type === 'IEND') {
      if (found !== null) return { text: found };
      if (hasAssertion) return { assertion: true };
      throw empty('PNG');
    }
    at = end;
  }
}

const startsWith = (data, beginning) => isEqual(data.subarray(0, beginning.length), beginning);

/** Length, type, data, checksum. */
function chunk(bytes, at) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + 12 > bytes.length || view.getUint32(at) > bytes.length - at - 12) throw damaged('it is cut off');
  const end = at + 12 + view.getUint32(at);
  if (checksum(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) throw damaged('a checksum is wrong');
  return { type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)), data: bytes.subarray(at + 8, end - 4), end };
}

/** What follows the keyword: compression flag and method, language tag, 0, translated keyword, 0, text. */
function credential(rest) {
  const language = rest.indexOf(0, 2);
  const translated = language < 0 ? -1 : rest.indexOf(0, language + 1);
  if (translated < 0) throw damaged("the credential's part is cut off");
  const stored = rest.subarray(translated + 1);
  const text = fromUtf8(rest[0] === 0 ? stored : unpacked(rest, stored));
  if (text === null) throw damaged('the credential is not UTF-8');
  return text;
}

function unpacked([flag, method], stored) {
  if (flag !== 1 || method !== 0) throw damaged("the credential's compression is unknown");
  try {
    return inflate(stored, MAX_DOCUMENT_BYTES);
  } catch (error) {
    if (error instanceof LimitError) throw tooLarge();
    if (error instanceof BrokenError) throw damaged("the credential's compression is broken");
    throw error;
  }
}
