// PDFs that are encrypted, and that anybody can open: their user password is empty, and the owner's only forbids printing or
// changing (ISO 32000-2, section 7.6). RC4 and AES with 40 to 256 bits.
import { concat, isEqual, utf8 } from './bytes.js';
import { md5, rc4 } from './old-ciphers.js';
import { isName } from './pdf-syntax.js';

const PADDING = Uint8Array.from([
  0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe,
  0x64, 0x53, 0x69, 0x7a,
]);
const BLOCK = 16;
const SALT = utf8('sAlT');

/** A file that the empty password does not open, or whose encryption is unknown. */
export class LockedFile extends Error {}

/** How the strings and the streams of a file are decrypted. @param {import('./pdf-file.js').PdfFile} file */
export async function decryption(file) {
  const dictionary = await file.resolve(file.trailer.get('Encrypt'));
  // A page that was loaded without encryption has no access to the browser's ciphers.
  const { subtle } = globalThis.crypto ?? {};
  if (!(dictionary instanceof Map) || !isName(dictionary.get('Filter'), 'Standard') || subtle === undefined) throw new LockedFile('unknown');
  const version = dictionary.get('V') ?? 0;
  const ciphers = version >= 4 ? cryptFilters(dictionary) : { stream: 'V2', string: 'V2' };
  const id = [await file.resolve(file.trailer.get('ID')) ?? []].flat()[0] ?? new Uint8Array();
  const key = version >= 5 ? await newKey(dictionary) : oldKey(dictionary, id);
  return async (bytes, { number, generation }, isStream) => {
    const cipher = isStream ? ciphers.stream : ciphers.string;
    if (cipher === 'None') return bytes;
    if (cipher === 'AESV3') return decrypted(key, bytes);
    const place = [number, number >> 8, number >> 16, generation, generation >> 8].map((value) => value & 255);
    const ofObject = md5(concat(key, Uint8Array.from(place), cipher === 'AESV2' ? SALT : [])).subarray(0, Math.min(key.length + 5, BLOCK));
    return cipher === 'AESV2' ? decrypted(ofObject, bytes) : rc4(ofObject, bytes);
  };
}

/** The ciphers that the file names for streams and for strings. */
function cryptFilters(dictionary) {
  const named = (key) => {
    const name = dictionary.get(key)?.text ?? 'Identity';
    const method = name === 'Identity' ? 'None' : dictionary.get('CF')?.get(name)?.get('CFM')?.text ?? 'None';
    if (!['None', 'V2', 'AESV2', 'AESV3'].includes(method)) throw new LockedFile('unknown');
    return method;
  };
  return { stream: named('StmF'), string: named('StrF') };
}

/** Algorithm 2: the key of files up to version 4. */
function oldKey(dictionary, id) {
  const revision = dictionary.get('R');
  const [owner, user, permissions] = [dictionary.get('O'), dictionary.get('U'), dictionary.get('P')];
  const length = revision === 2 ? 5 : (dictionary.get('V') === 4 ? 128 : dictionary.get('Length') ?? 40) / 8;
  if (!(owner instanceof Uint8Array && user instanceof Uint8Array && length >= 5 && length <= BLOCK)) throw new LockedFile('unknown');
  const flags = Uint8Array.from([0, 8, 16, 24], (bits) => (permissions >> bits) & 255);
  const withMetadata = revision < 4 || dictionary.get('EncryptMetadata') !== false;
  let key = md5(concat(PADDING, owner.subarray(0, 32), flags, id, withMetadata ? [] : Uint8Array.of(255, 255, 255, 255)));
  for (let round = 0; revision >= 3 && round < 50; round += 1) key = md5(key.subarray(0, length));
  key = key.subarray(0, length);
  if (!opens(key, revision, user, id)) throw new LockedFile('a password is needed');
  return key;
}

/** Algorithms 4 and 5: whether the key is that of the empty password. */
function opens(key, revision, user, id) {
  if (revision === 2) return isEqual(rc4(key, PADDING), user.subarray(0, 32));
  let expected = rc4(key, md5(concat(PADDING, id)));
  for (let round = 1; round < 20; round += 1) expected = rc4(key.map((byte) => byte ^ round), expected);
  return isEqual(expected, user.subarray(0, BLOCK));
}

/** Algorithm 2.A: the key of files of version 5, which is stored under the password. */
async function newKey(dictionary) {
  const [user, stored, revision] = [dictionary.get('U'), dictionary.get('UE'), dictionary.get('R')];
  if (!(user instanceof Uint8Array && stored instanceof Uint8Array && user.length >= 48 && stored.length === 32)) throw new LockedFile('unknown');
  const hash = revision >= 6 ? hardened : (salt) => digest('SHA-256', salt);
  if (!isEqual(await hash(user.subarray(32, 40)), user.subarray(0, 32))) throw new LockedFile('a password is needed');
  return withoutPadding(await hash(user.subarray(40, 48)), stored);
}

/** Algorithm 2.B for the empty password. */
async function hardened(salt) {
  let key = await digest('SHA-256', salt);
  for (let round = 0, last = 0; round < 64 || last > round - 32; round += 1) {
    const repeated = concat(...Array(64).fill(key));
    const encrypted = await encryptedWithoutPadding(key.subarray(0, BLOCK), key.subarray(BLOCK, 2 * BLOCK), repeated);
    const rest = encrypted.subarray(0, BLOCK).reduce((sum, byte) => sum + byte, 0) % 3;
    key = await digest(['SHA-256', 'SHA-384', 'SHA-512'][rest], encrypted);
    last = encrypted.at(-1);
  }
  return key.subarray(0, 32);
}

const digest = async (name, bytes) => new Uint8Array(await crypto.subtle.digest(name, bytes));
const keyOf = (bytes) => crypto.subtle.importKey('raw', bytes, 'AES-CBC', false, ['encrypt', 'decrypt']);
const cbc = (iv) => ({ name: 'AES-CBC', iv });

/** What begins with 16 bytes of an initialization vector and ends with padding. */
async function decrypted(key, bytes) {
  if (bytes.length < 2 * BLOCK || bytes.length % BLOCK !== 0) return new Uint8Array();
  try {
    return new Uint8Array(await crypto.subtle.decrypt(cbc(bytes.subarray(0, BLOCK)), await keyOf(key), bytes.subarray(BLOCK)));
  } catch {
    // The browser says no more than that it failed: the padding is wrong.
    return new Uint8Array();
  }
}

async function encryptedWithoutPadding(key, iv, bytes) {
  const made = new Uint8Array(await crypto.subtle.encrypt(cbc(iv), await keyOf(key), bytes));
  return made.subarray(0, bytes.length);
}

/** The browser decrypts only what ends with padding, so a block of it is put behind. */
async function withoutPadding(key, bytes) {
  const padding = await crypto.subtle.encrypt(cbc(bytes.subarray(-BLOCK)), await keyOf(key), new Uint8Array());
  const padded = concat(bytes, new Uint8Array(padding));
  return new Uint8Array(await crypto.subtle.decrypt(cbc(new Uint8Array(BLOCK)), await keyOf(key), padded));
}
