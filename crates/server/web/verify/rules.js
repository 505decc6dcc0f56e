// The rules of sections 2 and 3 of the format that go beyond the types of JSON: texts, dates, identifiers. Only a
// document that keeps them may be canonicalized.
import { DATE_FORM, instantOf } from './dates.js';
import { DocumentError } from './document.js';
import { Host, isUlid } from './host.js';
import { URI_FORM, faultOfText, isAbsoluteUri } from './text.js';

/** Holds a document against the rules. @returns {Host} the host that it names in its own context */
export function checkDocument(document) {
  const own = Host.ofUrl(document.contexts.at(-1));
  if (own?.path !== '/contexts/v1') {
    throw new DocumentError('@context', 'must be arrays that end in https://HOST/contexts/v1, HOST being a public host');
  }
  const { host } = own;
  const begin = `${host.origin}/c/crd_`;
  if (!document.id.startsWith(begin) || !isUlid(document.id.slice(begin.length))) {
    throw new DocumentError('id', 'must be https://HOST/c/ and a credential id, HOST as in @context');
  }
  checkIssuer(document.issuer);
  checkDates(document);
  if (!/^[0-9a-f]{32}$/.test(document.nonce)) throw new DocumentError('nonce', 'must be 32 characters of lower-case hex');
  identifier(document.subject.id, 'credentialSubject.id');
  if (document.subject.name !== null) text(document.subject.name, 'credentialSubject.name');
  checkAchievement(document.subject.achievement, 'credentialSubject.achievement');
  checkEvidence(document);
  checkDistinctIds(document);
  return host;
}

/** Holds the texts of a proof against the rules. */
export function checkProof({ created, verificationMethod }) {
  if (instantOf(created) === null) throw new DocumentError('proof.created', DATE_FORM);
  identifier(verificationMethod, 'proof.verificationMethod');
  if (!verificationMethod.startsWith('did:')) throw new DocumentError('proof.verificationMethod', 'must be a DID URL');
}

export function checkIssuer(issuer) {
  identifier(issuer.id, 'issuer.id');
  if (!issuer.id.startsWith('did:')) throw new DocumentError('issuer.id', 'must be a DID');
  text(issuer.name, 'issuer.name');
  if (issuer.url !== null) identifier(issuer.url, 'issuer.url');
  if (issuer.image !== null) identifier(issuer.image.id, 'issuer.image.id');
}

/** `names` are those of the two members. */
export function checkDates({ issuanceDate, expirationDate }, names = ['issuanceDate', 'expirationDate']) {
  const begin = instantOf(issuanceDate);
  if (begin === null) throw new DocumentError(names[0], DATE_FORM);
  if (expirationDate === null) return;
  const end = instantOf(expirationDate);
  if (end === null) throw new DocumentError(names[1], DATE_FORM);
  if (end <= begin) throw new DocumentError(names[1], 'must be after issuanceDate');
}

export function checkAchievement(achievement, place) {
  required(achievement.id, `${place}.id`);
  text(achievement.name, `${place}.name`);
  text(achievement.description, `${place}.description`);
  text(achievement.criteria, `${place}.criteria.narrative`);
  achievement.alignment.forEach((alignment, at) => {
    const here = `${place}.alignment[${at}]`;
    text(alignment.targetFramework, `${here}.targetFramework`);
    text(alignment.targetCode, `${here}.targetCode`);
    text(alignment.targetName, `${here}.targetName`);
    identifier(alignment.targetUrl, `${here}.targetUrl`);
  });
}

export function checkEvidence({ subject, evidence }) {
  if (subject.name === null && evidence.length > 0) {
    throw new DocumentError('evidence', 'must be absent where credentialSubject.name is absent');
  }
  evidence.forEach((one, at) => {
    required(one.id, `evidence[${at}].id`);
    if (one.narrative !== null) text(one.narrative, `evidence[${at}].narrative`);
  });
}

/** Equal identifiers would merge their nodes, and the statements of both would hang on one. */
/** Checks that all identifiers differ. The wallet form has one more, of its status entry. */
export function checkDistinctIds({ id, issuer, subject, evidence, wallet }) {
  const seen = new Set();
  const claim = (value, place) => {
    if (seen.has(value)) throw new DocumentError(place, 'must differ from every other id in the document');
    seen.add(value);
  };
  claim(id, 'id');
  claim(issuer.id, 'issuer.id');
  if (issuer.image !== null) claim(issuer.image.id, 'issuer.image.id');
  claim(subject.id, 'credentialSubject.id');
  claim(subject.achievement.id, 'credentialSubject.achievement.id');
  evidence.forEach((one, at) => claim(one.id, `evidence[${at}].id`));
  if (wallet !== undefined) claim(wallet.status.id, 'credentialStatus.id');
}

function required(uri, place) {
  if (uri === null) throw new DocumentError(place, 'is missing');
  identifier(uri, place);
}

export function identifier(uri, place) {
  if (!isAbsoluteUri(uri)) throw new DocumentError(place, URI_FORM);
}

export function text(value, place) {
  const fault = faultOfText(value);
  if (fault !== null) throw new DocumentError(place, fault);
}
