// Runs the checks and shows them: what both pages do once a credential's bytes are there.
import { NAMES } from './report.js';
import { run } from './run.js';
import { Steps, element, filled, limits, person, said, unreached, verdict } from './show.js';

/** What a credential's link is asked for. */
export const MEDIA = 'application/vc, application/ld+json;q=0.9, application/json;q=0.8';

/** Where a page shows the result: a line that is announced, and the steps below it. */
const partsOf = (place) => ['.browser-summary', '.browser-detail'].map((name) => place.querySelector(name));

/**
 * @param {object} settings what the server wrote into the page
 * @param {Element} place what the result is put into
 * @param {Uint8Array} bytes the signed document
 * @param {string | null} expectedId the id that the document must have, where one was asked for
 * @param {{format?: string, hasPerson?: boolean, on?: (made: import('./report.js').Check) => void}} options the format of the file that
 *   the document came out of; whether the person and the achievement stand before the verdict, as on a page that shows neither
 *   otherwise; and what is called with each check when it is made
 */
export async function check({ words, dates, origin, nodes }, place, bytes, expectedId, { format = 'json', hasPerson = false, on = () => {} } = {}) {
  const [summary, detail] = partsOf(place);
  delete place.dataset.verdict;
  const steps = new Steps(words, NAMES);
  const head = (document) => (hasPerson && document !== null ? person(words, document) : []);
  const running = (document) => summary.replaceChildren(...head(document), element('p', { class: 'browser-running' }, words.running));
  running(null);
  // Where the verdict is much larger than what is in its place, the steps come with it, so that they do not move.
  detail.hidden = hasPerson;
  detail.replaceChildren(steps.list);
  const { report, document } = await run({ bytes, expectedId, origin, nodes, on: (made) => { steps.put(made); on(made); }, onDocument: running });
  summary.replaceChildren(...head(document), verdict(words, dates, report, document), ...limits(words, format), ...unreached(words, report.checks));
  if (document !== null) detail.append(...said(words, dates, document));
  detail.hidden = false;
  place.dataset.verdict = report.verdict;
}

/** Tells that this is a credential that only others can judge, what it is, and what was not checked. */
export function tellOfForeign(place, words, { kind, issuer }) {
  const [summary, detail] = partsOf(place);
  summary.replaceChildren(element('div', { class: 'browser-verdict tone-unknown' },
    element('p', { class: 'browser-word' }, words.foreign_title), element('p', {}, words.kinds[kind]),
    ...(issuer === null ? [] : [element('p', {}, ...filled(words.foreign_issuer, { issuer }))]), element('p', {}, words.foreign_unchecked), element('p', {}, words.foreign_meaning)));
  detail.replaceChildren();
  place.dataset.verdict = 'not_learncoin';
}

/** Tells that nothing could be checked, and why. */
export function tell(place, text, reason) {
  const [summary, detail] = partsOf(place);
  const why = reason === undefined ? [] : [' ', element('bdi', { lang: 'en', dir: 'ltr' }, reason)];
  summary.replaceChildren(element('p', { class: 'browser-trouble' }, text, ...why));
  detail.replaceChildren();
  place.dataset.verdict = 'could_not_check';
}
