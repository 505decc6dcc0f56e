// How a page is judged: the widths and color schemes in which it is looked at, and the rules of axe-core.
import axe from 'axe-core/axe.min.js';
import { MARK, markKinds } from './contrast.mjs';

export const WIDTHS = [360, 768, 1280];
export const SCHEMES = ['light', 'dark'];
export const AXE = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] };
/** Of what its readers' programs show within pages of theirs, as mails are: the landmarks are those of the page around. */
export const AXE_ON_PARTS = { ...AXE, rules: { 'landmark-one-main': { enabled: false }, region: { enabled: false } } };
/** What colors decide: the other rules find the same in light and dark. */
export const AXE_ON_COLORS = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }, resultTypes: ['violations'] };

/** Brings axe-core into the page, which takes a tenth of a second to read, and lets it judge the contrast of these elements. */
export async function lendAxe(page, selector) {
  if (!await page.evaluate(() => Boolean(globalThis.axe))) await page.evaluate(axe.source);
  await page.evaluate((wanted) => globalThis.axe.configure({ rules: [{ id: 'color-contrast', selector: wanted }] }), selector);
}

/** What axe-core finds by these rules. */
export async function violationsOf(page, rules) {
  return page.evaluate(async (options) => (await globalThis.axe.run(document, options)).violations, rules);
}

/** What axe-core finds by these rules, in words. Of texts with the same colors on the same ground it judges the contrast of one. */
export async function axeViolations(page, rules) {
  await lendAxe(page, `[${MARK}]`);
  await page.evaluate(markKinds, MARK);
  const violations = await violationsOf(page, rules);
  return violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any.map(({ message }) => message).join('; ')}`).slice(0, 3).join(' | ')}`);
}
