// Cases of wallet forms for the browser's verifier: credentials of the test vectors, signed here, unchanged, altered by hand, and
// changed at random.
import { deflateRawSync, gzipSync } from 'node:zlib';
import * as base58 from 'base58-universal';
import { concat, utf8 } from '../../../crates/server/web/verify/bytes.js';
import { canonical, canonicalProofOptions, canonicalStatusList } from '../../../crates/server/web/verify/canonical.js';
import { parse } from '../../../crates/server/web/verify/json.js';
import { LIST_LENGTH, readWalletForm } from '../../../crates/server/web/verify/wallet-document.js';
import { ed25519, sha256 } from '../../../crates/server/web/vendor/noble.js';
import { changeMember, changedBytes, spliced, DATES } from './mutate.mjs';
import { vector } from './vector-cases.mjs';

const VC_2 = 'https://www.w3.org/ns/credentials/v2';
const OPEN_BADGES_3 = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
export const ULID = '01KPX4MQ005TCNKPH5QY15PQWV';
const HOST = 'https://learncoin.me';
export const DID = `did:web:learncoin.me:t:${ULID}`;
export const LIST = `${HOST}/t/${ULID}/status/revocation/3`;
export const INDEX = 94_567;
const CREATED = '2026-04-23T12:00:30Z';
export const NOW = '2026-05-01T00:00:00Z';
export const NAMES = ['batch-1', 'batch-2-unicode', 'batch-3-evidence', 'batch-5-alignments'];

/** The key of a byte, which DID documents have as a Multikey and as the JSON Web Key of a number. */
const key = (byte, number) => {
  const secret = new Uint8Array(32).fill(byte);
  const publicKey = ed25519.getPublicKey(secret);
  const multikey = `z${base58.encode(concat(Uint8Array.of(0xed, 1), publicKey))}`;
  return { secret, publicKey, multikey, id: `${DID}#${multikey}`, jwkId: `${DID}#ed-${number}` };
};
export const KEY = key(7, 2);
/** The key before the last rotation. */
export const FORMER = key(8, 1);
export const STRANGER = key(9, 3);

export const edited = (value, edit) => {
  const copy = structuredClone(value);
  return edit(copy) ?? copy;
};

const signature = (text, options, { secret }) => {
  const input = concat(sha256(utf8(canonicalProofOptions(options))), sha256(utf8(text)));
  return `z${base58.encode(ed25519.sign(input, secret))}`;
};

const proofOf = (options, proofValue) => ({
  type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022', ...options, proofPurpose: 'assertionMethod', proofValue,
});

/** The wallet form of a vector's credential, without a proof. */
export function walletForm(credential, { mark = 'TEST · ', email = false } = {}) {
  const { id, issuer, validFrom, validUntil, credentialSubject: { achievement, ...subject }, evidence } = credential;
  const identifiers = [
    ...(subject.name === undefined ? [] : [{ type: 'IdentityObject', hashed: false, identityHash: subject.name, identityType: 'name' }]),
    ...(email ? [{ type: 'IdentityObject', hashed: true, identityHash: `sha256$${'0a'.repeat(32)}`, identityType: 'emailAddress', salt: 'ab12' }] : []),
  ];
  return {
    '@context': [VC_2, OPEN_BADGES_3],
    id: `${HOST}/c/${id.split('/').at(-1)}`,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: mark + achievement.name,
    description: mark + achievement.description,
    issuer: { ...issuer, id: DID },
    validFrom,
    ...(validUntil === undefined ? {} : { validUntil }),
    credentialSubject: { ...subject, achievement, ...(identifiers.length === 0 ? {} : { identifier: identifiers }) },
    ...(evidence === undefined ? {} : { evidence }),
    credentialStatus: {
      id: `${LIST}#${INDEX}`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: String(INDEX), statusListCredential: LIST,
    },
  };
}

/** A form with its proof. One that has no canonical form gets the proof of another. */
function signed(form, by = KEY, created = CREATED) {
  const options = { created, verificationMethod: by.id };
  let proofValue = `z${base58.encode(new Uint8Array(64).fill(5))}`;
  try {
    proofValue = signature(canonical(readWalletForm(parse(utf8(JSON.stringify({ ...form, proof: [proofOf(options, proofValue)] })))).document), options, by);
  } catch {
    // It is refused before its signature is looked at.
  }
  return { ...form, proof: [proofOf(options, proofValue)] };
}

export const method = (one, more = {}) => [
  { id: one.id, type: 'Multikey', controller: DID, publicKeyMultibase: one.multikey, ...more },
  { id: one.jwkId, type: 'JsonWebKey', controller: DID, publicKeyJwk: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(one.publicKey).toString('base64url') }, ...more },
];

export const didDocument = (...methods) => ({
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1', 'https://w3id.org/security/jwk/v1'],
  id: DID,
  alsoKnownAs: [`did:web:learncoin.me#tenant-${ULID}`],
  verificationMethod: methods,
  assertionMethod: methods.filter(({ revoked }) => revoked === undefined).map(({ id }) => id),
});

export function bits(...revoked) {
  const all = Buffer.alloc(LIST_LENGTH / 8);
  for (const index of revoked) all[index >> 3] |= 0x80 >> (index & 7);
  return all;
}
export const encoded = (bytes) => `u${gzipSync(bytes).toString('base64url')}`;

/** A signed status list. */
export function statusList({ by = KEY, ...given } = {}) {
  const list = {
    id: LIST, issuer: DID, validFrom: '2026-04-30T23:55:00Z', validUntil: '2026-05-02T00:00:00Z', ttl: '240000', encoded: encoded(bits(5)), ...given,
  };
  const options = { created: '2026-04-30T23:55:00Z', verificationMethod: by.id };
  const { id, issuer, validFrom, validUntil } = list;
  return {
    '@context': [VC_2], id, type: ['VerifiableCredential', 'BitstringStatusListCredential'], issuer, validFrom, validUntil,
    credentialSubject: { id: `${id}#list`, type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList: list.encoded, ttl: Number(list.ttl) },
    proof: proofOf(options, signature(canonicalStatusList(list), options, by)),
  };
}

export const found = (value) => ({ found: typeof value === 'string' ? value : JSON.stringify(value) });

export function caseOf(credential, given = {}) {
  return {
    form: 'wallet',
    credential: typeof credential === 'string' ? utf8(credential) : utf8(JSON.stringify(credential)),
    did_document: found(didDocument(...method(FORMER), ...method(KEY))),
    status_list: found(statusList()),
    now: NOW,
    allow_development: false,
    ...given,
  };
}

/** Every case that was thought of. */
export function* walletCases() {
  const forms = NAMES.map((name) => [name, vector(name).signed[0]]);
  for (const [name, { credential_full: full, credential_redacted: redacted }] of forms) {
    for (const [what, credential] of [['full', full], ['redacted', redacted]].filter(([, one]) => one)) {
      for (const [chain, mark] of [['Base', ''], ['Base Sepolia', 'TEST · ']]) {
        yield { ...caseOf(signed(walletForm(credential, { mark }))), name: `wallet form of ${name}, ${what}, ${chain}`, due: 'valid' };
      }
      yield { ...caseOf(signed(walletForm(credential, { email: true }))), name: `wallet form of ${name}, ${what}, with an address`, due: 'valid' };
    }
  }
  const [[, { credential_full: full, credential_redacted: redacted }]] = forms;
  const form = signed(walletForm(full, { email: true }));
  const hidden = signed(walletForm(redacted));
  const development = signed(walletForm(full, { mark: 'DEVELOPMENT · ' }));
  const judged = (name, due, credential, given) => ({ ...caseOf(credential, given), name: `wallet form: ${name}`, due });
  yield judged('on a development chain elsewhere', 'invalid', development);
  yield judged('on a development chain here', 'valid', development, { allow_development: true });
  yield judged('its proof as an object', 'valid', edited(form, (one) => { [one.proof] = one.proof; }));
  yield judged('signed in the future', 'valid', signed(walletForm(full), KEY, '2039-01-01T00:00:00Z'));
  yield judged('signed with the key before the rotation', 'valid', signed(walletForm(full), FORMER));
  yield judged('signed with the key of a stranger', 'invalid', signed(walletForm(full), STRANGER));
  for (const [name, edit] of TAMPERINGS) {
    yield judged(name, 'invalid', edited(form, edit));
    // What the tenant itself would have signed so has another form, and is refused as well.
    yield judged(`${name}, signed again`, undefined, signed(edited(form, edit)));
    yield judged(`redacted, ${name}`, undefined, edited(hidden, (one) => { try { return edit(one); } catch { return undefined; } }));
  }
  for (const [name, { due = 'unknown', ...given }] of LOOKUPS()) yield judged(name, due, form, given);
  for (const now of ['2026-04-23T12:00:00Z', '2026-04-23T11:59:59.999999999Z', '2031-04-23T12:00:00Z', '2031-04-23T11:59:59Z', '2020-01-01T00:00:00Z', '9999-12-30T21:59:59Z']) {
    const lasting = found(statusList({ validFrom: '0001-01-01T00:00:00Z', validUntil: '9999-12-31T23:59:59Z' }));
    yield judged(`at ${now}`, undefined, form, { now, status_list: lasting });
  }
  for (const value of signatures(form)) yield judged(`the signature ${value}`, 'invalid', edited(form, (one) => { one.proof[0].proofValue = value; }));
}

/** Other bytes in place of the signature, among them those that lenient verifiers take. */
function signatures({ proof: [{ proofValue }] }) {
  const others = otherSignatures(base58.decode(proofValue.slice(1))).map((bytes) => `z${base58.encode(bytes)}`);
  return ['', 'z', proofValue.slice(1), `z1${proofValue.slice(1)}`, proofValue.slice(0, -1), `u${proofValue.slice(1)}`, `${proofValue}1`, ...others];
}

/** Signatures that are made of one, none of which counts. */
export function otherSignatures(bytes) {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const little = (number) => Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 255n));
  const number = bytes.slice(32).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const neutral = Uint8Array.of(1, ...new Array(31).fill(0));
  const other = Uint8Array.of(0xee, ...new Array(30).fill(0xff), 0x7f);
  return [
    [bytes.slice(0, 32), little(number + order)], [neutral, bytes.slice(32)], [neutral, new Uint8Array(32)], [other, new Uint8Array(32)],
    [new Uint8Array(32), new Uint8Array(32)], [bytes.slice(32), bytes.slice(0, 32)], [new Uint8Array(32).fill(255), bytes.slice(32)],
  ].map((halves) => concat(...halves));
}

export const TAMPERINGS = [
  ['another name', (one) => { one.credentialSubject.name = 'Eve Lovelace'; }],
  ['another name in both places', (one) => { one.credentialSubject.name = 'Eve'; one.credentialSubject.identifier[0].identityHash = 'Eve'; }],
  ['no name', (one) => { delete one.credentialSubject.name; }],
  ['no identifier', (one) => { delete one.credentialSubject.identifier; }],
  ['an identifier more', (one) => { one.credentialSubject.identifier = [...one.credentialSubject.identifier ?? [], { type: 'IdentityObject', hashed: false, identityHash: 'Eve', identityType: 'name' }]; }],
  ['a salt beside a plain name', (one) => { one.credentialSubject.identifier[0].salt = 'x'; }],
  ['another hashed address', (one) => { one.credentialSubject.identifier[1].identityHash = `sha256$${'0b'.repeat(32)}`; }],
  ['the identifiers the other way round', (one) => { one.credentialSubject.identifier.reverse(); }],
  ['another recipient', (one) => { one.credentialSubject.id = 'urn:uuid:5e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f'; }],
  ['another achievement', (one) => { one.credentialSubject.achievement.name = 'Doctor of Medicine'; }],
  ['another achievement in both places', (one) => { one.credentialSubject.achievement.name = 'Doctor'; one.name = 'TEST · Doctor'; }],
  ['another criterion', (one) => { one.credentialSubject.achievement.criteria.narrative = 'None.'; }],
  ['an alignment', (one) => { one.credentialSubject.achievement.alignment = [{ type: ['Alignment'], targetFramework: 'a', targetCode: 'b', targetName: 'c', targetUrl: 'https://d.example' }]; }],
  ['evidence', (one) => { one.evidence = [{ id: 'urn:uuid:5e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f', type: ['Evidence'], narrative: 'x' }]; }],
  ['without its mark', (one) => { one.name = one.name.replace('TEST · ', ''); one.description = one.description.replace('TEST · ', ''); }],
  ['without its mark in the name', (one) => { one.name = one.name.replace('TEST · ', ''); }],
  ['the mark of a development chain', (one) => { one.name = one.name.replace('TEST', 'DEVELOPMENT'); one.description = one.description.replace('TEST', 'DEVELOPMENT'); }],
  ['another description', (one) => { one.description = 'x'; }],
  ['another issuer name', (one) => { one.issuer.name = 'Another University'; }],
  ['another issuer', (one) => { one.issuer.id = DID.replace('01KPX', '01KPY'); }],
  ['the issuer of the anchored form', (one) => { one.issuer.id = `did:web:learncoin.me#tenant-${ULID}`; }],
  ['an issuer on another host', (one) => { one.issuer.id = one.issuer.id.replace('learncoin.me', 'example.org'); }],
  ['another host', (one) => JSON.parse(JSON.stringify(one).replaceAll('learncoin.me', 'example.org'))],
  ['an earlier date', (one) => { one.validFrom = '2020-01-01T00:00:00Z'; }],
  ['a later end', (one) => { one.validUntil = '2099-01-01T00:00:00Z'; }],
  ['without its end', (one) => { delete one.validUntil; }],
  ['an end before its begin', (one) => { one.validUntil = '2001-01-01T00:00:00Z'; }],
  ['another id', (one) => { one.id = one.id.replace('crd_01KPX4MQ0', 'crd_01KPX4MQ1'); }],
  ['another index', (one) => { one.credentialStatus.statusListIndex = '7'; one.credentialStatus.id = `${LIST}#7`; }],
  ['another index in one place', (one) => { one.credentialStatus.statusListIndex = '7'; }],
  ['an index outside', (one) => { one.credentialStatus.statusListIndex = '131072'; one.credentialStatus.id = `${LIST}#131072`; }],
  ['an index with a sign', (one) => { one.credentialStatus.statusListIndex = `+${INDEX}`; }],
  ['another list', (one) => { one.credentialStatus.statusListCredential = LIST.replace(/3$/, '4'); one.credentialStatus.id = `${LIST.replace(/3$/, '4')}#${INDEX}`; }],
  ['a list elsewhere', (one) => { one.credentialStatus.statusListCredential = 'https://example.org/1'; one.credentialStatus.id = `https://example.org/1#${INDEX}`; }],
  ['without a status', (one) => { delete one.credentialStatus; }],
  ['another purpose of the status', (one) => { one.credentialStatus.statusPurpose = 'suspension'; }],
  ['a member more', (one) => { one.grade = 'A'; }],
  ['a context more', (one) => { one['@context'].push('https://example.org/context'); }],
  ['another type', (one) => { one.type.push('EndorsementCredential'); }],
  ['without a proof', (one) => { delete one.proof; }],
  ['no proof in the array', (one) => { one.proof = []; }],
  ['two proofs', (one) => { one.proof.push(one.proof[0]); }],
  ['another date of the signature', (one) => { one.proof[0].created = '2026-04-23T12:00:31Z'; }],
  ['a date of the signature that is none', (one) => { one.proof[0].created = 'yesterday'; }],
  ['another key', (one) => { one.proof[0].verificationMethod = STRANGER.id; }],
  ['a key of another kind', (one) => { one.proof[0].verificationMethod = `${DID}#ed-1`; }],
  ['a key of another DID', (one) => { one.proof[0].verificationMethod = KEY.id.replace('learncoin.me', 'example.org'); }],
  ['another purpose of the proof', (one) => { one.proof[0].proofPurpose = 'authentication'; }],
  ['another cryptosuite', (one) => { one.proof[0].cryptosuite = 'eddsa-jcs-2022'; }],
  ['a member more in the proof', (one) => { one.proof[0].expires = '2099-01-01T00:00:00Z'; }],
];

/** A wallet form that is as it was signed. */
export const walletFormOf = (credential) => signed(walletForm(credential));

/** What its host answers about it, by path, in a world that is asked at any time. @param {{isRevoked?: boolean}} state */
export function walletHost({ isRevoked = false } = {}) {
  const list = statusList({ encoded: encoded(bits(...(isRevoked ? [INDEX] : []))), validFrom: '2026-01-01T00:00:00Z', validUntil: '9999-01-01T00:00:00Z' });
  return { [`/t/${ULID}/did.json`]: didDocument(...method(KEY)), [new URL(LIST).pathname]: list };
}

/** Answers of hosts. `unknown` is a verdict that is neither, `null` one that is not foreseen. */
function* LOOKUPS() {
  const list = (given) => ({ status_list: found(statusList(given)) });
  const document = (edit) => ({ did_document: found(edited(didDocument(...method(KEY)), edit)) });
  const wholeList = statusList();
  const listed = (edit) => ({ status_list: found(edited(wholeList, edit)) });
  yield ['revoked', { due: 'invalid', ...list({ encoded: encoded(bits(5, INDEX)) }) }];
  yield ['a list signed with the key before the rotation', { due: 'valid', ...list({ by: FORMER }) }];
  yield ['a list signed by a stranger', list({ by: STRANGER })];
  yield ['revoked in a list signed by a stranger', list({ by: STRANGER, encoded: encoded(bits(INDEX)) })];
  yield ['another list', list({ id: LIST.replace(/3$/, '4') })];
  yield ['the list of another issuer', list({ issuer: DID.replace('01KPX', '01KPY') })];
  yield ['a list of yesterday', list({ validUntil: NOW })];
  yield ['a list of tomorrow', list({ validFrom: '2026-05-01T00:00:01Z' })];
  yield ['a list from now on', { due: 'valid', ...list({ validFrom: NOW }) }];
  yield ['a list without dates', list({ validFrom: 'now', validUntil: 'then' })];
  yield ['a list that was altered', listed((one) => { one.credentialSubject.encodedList = encoded(bits()); })];
  yield ['a list for another purpose', listed((one) => { one.credentialSubject.statusPurpose = 'suspension'; })];
  yield ['a list with a member more', listed((one) => { one.name = 'x'; })];
  yield ['a list without a proof', listed((one) => { delete one.proof; })];
  yield ['a list whose proof is an array', listed((one) => { one.proof = [one.proof]; })];
  yield ['a list with another number', { status_list: found(JSON.stringify(wholeList).replace('240000', '240000.0')) }];
  yield ['a list with a number of another spelling', { status_list: found(JSON.stringify(wholeList).replace('240000', '24e4')) }];
  const whole = gzipSync(bits(5));
  const raw = deflateRawSync(bits(5));
  const head = (...bytes) => Buffer.concat([Buffer.from([0x1f, 0x8b, 8, ...bytes]), raw, whole.subarray(-8)]);
  const spellings = {
    'with a name': ['valid', head(8, 0, 0, 0, 0, 0, 3, 97, 98, 0)],
    'with an extra field': ['valid', head(4, 0, 0, 0, 0, 0, 3, 2, 0, 1, 2)],
    'with a comment': ['valid', head(16, 0, 0, 0, 0, 0, 3, 97, 0)],
    'with a wrong sum of its head': ['unknown', head(2, 0, 0, 0, 0, 0, 3, 1, 2)],
    'with flags that are none': ['unknown', head(0x80, 0, 0, 0, 0, 0, 3)],
    'with bytes behind it': ['valid', Buffer.concat([whole, Buffer.from('more')])],
    'cut off': ['unknown', whole.subarray(0, -5)],
    'without its sums': ['unknown', whole.subarray(0, -8)],
    'with a wrong sum': ['unknown', Buffer.concat([whole.subarray(0, -8), Buffer.from([1, 2, 3, 4]), whole.subarray(-4)])],
    'not compressed': ['unknown', bits(5)],
    empty: ['unknown', Buffer.alloc(0)],
    short: ['unknown', gzipSync(bits().subarray(1))],
    long: ['valid', gzipSync(Buffer.alloc(1_048_576))],
    'too long': ['unknown', gzipSync(Buffer.alloc(1_048_577))],
  };
  for (const [name, [due, bytes]] of Object.entries(spellings)) yield [`a list ${name}`, { due, ...list({ encoded: `u${bytes.toString('base64url')}` }) }];
  const text = encoded(bits(5));
  for (const other of [text.slice(1), `z${text.slice(1)}`, `${text}=`, `${text}A`, '', 'u', `u${whole.toString('base64')}`]) yield [`a list of the text ${other.slice(0, 9)}…${other.slice(-3)}`, { ...list({ encoded: other }), due: null }];
  for (const name of ['did_document', 'status_list']) {
    yield [`${name} absent`, { due: name === 'did_document' ? 'invalid' : 'unknown', [name]: { absent: true } }];
    yield [`${name} unreachable`, { [name]: { unreachable: 'why not' } }];
    yield [`${name} of something else`, { [name]: found('<html>') }];
    yield [`${name} that is another's`, { [name]: found({ id: 'did:web:example.org' }), due: name === 'did_document' ? 'invalid' : 'unknown' }];
  }
  const refused = { due: 'invalid' };
  yield ['a key that was revoked', { ...refused, did_document: found(didDocument(...method(KEY, { revoked: '2026-04-30T00:00:00Z' }))) }];
  yield ['a key that will be revoked', { due: 'valid', ...document((one) => { one.verificationMethod[0].revoked = '2026-06-01T00:00:00Z'; }) }];
  yield ['a key that expires now', { ...refused, ...document((one) => { one.verificationMethod[0].expires = NOW; }) }];
  yield ['a key that expires later', { due: 'valid', ...document((one) => { one.verificationMethod[0].expires = '2026-05-01T02:00:01+02:00'; }) }];
  yield ['a key with an end that is no date', { ...refused, ...document((one) => { one.verificationMethod[0].expires = 'soon'; }) }];
  yield ['a key that asserts nothing', { ...refused, ...document((one) => { one.assertionMethod = []; }) }];
  yield ['a key that is not listed', { ...refused, did_document: found(didDocument(...method(FORMER))) }];
  yield ['a key that is listed twice', { ...refused, ...document((one) => { one.verificationMethod.push(one.verificationMethod[0]); }) }];
  yield ['a key of another text', { ...refused, ...document((one) => { one.verificationMethod[0].publicKeyMultibase = FORMER.multikey; }) }];
  yield ['a key that is none', { ...refused, ...document((one) => { one.verificationMethod[0].publicKeyMultibase = 'z6Mk'; }) }];
  yield ['a key of another type', { ...refused, ...document((one) => { one.verificationMethod[0].type = 'Ed25519VerificationKey2020'; }) }];
  yield ['a key with another key beside it', { ...refused, ...document((one) => { one.verificationMethod[0].publicKeyJwk = one.verificationMethod[1].publicKeyJwk; }) }];
  yield ['a key of another controller', { ...refused, ...document((one) => { one.verificationMethod[0].controller = 'did:web:example.org'; }) }];
  yield ['a key without a controller', { ...refused, ...document((one) => { delete one.verificationMethod[0].controller; }) }];
  yield ['a key in assertionMethod itself', { due: 'valid', ...document((one) => { one.assertionMethod = [one.verificationMethod.shift()]; }) }];
  yield ['a key named by its fragment', { due: 'valid', ...document((one) => { one.verificationMethod[0].id = `#${KEY.multikey}`; one.assertionMethod[0] = `#${KEY.multikey}`; }) }];
}

/** `count` cases that were changed at random. */
export function* mutatedWalletCases(count, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const forms = NAMES.flatMap((name) => vector(name).signed).flatMap((one) => [one.credential_full, one.credential_redacted]).filter((one) => one);
  const [documents, lists] = [didDocument(...method(FORMER), ...method(KEY)), statusList()];
  const changed = (value) => edited(value, (one) => { changeMember(one, random, pick); });
  const kinds = [
    ['bytes', (form) => caseOf(new TextDecoder('latin1').decode(changedBytes(utf8(JSON.stringify(form)), random, pick)))],
    ['text', (form) => caseOf(spliced(JSON.stringify(form), random, pick))],
    ['member', (form) => caseOf(changed(form))],
    ['member, signed again', ({ proof, ...form }) => caseOf(signed(changed(form)))],
    ['member, signed again', ({ proof, ...form }) => caseOf(signed(changed(form)))],
    ['DID document', (form) => caseOf(form, { did_document: found(changed(documents)) })],
    ['status list', (form) => caseOf(form, { status_list: found(changed(lists)) })],
    ['status list, as text', (form) => caseOf(form, { status_list: found(spliced(JSON.stringify(lists), random, pick)) })],
    ['dates', (form) => caseOf(form, { did_document: found(edited(documents, (one) => { one.verificationMethod[2][pick(['expires', 'revoked'])] = pick(DATES); })) })],
  ];
  for (let number = 0; number < count; number += 1) {
    const form = signed(walletForm(pick(forms), { email: random() < 0.3, mark: pick(['', 'TEST · ', 'DEVELOPMENT · ']) }));
    const [kind, change] = pick(kinds);
    yield { ...change(form), name: `random wallet form ${number}: ${kind}` };
  }
}
