// A trial of the judge of contrast: that it finds faults where it judges one text of each kind as it does where it judges all.
import { AXE_ON_COLORS, axeViolations, lendAxe, violationsOf } from './judges.mjs';

/** A page of good texts, of which several are of one kind. */
const GOOD = `<!doctype html><html lang="en"><title>Texts</title><style>
  body { background: #fff; color: #222; } aside { background: #222; color: #eee; } em { font-style: normal; color: #444; } div { position: relative; }
</style><main><h1>Good texts</h1><p>One good text.</p><p>One more <em>good text</em> here.</p><p>And a third one.</p>
<aside><p>On dark ground.</p><p>On dark ground too.</p></aside><div><p>Within a place.</p></div><label>A field <input value="its text"></label></main>`;
/** What makes one of them hard to read. */
const PLANTED = [
  'main > p:nth-of-type(3) { color: #bbb; }',
  'main > p:nth-of-type(2) { background: #333; }',
  'em { color: #aaa; }',
  'aside p:last-child { color: #444; }',
  'aside { background: #ddd; }',
  'main > p:nth-of-type(1) { opacity: 0.3; }',
  'input { color: #ccc; background: #fff; }',
  'div::before { content: ""; } div p { color: #ccc; }',
  'aside p:last-child { position: relative; top: -9.5em; }',
  'main { background: #333; }',
];

/** Holds what axe-core finds where one of each kind is judged against what it finds where each text is. */
export async function tryContrast(browser, checks) {
  const page = await browser.newPage();
  for (const fault of ['', ...PLANTED]) {
    await page.setContent(GOOD.replace('</style>', `${fault}</style>`));
    const found = await axeViolations(page, AXE_ON_COLORS);
    await lendAxe(page, '*');
    const all = await violationsOf(page, AXE_ON_COLORS);
    checks.equal(`contrast: ${fault || 'no fault'}`, [found.length, all.length], fault ? [1, 1] : [0, 0]);
  }
  await page.close();
}
