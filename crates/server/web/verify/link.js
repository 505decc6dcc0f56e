// Links to credentials as people copy them: in brackets and quotes, with the end of a sentence behind them, without
// `https://`, in lower case, of a file instead of the page. The rules are those of `crates/credential/src/link.rs`.

import { isLoopback } from './host.js';

const AROUND = /^[\s<>()[\]{}"'`*_,;:.!?«»‹›“”„‘’‚]+|[\s<>()[\]{}"'`*_,;:.!?«»‹›“”„‘’‚\\/]+$/gu;
const ID = /^crd_[0-9A-HJKMNP-TV-Z]{26}$/;

/** An id in the one spelling that it has: upper case, and digits where letters look like them. `null` for what is none. */
export function idOf(text) {
  const [, ulid] = /^crd_([0-9A-Z]{26})$/i.exec(text) ?? [];
  if (ulid === undefined) return null;
  const id = `crd_${ulid.toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1')}`;
  return ID.test(id) ? id : null;
}

/**
 * @param {string} given what was pasted
 * @param {string[]} own the origins of this site: its public one first, then the one at which it was reached
 * @returns {{fetched: string, id: string} | null} where the document is asked for, and the id that it must have
 */
export function linkOf(given, own) {
  const text = given.replace(AROUND, '');
  const bare = idOf(text);
  if (bare !== null) return { fetched: `/c/${bare}`, id: `${own[0]}/c/${bare}` };
  const url = urlOf(text, own);
  const id = url && idOfPath(url.pathname);
  if (!id) return null;
  // This site is asked at the address at which it was reached, which need not be its public one.
  const isOwn = own.includes(url.origin);
  const query = url.searchParams.get('form') === 'wallet' ? '?form=wallet' : '';
  return { fetched: `${isOwn ? '' : url.origin}/c/${id}${query}`, id: `${isOwn ? own[0] : url.origin}/c/${id}` };
}

/** The URL of a page: over `https` whatever was written, but for hosts on this machine. */
function urlOf(text, own) {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const whole = hasScheme ? text : `https://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return null;
  const isHere = isLoopback(url.hostname);
  if (!isHere && url.protocol === 'http:' && !own.includes(url.origin)) url.protocol = 'https:';
  if (isHere && !hasScheme) url.protocol = 'http:';
  return url;
}

/** The id in `/c/{id}`, whatever file of the credential follows. */
function idOfPath(path) {
  const [folder, id] = path.split('/').filter((segment) => segment !== '');
  return folder?.toLowerCase() === 'c' && id !== undefined ? idOf(decoded(id).replace(AROUND, '')) : null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
