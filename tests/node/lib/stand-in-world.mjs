// Imported before a program (`node --import`): answers what the program asks of other machines. The host of
// LEARNCOIN_STANDIN_HOST (ORIGIN=BASE) is served from BASE, its DID and the pinned contexts are known, all else is refused.
import { PinnedContexts } from './contexts.mjs';
import { Lookups, parseMaps } from './lookups.mjs';

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1)[:/]/;
const { fetch } = globalThis;
const lookups = new Lookups({ maps: parseMaps([process.env.LEARNCOIN_STANDIN_HOST]), contexts: new PinnedContexts(), fetch });

globalThis.fetch = (input, init) => {
  const url = String(input instanceof Request ? input.url : input);
  return LOOPBACK.test(url) ? fetch(input, init) : lookups.fetch(input);
};
