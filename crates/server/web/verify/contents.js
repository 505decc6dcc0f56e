// The kind of a text: a credential of LearnCoin, a genuine one of another system, or neither.
//
// A credential of another system is recognized by its form, and is not verified: our checks would fail on every one of them. One
// that bears any mark of ours is verified, so that a forger does not get another answer by taking marks away. The rules are
// those of `crates/badge/src/bake/contents.rs`.
import { utf8 } from './bytes.js';
import { JsonError, parse } from './json.js';
import { MAX_DOCUMENT_BYTES, UnreadableFile, several, tooLarge, trimmed } from './reading.js';
import { decoded, partsOf, tokenText } from './token.js';

export const FOREIGN_TOKEN = { foreign: { kind: 'token', issuer: null } };
/** The most characters of an issuer of others that are reported. */
const MAX_ISSUER_CHARS = 200;

const noCredential = () => new UnreadableFile('no_credential', 'what is inside is JSON, but not a credential');

/**
 * Finds the credential in a text.
 * @returns {{credential: Uint8Array} | {foreign: {kind: string, issuer: string | null}}} the credential to be verified, or one that
 *   only others can judge: its kind, and the issuer that it names, which nothing confirms
 * @throws {UnreadableFile}
 */
export function contentsOfText(text) {
  const token = tokenText(text);
  if (token !== null) return contentsOfToken(token);
  let value;
  try {
    value = parse(utf8(text));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    if (error.isSyntax) throw new UnreadableFile('not_json', 'what is inside is not a credential: it is no JSON object');
    // JSON that two programs could read differently. If it is meant to be one of ours, the verification says so.
    if (['/contexts/v1"', '/c/crd_'].some((mark) => text.includes(mark))) return bounded(text);
    throw noCredential();
  }
  const isWrapped = !(value instanceof Map) || wrapped(value) !== undefined;
  const document = unwrap(value);
  if (typeof document === 'string') return contentsOfToken(document);
  if (bearsOurMarks(document)) return bounded(isWrapped ? JSON.stringify(plain(document)) : text);
  const kind = foreignKind(document);
  if (kind === undefined) throw noCredential();
  return { foreign: { kind, issuer: issuerOf(document) } };
}

/** What a signed token is. One that is longer than any of ours is not decoded. */
export function contentsOfToken(token) {
  if (utf8(token).length <= MAX_DOCUMENT_BYTES && tokenBearsOurMarks(token)) return { credential: utf8(token) };
  return FOREIGN_TOKEN;
}

function bounded(text) {
  const credential = utf8(text);
  if (credential.length > MAX_DOCUMENT_BYTES) throw tooLarge();
  return { credential };
}

/** Takes a credential out of an array of one, a presentation, and the answer of the API: an object, or the text of a token. */
function unwrap(value) {
  if (Array.isArray(value)) {
    if (value.length > 1) throw several('JSON');
    if (value.length === 1) return unwrap(value[0]);
    throw noCredential();
  }
  if (value instanceof Map) {
    const inside = wrapped(value);
    return inside === undefined ? value : unwrap(inside);
  }
  const token = typeof value === 'string' ? tokenText(value) : null;
  if (token !== null) return token;
  throw noCredential();
}

/** The value that holds the credential, if the object is around one. */
function wrapped(object) {
  const signed = object.get('signed_credential');
  if (signed instanceof Map) return signed;
  return strings(object.get('type')).includes('VerifiablePresentation') ? object.get('verifiableCredential') : undefined;
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  // A member that is named as an object's prototype is one like any other.
  const object = Object.create(null);
  for (const [name, member] of value) object[name] = plain(member);
  return object;
}

function foreignKind(document) {
  const contexts = strings(document.get('@context'));
  const types = [...strings(document.get('type')), ...strings(document.get('@type'))];
  const proofTypes = ['proof', 'signature', 'receipt'].flatMap((name) => objects(document.get(name))).flatMap((proof) => strings(proof.get('type')));
  const hasContext = (...parts) => contexts.some((context) => parts.some((part) => context.includes(part)));
  const hasType = (...names) => names.some((name) => types.includes(name));
  const has = (...names) => names.every((name) => document.has(name));
  const isBlockcerts = hasContext('blockcerts') || proofTypes.some((name) => name.startsWith('MerkleProof20') || name.startsWith('Chainpoint'))
    || has('certificate', 'assertion', 'signature');
  if (isBlockcerts) return 'blockcerts';
  if (hasContext('data.europa.eu/snb', 'europass') || hasType('EuropassCredential', 'EuropeanDigitalCredential')) return 'europass';
  const isBadge = hasContext('purl.imsglobal.org', 'openbadge') || hasType('OpenBadgeCredential', 'AchievementCredential', 'Assertion')
    || (has('badge', 'recipient') && (has('verify') || has('verification')));
  if (isBadge) return 'open_badges';
  const isVerifiable = hasContext('www.w3.org/2018/credentials', 'www.w3.org/ns/credentials') || hasType('VerifiableCredential', 'EnvelopedVerifiableCredential')
    || has('credentialSubject');
  if (isVerifiable) return 'verifiable_credential';
  return has('payload', 'protected') || has('signatures') ? 'token' : undefined;
}

/** The issuer that a credential of others names: that of a Verifiable Credential, or that of the badge in an assertion. */
function issuerOf(document) {
  const issuer = document.get('issuer') ?? objects(document.get('badge'))[0]?.get('issuer');
  // In several languages a name is an object, or an array of them; then the identifier is reported.
  const texts = typeof issuer === 'string' ? [issuer] : ['name', 'id', 'url'].map((name) => objects(issuer)[0]?.get(name));
  const text = texts.find((one) => typeof one === 'string' && trimmed(one) !== '') ?? '';
  return [...trimmed(text)].slice(0, MAX_ISSUER_CHARS).join('') || null;
}

/** Whether a text is the DID of a tenant's wallet forms, `did:web:HOST:t:ULID`, or one of its keys. */
const isWalletDid = (text) => /^did:web:(?:(?!:t:)[^#])*:t:[0-9A-Za-z]{26}(?:#|$)/.test(text);

/** Whether a document says that it was issued with LearnCoin. One mark is enough, and our context beside a proof of our type. */
function bearsOurMarks(document) {
  const ofTenant = (value) => strings(value).some((text) => text.includes('#tenant-') || isWalletDid(text));
  const proofs = objects(document.get('proof'));
  const hasId = strings(document.get('id')).some((id) => id.includes('/c/crd_'));
  const hasIssuer = ofTenant(document.get('issuer')) || objects(document.get('issuer')).some((issuer) => ofTenant(issuer.get('id')));
  const hasMethod = proofs.some((proof) => ofTenant(proof.get('verificationMethod')));
  const hasContext = strings(document.get('@context')).some((context) => context.endsWith('/contexts/v1'));
  const hasProofType = proofs.some((proof) => (
    [...strings(proof.get('type')), ...strings(proof.get('cryptosuite'))].some((name) => name === 'MerkleProof2019' || name === 'merkle-proof-2019')
  ));
  return hasId || hasIssuer || hasMethod || (hasContext && hasProofType);
}

/** Whether a signed token says that it was issued with LearnCoin: by the key that its header names, its claims, or the credential in them. */
function tokenBearsOurMarks(token) {
  const [header, claims] = (partsOf(token) ?? []).map(decoded);
  const ofTenant = (object, name) => strings(object.get(name)).some(isWalletDid);
  if (header instanceof Map && ofTenant(header, 'kid')) return true;
  return claims instanceof Map && (ofTenant(claims, 'iss') || strings(claims.get('jti')).some((id) => id.includes('/c/crd_'))
    || bearsOurMarks(claims) || objects(claims.get('vc')).some(bearsOurMarks));
}

const items = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const strings = (value) => items(value).filter((item) => typeof item === 'string');
const objects = (value) => items(value).filter((item) => item instanceof Map);
