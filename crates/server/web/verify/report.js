// What a verification found, check by check: the same shape as `learncoin verify --json`.

export const NAMES = ['schema', 'signature', 'issuer', 'anchor', 'revocation'];

/** One check, with what it looked at. It passes unless it is told otherwise. Reasons may quote the document. */
export class Check {
  outcome = 'passed';
  reason = null;
  /** @type {[string, string][]} label and value of everything that was looked at */
  evidence = [];

  constructor(name) {
    this.name = name;
  }

  show(label, value) {
    this.evidence.push([label, String(value)]);
  }

  failed(reason) {
    this.outcome = 'failed';
    this.reason = reason;
    return this;
  }

  couldNotCheck(reason) {
    this.outcome = 'could_not_check';
    this.reason = reason;
    return this;
  }

  notApplicable(reason) {
    this.outcome = 'not_applicable';
    this.reason = reason;
    return this;
  }

  notReached() {
    this.outcome = 'not_reached';
    return this;
  }
}

/** The reason of a key that its issuer has withdrawn. */
export const KEY_WITHDRAWN = 'the DID document says that the key is revoked, or that its time is over';

/** Why a credential is not valid, in one word: what the first failed check means to people; `null` for every other verdict. */
export function failureOf({ checks }) {
  const failed = checks.find(({ outcome }) => outcome === 'failed');
  if (failed?.name === 'revocation') return { expired: 'expired', 'not yet valid': 'not_yet_valid' }[failed.reason] ?? 'revoked';
  if (failed?.name === 'issuer' && failed.reason === KEY_WITHDRAWN) return 'key_withdrawn';
  return { schema: 'malformed', signature: 'altered', issuer: 'wrong_issuer', anchor: 'unproven' }[failed?.name] ?? null;
}

/** A report that ends with the last of these checks, which failed. */
export function ending(...made) {
  return { verdict: 'not_valid', checks: NAMES.map((name, at) => made[at] ?? new Check(name).notReached()) };
}

/** The report of five checks. "Could not check" is never valid; a failed check outweighs it. What does not apply weighs nothing. */
export function report(checks, chain) {
  const any = (...outcomes) => checks.some(({ outcome }) => outcomes.includes(outcome));
  if (any('failed')) return { verdict: 'not_valid', checks };
  if (any('could_not_check', 'not_reached')) return { verdict: 'could_not_check', checks };
  return { verdict: chain.verdict, checks };
}
