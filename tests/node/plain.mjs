#!/usr/bin/env node
// Opens pages without JavaScript: they must say the same, and everything that can be taken away can be.
import { readFileSync } from 'node:fs';
import { inLanes, WatchedPage, withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';

const USAGE = `usage: node plain.mjs PLAN

  PLAN  a JSON file: {"pages": [{name, url, asked_language, badge, downloadable}]}

Of each page, with JavaScript off: the same text as with it but for what offers a script, the badge, and every download is a file with something in it.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const LANES = 2;

await run(async () => {
  const { positionals: [plan] } = readArguments(USAGE, {});
  const { pages } = JSON.parse(readFileSync(plan, 'utf8'));
  const checks = new Checks();
  await withBrowser((browser) => inLanes(pages, LANES, () => openBoth(browser), (both, page) => look(both, page, checks)));
  return checks.close();
});

/** Two pages: one that runs scripts, and one that does not. */
async function openBoth(browser) {
  const scripted = await WatchedPage.open(browser);
  const plain = await WatchedPage.open(browser, { javaScriptEnabled: false });
  return { scripted, plain, close: () => Promise.all([scripted.close(), plain.close()]) };
}

async function look({ scripted, plain }, wanted, checks) {
  const { name } = wanted;
  const { page } = plain;
  await scripted.goto(wanted.url, wanted.asked_language);
  await plain.goto(wanted.url, wanted.asked_language);
  await scripted.page.evaluate(() => document.querySelectorAll('#browser-check, .browser-scripted, [data-script]').forEach((part) => part.remove()));
  checks.equal(`${name}: text`, await linesOf(page), await linesOf(scripted.page));
  if (wanted.badge) checks.equal(`${name}: badge`, (await page.locator('#status').innerText()).trim(), wanted.badge);

  const links = page.locator('a[download]');
  const count = await links.count();
  checks.that(`${name}: downloads`, count > 0 === wanted.downloadable, `${count} links`);
  for (let index = 0; index < count; index += 1) {
    const link = links.nth(index);
    const href = await link.getAttribute('href');
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const content = readFileSync(await download.path());
    const isWhole = content.length > 0 && (!download.suggestedFilename().endsWith('.json') || typeof JSON.parse(content).proof === 'object');
    checks.that(`${name}: ${href} is ${download.suggestedFilename()}`, isWhole && (await download.failure()) === null, content.toString().slice(0, 200));
  }
}

/** What a reader meets, line by line. */
async function linesOf(page) {
  const text = await page.locator('body').innerText();
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}
