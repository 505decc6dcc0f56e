// A document in the wallet form with all that a judge looks up, signed by @digitalbazaar/vc and not by LearnCoin: the judges are
// tried on it, so that an error of ours and one of theirs can't meet. The key is fixed, and no tenant has it.
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import * as statusList from '@digitalbazaar/vc-bitstring-status-list';
import { importJWK, SignJWT } from 'jose';

const TENANT = '01KPX4MQ005TCNKPH5QY15PQWV';
export const HOST = 'https://learncoin.me';
export const ISSUER = `did:web:learncoin.me:t:${TENANT}`;
export const DID_ADDRESS = `${HOST}/t/${TENANT}/did.json`;
export const LIST_ADDRESS = `${HOST}/t/${TENANT}/status/revocation/1`;
export const NOW = '2026-04-23T12:05:00Z';
const CREATED = '2026-04-23T12:00:58Z';
const LIST_LENGTH = 131_072;
/** The indexes of the list that say revoked. */
export const REVOKED_INDEX = 94_567;
export const VALID_INDEX = 20_311;

/** The holder of the seed of 32 equal bytes: the tenant, and a stranger with another. */
export async function holder(controller, byte) {
  const seed = new Uint8Array(32).fill(byte);
  const bare = await Ed25519Multikey.generate({ controller, seed });
  const key = await Ed25519Multikey.generate({ id: `${controller}#${bare.publicKeyMultibase}`, controller, seed });
  const publicKeyJwk = await Ed25519Multikey.toJwk({ keyPair: key });
  const privateKeyJwk = { ...publicKeyJwk, d: Buffer.from(seed).toString('base64url') };
  return { controller, key, publicKeyMultibase: key.publicKeyMultibase, publicKeyJwk, privateKeyJwk };
}

/** The DID document of a tenant: its key listed twice, in each form under an id of its own. */
export function didDocument({ controller, key, publicKeyMultibase, publicKeyJwk }) {
  const methods = [
    { id: key.id, type: 'Multikey', controller, publicKeyMultibase },
    { id: `${controller}#ed-1`, type: 'JsonWebKey', controller, publicKeyJwk },
  ];
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1', 'https://w3id.org/security/jwk/v1'],
    id: controller,
    alsoKnownAs: [`did:web:learncoin.me#tenant-${TENANT}`],
    verificationMethod: methods,
    assertionMethod: methods.map(({ id }) => id),
  };
}

/** A full document without its proof; `index` is its place in the status list. */
export function fullDocument({ index = VALID_INDEX } = {}) {
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
    id: `${HOST}/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A`,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    issuer: {
      id: ISSUER,
      type: ['Profile'],
      name: 'Example University',
      url: 'https://example.edu/',
      image: { id: 'https://example.edu/logo.png', type: 'Image' },
    },
    name: 'Introduction to Machine Learning',
    description: 'Completed the 12-week introductory course with distinction.',
    validFrom: '2026-04-23T12:00:00Z',
    validUntil: '2031-04-23T12:00:00Z',
    credentialStatus: {
      id: `${LIST_ADDRESS}#${index}`,
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: String(index),
      statusListCredential: LIST_ADDRESS,
    },
    credentialSubject: {
      id: 'urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f',
      type: ['AchievementSubject'],
      name: 'Ada Lovelace',
      identifier: [{ type: 'IdentityObject', identityType: 'name', identityHash: 'Ada Lovelace', hashed: false }],
      achievement: {
        id: 'https://yourschool.edu/credentials/intro-ml',
        type: ['Achievement'],
        name: 'Introduction to Machine Learning',
        description: 'Completed the 12-week introductory course with distinction.',
        criteria: { narrative: 'Passing grade (≥ 70%) on the final project plus peer-reviewed code submission.' },
        alignment: [{
          type: ['Alignment'],
          targetFramework: 'ESCO',
          targetCode: 'S1.4.0',
          targetName: 'Machine learning',
          targetUrl: 'https://esco.ec.europa.eu/en/classification/skill?uri=http%3A%2F%2Fdata.europa.eu%2Fesco%2Fskill%2FS1.4.0',
        }],
      },
    },
  };
}

/** The same after erasure, without a name. */
export function redactedDocument(options) {
  const document = fullDocument(options);
  delete document.credentialSubject.name;
  delete document.credentialSubject.identifier;
  return document;
}

/** Signs a document; the proof is laid out as the wallet form wants it, an array of one. */
export async function signed(document, { key }, { documentLoader, date = CREATED, now = NOW }) {
  const suite = new DataIntegrityProof({ signer: key.signer(), date, cryptosuite });
  const { proof, ...rest } = await vc.issue({ credential: structuredClone(document), suite, documentLoader, now });
  return { ...rest, proof: [proof] };
}

/** The status list credential, in force five minutes before it was signed. */
export async function listCredential(tenant, { documentLoader, revoked = [REVOKED_INDEX] }) {
  const list = await statusList.createList({ length: LIST_LENGTH });
  for (const index of revoked) list.setStatus(index, true);
  const credential = await statusList.createCredential({ id: LIST_ADDRESS, list, statusPurpose: 'revocation' });
  const { proof, ...rest } = await signed({ ...credential, issuer: tenant.controller, validFrom: '2026-04-23T11:55:58Z', validUntil: '2026-04-30T12:00:00Z' }, tenant, { documentLoader });
  return { ...rest, proof: proof[0] };
}

/** The JWT twin of a document: the credential without its proof in `vc`, and what it says in claims. */
export async function twin(document, { controller, privateKeyJwk }) {
  const { proof: _, ...credential } = document;
  const seconds = (date) => Math.floor(Date.parse(date) / 1000);
  return new SignJWT({ vc: credential })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: `${controller}#ed-1` })
    .setIssuer(credential.issuer.id)
    .setSubject(credential.credentialSubject.id)
    .setJti(credential.id)
    .setNotBefore(seconds(credential.validFrom))
    .setExpirationTime(seconds(credential.validUntil))
    .sign(await importJWK({ ...privateKeyJwk, alg: 'EdDSA' }));
}
