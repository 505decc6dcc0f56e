#!/usr/bin/env node
// Reads the documentation in Chromium as its readers do: copies code, chooses a language, searches; and the same without JavaScript.
import { WatchedPage, withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run, UsageError } from './lib/command.mjs';

const USAGE = `usage: node docs-pages.mjs ORIGIN

  ORIGIN  the origin of a deployment

With a script: each block of code has a button that copies exactly it, a choice of a language holds for all samples and on the next
page, and results appear while one types. Without: no button, tabs that work, and a search by the Enter key.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const SAMPLES = '/docs/api/credentials';

await run(async () => {
  const { positionals: [origin] } = readArguments(USAGE, {});
  if (!origin) throw new UsageError(`no ORIGIN given\n\n${USAGE}`);
  const checks = new Checks();
  await withBrowser(async (browser) => {
    const scripted = await WatchedPage.open(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
    await copying(scripted, origin, checks);
    await choosing(scripted, origin, checks);
    await searching(scripted, origin, checks);
    await scripted.close();
    const plain = await WatchedPage.open(browser, { javaScriptEnabled: false });
    await withoutScript(plain, origin, checks);
    await plain.close();
  });
  return checks.close();
});

async function copying(watched, origin, checks) {
  const { page } = watched;
  await watched.goto(`${origin}/docs/quickstart`);
  const blocks = page.locator('figure.code');
  checks.that('there is code', (await blocks.count()) > 5);
  checks.equal('each block has a button', await page.locator('figure.code > button.copy').count(), await blocks.count());
  const block = blocks.filter({ hasText: 'learncoin serve' }).first();
  await block.getByRole('button').click();
  // Writing to the clipboard takes a moment.
  await block.getByText('Copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  checks.equal('what was copied', copied, await block.locator('code').textContent());
  checks.that('its lines are whole', copied.startsWith('learncoin serve &\ncurl '), copied);
  const size = await block.locator('code').evaluate((code) => getComputedStyle(code).fontSize);
  checks.equal('the size of code', size, '14px');
  checks.none('copying keeps to itself', await watched.misdeeds());
}

async function choosing(watched, origin, checks) {
  const { page } = watched;
  await watched.goto(`${origin}${SAMPLES}`);
  const groups = await page.locator('.samples').count();
  checks.that('there are samples', groups > 2, groups);
  await page.locator('.samples label', { hasText: 'Python' }).nth(1).click();
  checks.equal('a choice holds for all samples', await visible(page), Array(groups).fill('language-python'));
  await watched.goto(`${origin}/docs/api/tenants`);
  checks.equal('it holds on another page', [...new Set(await visible(page))], ['language-python']);
  await page.locator('.samples input').nth(0).focus();
  await page.keyboard.press('ArrowRight');
  checks.that('the keyboard chooses', (await visible(page)).every((language) => language !== 'language-python'));
  checks.none('choosing keeps to itself', await watched.misdeeds());
}

/** The languages of the samples that are shown. */
async function visible(page) {
  return page.locator('.samples > .code').evaluateAll((figures) => figures
    .filter((figure) => figure.checkVisibility()).map((figure) => figure.querySelector('code').className));
}

async function searching(watched, origin, checks) {
  const { page } = watched;
  await watched.goto(`${origin}/docs/quickstart`);
  await page.keyboard.press('/');
  checks.equal('/ leads to the field', await page.evaluate(() => document.activeElement.id), 'search');
  await page.keyboard.type('revoke a credential');
  const panel = page.locator('.docs-panel');
  await panel.getByText('Revoke a credential').first().waitFor();
  // The results of the first letters come first.
  await page.waitForFunction((path) => document.querySelector('.docs-panel a')?.pathname === path, SAMPLES);
  await page.keyboard.press('Escape');
  checks.that('Escape closes the results', !(await panel.isVisible()));
  checks.equal('and leaves the reader in the field', await page.evaluate(() => document.activeElement.id), 'search');
  await page.locator('#search').press('Enter');
  await page.waitForURL(/\/docs\/search\?q=revoke/);
  checks.that('Enter leads to the page of results', (await page.locator('#results li').count()) > 0);
  await page.locator('#search').fill('<zqxj onzqxj="zqxj()">');
  await page.getByText('Nothing in the documentation matches').waitFor();
  checks.that('what is typed is shown as text', (await page.locator('#results').innerText()).includes('<zqxj onzqxj="zqxj()">'));
  checks.none('searching keeps to itself', await watched.misdeeds());
}

async function withoutScript(watched, origin, checks) {
  const { page } = watched;
  await watched.goto(`${origin}${SAMPLES}`);
  checks.equal('no button that does nothing', await page.locator('button.copy').count(), 0);
  const group = page.locator('.samples').first();
  await group.locator('label', { hasText: 'TypeScript' }).click();
  checks.that('a tab shows its sample', await group.locator('.language-ts').isVisible());
  checks.that('and hides the others', !(await group.locator('.language-bash').isVisible()));
  await page.locator('#search').fill('rate_limited');
  await page.locator('#search').press('Enter');
  await page.waitForURL(/\/docs\/search\?q=rate_limited/);
  checks.equal('the form searches', await page.locator('#results a').first().getAttribute('href'), '/docs/api/errors#rate_limited');
  checks.none('all of it keeps to itself', watched.faults);
}
