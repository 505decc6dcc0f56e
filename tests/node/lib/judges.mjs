// How a page is judged: the widths and color schemes in which it is looked at, and the rules of axe-core.
import axe from 'axe-core';

export const WIDTHS = [360, 768, 1280];
export const SCHEMES = ['light', 'dark'];
export const AXE = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] };
/** What colors decide: the other rules find the same in light and dark. */
export const AXE_ON_COLORS = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }, resultTypes: ['violations'] };

/** What axe-core finds by these rules, in words. */
export async function axeViolations(page, rules) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), rules);
  return violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any.map(({ message }) => message).join('; ')}`).slice(0, 3).join(' | ')}`);
}
