// What the judges are tried on: documents that all must accept, and others spoiled in one place each, with the judges that must refuse.
import * as sample from './sample.mjs';

/** The judges that check a signature over JSON-LD and read the status list. */
const VERIFIERS = ['digitalbazaar', 'verifier-core'];
const SCHEMAS = ['openbadges-schema', 'w3c-schema'];
/** The stock Blockcerts verifier refuses every `credentialStatus`; walt.id reads no array of proofs. */
const NEVER = ['blockcerts', 'waltid'];
const ALL = [...VERIFIERS, ...SCHEMAS, 'learncard'];

/** Who is to accept: everyone who ever does but `refusing`. */
function expectation(refusing = []) {
  return Object.fromEntries([...ALL.map((name) => [name, !refusing.includes(name)]), ...NEVER.map((name) => [name, false])]);
}

function edited(credential, edit) {
  const copy = structuredClone(credential);
  edit(copy);
  return copy;
}

/** A proof value with one bit changed. */
function flipped(value) {
  const at = 40;
  return `${value.slice(0, at)}${value[at] === '2' ? '3' : '2'}${value.slice(at + 1)}`;
}

/** The documents that a judge of this world may look up, and the cases. */
export async function sampleCases(contexts) {
  const { documentLoader } = contexts;
  const tenant = await sample.holder(sample.ISSUER, 7);
  const stranger = await sample.holder('did:web:stranger.example', 9);
  const sign = (document, by = tenant, options = {}) => sample.signed(document, by, { documentLoader, ...options });
  const list = await sample.listCredential(tenant, { documentLoader });
  const documents = {
    [sample.DID_ADDRESS]: sample.didDocument(tenant),
    'https://stranger.example/.well-known/did.json': { ...sample.didDocument(stranger), alsoKnownAs: [] },
    [sample.LIST_ADDRESS]: list,
    [`${sample.LIST_ADDRESS}-tampered`]: { ...list, credentialSubject: { ...list.credentialSubject, encodedList: (await sample.listCredential(tenant, { documentLoader, revoked: [] })).credentialSubject.encodedList } },
    [`${sample.LIST_ADDRESS}-stranger`]: { ...(await sample.listCredential({ ...stranger }, { documentLoader, revoked: [] })) },
  };
  const full = await sign(sample.fullDocument());
  const cases = [...await accepted({ sign, full }), ...await refused({ sign, full, stranger, tenant }), ...await tokens({ full, tenant, stranger })];
  return { now: sample.NOW, documents, cases };
}

async function accepted({ sign, full }) {
  const wallet = (name, document) => ({ name, form: 'wallet', document, expect: expectation() });
  return [
    wallet('full', full),
    wallet('redacted', await sign(sample.redactedDocument())),
    wallet('without an end', await sign(edited(sample.fullDocument(), (c) => { delete c.validUntil; }))),
    wallet('hashed e-mail address', await sign(edited(sample.fullDocument(), (c) => {
      c.credentialSubject.identifier.push({ type: 'IdentityObject', identityType: 'emailAddress', identityHash: `sha256$${'5a'.repeat(32)}`, hashed: true, salt: 'c45ba765' });
    }))),
  ];
}

async function refused({ sign, full, stranger, tenant }) {
  const cases = [];
  const add = (name, document, refusing) => cases.push({ name, form: 'wallet', document, expect: expectation(refusing) });
  const spoiled = (name, edit, refusing = VERIFIERS) => add(name, edited(full, edit), refusing);
  spoiled('the learner is renamed', (c) => { c.credentialSubject.name = 'Eve Lovelace'; });
  spoiled('the identifier is another name', (c) => { c.credentialSubject.identifier[0].identityHash = 'Eve Lovelace'; });
  spoiled('the achievement is another', (c) => { c.credentialSubject.achievement.name = 'Surgery'; });
  spoiled('the title is another', (c) => { c.name = 'Surgery'; });
  spoiled('the issuer has another name', (c) => { c.issuer.name = 'Another University'; });
  spoiled('it ends later', (c) => { c.validUntil = '2041-04-23T12:00:00Z'; });
  spoiled('its end is removed', (c) => { delete c.validUntil; });
  spoiled('another place in the list', (c) => { c.credentialStatus.statusListIndex = '17'; });
  spoiled('its status is removed', (c) => { delete c.credentialStatus; });
  spoiled('the subject is another', (c) => { c.credentialSubject.id = 'urn:uuid:7d1e3e63-9a8f-4f0e-8a51-0a4f2b9c6d11'; });
  spoiled('a member that no context knows', (c) => { c.grade = 'A'; });
  spoiled('a skill is added', (c) => { c.credentialSubject.achievement.alignment.push({ type: ['Alignment'], targetName: 'Surgery', targetUrl: 'https://example.org/s9' }); });
  spoiled('the signature has a bit changed', (c) => { c.proof[0].proofValue = flipped(c.proof[0].proofValue); });
  spoiled('it was signed at another time', (c) => { c.proof[0].created = '2026-04-23T12:00:59Z'; });
  spoiled('its proof is for authentication', (c) => { c.proof[0].proofPurpose = 'authentication'; });
  spoiled('the method is one that nobody lists', (c) => { c.proof[0].verificationMethod = `${sample.ISSUER}#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2`; });
  spoiled('the method is the same key as JSON Web Key', (c) => { c.proof[0].verificationMethod = `${sample.ISSUER}#ed-1`; });
  spoiled('the context is that of another version', (c) => { c['@context'][1] = 'https://w3id.org/blockcerts/v3'; }, [...VERIFIERS, 'openbadges-schema']);
  spoiled('it is no badge', (c) => { c.type.pop(); }, [...VERIFIERS, 'openbadges-schema']);
  add('its status has no id', await sign(edited(sample.fullDocument(), (c) => { delete c.credentialStatus.id; })), ['verifier-core', 'openbadges-schema']);
  spoiled('it has no proof', (c) => { delete c.proof; }, [...VERIFIERS, 'learncard']);
  cases.at(-1).expect.waltid = true;
  spoiled('it has no issuer', (c) => { delete c.issuer; }, ALL);
  spoiled('its proof has no value', (c) => { delete c.proof[0].proofValue; });
  add('a stranger signed it', await sign(sample.fullDocument(), { ...stranger, key: stranger.key }), VERIFIERS);
  add('revoked', await sign(sample.fullDocument({ index: sample.REVOKED_INDEX })), VERIFIERS);
  add('expired', await sign(edited(sample.fullDocument(), (c) => { c.validFrom = '2020-01-01T00:00:00Z'; c.validUntil = '2021-01-01T00:00:00Z'; }), tenant, { now: '2020-06-01T00:00:00Z' }), VERIFIERS);
  add('not yet valid', await sign(edited(sample.fullDocument(), (c) => { c.validFrom = '2027-01-01T00:00:00Z'; })), VERIFIERS);
  const otherList = (suffix) => sign(edited(sample.fullDocument(), (c) => { c.credentialStatus.statusListCredential += suffix; }));
  add('its list was tampered with', await otherList('-tampered'), VERIFIERS);
  add('its list is not there', await otherList('-absent'), VERIFIERS);
  // verifier-core does not ask whose list it is.
  add('its list is a stranger\'s', await otherList('-stranger'), ['digitalbazaar']);
  return cases;
}

async function tokens({ full, tenant, stranger }) {
  const { proof: _, ...credential } = full;
  const readers = { learncard: true, waltid: true };
  const token = (name, document, jose) => ({ name: `token: ${name}`, form: 'jwt', document, credential, expect: { jose, ...readers } });
  const jwt = await sample.twin(full, tenant);
  const [header, payload, signature] = jwt.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  const changed = (edit) => [header, Buffer.from(JSON.stringify(edited(claims, edit))).toString('base64url'), signature].join('.');
  return [
    token('as it is', jwt, true),
    token('the learner is renamed', changed((c) => { c.vc.credentialSubject.name = 'Eve Lovelace'; }), false),
    token('it ends later', changed((c) => { c.exp += 1; }), false),
    token('a stranger signed it', await sample.twin(full, { ...stranger, controller: sample.ISSUER }), false),
    token('it carries another credential', await sample.twin(edited(full, (c) => { c.name = 'Surgery'; }), tenant), false),
    token('expired', await sample.twin(edited(full, (c) => { c.validUntil = '2026-04-23T12:04:00Z'; }), tenant), false),
  ];
}
