// The origin of a deployment, and the identifiers that follow from it.
import { splitOnce } from './text.js';

/** Whether a text is a ULID in upper case. */
export const isUlid = (text) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text);

/** `localhost` and the names under it, which resolvers keep on the machine. */
export const isLoopback = (name) => name === 'localhost' || name.endsWith('.localhost');

/** A public origin whose host is a name; did:web allows no addresses. */
export class Host {
  constructor(url) {
    this.origin = url.origin;
    this.did = `did:web:${url.hostname}${url.port === '' ? '' : `%3A${url.port}`}`;
  }

  /** The host of an origin, which may be spelled in other ways than ours; `null` for what is none. */
  static parse(origin) {
    if (!URL.canParse(origin)) return null;
    const url = new URL(origin);
    const isBare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
    const isName = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(url.hostname) && !/^[0-9.]+$/.test(url.hostname);
    const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
    // `?` and `#` with nothing behind them are seen in the text alone.
    return isBare && isName && isSecure && !/[?#]/.test(origin) ? new Host(url) : null;
  }

  /** The host of a URL that must begin with a normalized origin, and what follows it; `null` for any other spelling. */
  static ofUrl(url) {
    const found = /^[^/]*:\/\/[^/]*(?=\/)/.exec(url)?.[0];
    const host = found === undefined ? null : Host.parse(found);
    return host?.origin === found && host ? { host, path: url.slice(found.length) } : null;
  }

  tenantDid(ulid) {
    return `${this.did}#tenant-${ulid}`;
  }

  /** The DID of a tenant's wallet forms, and where its document and its status lists are. */
  tenantWalletDid(ulid) {
    return `${this.did}:t:${ulid}`;
  }

  tenantWalletDidDocumentUrl(ulid) {
    return `${this.origin}/t/${ulid}/did.json`;
  }

  statusListsUrl(ulid) {
    return `${this.origin}/t/${ulid}/status/revocation/`;
  }

  get didDocumentUrl() {
    return `${this.origin}/.well-known/did.json`;
  }

  get profileUrl() {
    return `${this.origin}/issuer.json`;
  }

  tenantProfileUrl(ulid) {
    return `${this.origin}/tenants/${ulid}/issuer.json`;
  }
}

/** Why a DID has no URL. */
export class DidError extends Error {}

/** The URL of a `did:web`'s document. Hosts on this machine are asked over `http`. A fragment is left out. */
export function didWebUrl(did) {
  const [bare] = splitOnce(did, '#');
  if (!bare.startsWith('did:web:')) throw new DidError('only did:web can be looked up');
  const [first, ...path] = bare.slice('did:web:'.length).split(':');
  const authority = first.replaceAll('%3A', ':').replaceAll('%3a', ':');
  const origin = `${isLoopback(splitOnce(authority, ':')[0]) ? 'http' : 'https'}://${authority}`;
  const host = Host.parse(origin);
  const isPlain = (segment) => /^[A-Za-z0-9._-]+$/.test(segment) && segment !== '.' && segment !== '..';
  if (host?.origin !== origin || !path.every(isPlain)) {
    throw new DidError('expected did:web: and a host name, with the port as %3A and path segments after colons');
  }
  return path.length === 0 ? host.didDocumentUrl : `${host.origin}/${path.join('/')}/did.json`;
}
