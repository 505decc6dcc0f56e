// Who is to accept a document in the wallet form.

/** The judges that check a signature over JSON-LD and read the status list. */
export const VERIFIERS = ['digitalbazaar', 'verifier-core'];
/** They hold a document against 1EdTech's schema. */
export const BADGE_READERS = ['verifier-core', 'openbadges-schema'];
/** The stock Blockcerts verifier reads no Bitstring status list; walt.id reads no array of proofs. */
const NEVER = ['blockcerts', 'waltid'];
export const ALL = [...VERIFIERS, 'openbadges-schema', 'w3c-schema', 'learncard'];

/** Each that ever accepts is to, but for `refusing`; those that never do are not, but for `accepting`. */
export function expectation(refusing = [], accepting = []) {
  return Object.fromEntries([...ALL.map((name) => [name, !refusing.includes(name)]), ...NEVER.map((name) => [name, accepting.includes(name)])]);
}

export function edited(document, edit) {
  const copy = structuredClone(document);
  edit(copy);
  return copy;
}
