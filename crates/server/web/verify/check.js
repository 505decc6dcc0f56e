// Runs the checks and shows them: what both pages do once a credential's bytes are there.
import { NAMES } from './report.js';
import { run } from './run.js';
import { Steps, element, said, unreached, verdict } from './show.js';

/** What a credential's link is asked for. */
export const MEDIA = 'application/vc, application/ld+json;q=0.9, application/json;q=0.8';

/** Where a page shows the result: a line that is announced, and the steps below it. */
const partsOf = (place) => ['.browser-summary', '.browser-detail'].map((name) => place.querySelector(name));

/**
 * @param {object} settings what the server wrote into the page
 * @param {Element} place what the result is put into
 * @param {Uint8Array} bytes the signed document
 * @param {string | null} expectedId the id that the document must have, where one was asked for
 * @param {(made: import('./report.js').Check) => void} on called with each check when it is made
 */
export async function check({ words, origin, nodes }, place, bytes, expectedId, on = () => {}) {
  const [summary, detail] = partsOf(place);
  delete place.dataset.verdict;
  const steps = new Steps(words, NAMES);
  summary.replaceChildren(element('p', {}, words.running));
  detail.replaceChildren(steps.list);
  const { report, document } = await run({ bytes, expectedId, origin, nodes, on: (made) => { steps.put(made); on(made); } });
  summary.replaceChildren(verdict(words, report.verdict), ...unreached(words, report.checks));
  if (document !== null) detail.append(...said(words, document));
  place.dataset.verdict = report.verdict;
}

/** Tells that nothing could be checked, and why. */
export function tell(place, text, reason) {
  const [summary, detail] = partsOf(place);
  const why = reason === undefined ? [] : [' ', element('bdi', { lang: 'en', dir: 'ltr' }, reason)];
  summary.replaceChildren(element('p', { class: 'browser-trouble' }, text, ...why));
  detail.replaceChildren();
  place.dataset.verdict = 'could_not_check';
}
