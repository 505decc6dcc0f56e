// The canonical form, written directly from the document: section 5 of the format. A wallet form has the same issuer, subject,
// achievement and evidence, and other statements about the credential itself.
//
// For these documents the conversion to RDF is a fixed table (each member is one quad), and RDFC-1.0 is short: every
// blank node but the achievement is a leaf with its own literals and one incoming quad, so its first-degree hash differs
// from all others, or it is an exact twin of them, and any order among twins gives the same bytes.
//
// Invariant: the documents keep the rules of rules.js, but that an achievement and evidence may lack their `id`, which
// makes them blank nodes. No two nodes have one identifier, and identifiers are ASCII, so texts sort as bytes do.
import { hex, utf8 } from './bytes.js';
import { sha256 } from '../vendor/noble.js';

const RDF_TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type';
const OB = 'https://purl.imsglobal.org/spec/vc/ob/vocab.html#';
const SCHEMA = 'https://schema.org/';
const VC = 'https://www.w3.org/2018/credentials#';
const SECURITY = 'https://w3id.org/security#';
const STATUS = 'https://www.w3.org/ns/credentials/status#';
const DATE_TIME = 'http://www.w3.org/2001/XMLSchema#dateTime';
const ANY_URI = 'https://www.w3.org/2001/XMLSchema#anyURI';

/** SHA-256 of the canonical form: what a proof is about. */
export const leafOf = (document) => hex(sha256(utf8(canonical(document))));

/** The canonical N-Quads of a document or a wallet form: one quad per line, the last one ends in a line feed too. */
export function canonical(document) {
  const nodes = nodesOf(document);
  label(nodes);
  const name = (node) => (node.id === null ? `_:${node.label}` : `<${node.id}>`);
  const blocks = nodes.map((node) => [name(node), node.quads.map((quad) => line(name(node), quad, name)).sort(byBytes).join('')]);
  return blocks.sort(([one], [other]) => byBytes(`${one} `, `${other} `)).map(([, lines]) => lines).join('');
}

/** By code points, which is the order of UTF-8; JavaScript's own order is by UTF-16 units. */
function byBytes(one, other) {
  const [a, b] = [utf8(one), utf8(other)];
  for (let at = 0; at < a.length && at < b.length; at += 1) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length;
}

/** The nodes with their quads `[predicate, object]`; a blank node knows the one that points to it, and how. */
function nodesOf(document) {
  const { issuer, subject, expirationDate, wallet } = document;
  const { achievement } = subject;
  const image = issuer.image && { id: issuer.image.id, quads: [type(`${OB}Image`)] };
  const criteria = { id: null, quads: [[`${OB}narrative`, literal(achievement.criteria)]] };
  const alignments = achievement.alignment.map((one) => ({
    id: null,
    quads: [
      type(`${SCHEMA}AlignmentObject`),
      [`${OB}targetCode`, literal(one.targetCode)],
      [`${SCHEMA}targetFramework`, literal(one.targetFramework)],
      [`${SCHEMA}targetName`, literal(one.targetName)],
      [`${SCHEMA}targetUrl`, literal(one.targetUrl, ANY_URI)],
    ],
  }));
  const awarded = {
    id: achievement.id,
    quads: [
      type(`${OB}Achievement`),
      [`${OB}Criteria`, { node: criteria }],
      ...alignments.map((node) => [`${OB}alignment`, { node }]),
      [`${SCHEMA}description`, literal(achievement.description)],
      [`${SCHEMA}name`, literal(achievement.name)],
    ],
  };
  const evidence = document.evidence.map((one) => ({
    id: one.id,
    quads: [type(`${OB}Evidence`), ...(one.narrative === null ? [] : [[`${OB}narrative`, literal(one.narrative)]])],
  }));
  const profile = {
    id: issuer.id,
    quads: [
      type(`${OB}Profile`),
      ...(image ? [[`${OB}image`, { node: image }]] : []),
      [`${SCHEMA}name`, literal(issuer.name)],
      ...(issuer.url === null ? [] : [[`${SCHEMA}url`, literal(issuer.url, ANY_URI)]]),
    ],
  };
  const identifiers = (wallet?.identifiers ?? []).map((one) => ({ id: null, quads: identifierQuads(one) }));
  const holder = {
    id: subject.id,
    quads: [
      type(`${OB}AchievementSubject`),
      [`${OB}achievement`, { node: awarded }],
      ...identifiers.map((node) => [`${OB}identifier`, { node }]),
      ...(subject.name === null ? [] : [[`${SCHEMA}name`, literal(subject.name)]]),
    ],
  };
  const status = wallet && { id: wallet.status.id, quads: statusQuads(wallet.status) };
  const date = (name, value) => [`${VC}${name}`, literal(value, DATE_TIME)];
  const credential = {
    id: document.id,
    quads: [
      type(`${OB}OpenBadgeCredential`),
      type(`${VC}VerifiableCredential`),
      [`${VC}credentialSubject`, { node: holder }],
      ...evidence.map((node) => [`${VC}evidence`, { node }]),
      [`${VC}issuer`, { node: profile }],
      date('validFrom', document.issuanceDate),
      ...(expirationDate === null ? [] : [date('validUntil', expirationDate)]),
      ...(wallet ? [
        [`${SCHEMA}description`, literal(wallet.description)],
        [`${SCHEMA}name`, literal(wallet.name)],
        [`${VC}credentialStatus`, { node: status }],
      ] : [
        [`${SECURITY}nonce`, literal(document.nonce)],
        date('issuanceDate', document.issuanceDate),
        ...(expirationDate === null ? [] : [date('expirationDate', expirationDate)]),
      ]),
    ],
  };
  return [profile, image, credential, holder, awarded, criteria, ...alignments, ...evidence, ...identifiers, status].filter((node) => node);
}

const identifierQuads = ({ kind, hash, salt }) => [
  type(`${OB}IdentityObject`),
  [`${OB}hashed`, literal(salt === null ? 'false' : 'true', 'https://www.w3.org/2001/XMLSchema#boolean')],
  [`${OB}identityHash`, literal(hash)],
  [`${OB}identityType`, literal(kind)],
  ...(salt === null ? [] : [[`${OB}salt`, literal(salt)]]),
];

const statusQuads = ({ list, index }) => [
  type(`${STATUS}BitstringStatusListEntry`),
  [`${STATUS}statusListCredential`, { text: `<${list}>` }],
  [`${STATUS}statusListIndex`, literal(String(index))],
  [`${STATUS}statusPurpose`, literal('revocation')],
];

/** The canonical form of a proof's options (Data Integrity EdDSA, section 3.2.5). Its only node is a blank one. */
export const canonicalProofOptions = ({ created, verificationMethod }) => block('_:c14n0', [
  ['http://purl.org/dc/terms/created', literal(created, DATE_TIME)],
  type(`${SECURITY}DataIntegrityProof`),
  [`${SECURITY}cryptosuite`, literal('eddsa-rdfc-2022', `${SECURITY}cryptosuiteString`)],
  [`${SECURITY}proofPurpose`, { text: `<${SECURITY}assertionMethod>` }],
  [`${SECURITY}verificationMethod`, { text: `<${verificationMethod}>` }],
]);

/** The canonical form of a status list's credential. The list's id is the credential's with a fragment, so its block comes first. */
export const canonicalStatusList = ({ id, issuer, validFrom, validUntil, ttl, encoded }) => block(`<${id}#list>`, [
  type(`${STATUS}BitstringStatusList`),
  [`${STATUS}encodedList`, literal(encoded, `${SECURITY}multibase`)],
  [`${STATUS}statusPurpose`, literal('revocation')],
  [`${STATUS}ttl`, literal(ttl, 'http://www.w3.org/2001/XMLSchema#integer')],
]) + block(`<${id}>`, [
  type(`${VC}VerifiableCredential`),
  type(`${STATUS}BitstringStatusListCredential`),
  [`${VC}credentialSubject`, { text: `<${id}#list>` }],
  [`${VC}issuer`, { text: `<${issuer}>` }],
  [`${VC}validFrom`, literal(validFrom, DATE_TIME)],
  [`${VC}validUntil`, literal(validUntil, DATE_TIME)],
]);

const block = (subject, quads) => quads.map((quad) => line(subject, quad)).join('');

const type = (iri) => [RDF_TYPE, { text: `<${iri}>` }];
const literal = (value, datatype) => ({ text: `"${escaped(value)}"${datatype ? `^^<${datatype}>` : ''}` });
const line = (subject, [predicate, object], name) => `${subject} <${predicate}> ${object.text ?? name(object.node)} .\n`;

/**
 * Numbers the blank nodes: RDFC-1.0 sections 4.4 (labels) and 4.6 (first-degree hashes). A hash is over the quads of a node,
 * its own and those that point to it, with `_:a` for the node itself and `_:z` for any other.
 */
function label(nodes) {
  const blank = nodes.filter((node) => node.id === null);
  const hashed = blank.map((node) => {
    const name = (other) => (other === node ? '_:a' : other.id === null ? '_:z' : `<${other.id}>`);
    const lines = nodes.flatMap((from) => from.quads
      .filter(([, object]) => from === node || object.node === node)
      .map((quad) => line(name(from), quad, name)));
    return { node, hash: hex(sha256(utf8(lines.sort(byBytes).join('')))) };
  });
  hashed.sort((one, other) => (one.hash < other.hash ? -1 : one.hash > other.hash ? 1 : 0));
  // Nodes whose hash is theirs alone are numbered first, then the twins, which share one.
  const isTwin = ({ hash }) => hashed.filter((other) => other.hash === hash).length > 1;
  const inOrder = [...hashed.filter((one) => !isTwin(one)), ...hashed.filter(isTwin)];
  inOrder.forEach(({ node }, at) => { node.label = `c14n${at}`; });
}

const ESCAPES = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

/** The escapes of canonical N-Quads (RDFC-1.0 section 5). */
function escaped(value) {
  return value.replace(/[\u0000-\u001f"\\\u007f]/g, (character) => (
    ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  ));
}
