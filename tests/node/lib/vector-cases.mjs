// Cases for the browser's verifier: a credential with the answers to everything that a verifier looks up, taken from the
// test vectors unchanged, spoiled by hand, or changed at random.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as base58 from 'base58-universal';
import { leafOf } from '../../../crates/server/web/verify/canonical.js';
import { fromHex, hex, toNumber, utf8 } from '../../../crates/server/web/verify/bytes.js';
import { parse } from '../../../crates/server/web/verify/json.js';
import { CHAINS, encodeProof } from '../../../crates/server/web/verify/proof.js';
import { readCredential } from '../../../crates/server/web/verify/document.js';
import { fold } from '../../../crates/server/web/verify/merkle.js';
import { encodeTransaction } from '../../../crates/server/web/verify/transaction.js';
import { keccak256, secp256k1 } from '../../../crates/server/web/vendor/noble.js';
import { PinnedContexts } from './contexts.mjs';
import { tamper } from './tamper.mjs';

const VECTORS = fileURLToPath(new URL('../../../crates/credential/tests/data/vectors/', import.meta.url));
const BATCHES = ['batch-1', 'batch-1-mainnet', 'batch-2-erased', 'batch-2-unicode', 'batch-3-evidence', 'batch-5-alignments'];
const NOT_REVOKED = { '@context': 'https://w3id.org/openbadges/v2', type: 'RevocationList', revokedAssertions: [] };

export const vector = (name) => JSON.parse(readFileSync(`${VECTORS}${name}.json`, 'utf8'));

/**
 * @typedef {{name: string, due?: 'valid' | 'invalid', credential: Uint8Array, did_document: object, issuer_profile: object,
 *   revocation: object, transaction: object, now: string, allow_development: boolean, min_confirmations: number}} Case
 *   `due` is the verdict that must come out, where that is known; a lookup is `{found: text}`, `{absent: true}` or
 *   `{unreachable: why}`
 */

/** The vectors as they stand, in every layout. */
export function* asTheyStand() {
  for (const [name, batch] of BATCHES.map((file) => [file, vector(file)])) {
    for (const [at, signed] of batch.signed.entries()) {
      for (const kind of ['credential_full', 'credential_redacted']) {
        if (!signed[kind]) continue;
        for (const [layout, credential] of layouts(signed[kind])) {
          yield { ...caseOf(batch, credential), name: `${name}[${at}] ${kind}, ${layout}`, due: 'valid' };
        }
      }
    }
  }
}

function layouts(credential) {
  const { proof: { type, ...rest }, ...document } = credential;
  const [vc, , badges, own] = document['@context'];
  return [
    ['default layout', credential],
    ['Open Badges layout', { ...document, '@context': [vc, badges, own], proof: [{ type, ...rest }] }],
    ['Data Integrity layout', { ...document, proof: { type: 'DataIntegrityProof', cryptosuite: 'merkle-proof-2019', ...rest } }],
  ];
}

/** The documents that every verifier must refuse, each with a proof that it was signed with. */
export function* refused() {
  const batch = vector('batch-1');
  const { cases, refuse_although_jsonld_accepts: others } = vector('reject');
  for (const { description, document } of [...cases, ...others]) {
    const { proof } = batch.signed[0].credential_full;
    yield { ...caseOf(batch, { ...document, proof }), name: `refused: ${description}`, due: 'invalid' };
    const again = signedAgain(batch, { ...document, proof });
    if (again) yield { ...again, name: `refused, signed: ${description}`, due: 'invalid' };
  }
}

/** The tampered variants, each with the verdict that is due. */
export async function tampered(random) {
  const cases = [];
  for (const name of ['batch-1', 'batch-3-evidence', 'batch-5-alignments']) {
    const batch = vector(name);
    const [{ credential_full: full, credential_redacted: redacted }] = batch.signed;
    for (const [credential, other] of [[full, redacted], [redacted, full]]) {
      const variants = await tamper(credential, { others: [other], contexts: new PinnedContexts(), random });
      cases.push(...variants.map((variant) => ({ ...caseOf(batch, variant.credential), name: `${name}: ${variant.name}`, due: variant.strict })));
    }
  }
  return cases;
}

export function caseOf(batch, credential) {
  return {
    credential: utf8(JSON.stringify(credential)),
    did_document: { found: JSON.stringify(batch.did_document) },
    issuer_profile: { found: JSON.stringify(batch.issuer_profile) },
    revocation: { found: JSON.stringify(NOT_REVOKED) },
    transaction: { raw: batch.transaction.raw.slice(2), block_number: 7, block_time: 1_776_945_658, succeeded: true, confirmations: 3 },
    now: '2026-05-01T00:00:00Z',
    allow_development: false,
    min_confirmations: 1,
  };
}

/** The credential with a proof and a transaction of its own, signed by the vector's key; `null` where it has no hash. */
export function signedAgain(batch, credential) {
  let document;
  try {
    ({ document } = readCredential(parse(utf8(JSON.stringify(credential)))));
  } catch {
    return null;
  }
  const leaf = leafOf(document);
  const sides = document.subject.name === null ? ['left'] : ['right', 'right'];
  const path = sides.map((side) => ({ side, hash: '05'.repeat(32) }));
  const root = fold(leaf, path);
  const raw = signedTransaction(batch, fromHex(root));
  const chain = CHAINS.find(({ chainId }) => chainId === BigInt(batch.transaction.chain_id));
  const anchor = { chain, transactionHash: hex(keccak256(raw)) };
  const proofValue = `z${base58.encode(encodeProof({ path, merkleRoot: root, targetHash: leaf, anchor }))}`;
  const proof = Array.isArray(credential.proof) ? [{ ...credential.proof[0], proofValue }] : { ...credential.proof, proofValue };
  const made = caseOf(batch, { ...credential, proof });
  return { ...made, transaction: { ...made.transaction, raw: hex(raw) } };
}

/** An anchoring transaction of the vector's key, with fields other than an anchor's where they are given. */
export function signedTransaction(batch, data, other = {}) {
  const to = fromHex(batch.transaction.to.slice(2));
  const fields = {
    chainId: BigInt(batch.transaction.chain_id), nonce: 0n, maxPriorityFeePerGas: 1n, maxFeePerGas: 2n, gas: 30_000n, to,
    value: 0n, data, accessList: [], ...other,
  };
  const secret = fromHex(batch.key.private_key.slice(2));
  const signed = secp256k1.sign(keccak256(encodeTransaction(fields)), secret, { prehash: false, format: 'recovered' });
  const [parity, r, s] = [signed.subarray(0, 1), signed.subarray(1, 33), signed.subarray(33)].map(toNumber);
  return encodeTransaction({ ...fields, signature: { parity, r, s } });
}
