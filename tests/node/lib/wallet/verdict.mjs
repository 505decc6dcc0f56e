// The verdict of one judge over one document, in the one form in which a table holds them.

/**
 * @param {{signature?: boolean|null, revoked?: boolean|null, expired?: boolean|null, unchecked?: boolean}} [found] `null`: the judge
 *   did not look, or did not say; `unchecked`: an answer was missing, so the verdict says nothing about the document
 */
export function verdict(accepted, reason, { signature = null, revoked = null, expired = null, unchecked = false } = {}) {
  return { accepted, reason: accepted ? '' : reason || 'no reason given', signature, revoked, expired, ...(unchecked && { unchecked }) };
}
