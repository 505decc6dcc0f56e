// The checks on a wallet form in the order in which their answers come in. It needs no node of a chain.
import { DidDocument } from './did.js';
import { lookUp } from './lookup.js';
import { pause } from './pause.js';
import { report } from './report.js';
import { StatusList } from './status-list.js';
import { checkNoAnchor, checkToken, checkWalletIssuer, checkWalletStatus, readParsedWalletForm } from './wallet-verify.js';

/**
 * @param {{value?: any, token?: string, check: import('./report.js').Check}} begun the JSON or the token, and the first check as far as it was made
 * @param {object} options those of `run`
 */
export async function runWalletForm(begun, { expectedId, on, onDocument, policyOf }) {
  const { parsed, ended, document } = readParsedWalletForm(begun);
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

  const policy = policyOf(parsed);
  const [didDocument, statusList] = await Promise.all([lookUp(parsed.didUrl, DidDocument.read), lookUp(parsed.statusListUrl, StatusList.read)]);
  const made = [...checkToken(parsed, { didDocument }), checkWalletIssuer(parsed, { didDocument }, policy.now), checkNoAnchor(parsed, policy)];
  made.forEach(on);
  await pause();
  const status = checkWalletStatus(parsed, { didDocument, statusList }, policy.now);
  status.show('asked', parsed.statusListUrl);
  on(status);
  return { report: report([...parsed.checks, ...made, status], parsed.chain), document };
}
