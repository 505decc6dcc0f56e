// Step 6 of section 11 of the format: who issued, and which key speaks for them on the anchor's chain.
import { Host, didWebUrl, DidError, isLoopback, isUlid } from './host.js';
import { Check } from './report.js';

/** What the identifiers themselves say; throws the failed check where no lookup could mend it. */
export function identify({ document, proof }, host) {
  const check = started(document, proof);
  const did = document.issuer.id;
  const method = proof.verificationMethod;
  if (did.startsWith(host.tenantDid(''))) {
    const ulid = did.slice(host.tenantDid('').length);
    if (!isUlid(ulid)) throw check.failed('issuer.id names no tenant: expected #tenant- and a ULID');
    const isKey = method.startsWith(`${did}-key-`) && /^[1-9][0-9]{0,17}$/.test(method.slice(`${did}-key-`.length));
    if (!isKey) throw check.failed('proof.verificationMethod is not a key of issuer.id');
    return { didUrl: host.didDocumentUrl, ulid };
  }
  if (did.includes('#')) {
    throw check.failed(`issuer.id is a tenant of another host than the credential's (${host.origin}), or a part of a DID`);
  }
  let didUrl;
  try {
    didUrl = didWebUrl(did);
  } catch (error) {
    throw error instanceof DidError ? check.failed(`issuer.id: ${error.message}`) : error;
  }
  const isKey = method.startsWith(`${did}#`) && method.length > did.length + 1;
  if (!isKey) throw check.failed('proof.verificationMethod is not a key of issuer.id');
  return { didUrl, ulid: null };
}

/** Why a document does not say where the next one is. */
export class LookupError extends Error {}

/** Where the issuer profile is: a tenant's own service, else the host's; for an own DID, the tenant's on the host. */
export function profileUrl({ credential, host, issuer }, document) {
  const ofTenant = (ulid) => endpoint === host.tenantProfileUrl(ulid);
  const own = issuer.ulid === null ? null : document.service(credential.document.issuer.id);
  const endpoint = (own ?? document.serviceOfType('IssuerProfile'))?.endpoint;
  if (endpoint === undefined) throw new LookupError('the DID document names no issuer profile');
  const named = Host.ofUrl(endpoint);
  const ulid = named?.path.split('/')[2] ?? '';
  const isRight = issuer.ulid === null ? isUlid(ulid) && ofTenant(ulid) : endpoint === host.profileUrl || ofTenant(issuer.ulid);
  if (named?.host.origin !== host.origin || !isRight) {
    throw new LookupError("the DID document names an issuer profile that is not the credential host's");
  }
  return endpoint;
}

/** Where the host answers whether a credential is revoked, according to its profile. */
export function revocationUrl({ credential }, profile) {
  if (profile.revocationList === null) throw new LookupError('the issuer profile names no revocation list');
  const url = URL.canParse(profile.revocationList) ? new URL(profile.revocationList) : null;
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSecure) throw new LookupError('the revocation list is not an https URL');
  const parameter = new URLSearchParams([['assertionId', credential.document.id]]).toString();
  url.search = url.search === '' ? parameter : `${url.search.slice(1)}&${parameter}`;
  return url.href;
}

/** Holds the identifiers against the DID document and, for an own DID, against the tenant profile. */
export function checkIssuer(parsed, evidence) {
  const { document, proof } = parsed.credential;
  const check = started(document, proof);
  const without = { check, key: null };
  check.show('DID document', parsed.issuer.didUrl);
  const { found, absent, unreachable } = evidence.didDocument;
  if (absent) return { ...without, check: check.failed("the issuer's host answers that it has no DID document") };
  if (!found) return { ...without, check: check.couldNotCheck(`the issuer's DID document could not be read: ${unreachable}`) };
  let key;
  try {
    key = authorizedKey(parsed, found, check);
    check.show('issuer profile', profileUrl(parsed, found));
  } catch (error) {
    if (!(error instanceof LookupError)) throw error;
    return { ...without, check: check.failed(error.message) };
  }
  if (parsed.issuer.ulid === null) {
    const profile = evidence.issuerProfile;
    if (profile.absent) return { key, check: check.couldNotCheck('the host answers that it has no such issuer profile') };
    if (!profile.found) return { key, check: check.couldNotCheck(`the issuer profile could not be read: ${profile.unreachable}`) };
    if (!profile.found.alsoKnownAs.includes(document.issuer.id)) {
      return { ...without, check: check.failed("the credential host's tenant profile does not list the issuer's DID") };
    }
  }
  return { check, key };
}

/** The key of `verificationMethod`, if the DID document lets it make assertions on the anchor's chain. */
function authorizedKey({ credential, host, issuer, chain }, document, check) {
  const fail = (reason) => { throw new LookupError(reason); };
  if (document.id !== (issuer.ulid === null ? credential.document.issuer.id : host.did)) {
    fail('the DID document is that of another DID');
  }
  const id = credential.proof.verificationMethod;
  if (!document.mayAssert(id)) fail('the DID document does not list the key under assertionMethod');
  const method = document.method(id) ?? fail('the DID document does not list the key under verificationMethod exactly once');
  const address = method.address ?? fail('the DID document gives no secp256k1 key for the verification method');
  check.show('address', address);
  const account = method.account
    ?? fail('the DID document does not say, by blockchainAccountId, which chain the key signs for');
  if (account.address !== address) fail("blockchainAccountId names another address than the key's");
  check.show('signs for chain', account.chainId);
  if (account.chainId !== chain.chainId) {
    fail(`the key signs for chain ${account.chainId}, but the anchor is on chain ${chain.chainId}`);
  }
  return { address, ended: method.ended };
}

function started(document, proof) {
  const check = new Check('issuer');
  check.show('issuer', document.issuer.name);
  check.show('DID', document.issuer.id);
  check.show('verification method', proof.verificationMethod);
  return check;
}
