// Issuer profiles: which addresses sign for an issuer, and from when until when; and the answers of a revocation list.
import { parseAddress } from './address.js';
import { timestampOf } from './dates.js';
import { ReadError, each, earlier, endOf, objects, textOf } from './did.js';
import { parse } from './json.js';

const KEY_PREFIX = 'ecdsa-koblitz-pubkey:';

export class IssuerProfile {
  static read(bytes) {
    const profile = parse(bytes);
    if (!(profile instanceof Map) || !profile.has('publicKey')) {
      throw new ReadError('expected an issuer profile: an object with the member publicKey');
    }
    return new IssuerProfile(profile);
  }

  constructor(profile) {
    this.keys = objects(profile.get('publicKey')).map(readKey).filter((key) => key !== null);
    this.revocationList = textOf(profile, 'revocationList');
    this.alsoKnownAs = each(profile.get('alsoKnownAs'));
  }

  /** The entries of an address; usually one. */
  keysOf(address) {
    return this.keys.filter((key) => key.address === address);
  }
}

/** An entry without a readable `created` is never valid. */
function readKey(entry) {
  const id = textOf(entry, 'id');
  const address = id?.startsWith(KEY_PREFIX) ? parseAddress(id.slice(KEY_PREFIX.length)) : null;
  return address === null ? null : {
    address,
    created: timestampOf(entry.get('created')),
    end: earlier(endOf(entry, 'expires'), endOf(entry, 'revoked')),
  };
}

export class RevocationList {
  /** An entry that cannot be read could be the one that was asked for, so it spoils the whole. */
  static read(bytes) {
    const list = parse(bytes);
    const entries = list instanceof Map ? list.get('revokedAssertions') : undefined;
    const isRight = Array.isArray(entries) && entries.every((entry) => entry instanceof Map && textOf(entry, 'id') !== null);
    if (!isRight) throw new ReadError('expected a revocation list: an object with the array revokedAssertions');
    return new RevocationList(entries);
  }

  constructor(entries) {
    this.entries = entries.map((entry) => ({ id: textOf(entry, 'id'), reason: textOf(entry, 'revocationReason') }));
  }

  entry(id) {
    return this.entries.find((entry) => entry.id === id) ?? null;
  }
}
