// Reads credentials in the forms in which they are handed around.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './command.mjs';

/** A signed document, or the body of `GET /v1/credentials/{id}` around it. */
function signedDocument(value, name) {
  const document = value !== null && typeof value === 'object' && 'signed_credential' in value ? value.signed_credential : value;
  if (document === null || typeof document !== 'object' || Array.isArray(document)) throw new UsageError(`${name}: no signed credential in it`);
  return document;
}

function namedCredential(entry, name) {
  if (entry?.credential === undefined) throw new UsageError(`${name}: an entry of a list is {name, credential, expect?}`);
  if (![undefined, 'valid', 'invalid'].includes(entry.expect)) throw new UsageError(`${name}: "expect" is "valid" or "invalid"`);
  return { ...entry, name: entry.name ?? name, credential: signedDocument(entry.credential, name) };
}

/**
 * One credential, the API's body around one, or an array of `{name, credential, expect?}`; `-` is standard input.
 * @returns {{name: string, credential: object, expect?: 'valid'|'invalid'}[]}
 */
export function readCredentials(file) {
  let value;
  try {
    value = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${error.message}`);
  }
  if (Array.isArray(value)) return value.map((entry, i) => namedCredential(entry, `${path.basename(file)}[${i}]`));
  return [{ name: path.basename(file), credential: signedDocument(value, file) }];
}
