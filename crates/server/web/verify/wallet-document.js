// Wallet forms: read in exactly the form that is written, since whatever else one might hold would be signed or unsigned, and not
// shown. The rules are those of `crates/credential/src/wallet/read.rs`.
import { DATE_FORM, instantOf } from './dates.js';
import { DocumentError, OPEN_BADGES_3, VC_2, achievementOf, evidenceOf, issuerOf, memberOf, members } from './document.js';
import { keyOfMultikey, signatureOf } from './ed25519.js';
import { Host, isUlid } from './host.js';
import { CHAINS } from './proof.js';
import { checkAchievement, checkDates, checkDistinctIds, checkEvidence, checkIssuer, identifier, text } from './rules.js';

/** How many entries a status list has. */
export const LIST_LENGTH = 131_072;

/** The members beside the proof. */
const MEMBERS = [
  '@context', 'id', 'type', 'name', 'description', 'issuer', 'validFrom', 'validUntil', 'credentialSubject', 'evidence', 'credentialStatus',
];

/** The mark with which the name and the description of a credential on each chain start. */
const MARKS = { 'base-mainnet': '', 'base-sepolia': 'TEST · ', development: 'DEVELOPMENT · ' };

/**
 * Reads a wallet form with its proof, and checks all that needs nothing else.
 * @returns {{document: object, options: {created: string, verificationMethod: string}, signature: Uint8Array, chain: object, host: Host, ulid: string}}
 * @throws {DocumentError}
 */
export function readWalletForm(value) {
  const all = members(value, '', [...MEMBERS, 'proof']);
  const { document, chain } = documentOf(all);
  const { options, signature } = proofOf(all.required('proof'));
  compare(written(document), value, '');
  const checked = check(document);
  checkOptions(options, document.issuer.id);
  return { document, options, signature, chain, ...checked };
}

/**
 * Reads a wallet form without a proof, and checks all that needs nothing else.
 * @returns {{document: object, chain: object, host: Host, ulid: string}}
 * @throws {DocumentError}
 */
export function readUnsignedWalletForm(value) {
  const { document, chain } = documentOf(members(value, '', MEMBERS));
  compare(written(document), value, '');
  return { document, chain, ...check(document) };
}

function documentOf(all) {
  const { subject, email } = subjectOf(all.required('credentialSubject'));
  const id = all.string('id');
  const issuer = issuerOf(all.required('issuer'));
  const issuanceDate = all.string('validFrom');
  const expirationDate = all.optionalString('validUntil');
  const chain = chainOf(all.string('name'), subject.achievement.name);
  const evidence = all.optionalArray('evidence', evidenceOf);
  const status = statusOf(all.required('credentialStatus'));
  const mark = MARKS[chain.name];
  const document = {
    id, issuer, issuanceDate, expirationDate, subject, evidence,
    wallet: {
      name: mark + subject.achievement.name,
      description: mark + subject.achievement.description,
      identifiers: [...(subject.name === null ? [] : [{ kind: 'name', hash: subject.name, salt: null }]), ...(email === null ? [] : [email])],
      status,
    },
  };
  return { document, chain };
}

function subjectOf(value) {
  const all = members(value, 'credentialSubject', ['id', 'type', 'name', 'achievement', 'identifier']);
  const achievement = achievementOf(all.required('achievement'));
  const subject = { id: all.string('id'), name: all.optionalString('name'), achievement };
  const identifiers = all.optionalArray('identifier', (one, place) => {
    const found = members(one, place, ['type', 'hashed', 'identityHash', 'identityType', 'salt']);
    const kind = found.string('identityType');
    const salt = found.optionalString('salt');
    const hash = found.string('identityHash');
    if (kind !== 'emailAddress') return null;
    if (!/^sha256\$[0-9a-f]{64}$/.test(hash)) found.fail('identityHash', 'must be sha256$ and a hash');
    if (salt === null) found.fail('salt', 'is missing');
    text(salt, memberOf(place, 'salt'));
    return { kind, hash, salt };
  });
  return { subject, email: identifiers.find((one) => one !== null) ?? null };
}

function chainOf(name, achievement) {
  const chain = CHAINS.find((one) => name === MARKS[one.name] + achievement);
  if (chain === undefined) throw new DocumentError('name', "must be equal to the achievement's name");
  return chain;
}

function statusOf(value) {
  const all = members(value, 'credentialStatus', ['id', 'type', 'statusPurpose', 'statusListIndex', 'statusListCredential']);
  const given = all.string('statusListIndex');
  const index = /^\+?[0-9]+$/.test(given) ? Number(given) : Infinity;
  if (index > 0xffffffff) all.fail('statusListIndex', 'must be a decimal string');
  const list = all.string('statusListCredential');
  return { id: `${list}#${index}`, list, index };
}

function proofOf(value) {
  if (Array.isArray(value) && value.length !== 1) throw new DocumentError('proof', 'must be one proof, or an array of exactly one');
  const known = ['type', 'cryptosuite', 'created', 'verificationMethod', 'proofPurpose', 'proofValue'];
  const all = members(Array.isArray(value) ? value[0] : value, 'proof', known);
  all.fixedString('type', 'DataIntegrityProof');
  all.fixedString('cryptosuite', 'eddsa-rdfc-2022');
  all.fixedString('proofPurpose', 'assertionMethod');
  const options = { created: all.string('created'), verificationMethod: all.string('verificationMethod') };
  const signature = signatureOf(all.string('proofValue'));
  if (signature === null) all.fail('proofValue', 'must be z and base58 of 64 bytes');
  return { options, signature };
}

/** The members as they are written, without a proof; what is `undefined` is left out. */
function written({ id, issuer, issuanceDate, expirationDate, subject, evidence, wallet }) {
  const { achievement } = subject;
  const several = (list, write) => (list.length === 0 ? undefined : list.map(write));
  return {
    '@context': [VC_2, OPEN_BADGES_3],
    id,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: wallet.name,
    description: wallet.description,
    issuer: {
      id: issuer.id, type: ['Profile'], name: issuer.name, url: issuer.url ?? undefined, image: issuer.image === null ? undefined : { id: issuer.image.id, type: 'Image' },
    },
    validFrom: issuanceDate,
    validUntil: expirationDate ?? undefined,
    credentialSubject: {
      id: subject.id,
      type: ['AchievementSubject'],
      name: subject.name ?? undefined,
      achievement: {
        id: achievement.id ?? undefined,
        type: ['Achievement'],
        name: achievement.name,
        description: achievement.description,
        criteria: { narrative: achievement.criteria },
        alignment: several(achievement.alignment, ({ targetFramework, targetCode, targetName, targetUrl }) => (
          { type: ['Alignment'], targetFramework, targetCode, targetName, targetUrl })),
      },
      identifier: several(wallet.identifiers, ({ kind, hash, salt }) => (
        { type: 'IdentityObject', hashed: salt !== null, identityHash: hash, identityType: kind, salt: salt ?? undefined })),
    },
    evidence: several(evidence, (one) => ({ id: one.id ?? undefined, type: ['Evidence'], narrative: one.narrative ?? undefined })),
    credentialStatus: {
      id: wallet.status.id,
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: String(wallet.status.index),
      statusListCredential: wallet.status.list,
    },
  };
}

/** Checks that what was found is what would be written, and nothing more. The proof is no part of what is signed. */
function compare(wanted, found, place) {
  const differs = () => new DocumentError(place, 'must be as the wallet form writes it');
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) throw differs();
    wanted.forEach((one, at) => compare(one, found[at], `${place}[${at}]`));
  } else if (typeof wanted === 'object') {
    if (!(found instanceof Map)) throw differs();
    for (const name of found.keys()) {
      const isKnown = wanted[name] !== undefined || (place === '' && name === 'proof');
      if (!isKnown) throw new DocumentError(memberOf(place, name), 'is not a member of the format');
    }
    for (const [name, one] of Object.entries(wanted)) {
      if (one === undefined) continue;
      const here = memberOf(place, name);
      if (!found.has(name)) throw new DocumentError(here, 'is missing');
      compare(one, found.get(name), here);
    }
  } else if (found !== wanted) throw differs();
}

/** Holds a wallet form against the rules that go beyond its members. @returns {{host: Host, ulid: string}} */
function check(document) {
  const { id, issuer, subject, wallet: { status } } = document;
  const own = Host.ofUrl(id);
  if (!own?.path.startsWith('/c/crd_') || !isUlid(own.path.slice('/c/crd_'.length))) {
    throw new DocumentError('id', 'must be https://HOST/c/ and a credential id');
  }
  const { host } = own;
  checkIssuer(issuer);
  const did = host.tenantWalletDid('');
  const ulid = issuer.id.startsWith(did) ? issuer.id.slice(did.length) : '';
  if (!isUlid(ulid)) throw new DocumentError('issuer.id', 'must be did:web:HOST:t:ULID, HOST as in id');
  checkDates(document, ['validFrom', 'validUntil']);
  identifier(subject.id, 'credentialSubject.id');
  if (subject.name !== null) text(subject.name, 'credentialSubject.name');
  checkAchievement(subject.achievement, 'credentialSubject.achievement');
  checkEvidence(document);
  checkStatus(status, host.statusListsUrl(ulid));
  checkDistinctIds(document);
  return { host, ulid };
}

function checkOptions({ created, verificationMethod }, issuer) {
  if (instantOf(created) === null) throw new DocumentError('proof.created', DATE_FORM);
  const isKey = verificationMethod.startsWith(`${issuer}#`) && keyOfMultikey(verificationMethod.slice(issuer.length + 1)) !== null;
  if (!isKey) throw new DocumentError('proof.verificationMethod', 'must be issuer.id, # and an Ed25519 Multikey');
}

function checkStatus({ list, index }, lists) {
  const number = list.startsWith(lists) ? list.slice(lists.length) : '';
  const isNumber = /^(0|[1-9][0-9]{0,19})$/.test(number) && BigInt(number) < 1n << 64n;
  if (!isNumber) throw new DocumentError('credentialStatus.statusListCredential', 'must be a status list of the issuer');
  if (index >= LIST_LENGTH) throw new DocumentError('credentialStatus.statusListIndex', 'must be an index of the list');
}
