// The test vectors of the wallet form: the published one of eddsa-rdfc-2022 with each step in between, others that programs made which
// share no code with it, and status lists with the answer that is due. Everything that can be computed is computed anew.
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import * as base58 from 'base58-universal';
import jsonld from 'jsonld';
import * as sample from './sample.mjs';

const EXAMPLES = 'https://www.w3.org/ns/credentials/examples/v2';
const EXAMPLES_CONTEXT = { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/examples#' } };
const VC_2 = 'https://www.w3.org/ns/credentials/v2';
const PKCS8_ED25519 = '302e020100300506032b657004220420';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Section B.1 of the specification "Data Integrity EdDSA Cryptosuites", as the crates named in the README carry it. */
const PUBLISHED = {
  name: 'vc-di-eddsa B.1',
  document: {
    '@context': [VC_2, EXAMPLES],
    id: 'urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33',
    type: ['VerifiableCredential', 'AlumniCredential'],
    name: 'Alumni Credential',
    description: 'A minimum viable example of an Alumni Credential.',
    issuer: 'https://vc.example/issuers/5678',
    validFrom: '2023-01-01T00:00:00Z',
    credentialSubject: { id: 'did:example:abcdefgh', alumniOf: 'The School of Examples' },
  },
  created: '2023-02-24T23:36:38Z',
  method: 'did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2',
  seed: Buffer.from(base58.decode('3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq')).subarray(2).toString('hex'),
  published: {
    document_sha256: '517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017',
    proof_config_sha256: 'bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0',
    proof_value: 'z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme',
  },
};

/** A fixture of the crate affinidi-data-integrity, which has a canonicaliser of its own. */
const AFFINIDI = {
  name: 'affinidi-data-integrity, fixture',
  document: {
    '@context': [VC_2, EXAMPLES],
    credentialSubject: { id: 'did:example:rdfc-alice', name: 'Alice' },
    id: 'urn:fixture:rdfc:1',
    issuer: 'did:key:z6MkfixtureEd25519RdfcExample',
    type: ['VerifiableCredential'],
  },
  created: '2026-01-01T00:00:00Z',
  method: 'did:key:z6MkfixtureEd25519RdfcExample#z6MkfixtureEd25519RdfcExample',
  seed: '03'.repeat(32),
  published: { proof_value: 'z5yiMBbf7ewLrMUDi3MHm6hw6M6smZALBRicXKoQ9ieWZMGjGWL5KAt9k4AEWcKN4V16munYGXBMFshTPyU9Frypx' },
};

/** @returns {Promise<object[]>} each with its canonical forms, hashes and proof value; an error where a published value is another */
export async function signatureVectors(contexts) {
  const loader = contexts.documentLoader;
  const documentLoader = async (url) => (url === EXAMPLES ? { contextUrl: null, documentUrl: url, document: EXAMPLES_CONTEXT } : loader(url));
  const tenant = await sample.holder(sample.ISSUER, 7);
  const own = [];
  for (const [name, document] of [['wallet form, full', sample.fullDocument()], ['wallet form, redacted', sample.redactedDocument()]]) {
    const { proof: [{ created, verificationMethod: method, proofValue }] } = await sample.signed(document, tenant, { documentLoader: loader });
    own.push({ name, document, created, method, seed: '07'.repeat(32), published: { proof_value: proofValue } });
  }
  return Promise.all([PUBLISHED, AFFINIDI, ...own].map((vector) => computed(vector, documentLoader)));
}

async function computed({ name, document, created, method, seed, published }, documentLoader) {
  const canonize = (input) => jsonld.canonize(input, { algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader, safe: true });
  const options = { type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022', created, verificationMethod: method, proofPurpose: 'assertionMethod' };
  const proofConfig = { '@context': document['@context'], ...options };
  const [canonicalDocument, canonicalProofConfig] = [await canonize(document), await canonize(proofConfig)];
  const hashes = { document_sha256: sha256(canonicalDocument), proof_config_sha256: sha256(canonicalProofConfig) };
  const key = createPrivateKey({ key: Buffer.from(PKCS8_ED25519 + seed, 'hex'), format: 'der', type: 'pkcs8' });
  const signature = sign(null, Buffer.from(hashes.proof_config_sha256 + hashes.document_sha256, 'hex'), key);
  const made = { ...hashes, proof_value: `z${base58.encode(signature)}` };
  for (const [what, value] of Object.entries(published)) {
    if (made[what] !== value) throw new Error(`${name}: ${what} is ${made[what]}, published is ${value}`);
  }
  return { name, seed, document, proof_options: options, canonical_document: canonicalDocument, canonical_proof_config: canonicalProofConfig, ...made };
}

const MINIMUM = 131_072;

/** A list of this many bits, the first bit of a byte its highest. */
function bits(length, set = []) {
  const bytes = Buffer.alloc(Math.ceil(length / 8));
  for (const index of set) bytes[index >> 3] |= 0x80 >> (index & 7);
  return bytes;
}

const encoded = (bytes) => `u${gzipSync(bytes).toString('base64url')}`;

/** What the reference library says of a list whose signature it need not check. */
async function asked(entry, list) {
  const credential = { '@context': [VC_2], issuer: list.issuer, credentialStatus: entry };
  const documentLoader = async () => ({ document: list });
  const { verified, results } = await checkStatus({ credential, documentLoader, suite: {}, verifyBitstringStatusListCredential: false });
  return verified ? (results[0].status ? 'revoked' : 'valid') : 'fault';
}

/**
 * @returns {Promise<object[]>} `due` is `valid`, `revoked` or `fault`, as the specification has it and this project reads it strictly;
 *   `digitalbazaar` is what `@digitalbazaar/vc-bitstring-status-list` says, which lets more pass
 */
export async function listVectors() {
  return Promise.all(described().map(async ({ name, due, entry, list }) => ({ name, due, digitalbazaar: await asked(entry, list), entry, list })));
}

function described() {
  const entry = { id: `${sample.LIST_ADDRESS}#0`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: '0', statusListCredential: sample.LIST_ADDRESS };
  const list = {
    '@context': [VC_2], id: sample.LIST_ADDRESS, type: ['VerifiableCredential', 'BitstringStatusListCredential'], issuer: sample.ISSUER,
    validFrom: '2026-04-23T11:55:58Z',
    credentialSubject: { id: `${sample.LIST_ADDRESS}#list`, type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList: encoded(bits(MINIMUM)) },
  };
  const vector = (name, due, { index = '0', encodedList, subject = {}, credential = {}, status = {} } = {}) => ({
    name, due, entry: { ...entry, statusListIndex: index, ...status },
    list: { ...list, ...credential, credentialSubject: { ...list.credentialSubject, ...(encodedList && { encodedList }), ...subject } },
  });
  const some = encoded(bits(MINIMUM, [0, 7, 8, 94_567, MINIMUM - 1]));
  const base64 = gzipSync(bits(MINIMUM, [94_567])).toString('base64');
  return [
    vector('an empty set', 'valid'),
    ...['0', '7', '8', '94567', '131071'].map((index) => vector(`bit ${index}`, 'revoked', { index, encodedList: some })),
    ...['1', '6', '9', '94566', '94568', '131070'].map((index) => vector(`bit ${index}, beside one that is set`, 'valid', { index, encodedList: some })),
    vector('a list of eight times as many', 'revoked', { index: '1048575', encodedList: encoded(bits(8 * MINIMUM, [8 * MINIMUM - 1])) }),
    vector('a number as index', 'fault', { index: 94_567, encodedList: some }),
    vector('an index past the end', 'fault', { index: '131072' }),
    vector('a negative index', 'fault', { index: '-1' }),
    vector('an index that is no number', 'fault', { index: '0x10' }),
    vector('an index with a fraction', 'fault', { index: '1.5' }),
    vector('a list one byte too short', 'fault', { encodedList: encoded(bits(MINIMUM - 8)) }),
    vector('a list of one byte', 'fault', { encodedList: encoded(bits(8)) }),
    vector('no multibase prefix', 'fault', { encodedList: some.slice(1) }),
    vector('base64 with padding behind the prefix', 'fault', { encodedList: `u${base64}` }),
    vector('the prefix of base64', 'fault', { encodedList: `m${base64.replace(/=+$/, '')}` }),
    vector('compressed as zlib does, without the header of gzip', 'fault', { encodedList: `u${deflateSync(bits(MINIMUM)).toString('base64url')}` }),
    vector('not compressed', 'fault', { encodedList: `u${bits(MINIMUM).toString('base64url').slice(0, 400)}` }),
    vector('the end is cut off', 'fault', { encodedList: some.slice(0, -12) }),
    vector('an empty list', 'fault', { encodedList: 'u' }),
    vector('a list for another purpose', 'fault', { subject: { statusPurpose: 'suspension' } }),
    vector('a list for several purposes, this one among them', 'revoked', { index: '7', encodedList: some, subject: { statusPurpose: ['suspension', 'revocation'] } }),
    vector('an entry without a purpose', 'fault', { status: { statusPurpose: undefined } }),
    vector('a credential that is no list', 'fault', { credential: { type: ['VerifiableCredential'] } }),
    vector('a subject that is no list', 'fault', { subject: { type: 'StatusList2021' } }),
    vector('an entry of another kind', 'fault', { status: { type: 'StatusList2021Entry' } }),
    vector('a list that is over', 'fault', { credential: { validUntil: '2026-04-23T12:00:00Z' } }),
    vector('a list that is not yet in force', 'fault', { credential: { validFrom: '2027-01-01T00:00:00Z' } }),
  ];
}
