// The five checks in the order in which their answers come in.
import { checkAnchor } from './anchor.js';
import { lookUpTransaction } from './chain.js';
import { fromMilliseconds } from './dates.js';
import { DidDocument } from './did.js';
import { LookupError, checkIssuer, profileUrl, revocationUrl } from './issuer.js';
import { lookUp } from './lookup.js';
import { pause } from './pause.js';
import { IssuerProfile, RevocationList } from './profile.js';
import { ending, report } from './report.js';
import { checkStatus } from './status.js';
import { begin, isWalletForm, readParsedValue } from './verify.js';

/**
 * @param {object} options
 * @param {Uint8Array} options.bytes the signed document
 * @param {string | null} options.expectedId the id that the document must have, where one was asked for
 * @param {string} options.origin the site's own origin: its development chain counts for its own credentials alone
 * @param {Record<string, {url: string, confirmations: number}>} options.nodes by chain id
 * @param {(check: import('./report.js').Check) => void} options.on called with each check when it is made
 * @param {(document: object | null) => void} options.onDocument called with what the document says, as soon as it was read
 * @returns {Promise<{report: object, document: object | null}>} `null` for a document that does not have the form of one
 */
export async function run({ bytes, expectedId, origin, nodes, on, onDocument }) {
  await pause();
  const begun = begin(bytes);
  if (begun.check.outcome !== 'failed' && isWalletForm(begun)) {
    const { runWalletForm } = await import('./wallet-run.js');
    return runWalletForm(begun, { expectedId, on, onDocument, policyOf: ({ host }) => ({ now: fromMilliseconds(Date.now()), allowDevelopment: host.origin === origin }) });
  }
  const { parsed, ended, document } = begun.check.outcome === 'failed' ? { ended: ending(begun.check), document: null } : readParsedValue(begun);
  onDocument(document);
  if (ended) {
    ended.checks.forEach(on);
    return { report: ended, document };
  }
  if (expectedId !== null && document.id !== expectedId) {
    parsed.checks[0].failed(`the document is that of another credential than the one that was asked for: ${expectedId}`);
  }
  parsed.checks.forEach(on);
  await pause();

  const node = nodes[parsed.chain.chainId];
  const isOwn = parsed.host.origin === origin;
  const policy = { now: fromMilliseconds(Date.now()), allowDevelopment: isOwn, minConfirmations: BigInt(node?.confirmations ?? 1) };
  const transaction = node
    ? lookUpTransaction(node.url, parsed.chain, parsed.transactionHash)
    : { unreachable: `this site names no node of chain ${parsed.chain.chainId} that browsers may ask` };
  const didDocument = await lookUp(parsed.issuer.didUrl, DidDocument.read);
  const issuerProfile = await lookUpProfile(parsed, didDocument);
  const issuer = checkIssuer(parsed, { didDocument, issuerProfile });
  on(issuer.check);

  const asked = {};
  const revocation = lookUpRevocation(parsed, issuerProfile, asked);
  const found = await transaction;
  await pause();
  const anchor = checkAnchor(parsed, issuer, { transaction: found, issuerProfile }, policy);
  if (node) anchor.show('node asked', new URL(node.url, origin));
  on(anchor);
  const status = checkStatus(document, await revocation, policy.now);
  if (asked.url) status.show('asked', asked.url);
  on(status);
  return { report: report([...parsed.checks, issuer.check, anchor, status], parsed.chain), document };
}

async function lookUpProfile(parsed, didDocument) {
  if (!didDocument.found) return { unreachable: 'the DID document, which names the issuer profile, could not be read' };
  try {
    return await lookUp(profileUrl(parsed, didDocument.found), IssuerProfile.read);
  } catch (error) {
    if (error instanceof LookupError) return { absent: true };
    throw error;
  }
}

async function lookUpRevocation(parsed, issuerProfile, asked) {
  if (!issuerProfile.found) return { unreachable: 'the issuer profile, which names the revocation list, could not be read' };
  try {
    asked.url = revocationUrl(parsed, issuerProfile.found);
  } catch (error) {
    if (error instanceof LookupError) return { unreachable: error.message };
    throw error;
  }
  return lookUp(asked.url, RevocationList.read);
}
