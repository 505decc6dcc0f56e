// Makes tampered variants of one valid credential, each with the verdict that is due.
// `expect` is what the stock verifier says; `strict` what section 11 of the credential format demands. They differ
// where the library is known to accept what it should not (section 12): those stay in the list, marked "valid".
import { Encoder } from '@blockcerts/lds-merkle-proof-2019';
import jsonld from 'jsonld';
import { sha256Hex } from './contexts.mjs';
import { ProofValue } from './proof-value.mjs';

const CONTEXT = {
  credentials: 'https://www.w3.org/ns/credentials/v2',
  blockcerts: 'https://w3id.org/blockcerts/v3',
  openBadges: 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
  dataIntegrity: 'https://w3id.org/security/data-integrity/v2',
};

const refused = (name, credential) => ({ name, credential, expect: 'invalid', strict: 'invalid' });
const accepted = (name, credential) => ({ name, credential, expect: 'valid', strict: 'valid' });
/** A gap of the library: it says valid, a LearnCoin verifier must not. */
const overlooked = (name, credential) => ({ name, credential, expect: 'valid', strict: 'invalid' });

const edited = (credential, edit) => {
  const copy = structuredClone(credential);
  edit(copy);
  return copy;
};

/**
 * @param {object} credential a valid one in the default layout, full or redacted
 * @param {{others?: object[], contexts: import('./contexts.mjs').PinnedContexts, random: () => number, bitFlips?: number}} options
 *   `others`: valid credentials whose proofs do not belong to this one (its own redacted twin, a neighbor)
 * @returns {Promise<{name: string, credential: object, expect: string, strict: string}[]>}
 */
export async function tamper(credential, { others = [], contexts, random, bitFlips = 32 }) {
  return [
    accepted('untouched', credential),
    ...changedValues(credential),
    ...removedMembers(credential),
    ...addedMembers(credential),
    ...otherSpellings(credential),
    ...otherContexts(credential),
    ...otherProofs(credential, others),
    ...otherProofValues(credential, random, bitFlips),
    ...await forgedAnchors(credential, contexts),
  ];
}

/** Every path of the signed document, as `[["credentialSubject", "name"], value]`; the proof and the contexts have rules of their own. */
function* places(node, path = []) {
  for (const [key, value] of Object.entries(node)) {
    if (path.length === 0 && (key === 'proof' || key === '@context')) continue;
    const here = [...path, Array.isArray(node) ? Number(key) : key];
    yield [here, value];
    if (value !== null && typeof value === 'object') yield* places(value, here);
  }
}

const parentOf = (root, path) => path.slice(0, -1).reduce((node, key) => node[key], root);
const spoken = (path) => path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('').slice(1);

function changedValues(credential) {
  const texts = [...places(credential)].filter(([, value]) => typeof value === 'string');
  return texts.map(([path, value]) => refused(`changed ${spoken(path)}`, edited(credential, (copy) => {
    parentOf(copy, path)[path.at(-1)] = otherText(value);
  })));
}

/** Another value of the same kind: a date stays a date, a URI a URI. */
function otherText(value) {
  if (/^\d{4}-/.test(value)) return `${Number(value.slice(0, 4)) - 1}${value.slice(4)}`;
  if (/^[a-z][a-z0-9+.-]*:/.test(value)) return `${value}0`;
  return `${value} `;
}

function removedMembers(credential) {
  return [...places(credential)].map(([path]) => refused(`removed ${spoken(path)}`, edited(credential, (copy) => {
    const parent = parentOf(copy, path);
    if (Array.isArray(parent)) parent.splice(path.at(-1), 1);
    else delete parent[path.at(-1)];
  })));
}

function addedMembers(credential) {
  const added = (name, edit) => refused(`added ${name}`, edited(credential, edit));
  const list = [
    added('a member that no context knows', (c) => { c.grade = 'A'; }),
    added('a member that a context knows', (c) => { c.credentialSubject.role = 'Rector'; }),
    added('a type', (c) => { c.type.push('DiplomaCredential'); }),
    added('an alignment', (c) => {
      const alignment = { type: ['Alignment'], targetFramework: 'ESCO', targetCode: 'S9', targetName: 'Surgery', targetUrl: 'https://example.org/s9' };
      c.credentialSubject.achievement.alignment = [...(c.credentialSubject.achievement.alignment ?? []), alignment];
    }),
    added('evidence', (c) => { c.evidence = [...(c.evidence ?? []), { id: 'urn:uuid:7d1e3e63-9a8f-4f0e-8a51-0a4f2b9c6d10', type: ['Evidence'], narrative: 'Forged.' }]; }),
    added('a second subject', (c) => { c.credentialSubject = [c.credentialSubject, { ...c.credentialSubject, id: 'urn:uuid:7d1e3e63-9a8f-4f0e-8a51-0a4f2b9c6d11' }]; }),
  ];
  if (!('name' in credential.credentialSubject)) list.push(added('a name to a redacted document', (c) => { c.credentialSubject.name = 'Ada Lovelace'; }));
  return list;
}

/** The same statements written differently: the same hash, so the library can't tell; our verifier looks at the shape. */
function otherSpellings(credential) {
  const list = [
    overlooked('types in another order', edited(credential, (c) => { c.type.reverse(); })),
    overlooked('a type as a string', edited(credential, (c) => { c.issuer.type = 'Profile'; })),
    overlooked('a text in an array', edited(credential, (c) => { c.credentialSubject.achievement.name = [c.credentialSubject.achievement.name]; })),
    overlooked('a text as a value object', edited(credential, (c) => { c.credentialSubject.achievement.description = { '@value': c.credentialSubject.achievement.description }; })),
    overlooked('the achievement in an array', edited(credential, (c) => { c.credentialSubject.achievement = [c.credentialSubject.achievement]; })),
    overlooked('@id for id', edited(credential, (c) => { const { id, ...rest } = c.credentialSubject; c.credentialSubject = { '@id': id, ...rest }; })),
    overlooked('a member that is null', edited(credential, (c) => { c.credentialSubject.image = null; })),
    overlooked('an empty array', edited(credential, (c) => { c.credentialSubject.achievement.tag = []; })),
  ];
  const { alignment } = credential.credentialSubject.achievement;
  if (alignment?.length > 1) list.push(accepted('alignments in another order, which is not signed', edited(credential, (c) => { c.credentialSubject.achievement.alignment.reverse(); })));
  return list;
}

function otherContexts(credential) {
  const { credentials, blockcerts, openBadges, dataIntegrity } = CONTEXT;
  const own = credential['@context'].at(-1);
  const under = (contexts) => edited(credential, (c) => { c['@context'] = contexts; });
  return [
    accepted('contexts with Data Integrity', under([credentials, blockcerts, openBadges, dataIntegrity, own])),
    refused('without the context of credentials', under([blockcerts, openBadges, own])),
    refused('without the context of Open Badges', under([credentials, blockcerts, own])),
    refused('without the context of the host', under([credentials, blockcerts, openBadges])),
    refused('Open Badges before Blockcerts', under([credentials, openBadges, blockcerts, own])),
    refused('a context that is not pinned', under([credentials, blockcerts, openBadges, own, 'https://evil.example/context'])),
    overlooked('an empty inline context', under([credentials, blockcerts, openBadges, own, {}])),
    overlooked('a forged date under an inline context that hides the true one', edited(credential, (c) => {
      const dateTime = (id) => ({ '@id': `https://www.w3.org/2018/credentials#${id}`, '@type': 'http://www.w3.org/2001/XMLSchema#dateTime' });
      c['@context'] = [credentials, blockcerts, openBadges, { issuanceDate: '@index', expirationDate: null, nonce: 'https://w3id.org/security#nonce', trueIssuance: dateTime('issuanceDate'), trueExpiration: dateTime('expirationDate') }];
      c.trueIssuance = c.issuanceDate;
      c.issuanceDate = '1999-01-01T00:00:00Z';
      if (c.expirationDate) c.trueExpiration = c.expirationDate;
      c.expirationDate = '2099-01-01T00:00:00Z';
    })),
  ];
}

function otherProofs(credential, others) {
  const withProof = (proof) => ({ ...credential, proof });
  const { proof } = credential;
  const { proof: _, ...unsigned } = credential;
  const { type, ...rest } = proof;
  const host = proof.verificationMethod.split('#')[0];
  const badge = { ...credential, '@context': [CONTEXT.credentials, CONTEXT.openBadges, credential['@context'].at(-1)], proof: [proof] };
  return [
    accepted('Open Badges layout', badge),
    accepted('Data Integrity layout', withProof({ type: 'DataIntegrityProof', cryptosuite: 'merkle-proof-2019', ...rest })),
    accepted('another proof.created, which is not hashed', withProof({ ...proof, created: otherText(proof.created) })),
    refused('no proof', unsigned),
    overlooked('the proof twice', withProof([proof, proof])),
    refused('proof of another type', withProof({ ...proof, type: 'Ed25519Signature2020' })),
    refused('proof without a purpose', withProof(without(proof, 'proofPurpose'))),
    refused('proof for another purpose', withProof({ ...proof, proofPurpose: 'authentication' })),
    refused('proof without a verification method', withProof(without(proof, 'verificationMethod'))),
    refused('proof without a value', withProof(without(proof, 'proofValue'))),
    refused('verification method that is not listed', withProof({ ...proof, verificationMethod: `${proof.verificationMethod}9` })),
    refused('verification method that is the host alone', withProof({ ...proof, verificationMethod: host })),
    refused('verification method of another host', withProof({ ...proof, verificationMethod: 'did:web:university.example#key-1' })),
    ...others.map((other, i) => refused(`proof of another document (${i + 1})`, withProof(other.proof))),
  ];
}

const without = (object, member) => Object.fromEntries(Object.entries(object).filter(([key]) => key !== member));

function otherProofValues(credential, random, bitFlips) {
  const { proofValue } = credential.proof;
  const value = new ProofValue(proofValue);
  const withValue = (text) => ({ ...credential, proof: { ...credential.proof, proofValue: text } });
  return [
    refused('empty proofValue', withValue('')),
    refused('proofValue without its z', withValue(proofValue.slice(1))),
    refused('proofValue with a character outside base58', withValue(`${proofValue.slice(0, 40)}0${proofValue.slice(41)}`)),
    refused('proofValue cut short', withValue(proofValue.slice(0, -8))),
    refused('another Merkle root', withValue(value.withOtherDigit(value.merkleRoot))),
    refused('another target hash', withValue(value.withOtherDigit(value.targetHash))),
    refused('another transaction in the first anchor', withValue(value.withOtherDigit(value.transactions[0]))),
    overlooked('another transaction in the second anchor', withValue(value.withOtherDigit(value.transactions[1]))),
    ...value.steps.flatMap((step, i) => [
      refused(`another hash in step ${i + 1}`, withValue(value.withOtherDigit(step))),
      refused(`another side in step ${i + 1}`, withValue(value.withOtherSide(i))),
    ]),
    ...flippedBits(value, random, bitFlips).map(({ name, text }) => refused(name, withValue(text))),
  ];
}

/** Random single bits before the second anchor. */
function flippedBits(value, random, count) {
  const flips = [];
  while (flips.length < count) {
    const at = Math.floor(random() * value.endOfFirstAnchor);
    const bit = Math.floor(random() * 8);
    if (isOverlookedFlip(value, at, bit)) continue;
    flips.push({ name: `bit ${bit} of byte ${at} of the proofValue`, text: value.edited((bytes) => { bytes[at] ^= 1 << bit; }) });
  }
  return flips;
}

/**
 * The library reads hexadecimal digits leniently (`A` for `a`, a space for a leading zero), and takes any key of an
 * anchor's third member for its transaction. What a digit turns into must be another digit for its verdict to be foreseen.
 */
function isOverlookedFlip(value, at, bit) {
  if (at === value.keyOf(value.transactions[0])) return true;
  const isDigit = [...value.hashes, value.transactions[0]].some((hash) => at >= hash.at && at < hash.at + hash.length);
  return isDigit && !/[0-9a-f]/.test(String.fromCharCode(value.bytes[at] ^ (1 << bit)));
}

/** A forged document with a proof of its own on Blockcerts' mock chain, where the library asks neither a chain nor a key. */
async function forgedAnchors(credential, contexts) {
  contexts.adoptHostContext(credential['@context'].at(-1));
  const { proof, ...forged } = edited(credential, (c) => { c.credentialSubject.achievement.name = 'Doctor of Medicine'; });
  const quads = await jsonld.canonize(forged, { algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader: contexts.documentLoader, safe: true });
  const leaf = sha256Hex(quads);
  const proofValue = new Encoder({ path: [], merkleRoot: leaf, targetHash: leaf, anchors: ['blink:mocknet:mocknet:00'] }).encode();
  return [overlooked('forged, anchored on the mock chain', { ...forged, proof: { ...proof, proofValue } })];
}
