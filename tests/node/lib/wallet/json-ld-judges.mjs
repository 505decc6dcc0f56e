// The judges that check a signature over JSON-LD: the stock Blockcerts verifier, the reference library of W3C credentials, and the
// verifier of the Digital Credentials Consortium. Each is the released package, unmodified.
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import { verifyCredential } from '@digitalcredentials/verifier-core';
import { Lookups } from '../lookups.mjs';
import { COULD_NOT_CHECK, StockVerifier } from '../stock-verifier.mjs';
import { verdict } from './verdict.mjs';

/** The steps of the stock verifier that fail where the document is not the one that was signed. */
const SIGNATURE_STEPS = ['computeLocalHash', 'compareHashes', 'checkMerkleRoot', 'checkReceipt', 'compareIssuingAddress', 'assertProofValidity'];

/** `@blockcerts/cert-verifier-js`. Where an anchored document names a transaction, it is one of the world's. */
export class Blockcerts {
  name = 'blockcerts';
  claims = ['signature', 'status', 'dates', 'members'];
  #verifier;

  constructor(world, transactions) {
    const hosts = [...world.documents.keys()].map((url) => new URL(url).host);
    const maps = [...new Set(hosts)].map((host) => ({ from: host, to: `https://${host}` }));
    const lookups = new Lookups({ maps, contexts: world.contexts, fetch: world.fetch });
    this.#verifier = new StockVerifier({ lookups, explorer: explorer(transactions, (error) => lookups.noteFailure(error)) });
  }

  async judge({ document }) {
    const { valid, message, failed_step: step } = await this.#verifier.judge(document);
    const reason = valid ? '' : `${step}: ${message}`;
    return verdict(valid, reason, {
      signature: valid ? true : SIGNATURE_STEPS.includes(step) ? false : null,
      revoked: valid ? false : step === 'checkRevokedStatus' && /revoked/i.test(message) ? true : null,
      expired: valid ? false : step === 'checkExpiresDate' ? true : null,
      unchecked: step === COULD_NOT_CHECK,
    });
  }
}

/** The explorer of the verifier that knows the given transactions and no other. */
function explorer(transactions, noteFailure) {
  return {
    serviceURL: 'https://explorer.invalid',
    apiType: 'rpc',
    chainType: 'evm',
    priority: 0,
    parsingFunction: async ({ transactionId }) => {
      const hash = transactionId.startsWith('0x') ? transactionId : `0x${transactionId}`;
      const found = transactions[hash];
      if (!found) {
        const error = new Error(`no transaction ${hash} in this world`);
        noteFailure(error);
        throw error;
      }
      return { remoteHash: found.data.replace(/^0x/, ''), issuingAddress: found.from, time: new Date(found.time), revokedAddresses: [] };
    },
  };
}

/** `@digitalbazaar/vc` with `checkStatus` of `@digitalbazaar/vc-bitstring-status-list`. */
export class DigitalBazaar {
  name = 'digitalbazaar';
  claims = ['signature', 'status', 'dates', 'members'];
  #world;

  constructor(world) {
    this.#world = world;
  }

  async judge({ document }) {
    const { documentLoader, now } = this.#world;
    const suite = new DataIntegrityProof({ cryptosuite });
    // It hands the time to everything but the check of the list.
    const report = await this.#world.inside(() => vc.verifyCredential({ credential: structuredClone(document), suite, documentLoader, checkStatus, now }));
    const proofs = report.results ?? [];
    const expired = /after "validUntil"|is after/.test(report.error?.message ?? '');
    // The library leaves it to its caller to read what the list says: a revoked credential is "verified".
    const statuses = report.statusResult?.results ?? [];
    const revoked = statuses.length > 0 ? statuses.some(({ status }) => status) : null;
    const why = report.error ?? report.statusResult?.error;
    const reason = revoked ? 'revoked' : said(why);
    return verdict(report.verified && !revoked, reason, {
      // The dates are looked at first, and a fault of theirs leaves the signature unread.
      signature: proofs.length > 0 && proofs.every(({ proof }) => proof) ? proofs.every(({ verified }) => verified) : null,
      revoked,
      expired: expired ? true : report.verified ? false : null,
    });
  }
}

/** `@digitalcredentials/verifier-core`, the judge of Learner Credential Wallet and VerifierPlus. No registry lists the issuer. */
export class VerifierCore {
  name = 'verifier-core';
  claims = ['signature', 'status', 'dates', 'members', 'openbadges-shape'];
  #world;

  constructor(world) {
    this.#world = world;
  }

  async judge({ document }) {
    const report = await this.#world.inside(() => verifyCredential({ credential: structuredClone(document), knownDIDRegistries: [] }));
    const step = (id) => report.log?.find((entry) => entry.id === id);
    const [signature, expiration, status] = ['valid_signature', 'expiration', 'revocation_status'].map(step);
    const shape = report.additionalInformation?.find(({ id }) => id === 'schema_check')?.results;
    const isShaped = Array.isArray(shape) && shape.every(({ result }) => result.valid);
    const failed = (report.errors ?? []).map(({ name, message, stackTrace }) => `${name}: ${stackTrace?.message ?? message}`);
    if (status?.error) failed.push(`${status.error.name}: ${status.error.message}`);
    if (status?.valid === false) failed.push('revoked');
    if (expiration?.valid === false) failed.push('expired, or not yet valid');
    if (!isShaped) failed.push(`schema: ${JSON.stringify(shape?.[0]?.result?.errors?.[0] ?? shape)}`);
    const accepted = failed.length === 0 && signature?.valid === true && expiration?.valid === true;
    return verdict(accepted, failed.join('; '), {
      signature: signature ? signature.valid : failed.length > 0 ? false : null,
      revoked: typeof status?.valid === 'boolean' ? !status.valid : null,
      expired: typeof expiration?.valid === 'boolean' ? !expiration.valid : null,
    });
  }
}

/** An error with those that it sums up. */
function said(error) {
  if (!error) return '';
  const causes = (error.errors ?? []).map((inner) => inner.message);
  if (error.cause?.message) causes.push(error.cause.message);
  return [error.message, ...causes].join('; ');
}
