// Step 7 of section 11 of the format: the transaction, read from its own bytes, and the key's validity at the block's time.
import { hex } from './bytes.js';
import { fromSeconds, momentOf, toSeconds, written } from './dates.js';
import { LONG_PAST, earlier } from './did.js';
import { Check } from './report.js';
import { TransactionError, decodeTransaction } from './transaction.js';

/** A gap between the issuance date and the block's time is pointed out from here on. */
const NOTED_GAP_SECONDS = 86_400n;
/** The last second that a date can be written for. */
const LAST_SECOND = 253_402_207_200n;

/** @param {{check: Check, key: object | null}} issuer what step 6 found */
export function checkAnchor(parsed, issuer, evidence, policy) {
  const check = new Check('anchor');
  const { chain, transactionHash, credential } = parsed;
  check.show('chain', `${chain.name} (${chain.chainId})`);
  check.show('transaction', `0x${transactionHash}`);
  if (chain.name === 'development' && !policy.allowDevelopment) {
    return check.failed('the anchor is on a development chain, which proves nothing to others');
  }
  const { found: mined, absent, unreachable } = evidence.transaction;
  if (absent) return check.failed('the chain has no such transaction in a block');
  if (!mined) return check.couldNotCheck(`the transaction could not be looked up: ${unreachable}`);
  const { transaction, wrong } = anchoring(parsed, mined);
  if (wrong) return check.failed(wrong);
  if (mined.blockTime > LAST_SECOND) return check.couldNotCheck('the node gives the block a time that cannot be');
  const blockTime = fromSeconds(mined.blockTime);
  check.show('block', mined.blockNumber);
  check.show('block time', written(blockTime));
  check.show('sender', transaction.sender);
  check.show('confirmations', mined.confirmations);
  const note = gap(credential.document.issuanceDate, mined.blockTime);
  if (note !== null) check.show('note', note);
  if (!mined.succeeded) return check.failed('the transaction failed on the chain');
  if (issuer.key === null) {
    if (issuer.check.outcome === 'failed') return check.notReached();
    return check.couldNotCheck("the issuer's key could not be looked up");
  }
  if (transaction.sender !== issuer.key.address) {
    return check.failed('the transaction was signed by another key than the one that the proof names');
  }
  const window = keyWindow(issuer.key, evidence.issuerProfile, blockTime, check);
  if (window.wrong) return check.failed(window.wrong);
  if (window.unknown) return check.couldNotCheck(window.unknown);
  if (mined.confirmations < policy.minConfirmations) {
    return check.couldNotCheck(
      `the transaction has ${mined.confirmations} of ${policy.minConfirmations} confirmations; try again later`,
    );
  }
  return check;
}

/** The transaction, if it is the one that the proof names and says what an anchor says. */
function anchoring({ transactionHash, chain, merkleRoot }, { raw }) {
  let transaction;
  try {
    transaction = decodeTransaction(raw);
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error;
    return { wrong: `the transaction cannot be read: ${error.message}` };
  }
  const { hash, chainId, to, sender, value, data } = transaction;
  if (hash !== transactionHash) return { wrong: 'the node gave another transaction than the one that the proof names' };
  if (chainId !== chain.chainId) return { wrong: 'the transaction was signed for another chain' };
  if (to !== sender) return { wrong: 'the transaction does not go from the key to itself' };
  if (value !== 0n) return { wrong: 'the transaction moves value, which an anchor does not' };
  if (hex(data) !== merkleRoot) return { wrong: "the transaction's calldata is not the Merkle root" };
  return { transaction };
}

/** Whether the key was valid when the block was made, according to the profile and, where it ends it, the DID document. */
function keyWindow(key, profile, blockTime, check) {
  if (profile.absent) return { unknown: 'the host answers that it has no such issuer profile' };
  if (!profile.found) return { unknown: `the issuer profile could not be read: ${profile.unreachable}` };
  const entries = profile.found.keysOf(key.address);
  if (entries.length === 0) return { wrong: 'the issuer profile does not list the key' };
  let isValid = key.ended === null || blockTime < key.ended;
  for (const { created, end } of entries) {
    if (created !== null) check.show('key valid from', written(created));
    const last = earlier(end, key.ended);
    if (last !== null) check.show('key valid until', last === LONG_PAST ? 'a date that cannot be read' : written(last));
    // Where a profile lists a key twice, both entries must hold: the stricter reading is the safe one.
    isValid &&= created !== null && created <= blockTime && (end === null || blockTime < end);
  }
  return isValid ? {} : { wrong: 'the key was not valid at the time of the block' };
}

/** What a reader should know when the issuance date and the block are more than a day apart. */
function gap(issuanceDate, blockTime) {
  const seconds = blockTime - toSeconds(momentOf(issuanceDate));
  const distance = seconds < 0n ? -seconds : seconds;
  if (distance <= NOTED_GAP_SECONDS) return null;
  return `the issuance date lies ${writtenGap(distance / 86_400n)} ${seconds > 0n ? 'before' : 'after'} the block`;
}

/** A distance of whole days as people write it, from two years on in years. */
function writtenGap(days) {
  if (days <= 1n) return 'more than a day';
  return days < 732n ? `${days} days` : `more than ${days / 366n} years`;
}
