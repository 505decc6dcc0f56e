// The pinned JSON-LD contexts: the only context documents that any program here loads.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the project keeps them: beside the crate that bundles them. */
export const CONTEXT_DIRECTORY = fileURLToPath(new URL('../../../crates/credential/contexts/', import.meta.url));

/** The file that every host serves at `/contexts/v1`. */
const HOST_CONTEXT_FILE = 'learncoin-v1.jsonld';

export const sha256Hex = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Context documents by URL, each compared with the SHA-256 of the manifest before it is believed. */
export class PinnedContexts {
  #byUrl = new Map();

  constructor(directory = CONTEXT_DIRECTORY) {
    const { contexts } = JSON.parse(readFileSync(path.join(directory, 'manifest.json'), 'utf8'));
    for (const { url, aliases = [], file, sha256 } of contexts) {
      const bytes = readFileSync(path.join(directory, file));
      if (sha256Hex(bytes) !== sha256) throw new Error(`${file} is not the document that manifest.json pins`);
      const pinned = { url, bytes, sha256, document: JSON.parse(bytes) };
      for (const name of [url, ...aliases]) this.#byUrl.set(name, pinned);
      if (file === HOST_CONTEXT_FILE) this.hostContext = pinned;
    }
    if (!this.hostContext) throw new Error(`manifest.json does not list ${HOST_CONTEXT_FILE}`);
  }

  find(url) {
    return this.#byUrl.get(url);
  }

  /** Lets a host's own context URL stand for the pinned document, for programs that have no host to ask. */
  adoptHostContext(url) {
    this.#byUrl.set(url, this.hostContext);
  }

  /** A document loader for jsonld.js that answers from memory and knows nothing else. */
  get documentLoader() {
    return async (url) => {
      const pinned = this.find(url);
      if (!pinned) throw new Error(`not a pinned context: ${url}`);
      return { contextUrl: null, documentUrl: url, document: pinned.document };
    };
  }
}
