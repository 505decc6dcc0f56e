// The closed world of a table of judges: the documents that were handed in, the pinned contexts, the published schemas, one time.
// Nothing else is reachable from inside it, and every question that it refused is remembered.
import { didWebAddress } from '../lookups.mjs';
import { schemaDocuments } from '../published-schemas.mjs';

const LOGS = ['log', 'info', 'warn', 'error'];

export class ClosedWorld {
  #refused = [];

  /**
   * @param {{documents: Record<string, unknown>, contexts: import('../contexts.mjs').PinnedContexts, now: string}} parts
   *   `documents`: JSON by the URL that serves it
   */
  constructor({ documents, contexts, now }) {
    this.documents = new Map([...schemaDocuments(), ...Object.entries(documents)]);
    this.contexts = contexts;
    // Every host serves its own context the same, byte for byte.
    for (const origin of new Set([...this.documents.keys()].map((url) => new URL(url).origin))) contexts.adoptHostContext(`${origin}/contexts/v1`);
    this.now = new Date(now);
    if (Number.isNaN(this.now.getTime())) throw new Error(`not a time: ${now}`);
  }

  /** The questions that were refused since the last call. */
  takeRefused() {
    return this.#refused.splice(0);
  }

  /** A document of this world; a refusal is an error. A DID is read at its did:web address, its fragment is left to the caller. */
  read(url) {
    return JSON.parse(this.#served(url));
  }

  #served(url) {
    const address = url.startsWith('did:web:') ? `https://${didWebAddress(url)}` : url.split('#')[0];
    const pinned = this.contexts.find(address);
    if (pinned) return pinned.bytes;
    if (this.documents.has(address)) return JSON.stringify(this.documents.get(address));
    this.#refused.push(address);
    throw new Error(`NotFoundError: ${address} is not in this world`);
  }

  /** A document loader for JSON-LD libraries: contexts, DID documents, verification methods by their full id, status lists. */
  get documentLoader() {
    return async (url) => ({ contextUrl: null, documentUrl: url, document: url.startsWith('did:') ? this.#dereferenced(url) : this.read(url) });
  }

  #dereferenced(url) {
    const did = this.read(url);
    if (!url.includes('#')) return did;
    const method = did.verificationMethod?.find(({ id }) => id === url);
    if (!method) throw new Error(`NotFoundError: ${did.id} lists no method ${url}`);
    return { '@context': did['@context'], ...method };
  }

  /** A stand-in for the global `fetch`. */
  get fetch() {
    return async (input) => {
      const body = this.#served(String(input instanceof Request ? input.url : input));
      return new Response(body, { status: 200, headers: { 'content-type': 'application/json' } });
    };
  }

  /** Runs a judge that has no option for its questions or for the time: `fetch`, `Date` and `console` are this world's meanwhile. */
  async inside(judge) {
    const before = { fetch: globalThis.fetch, Date: globalThis.Date, logs: LOGS.map((name) => console[name]) };
    globalThis.fetch = this.fetch;
    globalThis.Date = stoppedClock(before.Date, this.now);
    for (const name of LOGS) console[name] = () => {};
    try {
      return await judge();
    } finally {
      globalThis.fetch = before.fetch;
      globalThis.Date = before.Date;
      LOGS.forEach((name, i) => { console[name] = before.logs[i]; });
    }
  }
}

/** A `Date` whose now never moves. */
function stoppedClock(RealDate, now) {
  return class extends RealDate {
    constructor(...given) {
      super(...(given.length === 0 ? [now.getTime()] : given));
    }

    static now() {
      return now.getTime();
    }
  };
}
