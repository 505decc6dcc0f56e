// Cases of the JWT twins of wallet forms for the browser's verifier: signed here, unchanged, altered by hand, and changed at random.
import { ed25519 } from '../../../crates/server/web/vendor/noble.js';
import { utf8 } from '../../../crates/server/web/verify/bytes.js';
import { changeMember, changedBytes, spliced } from './mutate.mjs';
import { vector } from './vector-cases.mjs';
import {
  DID, FORMER, INDEX, KEY, NAMES, NOW, STRANGER, TAMPERINGS, ULID, bits, caseOf, didDocument, edited, encoded, found, method, otherSignatures, statusList, walletForm,
} from './wallet-cases.mjs';

const base64url = (value) => Buffer.from(value).toString('base64url');
const OTHER_DID = DID.replace('01KPX', '01KPY');

const seconds = (date) => Math.floor(Date.parse(date) / 1000);

const headerOf = (by) => ({ alg: 'EdDSA', typ: 'JWT', kid: by.jwkId });

/** The claims of a wallet form's twin. */
const claimsOf = (form) => ({
  iss: form.issuer.id, sub: form.credentialSubject.id, jti: form.id, nbf: seconds(form.validFrom), ...(form.validUntil === undefined ? {} : { exp: seconds(form.validUntil) }),
  vc: form,
});

/** A token of these texts in JSON, signed. */
function tokenOfTexts(header, claims, { secret }) {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${base64url(ed25519.sign(utf8(input), secret))}`;
}

const tokenOf = (header, claims, by = KEY) => tokenOfTexts(JSON.stringify(header), JSON.stringify(claims), by);

/** The twin of a vector's credential, as it is handed out. */
export const tokenOfCredential = (credential, by = KEY) => tokenOf(headerOf(by), claimsOf(walletForm(credential)), by);

/** Tokens that are none of ours, and have one mark of ours each. */
export function tokensWithMarks() {
  const token = (header, claims) => `${base64url(JSON.stringify(header))}.${base64url(typeof claims === 'string' ? claims : JSON.stringify(claims))}.c2ln`;
  const [other, id] = [{ alg: 'ES256', kid: 'did:web:example.org#1' }, 'https://learncoin.me/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A'];
  return [
    ['the key', token({ alg: 'EdDSA', kid: KEY.jwkId }, { vc: {} })],
    ['the key, and claims that are no JSON', token({ alg: 'EdDSA', kid: KEY.jwkId }, '{')],
    ['the issuer', token(other, { iss: DID })],
    ['the id', token(other, { jti: id })],
    ['a credential by its id', token(other, { vc: { id } })],
    ['a credential by its issuer', token(other, { vc: { issuer: { id: DID } } })],
    ['a credential of the anchored form', token(other, { vc: { issuer: `did:web:learncoin.me#tenant-${ULID}` } })],
    ['claims that are a credential', token({ ...other, typ: 'vc+jwt' }, { id, issuer: DID })],
  ];
}

/** Changes of the header. Signed again, they are what only the tenant itself could have made, and are refused as well. */
const HEADERS = [
  ['no algorithm', (one) => { one.alg = 'none'; }],
  ['a symmetric algorithm', (one) => { one.alg = 'HS256'; }],
  ['another algorithm', (one) => { one.alg = 'ES256'; }],
  ['an algorithm in small letters', (one) => { one.alg = 'eddsa'; }],
  ['an algorithm that is a number', (one) => { one.alg = 7; }],
  ['without an algorithm', (one) => { delete one.alg; }],
  ['another type', (one) => { one.typ = 'vc+jwt'; }],
  ['the type of a proof of a holder', (one) => { one.typ = 'openid4vci-proof+jwt'; }],
  ['without a type', (one) => { delete one.typ; }],
  ['a key of another tenant', (one) => { one.kid = one.kid.replace(DID, OTHER_DID); }],
  ['a key of another host', (one) => { one.kid = one.kid.replace('learncoin.me', 'example.org'); }],
  ['a key of the anchored form', (one) => { one.kid = `did:web:learncoin.me#tenant-${ULID}-key-1`; }],
  ['a Multikey', (one) => { one.kid = KEY.id; }],
  ['a key without its DID', (one) => { one.kid = '#ed-2'; }],
  ['no key of the DID', (one) => { one.kid = DID; }],
  ['the number of a key with a zero before it', (one) => { one.kid = `${DID}#ed-02`; }],
  ['the number of a key with a sign', (one) => { one.kid = `${DID}#ed-+2`; }],
  ['the number 0 of a key', (one) => { one.kid = `${DID}#ed-0`; }],
  ['a number of a key that is too long', (one) => { one.kid = `${DID}#ed-18446744073709551616`; }],
  ['without a key', (one) => { delete one.kid; }],
  ['two keys', (one) => { one.kid = [one.kid, one.kid]; }],
  ['a key of its own', (one) => { one.jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(STRANGER.publicKey) }; }],
  ['the address of a key', (one) => { one.jku = 'https://example.org/keys'; }],
  ['a certificate', (one) => { one.x5c = ['AA']; }],
  ['an extension that must be understood', (one) => { one.crit = ['b64']; one.b64 = false; }],
  ['a member more', (one) => { one.cty = 'JWT'; }],
];

/** Changes of the claims that keep the credential. */
const CLAIMS = [
  ['another issuer', (one) => { one.iss = OTHER_DID; }],
  ['the issuer of the anchored form', (one) => { one.iss = `did:web:learncoin.me#tenant-${ULID}`; }],
  ['the issuer as an object', (one) => { one.iss = one.vc.issuer; }],
  ['without an issuer', (one) => { delete one.iss; }],
  ['another subject', (one) => { one.sub = 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH'; }],
  ['a subject that is a number', (one) => { one.sub = 7; }],
  ['without a subject', (one) => { delete one.sub; }],
  ['another id', (one) => { one.jti = one.jti.replace('crd_01KPX4MQ0', 'crd_01KPX4MQ1'); }],
  ['without an id', (one) => { delete one.jti; }],
  ['an earlier begin', (one) => { one.nbf -= 1; }],
  ['a begin that is a text', (one) => { one.nbf = String(one.nbf); }],
  ['a begin that is nothing', (one) => { one.nbf = null; }],
  ['without a begin', (one) => { delete one.nbf; }],
  ['a later end', (one) => { one.exp += 1; }],
  ['an end with a fraction', (one) => { one.exp += 0.5; }],
  ['without an end', (one) => { delete one.exp; }],
  ['a date of making', (one) => { one.iat = one.nbf; }],
  ['a date of making in the future', (one) => { one.iat = 4_102_444_800; }],
  ['an audience', (one) => { one.aud = 'https://example.org'; }],
  ['a key of the holder', (one) => { one.cnf = { jwk: {} }; }],
  ['a claim more', (one) => { one.grade = 'A'; }],
  ['a presentation beside it', (one) => { one.vp = {}; }],
  ['without a credential', (one) => { delete one.vc; }],
  ['nothing in place of the credential', (one) => { one.vc = null; }],
  ['the text of the credential', (one) => { one.vc = JSON.stringify(one.vc); }],
  ['the credential in an array', (one) => { one.vc = [one.vc]; }],
  ['the credential with a proof', (one) => { one.vc.proof = []; }],
  ['the credential with a member of that name', (one) => { one.vc.document = 1; }],
  ['the credential as its claims', (one) => one.vc],
];

/** Every case that was thought of. */
export function* tokenCases() {
  const judged = (name, due, credential, given) => ({ ...caseOf(credential, given), name: `token: ${name}`, due });
  for (const name of NAMES) {
    const { credential_full: full, credential_redacted: redacted } = vector(name).signed[0];
    for (const [what, credential] of [['full', full], ['redacted', redacted]].filter(([, one]) => one)) {
      for (const [chain, mark] of [['Base', ''], ['Base Sepolia', 'TEST · ']]) {
        yield judged(`of ${name}, ${what}, ${chain}`, 'valid', tokenOf(headerOf(KEY), claimsOf(walletForm(credential, { mark }))));
      }
      yield judged(`of ${name}, ${what}, with an address`, 'valid', tokenOf(headerOf(KEY), claimsOf(walletForm(credential, { email: true }))));
    }
  }
  const { credential_full: full, credential_redacted: redacted } = vector(NAMES[0]).signed[0];
  const form = walletForm(full, { email: true });
  const [header, claims] = [headerOf(KEY), claimsOf(form)];
  const token = tokenOf(header, claims);
  const [first, second, third] = token.split('.');
  yield judged('with white space around it', 'valid', `\n ${token}\r\n`);
  yield judged('bound to a holder', 'valid', tokenOf(header, claimsOf(edited(form, (one) => { one.credentialSubject.id = 'did:jwk:eyJjcnYiOiJQLTI1NiJ9'; }))));
  yield judged('laid out', 'valid', tokenOfTexts(JSON.stringify(header), JSON.stringify(claims, null, 2), KEY));
  yield judged('in another order', 'valid', tokenOfTexts(JSON.stringify(header), JSON.stringify(Object.fromEntries(Object.entries(claims).reverse())), KEY));
  yield judged('signed with the key before the rotation', 'valid', tokenOf(headerOf(FORMER), claims, FORMER));
  yield judged('on a development chain elsewhere', 'invalid', tokenOf(header, claimsOf(walletForm(full, { mark: 'DEVELOPMENT · ' }))));
  yield judged('on a development chain here', 'valid', tokenOf(header, claimsOf(walletForm(full, { mark: 'DEVELOPMENT · ' }))), { allow_development: true });
  yield judged('signed with the key of a stranger', 'invalid', tokenOf(headerOf(STRANGER), claims, STRANGER));
  yield judged('signed by a stranger in the name of the key', 'invalid', tokenOf(header, claims, STRANGER));
  yield judged('signed with one key in the name of the other', 'invalid', tokenOf(headerOf(FORMER), claims, KEY));
  yield judged('without a signature', 'invalid', `${first}.${second}.`);
  const unsigned = `${base64url(JSON.stringify({ alg: 'none', typ: 'JWT' }))}.${second}.`;
  yield judged('without an algorithm, a key and a signature', 'invalid', unsigned);
  for (const [name, edit] of HEADERS) {
    const other = edited(header, edit);
    yield judged(`${name} in the header`, 'invalid', `${base64url(JSON.stringify(other))}.${second}.${third}`);
    yield judged(`${name} in the header, signed again`, 'invalid', tokenOf(other, claims));
  }
  for (const [name, edit] of CLAIMS) {
    const other = edited(claims, edit);
    yield judged(`${name} in the claims`, 'invalid', `${first}.${base64url(JSON.stringify(other))}.${third}`);
    yield judged(`${name} in the claims, signed again`, 'invalid', tokenOf(header, other));
  }
  for (const [name, edit] of TAMPERINGS.filter(([name]) => !/proof|signature|key|cryptosuite/.test(name))) {
    const other = edited(form, edit);
    yield judged(name, 'invalid', `${first}.${base64url(JSON.stringify({ ...claims, vc: other }))}.${third}`);
    yield judged(`${name}, in the claims too`, 'invalid', `${first}.${base64url(JSON.stringify(claimsOf(other)))}.${third}`);
    // What the tenant itself would have signed so is another credential, or has another form and is refused as well.
    yield judged(`${name}, signed again`, undefined, tokenOf(header, claimsOf(other)));
    const hidden = edited(walletForm(redacted), (one) => { try { return edit(one); } catch { return undefined; } });
    yield judged(`redacted, ${name}, signed again`, undefined, tokenOf(header, claimsOf(hidden)));
  }
  const text = JSON.stringify(claims);
  const texts = {
    'an issuer twice': text.replace('{', `{"iss":"${DID}",`), 'an id twice in the credential': text.replace('"vc":{', `"vc":{"id":"${form.id}",`),
    'a begin of another spelling': text.replace(`"nbf":${claims.nbf}`, `"nbf":${claims.nbf}.0`), 'a begin with an exponent': text.replace(`"nbf":${claims.nbf}`, `"nbf":${claims.nbf}e0`),
    'a text that is no JSON': text.slice(0, -1), 'an array': `[${text}]`, 'a text': JSON.stringify('claims'), nothing: 'null', 'a byte order mark': `\ufeff${text}`,
  };
  for (const [name, other] of Object.entries(texts)) yield judged(`${name} as its claims`, 'invalid', tokenOfTexts(JSON.stringify(header), other, KEY));
  for (const other of ['[]', '{}', JSON.stringify(header).replace('{', '{"alg":"EdDSA",'), JSON.stringify(header).slice(0, -1)]) {
    yield judged(`the header ${other}`, 'invalid', tokenOfTexts(other, text, KEY));
  }
  for (const other of [
    `${token}~`, `${token}~WyJhIl0~`, `${token}.`, `${token}=`, `${first}.${second}`, `${first}.${second}.${third.slice(0, -1)}`, `${first}.${second}.${third.slice(0, -1)}_`, `${first}.${second}.${third}A`,
    `${first}.${second}A.${third}`, `${first}A.${second}.${third}`, `${first}.${second} .${third}`, `${first}.${third}.${second}`, JSON.stringify(token),
  ]) yield judged(`as ${other.slice(0, 3)}…${other.slice(-9)}`, 'invalid', other);
  for (const [at, bytes] of otherSignatures(Buffer.from(third, 'base64url')).entries()) yield judged(`signature ${at}`, 'invalid', `${first}.${second}.${base64url(bytes)}`);
  for (const [name, { due = 'unknown', ...given }] of lookUps()) yield judged(name, due, token, given);
  for (const now of ['2026-04-23T12:00:00Z', '2026-04-23T11:59:59.999999999Z', '2031-04-23T12:00:00Z', '2031-04-23T11:59:59Z']) {
    const lasting = found(statusList({ validFrom: '0001-01-01T00:00:00Z', validUntil: '9999-12-31T23:59:59Z' }));
    const isWithin = now >= form.validFrom && now < form.validUntil;
    yield judged(`at ${now}`, isWithin ? 'valid' : 'invalid', token, { now, status_list: lasting });
  }
}

/** Answers of hosts. `unknown` is a verdict that is neither. */
function* lookUps() {
  const document = (edit) => ({ did_document: found(edited(didDocument(...method(KEY)), edit)) });
  const refused = (edit) => ({ due: 'invalid', ...document(edit) });
  yield ['revoked', { due: 'invalid', status_list: found(statusList({ encoded: encoded(bits(5, INDEX)) })) }];
  yield ['a list signed by a stranger', { status_list: found(statusList({ by: STRANGER, encoded: encoded(bits(INDEX)) })) }];
  yield ['a list of yesterday', { status_list: found(statusList({ validUntil: NOW })) }];
  yield ['no list', { status_list: { absent: true } }];
  yield ['a list that is away', { status_list: { unreachable: 'why not' } }];
  yield ['no DID document', { due: 'invalid', did_document: { absent: true } }];
  yield ['a DID document that is away', { did_document: { unreachable: 'why not' } }];
  yield ['a DID document of something else', { did_document: found('<html>') }];
  yield ['a DID document of another DID', refused((one) => { one.id = OTHER_DID; })];
  yield ['a key that was revoked', { due: 'invalid', did_document: found(didDocument(...method(KEY, { revoked: '2026-04-30T00:00:00Z' }))) }];
  yield ['a key that will be revoked', { due: 'valid', ...document((one) => { one.verificationMethod[1].revoked = '2026-06-01T00:00:00Z'; }) }];
  yield ['a key that expires now', refused((one) => { one.verificationMethod[1].expires = NOW; })];
  yield ['a key that asserts nothing', refused((one) => { one.assertionMethod = [KEY.id]; })];
  yield ['a key that is not listed', { due: 'invalid', did_document: found(didDocument(...method(FORMER))) }];
  yield ['a key that is listed as a Multikey alone', refused((one) => { one.verificationMethod.pop(); })];
  yield ['a key that is listed twice', refused((one) => { one.verificationMethod.push(one.verificationMethod[1]); })];
  yield ['another key under its name', refused((one) => { one.verificationMethod[1].publicKeyJwk.x = base64url(FORMER.publicKey); })];
  yield ['a key of another curve', refused((one) => { one.verificationMethod[1].publicKeyJwk.crv = 'X25519'; })];
  yield ['a key of another kind', refused((one) => { one.verificationMethod[1].publicKeyJwk.kty = 'EC'; })];
  yield ['a key with its private part', refused((one) => { one.verificationMethod[1].publicKeyJwk.d = 'AA'; })];
  yield ['a key that is too short', refused((one) => { one.verificationMethod[1].publicKeyJwk.x = 'AA'; })];
  yield ['a key of small order', refused((one) => { one.verificationMethod[1].publicKeyJwk.x = base64url(Uint8Array.of(1, ...new Array(31).fill(0))); })];
  yield ['a key of another type', refused((one) => { one.verificationMethod[1].type = 'Multikey'; })];
  yield ['a key with another key beside it', refused((one) => { one.verificationMethod[1].publicKeyMultibase = KEY.multikey; })];
  yield ['a key of another controller', refused((one) => { one.verificationMethod[1].controller = OTHER_DID; })];
  yield ['a key without a controller', refused((one) => { delete one.verificationMethod[1].controller; })];
  yield ['a key named by its fragment', { due: 'valid', ...document((one) => { one.verificationMethod[1].id = '#ed-2'; one.assertionMethod[1] = '#ed-2'; }) }];
  yield ['a key in assertionMethod itself', { due: 'valid', ...document((one) => { one.assertionMethod = [KEY.id, one.verificationMethod.pop()]; }) }];
}

/** `count` cases that were changed at random. */
export function* mutatedTokenCases(count, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const forms = NAMES.flatMap((name) => vector(name).signed).flatMap((one) => [one.credential_full, one.credential_redacted]).filter((one) => one);
  const documents = didDocument(...method(FORMER), ...method(KEY));
  const changed = (value) => edited(value, (one) => { changeMember(one, random, pick); });
  const kinds = [
    ['bytes', (header, claims) => caseOf(new TextDecoder('latin1').decode(changedBytes(utf8(tokenOf(header, claims)), random, pick)))],
    ['text', (header, claims) => caseOf(spliced(tokenOf(header, claims), random, pick))],
    ['header, signed again', (header, claims) => caseOf(tokenOf(changed(header), claims))],
    ['header as text, signed again', (header, claims) => caseOf(tokenOfTexts(spliced(JSON.stringify(header), random, pick), JSON.stringify(claims), KEY))],
    ['claims, signed again', (header, claims) => caseOf(tokenOf(header, changed(claims)))],
    ['claims as text, signed again', (header, claims) => caseOf(tokenOfTexts(JSON.stringify(header), spliced(JSON.stringify(claims), random, pick), KEY))],
    ['credential, signed again', (header, claims) => caseOf(tokenOf(header, { ...claims, vc: changed(claims.vc) }))],
    ['DID document', (header, claims) => caseOf(tokenOf(header, claims), { did_document: found(changed(documents)) })],
  ];
  for (let number = 0; number < count; number += 1) {
    const form = walletForm(pick(forms), { email: random() < 0.3, mark: pick(['', 'TEST · ', 'DEVELOPMENT · ']) });
    const [kind, change] = pick(kinds);
    yield { ...change(headerOf(KEY), claimsOf(form)), name: `random token ${number}: ${kind}` };
  }
}
