// The test vectors of the anchored form as cases for the table, so that its column of the stock verifier is seen to accept and refuse.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const VECTOR = fileURLToPath(new URL('../../../../crates/credential/tests/data/vectors/batch-3-evidence.json', import.meta.url));
const HOST = 'https://learncoin.me';

/** Those who know no MerkleProof2019, or want another layout of it; the W3C schema and LearnCard's validators do not look at the proof. */
const OTHERS = { digitalbazaar: false, 'verifier-core': false, 'openbadges-schema': false, 'w3c-schema': true, learncard: true, waltid: false };

/** @returns {{documents: object, transactions: object, cases: object[]}} */
export function anchoredCases() {
  const { did_document: did, issuer_profile: profile, signed, transaction, merkle_root: data, key } = JSON.parse(readFileSync(VECTOR, 'utf8'));
  const documents = { [`${HOST}/.well-known/did.json`]: did, [`${HOST}/issuer.json`]: profile };
  const cases = [];
  const add = (name, document, isAccepted) => cases.push({ name: `anchored: ${name}`, form: 'anchored', document, expect: { blockcerts: isAccepted, ...OTHERS } });
  for (const [at, { credential_full: full, credential_redacted: redacted }] of signed.slice(0, 2).entries()) {
    const isRevoked = at === 1;
    documents[`${profile.revocationList}?assertionId=${encodeURIComponent(full.id)}`] = {
      '@context': 'https://w3id.org/openbadges/v2',
      id: profile.revocationList,
      type: 'RevocationList',
      issuer: did.id,
      revokedAssertions: isRevoked ? [{ id: full.id, revocationReason: 'Superseded.' }] : [],
    };
    add(isRevoked ? 'revoked' : 'full', full, !isRevoked);
    add(isRevoked ? 'revoked, redacted' : 'redacted', redacted, !isRevoked);
  }
  const { credential_full: full } = signed[0];
  add('the date is another', { ...full, issuanceDate: '2026-04-24T12:00:00Z', validFrom: '2026-04-24T12:00:00Z' }, false);
  add('the learner is renamed', { ...full, credentialSubject: { ...full.credentialSubject, name: 'Eve Lovelace' } }, false);
  return { documents, transactions: { [transaction.hash]: { data, from: key.address, time: '2026-04-23T12:00:58Z' } }, cases };
}
