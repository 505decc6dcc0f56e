// A signed document of either form, as the page reads it.
import { begin, isWalletForm as isOne, readParsed } from '../../../crates/server/web/verify/verify.js';
import { readParsedWalletForm } from '../../../crates/server/web/verify/wallet-verify.js';

/** What the document alone allows, and whether it is a wallet form. @param {Uint8Array} bytes */
export function readForm(bytes) {
  const begun = begin(bytes);
  const isWalletForm = begun.check.outcome !== 'failed' && isOne(begun);
  return { isWalletForm, ...(isWalletForm ? readParsedWalletForm(begun) : readParsed(bytes)) };
}
