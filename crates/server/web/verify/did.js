// DID documents: read leniently, since third parties write them too. Keys and services that cannot be understood are left
// out.
import { addressOf, parseAddress, pointOf, pointOfCompressed } from './address.js';
import { decode as decodeBase58 } from './base58.js';
import { fromBase64Url } from './bytes.js';
import { timestampOf } from './dates.js';
import { parse } from './json.js';

/** The bytes are not a document of the kind that was expected. */
export class ReadError extends Error {}

/** A date that cannot be read counts as long past. */
export const LONG_PAST = -(1n << 70n);

/** The elements of an array, or the one value that stands in place of it. */
export const each = (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
export const objects = (value) => each(value).filter((one) => one instanceof Map);
export const textOf = (object, name) => (typeof object.get(name) === 'string' ? object.get(name) : null);

/** The earlier of two ends, either of which may be `null`: none. */
export const earlier = (one, other) => (one === null ? other : other === null || one < other ? one : other);

/** The end that a member names: `null` where it is absent. */
export const endOf = (object, name) => (object.has(name) ? timestampOf(object.get(name)) ?? LONG_PAST : null);

export class DidDocument {
  static read(bytes) {
    const document = parse(bytes);
    const id = document instanceof Map ? textOf(document, 'id') : null;
    if (id === null) throw new ReadError('expected a DID document: an object with the member id');
    return new DidDocument(id, document);
  }

  constructor(id, document) {
    const absolute = (name) => (name.startsWith('#') ? id + name : name);
    const asserting = document.get('assertionMethod');
    this.id = id;
    // A key may be in `assertionMethod` itself instead of being named there.
    this.methods = [...objects(document.get('verificationMethod')), ...objects(asserting)]
      .filter((method) => textOf(method, 'id') !== null)
      .map((method) => readMethod(method, absolute));
    this.assertionMethods = each(asserting)
      .map((entry) => (entry instanceof Map ? textOf(entry, 'id') : entry))
      .filter((name) => typeof name === 'string')
      .map(absolute);
    this.services = objects(document.get('service')).flatMap((service) => {
      const name = textOf(service, 'id');
      const endpoint = each(service.get('serviceEndpoint')).find((one) => typeof one === 'string');
      return name === null || endpoint === undefined ? [] : [{ id: absolute(name), types: each(service.get('type')), endpoint }];
    });
  }

  /** The key of that id. `null` if there is none, or if several claim the id. */
  method(id) {
    const found = this.methods.filter((method) => method.id === id);
    return found.length === 1 ? found[0] : null;
  }

  mayAssert(id) {
    return this.assertionMethods.includes(id);
  }

  serviceOfType(type) {
    return this.services.find(({ types }) => types.includes(type)) ?? null;
  }

  service(id) {
    return this.services.find((service) => service.id === id) ?? null;
  }
}

/** `address` is that of the secp256k1 key; `null` if there is none, or if two are given and differ. `multikey` is the text of a
 * Multikey, and `documentJwk` a JSON Web Key, that has no other key beside it. */
function readMethod(method, absolute) {
  const keys = [];
  if (method.has('publicKeyJwk')) keys.push(readJwk(method.get('publicKeyJwk')));
  if (method.has('publicKeyMultibase')) keys.push(readMultikey(textOf(method, 'publicKeyMultibase')));
  const addresses = keys.map((key) => (key === null ? null : addressOf(key)));
  const isOne = addresses.length > 0 && addresses.every((address) => address !== null && address === addresses[0]);
  return {
    id: absolute(textOf(method, 'id')),
    address: isOne ? addresses[0] : null,
    documentJwk: method.get('type') === 'JsonWebKey' && !method.has('publicKeyMultibase') ? method.get('publicKeyJwk') : null,
    multikey: method.get('type') === 'Multikey' && !method.has('publicKeyJwk') ? textOf(method, 'publicKeyMultibase') : null,
    controller: textOf(method, 'controller'),
    account: readAccount(textOf(method, 'blockchainAccountId')),
    ended: earlier(endOf(method, 'expires'), endOf(method, 'revoked')),
  };
}

function readJwk(jwk) {
  if (!(jwk instanceof Map) || jwk.get('kty') !== 'EC' || jwk.get('crv') !== 'secp256k1') return null;
  const [x, y] = ['x', 'y'].map((name) => fromBase64Url(textOf(jwk, name) ?? ''));
  return pointOf(x, y);
}

/** Multikey of secp256k1: multicodec 0xe7, then the compressed point. */
function readMultikey(text) {
  // 35 bytes are at most 48 characters; longer texts are not worth decoding.
  if (text === null || !text.startsWith('z') || text.length > 49) return null;
  const bytes = decodeBase58(text.slice(1));
  return bytes?.length === 35 && bytes[0] === 0xe7 && bytes[1] === 1 ? pointOfCompressed(bytes.subarray(2)) : null;
}

/** `eip155:<chain id>:<address>`: the one chain that a key signs for, and its address there. */
function readAccount(text) {
  const found = /^eip155:(0|[1-9][0-9]*):(.*)$/s.exec(text ?? '');
  const address = found && parseAddress(found[2]);
  return address && BigInt(found[1]) < 1n << 64n ? { chainId: BigInt(found[1]), address } : null;
}
