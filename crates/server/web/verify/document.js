// From JSON to a document, through the closed member list of section 2 of the format: every member has exactly the type
// shown there and no other member exists, because many other spellings give the same hash.
import { kind } from './json.js';

export const VC_2 = 'https://www.w3.org/ns/credentials/v2';
const BLOCKCERTS_3 = 'https://w3id.org/blockcerts/v3';
export const OPEN_BADGES_3 = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const DATA_INTEGRITY_2 = 'https://w3id.org/security/data-integrity/v2';

/** What may stand in `@context` before the host's own. All of them give the same canonical form. */
const CONTEXTS = [
  [VC_2, BLOCKCERTS_3, OPEN_BADGES_3],
  [VC_2, OPEN_BADGES_3],
  [VC_2, BLOCKCERTS_3, OPEN_BADGES_3, DATA_INTEGRITY_2],
];

const MEMBERS = [
  '@context', 'id', 'type', 'issuer', 'validFrom', 'issuanceDate', 'validUntil', 'expirationDate', 'nonce',
  'credentialSubject', 'evidence',
];

/** The first fault of a document: where, and what was expected there. */
export class DocumentError extends Error {
  constructor(path, fault) {
    super(`${path === '' ? 'document' : path}: ${fault}`);
    this.path = path;
    this.fault = fault;
  }
}

/** A document without a proof. */
export const readDocument = (value) => document(members(value, '', MEMBERS));

/** A document with its proof, in one of the three layouts of section 9. */
export function readCredential(value) {
  const all = members(value, '', [...MEMBERS, 'proof']);
  return { document: document(all), ...proof(all.required('proof')) };
}

function document(all) {
  const contexts = contextsOf(all.required('@context'));
  all.fixedArray('type', ['VerifiableCredential', 'OpenBadgeCredential']);
  const id = all.string('id');
  const issuer = issuerOf(all.required('issuer'));
  const issuanceDate = all.string('issuanceDate');
  if (all.string('validFrom') !== issuanceDate) throw new DocumentError('validFrom', 'must be equal to issuanceDate');
  const expirationDate = all.optionalString('expirationDate');
  if (all.optionalString('validUntil') !== expirationDate) throw new DocumentError('validUntil', 'must be equal to expirationDate');
  const nonce = all.string('nonce');
  const subject = subjectOf(all.required('credentialSubject'));
  return { contexts, id, issuer, issuanceDate, expirationDate, nonce, subject, evidence: all.optionalArray('evidence', evidenceOf) };
}

function contextsOf(value) {
  const isKnown = Array.isArray(value) && value.every((url) => typeof url === 'string') && CONTEXTS.some(
    (array) => array.length + 1 === value.length && array.every((url, at) => url === value[at]),
  );
  if (!isKnown) throw new DocumentError('@context', 'must be one of the arrays of contexts that the format lists');
  return value;
}

export function issuerOf(value) {
  const issuer = members(value, 'issuer', ['id', 'type', 'name', 'url', 'image']);
  issuer.fixedArray('type', ['Profile']);
  const image = issuer.has('image') ? imageOf(issuer.required('image')) : null;
  return { id: issuer.string('id'), name: issuer.string('name'), url: issuer.optionalString('url'), image };
}

function imageOf(value) {
  const image = members(value, 'issuer.image', ['id', 'type']);
  image.fixedString('type', 'Image');
  return { id: image.string('id') };
}

function subjectOf(value) {
  const subject = members(value, 'credentialSubject', ['id', 'type', 'name', 'achievement']);
  subject.fixedArray('type', ['AchievementSubject']);
  const achievement = achievementOf(subject.required('achievement'));
  return { id: subject.string('id'), name: subject.optionalString('name'), achievement };
}

export function achievementOf(value) {
  const place = 'credentialSubject.achievement';
  const achievement = members(value, place, ['id', 'type', 'name', 'description', 'criteria', 'alignment']);
  achievement.fixedArray('type', ['Achievement']);
  const criteria = members(achievement.required('criteria'), `${place}.criteria`, ['narrative']);
  return {
    id: achievement.optionalString('id'),
    name: achievement.string('name'),
    description: achievement.string('description'),
    criteria: criteria.string('narrative'),
    alignment: achievement.optionalArray('alignment', alignmentOf),
  };
}

function alignmentOf(value, place) {
  const alignment = members(value, place, ['type', 'targetFramework', 'targetCode', 'targetName', 'targetUrl']);
  alignment.fixedArray('type', ['Alignment']);
  return {
    targetFramework: alignment.string('targetFramework'),
    targetCode: alignment.string('targetCode'),
    targetName: alignment.string('targetName'),
    targetUrl: alignment.string('targetUrl'),
  };
}

export function evidenceOf(value, place) {
  const evidence = members(value, place, ['id', 'type', 'narrative']);
  evidence.fixedArray('type', ['Evidence']);
  return { id: evidence.optionalString('id'), narrative: evidence.optionalString('narrative') };
}

function proof(value) {
  if (Array.isArray(value)) {
    if (value.length !== 1) throw new DocumentError('proof', 'must be one proof, or an array of exactly one');
    return { layout: 'MerkleProof2019, Open Badges layout', proof: proofOf(value[0], 'proof[0]', false) };
  }
  const isDataIntegrity = value instanceof Map && value.has('cryptosuite');
  const layout = isDataIntegrity ? 'DataIntegrityProof merkle-proof-2019' : 'MerkleProof2019';
  return { layout, proof: proofOf(value, 'proof', isDataIntegrity) };
}

function proofOf(value, place, isDataIntegrity) {
  const known = ['type', 'created', 'proofPurpose', 'verificationMethod', 'proofValue'];
  const one = members(value, place, isDataIntegrity ? [...known, 'cryptosuite'] : known);
  one.fixedString('type', isDataIntegrity ? 'DataIntegrityProof' : 'MerkleProof2019');
  if (isDataIntegrity) one.fixedString('cryptosuite', 'merkle-proof-2019');
  one.fixedString('proofPurpose', 'assertionMethod');
  return { created: one.string('created'), verificationMethod: one.string('verificationMethod'), proofValue: one.string('proofValue') };
}

/** The members of an object, all of which must be known. */
export function members(value, place, known) {
  if (!(value instanceof Map)) throw new DocumentError(place, `must be an object, but is ${kind(value)}`);
  for (const name of value.keys()) {
    if (!known.includes(name)) throw new DocumentError(memberOf(place, name), 'is not a member of the format');
  }
  return new Members(value, place);
}

export const memberOf = (place, name) => (place === '' ? name : `${place}.${name}`);

class Members {
  constructor(object, place) {
    this.object = object;
    this.place = place;
  }

  has(name) {
    return this.object.has(name);
  }

  fail(name, fault) {
    throw new DocumentError(memberOf(this.place, name), fault);
  }

  required(name) {
    if (!this.object.has(name)) this.fail(name, 'is missing');
    return this.object.get(name);
  }

  string(name) {
    const value = this.required(name);
    if (typeof value !== 'string') this.fail(name, `must be a string, but is ${kind(value)}`);
    return value;
  }

  /** `null` where the member is absent; a member that is `null` is a fault. */
  optionalString(name) {
    return this.object.has(name) ? this.string(name) : null;
  }

  fixedString(name, wanted) {
    if (this.required(name) !== wanted) this.fail(name, `must be exactly ${wanted}`);
  }

  fixedArray(name, wanted) {
    const value = this.required(name);
    const isRight = Array.isArray(value) && value.length === wanted.length && wanted.every((want, at) => value[at] === want);
    if (!isRight) this.fail(name, `must be exactly [${wanted.map((want) => `"${want}"`).join(', ')}]`);
  }

  /** An array of objects that is left out when it is empty. */
  optionalArray(name, read) {
    if (!this.object.has(name)) return [];
    const value = this.object.get(name);
    if (!Array.isArray(value)) this.fail(name, `must be an array of objects, but is ${kind(value)}`);
    if (value.length === 0) this.fail(name, 'must not be empty');
    return value.map((element, at) => read(element, `${memberOf(this.place, name)}[${at}]`));
  }
}
