// Files as people hand them to a verifier, each with the one outcome that is due: the same in the browser's reader and in the
// one of `learncoin verify`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateSync, gzipSync } from 'node:zlib';
import { chunk, png, svg } from './bake.mjs';
import { vector } from './vector-cases.mjs';
import { walletFormOf } from './wallet-cases.mjs';
import { tokenOfCredential, tokensWithMarks } from './wallet-token-cases.mjs';

const PDFS = fileURLToPath(new URL('../../pdf/', import.meta.url));
const OB3 = 'https://purl.imsglobal.org/ob/v3p0';

/** The credential that is in every file which holds one. */
export const CREDENTIAL = vector('batch-1').signed[0].credential_full;
const OTHER = vector('batch-2-unicode').signed[0].credential_full;
export const WALLET_FORM = walletFormOf(CREDENTIAL);
/** The JWT twin of the wallet form. */
export const TWIN = tokenOfCredential(CREDENTIAL);
const TEXT = JSON.stringify(CREDENTIAL);
const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJ2YyI6e319.c2lnbmF0dXJl';
const VC1 = 'https://www.w3.org/2018/credentials/v1';
const VC2 = 'https://www.w3.org/ns/credentials/v2';

const OURS = 'credential';
const none = (code) => `none: ${code}`;
const foreign = (kind, issuer = 'no issuer') => `foreign: ${kind}, ${issuer}`;
const bytes = (text, encoding = 'utf8') => Buffer.from(text, encoding);
const json = (value) => bytes(JSON.stringify(value));
const changed = (change) => {
  const copy = structuredClone(CREDENTIAL);
  change(copy);
  return json(copy);
};
const pdf = (name) => readFileSync(`${PDFS}${name}.pdf`);
const text = (content, { flag = 0, method = 0, keyword = 'openbadgecredential' } = {}) => (
  chunk('iTXt', Buffer.concat([bytes(`${keyword}\0`), Buffer.from([flag, method, 0, 0]), Buffer.from(content)]))
);
const parts = (...middle) => Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])), ...middle,
]);
const IDAT = chunk('IDAT', deflateSync(Buffer.from([0, 0])));
const IEND = chunk('IEND', Buffer.alloc(0));
const escaped = (content) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const root = (inside, { before = '', more = '' } = {}) => bytes(`${before}<svg xmlns="http://www.w3.org/2000/svg"${more}>${inside}<circle r="1"/></svg>`);
const prefixed = (inside, before = '') => root(inside, { before, more: ` xmlns:ob="${OB3}"` });
const presentation = (verifiableCredential, contexts = [VC2]) => json({ '@context': contexts, type: ['VerifiablePresentation'], verifiableCredential });

/** A certificate with something else of the same length attached. */
function holding(content) {
  const file = pdf('certificate');
  file.fill(' ', file.indexOf(TEXT), file.indexOf(TEXT) + bytes(TEXT).length);
  file.write(content, file.lastIndexOf('stream\n', file.lastIndexOf('endstream') - 1) + 'stream\n'.length);
  return file;
}

function wrongSum(file) {
  const copy = Buffer.from(file);
  copy[copy.indexOf('Ada Lovelace')] ^= 1;
  return copy;
}

const documents = () => [
  ['a signed document', OURS, bytes(TEXT)],
  ['laid out, with line feeds around it', OURS, bytes(`\n\n${JSON.stringify(CREDENTIAL, null, 2)}\r\n`)],
  ['without the name', OURS, json(vector('batch-1').signed[0].credential_redacted)],
  ['in a presentation', OURS, presentation(CREDENTIAL)],
  ['in a presentation, in an array', OURS, presentation([CREDENTIAL])],
  ['in an array', OURS, json([CREDENTIAL])],
  ['in the answer of the API', OURS, json({ id: 'crd_1', status: 'anchored', signed_credential: CREDENTIAL })],
  ['a presentation in an array', OURS, json([JSON.parse(presentation([CREDENTIAL]))])],
  ['two in a presentation', none('several'), presentation([CREDENTIAL, OTHER])],
  ['two in an array', none('several'), json([CREDENTIAL, OTHER])],
  ['an array of nothing', none('no_credential'), bytes('[]')],
  ['an answer of the API before the anchor', none('no_credential'), json({ id: 'crd_1', status: 'pending', signed_credential: null })],
  ['a wallet form', OURS, json(WALLET_FORM)],
  ['a wallet form in a presentation', OURS, presentation(WALLET_FORM)],
  ['a wallet form in a PNG', OURS, png(JSON.stringify(WALLET_FORM))],
  ['a wallet form with another name', 'credential: signature failed', json({ ...WALLET_FORM, issuer: { ...WALLET_FORM.issuer, name: 'Another' } })],
  ['a wallet form with another id', 'credential: schema failed', json({ ...WALLET_FORM, id: 'urn:uuid:1' })],
  ['both forms', none('several'), json([CREDENTIAL, WALLET_FORM])],
  ['another name', 'credential: signature failed', changed((copy) => { copy.credentialSubject.name = 'Bob Bold'; })],
  ['a member that is not ours', 'credential: schema failed', changed((copy) => { copy.honours = true; })],
  ['without its proof', 'credential: schema failed', changed((copy) => { delete copy.proof; })],
  ['without its id', 'credential: schema failed', changed((copy) => { delete copy.id; })],
  ['with the contexts of others', 'credential: schema failed', changed((copy) => { copy['@context'] = [VC2]; })],
  ['a member twice', 'credential: schema failed', bytes(TEXT.replace('{', '{"nonce":"0",'))],
  ['cut off', none('not_json'), bytes(TEXT.slice(0, -1))],
  ['with a byte order mark', none('kind'), bytes(`\ufeff${TEXT}`)],
  ['in UTF-16', none('kind'), Buffer.concat([Buffer.from([0xff, 0xfe]), bytes(TEXT, 'utf16le')])],
  ['in Latin-1', none('kind'), bytes(JSON.stringify({ ...CREDENTIAL, name: 'é' }), 'latin1')],
  ['behind other bytes', none('kind'), bytes(`credential: ${TEXT}`)],
  ['JSON of something else', none('no_credential'), json({ hello: 'world' })],
  ['a number', none('kind'), bytes('7')],
  ['a text in quotes', none('no_credential'), bytes('"hello"')],
  ['an empty file', none('kind'), bytes('')],
  ['a text', none('kind'), bytes('hello')],
  ['HTML', none('damaged'), bytes('<!DOCTYPE html><html lang="en"><title>x</title><p>x</html>')],
  ['JPEG', none('kind'), bytes('ffd8ffe000104a46494600010100', 'hex')],
  ['GIF', none('kind'), bytes('GIF89a')],
];

const pngs = () => [
  ['PNG', OURS, png(TEXT)],
  ['PNG, compressed', OURS, png(TEXT, { compressed: true })],
  ['PNG, with a language and white space', OURS, parts(chunk('iTXt', Buffer.concat([bytes('openbadgecredential\0\0\0en\0Badge\0'), bytes(`\n${TEXT}\n`)])), IDAT, IEND)],
  ['PNG, in a presentation', OURS, png(presentation([CREDENTIAL]).toString())],
  ['PNG, compressed by an unknown method', none('damaged'), parts(text(deflateSync(TEXT), { flag: 1, method: 1 }), IDAT, IEND)],
  ['PNG, compression cut off', none('damaged'), parts(text(deflateSync(TEXT).subarray(0, 90), { flag: 1 }), IDAT, IEND)],
  ['PNG, a bomb', none('too_large'), parts(text(deflateSync(Buffer.alloc(8_000_000, 32)), { flag: 1 }), IDAT, IEND)],
  ['PNG, wrong checksum', none('damaged'), wrongSum(png(TEXT))],
  ['PNG, behind its end', none('empty'), parts(IDAT, IEND, text(TEXT))],
  ['PNG, bytes behind its end', OURS, Buffer.concat([png(TEXT), bytes('more')])],
  ['PNG, twice', none('several'), png(TEXT, { times: 2 })],
  ['PNG, cut off', none('damaged'), png(TEXT).subarray(0, 60)],
  ['PNG without a credential', none('empty'), parts(IDAT, IEND)],
  ['PNG in another chunk', none('empty'), parts(chunk('tEXt', bytes(`openbadgecredential\0${TEXT}`)), IDAT, IEND)],
  ['PNG of something else', none('not_json'), png('hello')],
  ['PNG behind other bytes', none('kind'), Buffer.concat([bytes('x'), png(TEXT)])],
  ['PNG with a token', foreign('token'), png(TOKEN)],
  ['PNG of Open Badges 2', foreign('open_badges'), parts(text('https://example.org/assertion.json', { keyword: 'openbadges' }), IDAT, IEND)],
  ['PNG of Open Badges 1', foreign('open_badges'), parts(chunk('tEXt', bytes('openbadges\0https://example.org/1.json')), IDAT, IEND)],
];

const svgs = () => [
  ['SVG', OURS, bytes(svg(TEXT))],
  ['SVG, escaped', OURS, bytes(svg(TEXT, { escaped: true }))],
  ['SVG, default namespace', OURS, root(`<credential xmlns="${OB3}">${escaped(TEXT)}</credential>`)],
  ['SVG, another prefix', OURS, prefixed(`<ob:credential >${escaped(TEXT)}</ob:credential >`)],
  ['SVG, prefix on the element', OURS, root(`<g><x:credential\n xmlns:x='${OB3}'>${escaped(TEXT)}</x:credential></g>`)],
  ['SVG, entities by number', OURS, prefixed(`<ob:credential>${TEXT.replaceAll('"', '&#34;').replaceAll('{', '&#x7B;')}</ob:credential>`)],
  ['SVG, two sections', OURS, prefixed(`<ob:credential><![CDATA[${TEXT.slice(0, 99)}]]><![CDATA[${TEXT.slice(99)}]]></ob:credential>`)],
  ['SVG, a comment inside', OURS, prefixed(`<ob:credential>${escaped(TEXT)}<!-- <b> --></ob:credential>`)],
  ['SVG, DOCTYPE', OURS, prefixed(`<ob:credential>${escaped(TEXT)}</ob:credential>`, '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n')],
  ['SVG, byte order mark', OURS, bytes(`\ufeff${svg(TEXT)}`)],
  ['SVG with entities of its own', none('damaged'), prefixed('<ob:credential>&a;</ob:credential>', `<!DOCTYPE svg [<!ENTITY a "${escaped(TEXT)}">]>`)],
  ['SVG with an unknown entity', none('damaged'), prefixed('<ob:credential>&nbsp;</ob:credential>')],
  ['SVG, another namespace', none('empty'), root(`<ob:credential xmlns:ob="https://example.org/">${escaped(TEXT)}</ob:credential>`)],
  ['SVG, no namespace', none('empty'), root(`<credential>${escaped(TEXT)}</credential>`)],
  ['SVG in a comment', none('empty'), prefixed(`<!-- <ob:credential>${escaped(TEXT)}</ob:credential> -->`)],
  ['SVG, twice', none('several'), prefixed(`<ob:credential>${escaped(TEXT)}</ob:credential>`.repeat(2))],
  ['SVG, an element inside', none('damaged'), prefixed('<ob:credential><b>{}</b></ob:credential>')],
  ['SVG, not closed', none('damaged'), bytes(svg(TEXT).replace('</svg>', ''))],
  ['SVG, closed by another name', none('damaged'), prefixed(`<ob:credential>${escaped(TEXT)}</ob:badge>`)],
  ['SVG in UTF-16', none('kind'), Buffer.concat([Buffer.from([0xff, 0xfe]), bytes(svg(TEXT), 'utf16le')])],
  ['SVG without a credential', none('empty'), root('<script>alert(1)</script>')],
  ['SVGZ', none('kind'), gzipSync(svg(TEXT))],
  ['SVG with a token', foreign('token'), prefixed(`<ob:credential verify="${TOKEN}"/>`)],
  ['SVG with a token as text', foreign('token'), prefixed(`<ob:credential>\n${TOKEN}\n</ob:credential>`)],
  ['SVG of Open Badges 2', foreign('open_badges'), root('<o:assertion xmlns:o="http://openbadges.org" verify="https://example.org/1.json"/>')],
];

const pdfs = () => [
  ...[
    'certificate', 'qpdf', 'qpdf-streams', 'qpdf-linear', 'mutool', 'pdftk', 'pdfunite', 'pypdf', 'pypdf-incremental', 'pypdf-beside', 'pikepdf', 'pdf-lib', 'owner-rc4', 'owner-aes128',
    'owner-aes256', 'pdftk-owner',
  ].map((name) => [`PDF, ${name}`, OURS, pdf(name)]),
  ...['ghostscript', 'pdftk-cat', 'plain'].map((name) => [`PDF, ${name}`, none('empty'), pdf(name)]),
  ...['pypdf-two', 'pdfunite-two', 'loose', 'annotation'].map((name) => [`PDF, ${name}`, none('several'), pdf(name)]),
  ['PDF, user-password', none('locked'), pdf('user-password')],
  ['PDF behind other bytes', none('kind'), Buffer.concat([bytes('x\n'), pdf('certificate')])],
  ['PDF, cut off', none('empty'), pdf('certificate').subarray(0, 400)],
  ['PDF, its table moved', OURS, bytes(pdf('certificate').toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'), 'latin1')],
  ['PDF, bytes behind its end', OURS, Buffer.concat([pdf('certificate'), bytes('\nmore\n')])],
  ['PDF of something else', none('not_json'), holding('hello')],
  ['PDF with a token', foreign('token'), holding(TOKEN)],
];

/** Credentials as others issue them. */
const others = () => {
  const ob = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
  const vc = { id: 'urn:uuid:1', issuer: 'did:example:1', credentialSubject: { id: 'did:example:2' }, proof: { type: 'Ed25519Signature2020' } };
  return [
    ['Blockcerts 3', 'blockcerts', { '@context': [VC1, 'https://w3id.org/blockcerts/v3'], type: ['VerifiableCredential', 'BlockcertsCredential'], ...vc, proof: { type: 'MerkleProof2019' } }, 'did:example:1'],
    ['Blockcerts 3.1, Data Integrity', 'blockcerts', { '@context': [VC2], type: ['VerifiableCredential'], ...vc, proof: [{ type: 'DataIntegrityProof' }, { type: 'MerkleProof2019' }] }, 'did:example:1'],
    ['Blockcerts 2', 'blockcerts', { '@context': ['https://w3id.org/openbadges/v2', 'https://w3id.org/blockcerts/v2'], type: 'Assertion', id: 'urn:uuid:1', badge: {}, signature: { type: ['MerkleProof2017', 'Extension'] } }],
    ['Blockcerts 1.2', 'blockcerts', { '@context': 'https://w3id.org/blockcerts/v1', type: 'BlockchainCertificate', document: {}, receipt: { type: 'ChainpointSHA256v2' } }],
    ['Blockcerts 1.1', 'blockcerts', { certificate: {}, assertion: {}, recipient: {}, verify: {}, signature: 'x' }],
    ['Open Badges 3', 'open_badges', { '@context': [VC2, ob], type: ['VerifiableCredential', 'OpenBadgeCredential'], ...vc }, 'did:example:1'],
    ['Open Badges 2', 'open_badges', { '@context': 'https://w3id.org/openbadges/v2', type: 'Assertion', id: 'https://example.org/1', badge: 'https://example.org/2', recipient: {}, verification: { type: 'hosted' } }],
    ['Open Badges 1', 'open_badges', { uid: '1', recipient: {}, badge: 'https://example.org/2', verify: { type: 'hosted' }, issuedOn: 1 }],
    ['a learner record', 'open_badges', { '@context': [VC2, 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json'], type: ['VerifiableCredential', 'ClrCredential'], ...vc }, 'did:example:1'],
    ['Europass', 'europass', { '@context': [VC1, 'http://data.europa.eu/snb/model/context/edc-ap'], type: ['VerifiableCredential', 'EuropeanDigitalCredential'], ...vc }, 'did:example:1'],
    ['W3C, 1.1', 'verifiable_credential', { '@context': [VC1, 'https://www.w3.org/2018/credentials/examples/v1'], type: ['VerifiableCredential', 'UniversityDegreeCredential'], ...vc }, 'did:example:1'],
    ['W3C, 2.0', 'verifiable_credential', { '@context': [VC2], type: ['VerifiableCredential'], ...vc, issuer: { id: 'did:web:example.org' }, proof: [{ type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022' }] }, 'did:web:example.org'],
    ['W3C, enveloped', 'verifiable_credential', { '@context': VC2, id: `data:application/vc+jwt,${TOKEN}`, type: 'EnvelopedVerifiableCredential' }],
    ['W3C, with a name', 'verifiable_credential', { '@context': [VC2], type: ['VerifiableCredential'], ...vc, issuer: [{ id: 'did:web:example.org', name: ' Another\u0007 University ' }] }, 'Another\u0007 University'],
    ['W3C, with a name in two languages', 'verifiable_credential', { '@context': [VC2], type: ['VerifiableCredential'], ...vc, issuer: { id: 'did:web:example.org', name: [{ '@value': 'x' }] } }, 'did:web:example.org'],
    ['W3C, with a long issuer', 'verifiable_credential', { '@context': [VC2], type: ['VerifiableCredential'], ...vc, issuer: '🎓'.repeat(300) }, '🎓'.repeat(200)],
    ['Open Badges 2, embedded', 'open_badges', { '@context': 'https://w3id.org/openbadges/v2', type: 'Assertion', badge: { issuer: { url: 'https://example.org' } } }, 'https://example.org'],
    ['a JWS in JSON', 'token', { payload: 'e30', protected: 'e30', signature: 'x' }],
  ].map(([name, kind, document, issuer]) => [`${name} of others`, foreign(kind, issuer), json(document)]);
};

const wrapped = () => [
  ['a presentation of others', foreign('verifiable_credential'), presentation([{ '@context': [VC1], type: ['VerifiableCredential'], credentialSubject: {} }], [VC1])],
  ['a token in a presentation', foreign('token'), presentation([TOKEN])],
  ['a token', foreign('token'), bytes(`${TOKEN}\n`)],
  ['a token with disclosures', foreign('token'), bytes(`${TOKEN}~WyJhIl0~`)],
  ['a token in quotes', foreign('token'), bytes(`"${TOKEN}"`)],
  ['a token whose parts are no JSON', foreign('token'), bytes('eyJ.eyJ9.c2ln')],
  ['a token that is longer than any of ours', foreign('token'), bytes(`${TWIN.split('.').slice(0, 2).join('.')}.${'A'.repeat(1_048_576)}`)],
  ['a token of ours and another one', none('several'), json([TWIN, TOKEN])],
  ['a token of ours and a wallet form', none('several'), presentation([TWIN, WALLET_FORM])],
];

/** JWT twins of wallet forms, and what claims to be one. */
const twins = () => [
  ['a twin', OURS, bytes(TWIN)],
  ['a twin, with white space around it', OURS, bytes(`\t${TWIN}\r\n`)],
  ['a twin in quotes', OURS, bytes(JSON.stringify(TWIN))],
  ['a twin in an array', OURS, json([TWIN])],
  ['a twin in a presentation', OURS, presentation([TWIN])],
  ['a twin in a PNG', OURS, png(TWIN)],
  ['a twin in an SVG', OURS, prefixed(`<ob:credential verify="${TWIN}"/>`)],
  ['a twin in an SVG, in single quotes, with white space around it', OURS, prefixed(`<ob:credential verify=' ${TWIN} '></ob:credential>`)],
  ['a twin in an SVG, as text', OURS, prefixed(`<ob:credential>\n${TWIN}\n</ob:credential>`)],
  ['a twin in an SVG, beside a text', none('several'), prefixed(`<ob:credential verify="${TWIN}">${escaped(TEXT)}</ob:credential>`)],
  ['a token in an SVG, beside a text', none('several'), prefixed(`<ob:credential verify="${TOKEN}">x</ob:credential>`)],
  ['a PDF with a token that has the key of ours', 'credential: schema failed', holding(tokensWithMarks()[0][1])],
  ['a twin with disclosures', 'credential: schema failed', bytes(`${TWIN}~WyJhIl0~`)],
  ['a twin without its signature', 'credential: schema failed', bytes(TWIN.slice(0, TWIN.lastIndexOf('.') + 1))],
  ['a twin with a byte order mark', none('kind'), bytes(`\ufeff${TWIN}`)],
  // The signature needs the key in the DID document, which is not asked here.
  ['a twin with another signature', OURS, bytes(`${TWIN.slice(0, TWIN.lastIndexOf('.') + 1)}${'A'.repeat(86)}`)],
  ...tokensWithMarks().map(([name, token]) => [`a token with ${name} of ours`, 'credential: schema failed', bytes(token)]),
];

/** Every file: name, outcome that is due, bytes. */
export const fileTable = () => [documents(), pngs(), svgs(), pdfs(), others(), wrapped(), twins()].flat();
