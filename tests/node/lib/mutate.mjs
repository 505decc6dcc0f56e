// Random changes of cases for the browser's verifier: of the credential's bytes, of its members, of what is looked up.
import { fromHex, hex, utf8 } from '../../../crates/server/web/verify/bytes.js';
import { caseOf, signedAgain, signedTransaction, vector } from './vector-cases.mjs';

const BATCHES = ['batch-1', 'batch-1-mainnet', 'batch-2-unicode', 'batch-3-evidence', 'batch-5-alignments'];
/** What is put into texts: what parsers disagree about. */
const SPLINTERS = [
  '', ' ', '\t', '\n', '\r\n', '"', '\\', '\0', '\x7f', '\x85', '\u00e9', 'e\u0301', '\u202e', '\ufdd0', '\ufffe', '\ufeff', '\u{1f393}', '\u{1fffe}',
  '\u{10ffff}', '%', '%41', '%zz', '#', '?', '/', '//', ':', '@', '[', ']', '[::1]', '[::g]', ':80', ':99999', '..', '<', '>', '{', '|', '^', '`', '_:a',
  'https://example.org', 'HTTP://a', 'urn:', 'urn:x:y', 'urn:ab:c?#', 'did:web:a', 'did:A:b', 'crd_', 'Z', '+00:00', '.123456789', '.1234567890', ':60', 'T24:00:00',
];
export const DATES = [
  '2026-02-29T00:00:00Z', '2024-02-29T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '2026-04-23T12:00:60Z', '2026-04-23t12:00:00Z',
  '2026-04-23T12:00:00z', '2026-04-23T12:00:00+00:00', '2026-04-23T12:00:00.Z', '2026-04-23T12:00:00.000000001Z', '2026-04-31T12:00:00Z', '1900-02-29T00:00:00Z',
  '2000-02-29T00:00:00Z', '2026-05-01T00:00:00Z', '2026-04-23T24:00:00Z', '2026-13-01T00:00:00Z', '2026-04-23T12:60:00Z', '2026-00-01T00:00:00Z',
];
const URIS = [
  'https://learncoin.me/x', 'https://[::1]:8/a', 'https://[::ffff:1.2.3.4]/', 'https://[1:2:3:4:5:6:7:8:9]/', 'https://[1::2::3]/', 'https://[::01.2.3.4]/', 'https://u:p@h/',
  'https://u@p@h/', 'https:///x', 'https://h:/', 'https://h:65536/', 'https://h:00080/', 'https://h:8:0/', 'https://h/%', 'https://h/%7e', 'https://h/a b',
  'https://h/?a?b#c?d', 'https://h/#a#b', 'https://é/', 'urn:uuid:1', 'urn:-a:b', 'urn:a:b', 'urn:ab:', 'urn:ab:/c', 'did:web:', 'did::x', 'did:web:h#k', 'ftp://h/', 'relative', '',
];
const OTHER_KINDS = [null, true, 0, -1.5, 'x', [], {}, [[]], ['x'], { id: 'urn:uuid:1' }, { '@value': 'x' }];

/** `count` changed cases; which ones follows from `random` alone. */
export function* mutated(count, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const batches = BATCHES.map(vector);
  for (let number = 0; number < count; number += 1) {
    const batch = pick(batches);
    const signed = pick(batch.signed);
    const credential = signed[pick(['credential_full', 'credential_redacted'])] ?? signed.credential_redacted;
    const [kind, change] = pick(KINDS);
    yield { ...change(batch, structuredClone(credential), random, pick), name: `random ${number}: ${kind}` };
  }
}

const KINDS = [
  ['bytes', (batch, credential, random, pick) => ({ ...caseOf(batch, credential), credential: changedBytes(utf8(JSON.stringify(credential)), random, pick) })],
  ['text', (batch, credential, random, pick) => ({ ...caseOf(batch, credential), credential: utf8(spliced(JSON.stringify(credential), random, pick)) })],
  ['member', (batch, credential, random, pick) => {
    changeMember(credential, random, pick);
    return caseOf(batch, credential);
  }],
  ['member, signed again', signedMember],
  ['member, signed again', signedMember],
  ['proofValue', (batch, credential, random, pick) => {
    const { proof } = credential;
    const at = Math.floor(random() * proof.proofValue.length);
    proof.proofValue = `${proof.proofValue.slice(0, at)}${pick([...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0 '])}${proof.proofValue.slice(at + pick([0, 1]))}`;
    return caseOf(batch, credential);
  }],
  ['answers', (batch, credential, random, pick) => changedAnswers(caseOf(batch, credential), random, pick)],
  ['answers as text', (batch, credential, random, pick) => {
    const made = caseOf(batch, credential);
    const name = pick(['did_document', 'issuer_profile', 'revocation']);
    return { ...made, [name]: { found: spliced(made[name].found, random, pick) } };
  }],
  ['transaction', (batch, credential, random, pick) => {
    const made = caseOf(batch, credential);
    return { ...made, transaction: { ...made.transaction, raw: hex(changedBytes(fromHex(made.transaction.raw), random, pick)) } };
  }],
  ['transaction, signed again', (batch, credential, random, pick) => {
    const made = signedAgain(batch, credential);
    const other = pick([{ value: 1n }, { chainId: 8453n }, { chainId: 1n }, { to: new Uint8Array() }, { to: new Uint8Array(20) }, { nonce: 300n },
      { accessList: [{ address: new Uint8Array(20), storageKeys: [new Uint8Array(32)] }] }, { value: 1n << 130n }, { gas: 1n << 64n }, {}]);
    const raw = signedTransaction(batch, random() < 0.2 ? new Uint8Array(33) : fromHex(fold(made)), other);
    return { ...made, transaction: { ...made.transaction, raw: hex(raw) } };
  }],
];

/** The root that a case's transaction carries: the 32 bytes after their head. */
const fold = ({ transaction: { raw } }) => /c0(?:01|80)a/.test(raw) ? raw.split('80a0')[1].slice(0, 64) : '00'.repeat(32);

function signedMember(batch, credential, random, pick) {
  changeMember(credential, random, pick);
  return signedAgain(batch, credential) ?? caseOf(batch, credential);
}

export function changedBytes(bytes, random, pick) {
  const at = Math.floor(random() * bytes.length);
  const changed = [...bytes];
  pick([
    () => { changed[at] ^= 1 << Math.floor(random() * 8); },
    () => { changed.splice(at, 1); },
    () => { changed.splice(at, 0, Math.floor(random() * 256)); },
    () => { changed.length = at; },
    () => { changed.splice(at, 0, ...changed.slice(at, at + 40)); },
  ])();
  return Uint8Array.from(changed);
}

export function spliced(text, random, pick) {
  const at = Math.floor(random() * text.length);
  const splinter = pick([...SPLINTERS, '\\u0061', '\\ud800', '\\ud83c\\udf93', '\\x', '1e999', '-0', '01', 'null,', '"a":1,"a":2,', '[[[[', ',']);
  return text.slice(0, at) + splinter + text.slice(at + pick([0, 0, 1, 8]));
}

/** Every place of a JSON value as its parent and key. */
function* places(value) {
  for (const key of Object.keys(value)) {
    yield [value, key];
    if (value[key] !== null && typeof value[key] === 'object') yield* places(value[key]);
  }
}

export function changeMember(root, random, pick) {
  const [parent, key] = pick([...places(root)]);
  const value = parent[key];
  const text = () => {
    if (typeof value !== 'string') return pick(OTHER_KINDS);
    const at = Math.floor(random() * (value.length + 1));
    return value.slice(0, at) + pick(SPLINTERS) + value.slice(at);
  };
  pick([
    () => { parent[key] = text(); },
    () => { parent[key] = text(); },
    () => { parent[key] = typeof value === 'string' && /^\d{4}-/.test(value) ? pick(DATES) : text(); },
    () => { parent[key] = typeof value === 'string' && /^[a-z]+:/.test(value) ? pick(URIS) : text(); },
    () => { parent[key] = pick(OTHER_KINDS); },
    () => { if (Array.isArray(parent)) parent.splice(Number(key), 1); else delete parent[key]; },
    () => { if (Array.isArray(parent)) parent.push(structuredClone(value)); else parent[`${key}${pick(['', '2', 's'])}`] = structuredClone(value); },
    () => { const [other, name] = pick([...places(root)]); parent[key] = structuredClone(other[name]); },
  ])();
  // Dates come in pairs, and one of a pair alone never gets further.
  if (key === 'issuanceDate') root.validFrom = root.issuanceDate;
  if (key === 'expirationDate' && root.validUntil !== undefined) root.validUntil = root.expirationDate;
}

function changedAnswers(made, random, pick) {
  const edited = (name) => {
    const value = JSON.parse(made[name].found);
    changeMember(value, random, pick);
    return { ...made, [name]: { found: JSON.stringify(value) } };
  };
  const { id } = JSON.parse(new TextDecoder().decode(made.credential));
  const dated = (name, date) => {
    const profile = JSON.parse(made.issuer_profile.found);
    profile.publicKey[0][name] = date;
    return { ...made, issuer_profile: { found: JSON.stringify(profile) } };
  };
  const transaction = (change) => ({ ...made, transaction: { ...made.transaction, ...change } });
  return pick([
    () => edited('did_document'),
    () => edited('did_document'),
    () => edited('issuer_profile'),
    () => edited('revocation'),
    () => ({ ...made, [pick(['did_document', 'issuer_profile', 'revocation', 'transaction'])]: pick([{ absent: true }, { unreachable: 'why not' }]) }),
    () => ({ ...made, revocation: { found: JSON.stringify({ revokedAssertions: [{ id, revocationReason: pick(['Superseded', undefined, 1]) }] }) } }),
    () => dated(pick(['created', 'expires', 'revoked']), pick([...DATES, '2026-04-23T12:00:58Z', '2026-04-23T14:00:58+02:00', '2026-04-23T12:00:57.999999999Z', 7])),
    () => transaction({ succeeded: false }),
    () => transaction({ confirmations: 0 }),
    () => transaction({ block_time: pick([0, 1_776_859_258, 1_776_945_600, 1_777_118_458, 4_000_000_000]) }),
    () => ({ ...made, now: pick(['2020-01-01T00:00:00Z', '2026-04-23T12:00:00Z', '2031-04-23T12:00:00Z', '2099-01-01T00:00:00Z']) }),
    () => ({ ...made, min_confirmations: 4 }),
  ])();
}
