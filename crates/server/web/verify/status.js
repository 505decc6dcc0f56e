// Step 8 of section 11 of the format: not revoked, and within its dates.
import { momentOf, written } from './dates.js';
import { Check } from './report.js';

export function checkStatus({ id, issuanceDate, expirationDate }, revocation, now) {
  const check = new Check('revocation');
  check.show('checked at', written(now));
  check.show('valid from', issuanceDate);
  if (expirationDate !== null) check.show('valid until', expirationDate);
  if (revocation.found) {
    const entry = revocation.found.entry(id);
    check.show('status', entry ? 'revoked' : 'not revoked');
    if (entry) return check.failed(entry.reason === null ? 'revoked' : `revoked: ${entry.reason}`);
  }
  const fault = faultOfDates({ issuanceDate, expirationDate }, now);
  if (fault !== null) return check.failed(fault);
  if (revocation.found) return check;
  if (revocation.absent) return check.couldNotCheck('the host has no revocation list where its profile names one');
  return check.couldNotCheck(`the revocation list could not be read: ${revocation.unreachable}`);
}

/** Why a credential with these dates is not valid at a time; `null` if it is. */
export function faultOfDates({ issuanceDate, expirationDate }, now) {
  if (now < momentOf(issuanceDate)) return 'not yet valid';
  return expirationDate !== null && momentOf(expirationDate) <= now ? 'expired' : null;
}
