// A signed document in the wallet form, spoiled in one place each, with the judges that must refuse it: each that checks the signature
// refuses them all, and those that look at the shape alone refuse where the shape is broken.
import { ALL, BADGE_READERS, edited, expectation, VERIFIERS } from './expectations.mjs';

const STRANGER = 'did:web:stranger.example';
const OTHER_UUID = 'urn:uuid:7d1e3e63-9a8f-4f0e-8a51-0a4f2b9c6d11';

/** A proof value with one character changed. */
function flipped(value) {
  const at = 40;
  return `${value.slice(0, at)}${value[at] === '2' ? '3' : '2'}${value.slice(at + 1)}`;
}

/** What is done, the edit, and who refuses where that is not the verifiers alone. An edit that changes nothing is left out. */
const EDITS = [
  ['the learner is renamed', ({ subject }) => { if (subject.name) subject.name = 'Eve Lovelace'; }],
  ['the name ends in a space', ({ subject }) => { if (subject.name) subject.name += ' '; }],
  ['the name is composed otherwise', ({ subject }) => { if (subject.name) subject.name = otherComposition(subject.name); }],
  ['the name is removed', ({ subject }) => { delete subject.name; }],
  ['a name is added', ({ subject }) => { subject.name ??= 'Eve Lovelace'; }],
  ['the identifier is another name', ({ subject }) => { if (subject.identifier) subject.identifier[0].identityHash = 'Eve Lovelace'; }],
  ['the identifiers are removed', ({ subject }) => { delete subject.identifier; }],
  ['an identifier is added', ({ subject }) => { (subject.identifier ??= []).push({ type: 'IdentityObject', identityType: 'name', identityHash: 'Eve', hashed: false }); }],
  ['the subject is another', ({ subject }) => { subject.id = OTHER_UUID; }],
  ['the subject has a role', ({ subject }) => { subject.role = 'Rector'; }],
  ['a second subject', ({ document, subject }) => { document.credentialSubject = [subject, { ...subject, id: OTHER_UUID }]; }, [...VERIFIERS, 'openbadges-schema']],
  ['the achievement is another', ({ achievement }) => { achievement.name = 'Surgery'; }],
  ['the achievement is described otherwise', ({ achievement }) => { achievement.description += ' With honours.'; }],
  ['the achievement has another id', ({ achievement }) => { achievement.id = 'https://example.org/surgery'; }],
  ['the criteria are others', ({ achievement }) => { achievement.criteria.narrative = 'None.'; }],
  ['a skill is added', ({ achievement }) => { (achievement.alignment ??= []).push({ type: ['Alignment'], targetName: 'Surgery', targetUrl: 'https://example.org/s9' }); }],
  ['a skill is another', ({ achievement }) => { if (achievement.alignment?.length > 0) achievement.alignment[0].targetName = 'Surgery'; }],
  ['the skills are removed', ({ achievement }) => { delete achievement.alignment; }],
  ['the title is another', ({ document }) => { document.name = 'Surgery'; }],
  ['the description is another', ({ document }) => { document.description = 'Forged.'; }],
  ['the title is removed', ({ document }) => { delete document.name; }, [...VERIFIERS]],
  ['the issuer has another name', ({ document }) => { document.issuer.name = 'Another University'; }],
  ['the issuer has another site', ({ document }) => { document.issuer.url = 'https://stranger.example/'; }],
  ['the issuer is a stranger', ({ document }) => { document.issuer.id = STRANGER; }],
  ['it has no issuer', ({ document }) => { delete document.issuer; }, ALL],
  ['it begins earlier', ({ document }) => { document.validFrom = '2001-01-01T00:00:00Z'; }],
  ['it ends later', ({ document }) => { document.validUntil = '2091-04-23T12:00:00Z'; }],
  ['its end is removed', ({ document }) => { delete document.validUntil; }],
  ['it has another id', ({ document }) => { document.id = `${document.id}X`; }],
  ['another place in the list', ({ status }) => { status.statusListIndex = status.statusListIndex === '17' ? '18' : '17'; }],
  ['another list', ({ status }) => { status.statusListCredential += '9'; }],
  ['a list for another purpose', ({ status }) => { status.statusPurpose = 'suspension'; }],
  ['its status is removed', ({ document }) => { delete document.credentialStatus; }],
  ['a member that no context knows', ({ document }) => { document.grade = 'A'; }],
  ['evidence is added', ({ document }) => { document.evidence = [{ id: OTHER_UUID, type: ['Evidence'], narrative: 'Forged.' }]; }],
  ['a type is added', ({ document }) => { document.type.push('EndorsementCredential'); }],
  ['it is no badge', ({ document }) => { document.type.pop(); }, [...VERIFIERS, 'openbadges-schema']],
  ['a context is another', ({ document }) => { document['@context'][1] = 'https://w3id.org/blockcerts/v3'; }, [...VERIFIERS, 'openbadges-schema']],
  ['a context is added that gives a word another meaning', ({ document }) => { document['@context'].push({ grade: 'https://example.org/grade' }); document.grade = 'A'; }],
  ['the signature has a character changed', ({ proof }) => { proof.proofValue = flipped(proof.proofValue); }],
  ['the signature is too short', ({ proof }) => { proof.proofValue = proof.proofValue.slice(0, -1); }],
  ['its proof has no value', ({ proof }) => { delete proof.proofValue; }],
  ['it was signed at another time', ({ proof }) => { proof.created = '2001-01-01T00:00:00Z'; }],
  ['its proof is for authentication', ({ proof }) => { proof.proofPurpose = 'authentication'; }],
  ['its proof is of another suite', ({ proof }) => { proof.cryptosuite = 'eddsa-jcs-2022'; }],
  ['its proof has a nonce', ({ proof }) => { proof.nonce = 'c45ba765'; }],
  ['the method is one that is not listed', ({ proof }) => { proof.verificationMethod = `${proof.verificationMethod.split('#')[0]}#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2`; }],
  ['the method is the other of the same key', ({ proof }) => { proof.verificationMethod = `${proof.verificationMethod.split('#')[0]}#ed-1`; }],
  ['it has no proof', ({ document }) => { delete document.proof; }, [...VERIFIERS, 'learncard'], ['waltid']],
];

/** The same statements in other words: one meaning, so a JSON-LD verifier accepts them; a strict one refuses the shape. */
const REWRITTEN = [
  ['the skills in another order', ({ achievement }) => { achievement.alignment?.reverse(); }, []],
  ['the types in another order', ({ document }) => { document.type.reverse(); }, []],
  ['a type of the same meaning is added', ({ document }) => { document.type.push('AchievementCredential'); }, []],
  // The verifiers are content with one proof that is good.
  ['a second proof beside it that is not good', ({ document, proof }) => { document.proof.push({ ...proof, proofValue: flipped(proof.proofValue) }); }, []],
  ['a type as a string', ({ document }) => { document.issuer.type = 'Profile'; }, BADGE_READERS],
  ['the status in an array', ({ document }) => { document.credentialStatus = [document.credentialStatus]; }, BADGE_READERS],
  ['the proof as an object', ({ document }) => { [document.proof] = document.proof; }, BADGE_READERS, ['waltid']],
];

/** Composed where it was not, and the other way round; a name without such characters stays the same. */
function otherComposition(name) {
  const composed = name.normalize('NFC');
  return composed === name ? name.normalize('NFD') : composed;
}

function parts(document) {
  const [proof] = [document.proof].flat();
  return { document, subject: document.credentialSubject, achievement: document.credentialSubject.achievement, status: document.credentialStatus, proof };
}

/** @returns {{name: string, form: 'wallet', document: object, expect: object, tampering: 'forged' | 'rewritten'}[]} */
export function tamperings(name, signed) {
  const original = JSON.stringify(signed);
  return [...EDITS.map((edit) => ['forged', ...edit]), ...REWRITTEN.map((edit) => ['rewritten', ...edit])]
    .map(([tampering, what, edit, refusing = VERIFIERS, accepting = []]) => ({
      name: `${name}: ${what}`, form: 'wallet', tampering,
      document: edited(signed, (document) => edit(parts(document))),
      expect: expectation(refusing, accepting),
    }))
    .filter(({ document }) => JSON.stringify(document) !== original);
}
