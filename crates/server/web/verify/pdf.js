// A certificate with the signed document attached: the file `credential.json` among the attachments of a PDF.
//
// Every attachment counts, also one that no list of the file names: a file in which two different credentials are attached
// is refused, because two programs could find different ones.
import { fromUtf8 } from './bytes.js';
import { contentsOfText } from './contents.js';
import { BrokenError, LimitError, inflate } from './inflate.js';
import { LockedFile, decryption } from './pdf-encryption.js';
import { PdfFile } from './pdf-file.js';
import { Stream, SyntaxFault, isName } from './pdf-syntax.js';
import { MAX_DOCUMENT_BYTES, UnreadableFile, damaged as broken, empty, several, tooLarge } from './reading.js';

const ATTACHMENT = 'credential.json';
const MAX_ATTACHMENTS = 256;
const MAX_DEPTH = 32;

const damaged = (what) => broken('PDF', what);

/** The one credential attached to the certificate: `{text}`. */
export async function credentialInPdf(bytes) {
  try {
    const file = new PdfFile(bytes);
    if (file.trailer.has('Encrypt')) file.decryptWith(await decryption(file));
    return { text: await new Attachments(file).credential() };
  } catch (error) {
    if (error instanceof SyntaxFault) throw damaged("it can't be read");
    if (error instanceof LockedFile) throw new UnreadableFile('locked', 'the PDF file can be opened only with a password');
    throw error;
  }
}

class Attachments {
  /** By the object that holds the content: the stream, and whether one of its names is that of a credential. */
  #found = new Map();

  constructor(file) {
    this.file = file;
  }

  async credential() {
    for await (const [reference, object] of this.file.objects()) {
      if (object instanceof Stream && isName(await this.file.resolve(object.dictionary.get('Type')), 'EmbeddedFile')) this.#add(object, false);
      await this.#collect(object, reference, MAX_DEPTH);
    }
    let found = null;
    for (const { stream, isNamed } of this.#found.values()) {
      const text = await this.#counted(stream, isNamed);
      if (text === null) continue;
      if (found !== null && found !== text) throw several('PDF');
      found = text;
    }
    if (found === null) throw empty('PDF');
    return found;
  }

  /** What has another name counts if it is a credential, and is passed over otherwise. */
  async #counted(stream, isNamed) {
    try {
      const text = await this.#content(stream);
      if (!isNamed) contentsOfText(text);
      return text;
    } catch (error) {
      if (!isNamed && error instanceof UnreadableFile) return null;
      throw error;
    }
  }

  async #collect(object, reference, depth) {
    if (depth === 0) return;
    if (Array.isArray(object)) for (const item of object) await this.#collect(item, reference, depth - 1);
    const dictionary = object instanceof Stream ? object.dictionary : object;
    if (!(dictionary instanceof Map)) return;
    const files = await this.file.resolve(dictionary.get('EF'));
    if (files instanceof Map) {
      const names = await Promise.all(['F', 'UF'].map((key) => this.#fileName(dictionary.get(key), reference)));
      for (const key of ['F', 'UF']) {
        const stream = await this.file.resolve(files.get(key));
        if (stream instanceof Stream) this.#add(stream, names.includes(ATTACHMENT));
      }
    }
    for (const value of dictionary.values()) await this.#collect(value, reference, depth - 1);
  }

  #add(stream, isNamed) {
    const { key } = stream.id;
    this.#found.set(key, { stream, isNamed: isNamed || (this.#found.get(key)?.isNamed ?? false) });
    if (this.#found.size > MAX_ATTACHMENTS) throw damaged('it has too many attachments');
  }

  /** UTF-16BE with a byte order mark, or else UTF-8, which covers the part of PDFDocEncoding that is ASCII. */
  async #fileName(value, reference) {
    const given = await this.file.resolve(value);
    if (!(given instanceof Uint8Array)) return null;
    const bytes = await this.file.text(given, reference);
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
    return fromUtf8(bytes)?.replace(/^\ufeff/, '') ?? null;
  }

  async #content({ dictionary, ...rest }) {
    const stored = await this.file.stored({ dictionary, ...rest });
    const filters = [await this.file.resolve(dictionary.get('Filter')) ?? []].flat();
    const parameters = [await this.file.resolve(dictionary.get('DecodeParms')) ?? []].flat().filter((one) => one !== null);
    let bytes = stored;
    if (filters.length > 0) {
      if (filters.length > 1 || !isName(filters[0], 'FlateDecode') || parameters.length > 0) throw damaged("the attachment's compression is unknown");
      bytes = unpacked(stored);
    }
    if (bytes.length > MAX_DOCUMENT_BYTES) throw tooLarge();
    const text = fromUtf8(bytes);
    if (text === null) throw damaged('the credential is not UTF-8');
    return text;
  }
}

function unpacked(stored) {
  try {
    return inflate(stored, MAX_DOCUMENT_BYTES + 1);
  } catch (error) {
    if (error instanceof LimitError) throw tooLarge();
    if (error instanceof BrokenError) throw damaged("the credential's compression is broken");
    throw error;
  }
}
