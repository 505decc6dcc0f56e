// A signed document of either form, as the page reads it.
import { begin, hasWalletProof, readParsed } from '../../../crates/server/web/verify/verify.js';
import { readParsedWalletForm } from '../../../crates/server/web/verify/wallet-verify.js';

/** What the document alone allows, and whether it is a wallet form. @param {Uint8Array} bytes */
export function readForm(bytes) {
  const begun = begin(bytes);
  const isWalletForm = begun.check.outcome !== 'failed' && hasWalletProof(begun.value);
  return { isWalletForm, ...(isWalletForm ? readParsedWalletForm(begun) : readParsed(bytes)) };
}
