// Answers everything that the stock verifier asks for, from a closed list: the DID resolver, the hosts under test,
// the pinned contexts. Nothing else is reachable, and every question that got no answer is remembered.
import { sha256Hex } from './contexts.mjs';
import { Outage } from './outage.mjs';

/** Stands for a universal resolver. The library appends the DID to it. */
export const DID_RESOLVER = 'https://did-resolver.invalid/1.0/identifiers';

/** `did:web:host%3A8080:path` to `host:8080/path/did.json`, without a scheme (did:web method, section 3.2). */
export function didWebAddress(did) {
  const [scheme, method, host, ...path] = did.split('#')[0].split(':');
  if (scheme !== 'did' || method !== 'web' || !host) throw new Error(`not a did:web identifier: ${did}`);
  return [decodeURIComponent(host), ...(path.length > 0 ? path.map(decodeURIComponent) : ['.well-known']), 'did.json'].join('/');
}

/** Host names are compared without a scheme: the library rewrites `http` to `https` before it asks. */
const withoutScheme = (url) => url.replace(/^https?:\/\//, '');

/** `["https://learncoin.me=http://127.0.0.1:8080", …]` as `--map` takes it. */
export function parseMaps(entries) {
  return entries.map((entry) => {
    const parts = /^(https?:\/\/[^=]+)=(https?:\/\/.+)$/.exec(entry);
    if (!parts) throw new Error(`--map wants ORIGIN=BASE with two http or https URLs, got ${entry}`);
    return { from: withoutScheme(parts[1]).replace(/\/$/, ''), to: parts[2].replace(/\/$/, '') };
  });
}

export class Lookups {
  #memory = new Map();
  #failures = [];

  /** @param {{maps: {from: string, to: string}[], contexts: import('./contexts.mjs').PinnedContexts, fetch?: typeof fetch}} parts */
  constructor({ maps, contexts, fetch = globalThis.fetch }) {
    this.maps = maps;
    this.contexts = contexts;
    this.realFetch = fetch;
  }

  /** The errors of what could not be answered since the last call. */
  takeFailures() {
    return this.#failures.splice(0);
  }

  /** For questions that are asked elsewhere, as those about the chain. */
  noteFailure(error) {
    this.#failures.push(error);
  }

  /** A stand-in for the global `fetch`. */
  get fetch() {
    return async (input) => {
      const url = String(input instanceof Request ? input.url : input).split('#')[0];
      try {
        const { body, type } = await this.#answer(url);
        return new Response(body, { status: 200, headers: { 'content-type': type } });
      } catch (error) {
        error.message = `${url}: ${error.message}`;
        this.noteFailure(error);
        throw error;
      }
    };
  }

  async #answer(url) {
    if (url.startsWith(`${DID_RESOLVER}/`)) return this.#resolveDid(url.slice(DID_RESOLVER.length + 1));
    const target = this.#mapped(url);
    if (target) return this.#read(target);
    const pinned = this.contexts.find(url);
    if (pinned) return { body: pinned.bytes, type: 'application/ld+json' };
    throw new Error('refused, it is on no list');
  }

  async #resolveDid(did) {
    const target = this.#mapped(didWebAddress(did));
    if (!target) throw new Error('no host is mapped for this DID');
    const { body } = await this.#read(target);
    return { body: JSON.stringify({ didDocument: JSON.parse(body) }), type: 'application/json' };
  }

  #mapped(url) {
    const address = withoutScheme(url);
    const map = this.maps.find(({ from }) => address === from || address.startsWith(`${from}/`) || address.startsWith(`${from}?`));
    return map && map.to + address.slice(map.from.length);
  }

  /** Documents are read once for the process; what takes a query (a status) is read each time. */
  #read(target) {
    if (new URL(target).search) return this.#fetch(target);
    if (!this.#memory.has(target)) {
      const answer = this.#fetch(target);
      answer.catch(() => this.#memory.delete(target));
      this.#memory.set(target, answer);
    }
    return this.#memory.get(target);
  }

  async #fetch(target) {
    const response = await this.#patiently(() => this.realFetch(target));
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status >= 500) throw new Outage(`${target} answered ${response.status}`);
    if (!response.ok) throw new Error(`${target} answered ${response.status}`);
    if (new URL(target).pathname.endsWith('/contexts/v1') && sha256Hex(body) !== this.contexts.hostContext.sha256) {
      throw new Outage(`${target} is not the pinned context document`);
    }
    return { body, type: response.headers.get('content-type') ?? 'application/json' };
  }

  /** Reading twice is harmless, and a kept-alive connection may be closed just as it is used again. */
  async #patiently(read) {
    try {
      return await read();
    } catch {
      return read().catch((error) => { throw new Outage(error.cause?.message ?? error.message); });
    }
  }
}
