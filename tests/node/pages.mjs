#!/usr/bin/env node
// Opens pages in Chromium as their readers do, at three widths, in light and dark, and keeps a picture of each.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inLanes, WatchedPage, withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';
import { tryContrast } from './lib/contrast-trial.mjs';
import { AXE, AXE_ON_COLORS, AXE_ON_PARTS, axeViolations, SCHEMES, WIDTHS } from './lib/judges.mjs';
import { heightFaults, layoutFaults } from './lib/layout.mjs';

const USAGE = `usage: node pages.mjs PLAN --screenshots FOLDER

  PLAN                  a JSON file: {"pages": [{name, url, status, title, badge, texts, asked_language, language, asked_browser,
                        thorough, framed, sends, checks}]}; what is not to be looked at thoroughly is looked at on a phone alone; "framed"
                        is the page whose own code for other sites shows this one; "sends" are the boxes that are checked in the
                        page's form before it is sent, whose answer is looked at; "checks" are the link that the page's form
                        for checking is given and the verdict of it, which is looked at
  --screenshots FOLDER  where the pictures go, as NAME-WIDTH-SCHEME.png

Of each page: status, title with the verdict, badge, its texts, language and direction, what the browser itself
finds where it is asked; that nothing is cut off, overlaps or scrolls sideways, neither text nor picture, and that a card fits
the frame of its own code;
no error, no breach of its policy, no request to another host; no violation that axe-core finds, in light of all its rules and
in the dark of those on colors. Of texts with the same colors on the same ground the contrast of one is judged (lib/contrast.mjs); that
this finds faults as judging all of them does is tried first, on a page with planted faults.
Pictures in the dark have half the size.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const LANES = 2;
/** The HTML of a mail, in the mailbox of development. */
const MAIL = /\/dev\/mail\/[^/]+\/html$/u;
/** Colors are seen as well on a picture of half the size, and it takes less than half the time. */
const SCALES = { light: 1, dark: 0.5 };

await run(async () => {
  const { values, positionals: [plan] } = readArguments(USAGE, { screenshots: { type: 'string' } }, { required: ['screenshots'] });
  const { pages } = JSON.parse(readFileSync(plan, 'utf8'));
  mkdirSync(values.screenshots, { recursive: true });
  for (const { name } of pages) for (const file of pictures(name)) rmSync(path.join(values.screenshots, file), { force: true });
  const checks = new Checks();
  await withBrowser(async (browser) => {
    await tryContrast(browser, checks);
    await inLanes(pages, LANES, () => opened(browser), (watched, wanted) => look(watched, wanted, values.screenshots, checks));
  });
  return checks.close();
});

function pictures(name) {
  return [`${name}-framed.png`, ...SCHEMES.flatMap((scheme) => WIDTHS.map((width) => `${name}-${width}-${scheme}.png`))];
}

async function opened(browser) {
  const watched = await WatchedPage.open(browser);
  // In a mail's sandbox no script runs, the judges' neither. They see it without one, under the rest of its policy.
  await watched.page.route(MAIL, async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    const policy = headers['content-security-policy'].replace(/^sandbox [^;]*; /, '');
    await route.fulfill({ response, headers: { ...headers, 'content-security-policy': policy } });
  });
  return watched;
}

async function look(watched, wanted, folder, checks) {
  const { name } = wanted;
  const { page } = watched;
  const widths = wanted.thorough ? WIDTHS : WIDTHS.slice(0, 1);
  await page.setViewportSize({ width: WIDTHS[0], height: 800 });
  let response = await watched.goto(wanted.url, wanted.asked_language);
  if (wanted.sends) response = await answered(page, wanted.sends);
  checks.equal(`${name}: status`, response.status(), wanted.status);
  const title = await page.title();
  if (wanted.title) checks.that(`${name}: title`, title === wanted.title || title.startsWith(`${wanted.title} · `), `got "${title}", wanted "${wanted.title}"`);
  const { lang, dir } = await page.evaluate(() => ({ lang: document.documentElement.lang, dir: getComputedStyle(document.documentElement).direction }));
  checks.equal(`${name}: language and direction`, [lang, dir], [wanted.language, wanted.language === 'ar' ? 'rtl' : 'ltr']);
  if (wanted.badge) checks.equal(`${name}: badge`, (await page.locator('#status').innerText()).trim(), wanted.badge);
  const text = words(await page.locator('body').innerText());
  for (const expected of wanted.texts) checks.that(`${name}: contains "${expected.slice(0, 60)}"`, text.includes(words(expected)), text);

  if (wanted.asked_browser) {
    await page.locator('#proof').evaluate((details) => { details.open = true; });
    await page.locator('#browser-check button').click();
    checks.equal(`${name}: what the browser found`, await verdict(page), wanted.asked_browser);
  }
  if (wanted.checks) {
    const [link, expected] = wanted.checks;
    await page.locator('#verify-link').fill(link);
    await page.locator('#verify-link').press('Enter');
    checks.equal(`${name}: what the browser found`, await verdict(page), expected);
  }

  const faults = [];
  const grounds = new Set();
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      // Colors move nothing.
      if (colorScheme === SCHEMES[0]) faults.push(...(await page.evaluate(layoutFaults)).map((fault) => `${fault} (${width})`));
      await watched.picture(path.join(folder, `${name}-${width}-${colorScheme}.png`), SCALES[colorScheme]);
    }
    grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color));
  }
  // What is folded away is opened, so that it is judged too.
  await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
  for (const width of widths.toReversed()) {
    await page.setViewportSize({ width, height: 800 });
    faults.push(...(await page.evaluate(layoutFaults)).map((fault) => `${fault} (${width}, unfolded)`));
  }
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    const all = MAIL.test(wanted.url) ? AXE_ON_PARTS : AXE;
    const rules = colorScheme === SCHEMES[0] ? all : AXE_ON_COLORS;
    checks.none(`${name}: axe-core, ${colorScheme}`, await axeViolations(page, rules));
  }
  checks.none(`${name}: layout`, faults);

  checks.equal(`${name}: grounds of light and dark`, grounds.size, SCHEMES.length);
  checks.none(`${name}: keeps to itself`, await watched.misdeeds());
  if (wanted.framed) checks.none(`${name}: in its frame`, await framedFaults(page, wanted, folder));
}

/** What the browser finds of the credential that it was asked about, once it has. */
async function verdict(page) {
  const result = page.locator('.browser-result[aria-busy=false][data-verdict]');
  await result.waitFor();
  return result.getAttribute('data-verdict');
}

/** The answer to the page's form, in which boxes are checked by their names. */
async function answered(page, boxes) {
  for (const box of boxes) await page.locator(`main form input[name="${box}"]`).check();
  const [response] = await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.locator('main form button').first().click()]);
  return response;
}

/** What is wrong with a card in the frame that the deployment itself gives to other sites, on a site that has a color of its own. */
async function framedFaults(page, { name, framed }, folder) {
  const { origin } = new URL(framed);
  const { html } = await (await fetch(`${origin}/oembed?url=${encodeURIComponent(framed)}`)).json();
  // A page of no origin may not frame one of this machine.
  const site = `${origin}/another-site`;
  const body = `<!doctype html><title>Another site</title><body style="margin:20px;background:#cde">${html}`;
  await page.route(site, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 640, height: 320 });
  await page.goto(site, { waitUntil: 'load' });
  const frame = await (await page.locator('iframe').elementHandle()).contentFrame();
  await frame.waitForURL(/\/embed$/, { waitUntil: 'load' });
  const faults = [...await frame.evaluate(layoutFaults), ...await frame.evaluate(heightFaults)];
  await page.screenshot({ path: path.join(folder, `${name}-framed.png`) });
  // On a phone the frame is narrower. There the card may scroll, and is as whole.
  await page.setViewportSize({ width: 340, height: 320 });
  return [...faults, ...(await frame.evaluate(layoutFaults)).map((fault) => `${fault} (narrow)`)];
}

/** A text without regard to where its lines end. */
function words(text) {
  return text.normalize().split(/\s+/u).join(' ').trim();
}
