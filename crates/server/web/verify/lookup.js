// What the browser asks other hosts: documents by GET. It sends no cookies, no referrer and never the credential, and it
// follows no redirect.
//
// The result is a lookup: `{found}`, `{absent: true}` if the responsible host or node answers that it does not exist, or
// `{unreachable: 'why'}`.
import { concat } from './bytes.js';
import { ReadError } from './did.js';
import { isLoopback } from './host.js';
import { JsonError } from './json.js';

const MAX_BODY_BYTES = 4 * 1024 * 1024;
export const PATIENCE_MS = 20_000;

/** Why there is no answer, in words for people. */
export class FetchError extends Error {}

/** One request, with the limits that all of them have. @returns {Promise<{status: number, body: Uint8Array}>} */
export async function ask(url, options = {}) {
  const target = new URL(url, document.baseURI);
  const { host } = target;
  // The page's own origin was good enough to load this program from.
  const isSecure = target.protocol === 'https:' || isLoopback(target.hostname) || target.origin === location.origin;
  if (!isSecure) throw new FetchError(`${target} is not fetched: only https, or http to this machine`);
  try {
    const response = await fetch(target, {
      credentials: 'omit', redirect: 'error', cache: 'no-store', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(PATIENCE_MS), ...options,
    });
    return { status: response.status, body: await bounded(response, host) };
  } catch (error) {
    if (error instanceof FetchError) throw error;
    if (error.name === 'TimeoutError') throw new FetchError(`${host} did not answer in time`);
    // A browser reports no more to a page: no connection, no permission to read (CORS), or a redirect.
    throw new FetchError(`${host} can't be reached from this browser, or does not let it read`);
  }
}

/** Looks a document up and reads it. */
export async function lookUp(url, read) {
  let answer;
  try {
    answer = await ask(url, { headers: { accept: 'application/json' } });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    return { unreachable: error.message };
  }
  if (answer.status === 404 || answer.status === 410) return { absent: true };
  if (answer.status < 200 || answer.status > 299) return { unreachable: `${url} answered ${answer.status}` };
  try {
    return { found: read(answer.body) };
  } catch (error) {
    if (!(error instanceof JsonError || error instanceof ReadError)) throw error;
    return { unreachable: error.message };
  }
}

async function bounded(response, host) {
  if (response.body === null) return new Uint8Array();
  const chunks = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(...chunks);
    length += value.length;
    if (length > MAX_BODY_BYTES) {
      await reader.cancel();
      throw new FetchError(`${host} answered more than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(value);
  }
}
