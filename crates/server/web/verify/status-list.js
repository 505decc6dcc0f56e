// Status lists (Bitstring Status List 1.0), in exactly the form that a host writes: `crates/credential/src/wallet/status_list.rs`.
import { fromBase64Url } from './bytes.js';
import { canonicalStatusList } from './canonical.js';
import { timestampOf } from './dates.js';
import { ReadError, textOf } from './did.js';
import { VC_2 } from './document.js';
import { signatureOf } from './ed25519.js';
import { BrokenError, LimitError, gunzip } from './inflate.js';
import { Numeral, parse } from './json.js';
import { LIST_LENGTH } from './wallet-document.js';

const MAX_LIST_BYTES = 1_048_576;

/** Why a list does not show the status of a credential. */
export class StatusListError extends Error {}

export class StatusList {
  static read(bytes) {
    const value = parse(bytes, (text) => new Numeral(text));
    const list = value instanceof Map ? listOf(value) : null;
    // What is not read is not signed either.
    if (list === null || !isWritten(written(list, value.get('proof')), value)) throw new ReadError("expected a status list of this host's form");
    return Object.assign(new StatusList(), list);
  }

  get canonical() {
    return canonicalStatusList(this);
  }

  isValidAt(now) {
    const [from, until] = [this.validFrom, this.validUntil].map(timestampOf);
    return from !== null && until !== null && from <= now && now < until;
  }

  /** Whether the entry is set. @throws {StatusListError} */
  isSet(index) {
    const bits = decoded(this.encoded);
    if (index >> 3 >= bits.length) throw new StatusListError(`the list has no entry ${index}`);
    // The first entry is the leftmost bit.
    return (bits[index >> 3] & (0x80 >> (index & 7))) !== 0;
  }
}

function decoded(encoded) {
  const wrong = () => new StatusListError('encodedList is not u and base64url of gzip');
  const compressed = encoded.startsWith('u') ? fromBase64Url(encoded.slice(1)) : null;
  if (compressed === null) throw wrong();
  let bits;
  try {
    bits = gunzip(compressed, MAX_LIST_BYTES);
  } catch (error) {
    if (error instanceof LimitError) throw new StatusListError(`the list is longer than ${MAX_LIST_BYTES} bytes`);
    throw error instanceof BrokenError ? wrong() : error;
  }
  if (bits.length < LIST_LENGTH / 8) throw new StatusListError(`the list has fewer than ${LIST_LENGTH} entries`);
  return bits;
}

/** The parts that a list does not share with every other; `null` if one is missing. */
function listOf(value) {
  const [subject, proof] = ['credentialSubject', 'proof'].map((name) => value.get(name));
  if (!(subject instanceof Map && proof instanceof Map)) return null;
  const [id, issuer, validFrom, validUntil] = ['id', 'issuer', 'validFrom', 'validUntil'].map((name) => textOf(value, name));
  const options = { created: textOf(proof, 'created'), verificationMethod: textOf(proof, 'verificationMethod') };
  const ttl = subject.get('ttl') instanceof Numeral ? subject.get('ttl').text : null;
  const signature = signatureOf(textOf(proof, 'proofValue') ?? '');
  const list = { id, issuer, validFrom, validUntil, ttl, encoded: textOf(subject, 'encodedList'), options, signature };
  const isWhole = Object.values({ ...list, ...options }).every((one) => one !== null);
  return isWhole && /^(0|[1-9][0-9]{0,19})$/.test(ttl) && BigInt(ttl) < 1n << 64n ? list : null;
}

function written({ id, issuer, validFrom, validUntil, ttl, encoded, options }, proof) {
  return {
    '@context': [VC_2],
    id,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer,
    validFrom,
    validUntil,
    credentialSubject: { id: `${id}#list`, type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList: encoded, ttl: new Numeral(ttl) },
    proof: {
      type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022', ...options, proofPurpose: 'assertionMethod', proofValue: proof.get('proofValue'),
    },
  };
}

function isWritten(wanted, found) {
  if (wanted instanceof Numeral) return found instanceof Numeral && found.text === wanted.text;
  if (Array.isArray(wanted)) return Array.isArray(found) && found.length === wanted.length && wanted.every((one, at) => isWritten(one, found[at]));
  if (typeof wanted !== 'object') return found === wanted;
  const names = Object.keys(wanted);
  return found instanceof Map && found.size === names.length && names.every((name) => isWritten(wanted[name], found.get(name)));
}
