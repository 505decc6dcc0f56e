// What the judges are tried on: documents that all must accept, and others spoiled in one place each, with the judges that must refuse.
import { edited, expectation, VERIFIERS } from './expectations.mjs';
import * as sample from './sample.mjs';

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
  const cases = [...await accepted({ sign, full }), ...await refused({ sign, stranger, tenant }), ...await tokens({ full, tenant, stranger })];
  return { now: sample.NOW, documents, cases };
}

async function accepted({ sign, full }) {
  const wallet = (name, document) => ({ name, form: 'wallet', document, expect: expectation(), tamper: ['full', 'redacted'].includes(name) });
  return [
    wallet('full', full),
    wallet('redacted', await sign(sample.redactedDocument())),
    wallet('without an end', await sign(edited(sample.fullDocument(), (c) => { delete c.validUntil; }))),
    wallet('hashed e-mail address', await sign(edited(sample.fullDocument(), (c) => {
      c.credentialSubject.identifier.push({ type: 'IdentityObject', identityType: 'emailAddress', identityHash: `sha256$${'5a'.repeat(32)}`, hashed: true, salt: 'c45ba765' });
    }))),
  ];
}

async function refused({ sign, stranger, tenant }) {
  const cases = [];
  const add = (name, document, refusing) => cases.push({ name, form: 'wallet', document, expect: expectation(refusing) });
  add('its status has no id', await sign(edited(sample.fullDocument(), (c) => { delete c.credentialStatus.id; })), ['verifier-core', 'openbadges-schema']);
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
