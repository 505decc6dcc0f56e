#!/usr/bin/env node
// Takes the pictures that the guides of the console show, or holds those that were taken against the console as it is.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';
import { SCHEMES } from './lib/judges.mjs';

const USAGE = `usage: node guide-pictures.mjs PLAN --pictures FOLDER [--anew]

  PLAN               a JSON file: {"origin", "served", "pages": {NAME: {path, cookie}}}; the pages name "origin", and are served at
                     "served"; "cookie" is the name and the value of a session's, or null
  --pictures FOLDER  the pictures: NAME.webp, NAME-dark.webp, and NAME.txt, which holds what is on them
  --anew             takes them, and forgets those that have no page

Without --anew, each page must have the words, the texts in fields and the look that NAME.txt holds, but for ids: a picture itself
differs with the fonts of the machine. The look is a hash of what style sheets give each element that is on the picture, in light and in dark.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const COMMAND = 'INSTA_UPDATE=always cargo test -p learncoin --test e2e guides::';
/** A laptop's window, so narrow that what is cut out of it fits the text of a guide. */
const WINDOW = { width: 1000, height: 700 };
/** So much smaller are the pictures, and so much of them is kept, that letters are sharp and files small. */
const SCALE = 0.85;
const QUALITY = 60;

/**
 * What of each page is on its picture: `of`, the element (the page's own part otherwise); `until`, the last part of it that is there;
 * `without`, what is left out; `isSorted`, whether the order of its lines counts for nothing.
 */
const CUTS = {
  'sign-in': { of: '.console-sign-in' },
  overview: { of: 'body', until: 'main' },
  'sheet-faults': { until: '[aria-labelledby=row-faults]' },
  // The certificate is a drawing, which would be as large as the rest.
  'sheet-right': { until: '[aria-labelledby=confirm]', without: '.console-certificate' },
  'sheet-progress': {},
  // Mails of one moment have the order of their ids, which are random.
  mails: { until: '.console-table', isSorted: true },
  template: { until: '.console-skill' },
  credential: { without: '[aria-labelledby=mail]' },
  organizations: {},
  'signing-keys': { without: '[aria-labelledby=mails]' },
  // Other tests of the same process raise alarms, which the page shows too.
  health: { until: '[aria-labelledby=waiting]', without: '[aria-labelledby=now] li:not(:first-child)' },
};

/** Opens a page as the member does, and leaves what is on its picture. The address that it names leads to where it is served. */
async function open(browser, { origin, served }, { path: place, cookie }, { of = 'main', until, without }) {
  const context = await browser.newContext({ viewport: WINDOW, locale: 'en', timezoneId: 'UTC', reducedMotion: 'reduce' });
  await context.route(`${origin}/**`, async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const headers = { 'accept-language': 'en', ...(cookie ? { cookie: cookie.join('=') } : {}) };
    const response = await fetch(`${served}${pathname}${search}`, { headers, redirect: 'manual' });
    let body = Buffer.from(await response.arrayBuffer());
    // A page that follows a progress would be loaded again in the middle.
    if (/^text\/html/u.test(response.headers.get('content-type'))) body = body.toString('utf8').replace(/<meta http-equiv="refresh"[^>]*>/u, '');
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
  });
  const page = await context.newPage();
  const response = await page.goto(`${origin}${place}`, { waitUntil: 'load' });
  if (response.status() !== 200) throw new Error(`${place}: ${response.status()}`);
  await page.evaluate(([whole, last, left]) => {
    const root = document.querySelector(whole);
    const hide = (element) => { element.style.setProperty('display', 'none', 'important'); };
    if (left) root.querySelectorAll(left).forEach(hide);
    for (let one = last && root.querySelector(last); one && one !== root; one = one.parentElement) {
      for (let next = one.nextElementSibling; next; next = next.nextElementSibling) hide(next);
    }
    root.dataset.pictured = '';
  }, [of, until, without]);
  return page;
}

/** The words on a picture, the texts in fields, and the look of each element. This runs within the page. */
function shown() {
  const root = document.querySelector('[data-pictured]');
  const lines = root.innerText.split('\n').map((line) => line.replace(/\s+/gu, ' ').trim()).filter(Boolean);
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const fields = [...root.querySelectorAll('input:not([type=hidden]), textarea, select')].filter(isShown);
  const texts = fields.map((field) => `[${field.name}] ${field.value}`.trimEnd());
  const looks = [...root.querySelectorAll('*')].filter((element) => isShown(element) && element.localName !== 'option').map((element) => {
    const style = getComputedStyle(element);
    const parts = ['display', 'color', 'backgroundColor', 'fontSize', 'fontWeight', 'borderTopWidth', 'borderTopColor', 'borderTopLeftRadius', 'paddingTop', 'paddingLeft'];
    return [element.localName, ...parts.map((part) => style[part])].join(' ');
  });
  return { lines: [...lines, ...texts], looks };
}

/** Takes the picture, or nothing but what is on it. */
async function take(page, name, folder) {
  const session = await page.context().newCDPSession(page);
  const looks = createHash('sha256');
  let lines;
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    const seen = await page.evaluate(shown);
    ({ lines } = seen);
    looks.update(seen.looks.join('\n'));
    if (!folder) continue;
    const { x, y, width, height } = await page.locator('[data-pictured]').boundingBox();
    const clip = { x: Math.floor(x), y: Math.floor(y), width: Math.ceil(width), height: Math.ceil(height), scale: SCALE };
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY, captureBeyondViewport: true, clip });
    writeFileSync(path.join(folder, file(name, colorScheme)), bare(Buffer.from(data, 'base64')));
  }
  const steady = lines.map(withoutIds);
  if (CUTS[name].isSorted) steady.sort();
  return `look ${looks.digest('hex').slice(0, 32)}\n\n${steady.join('\n')}\n`;
}

/** A line without what follows from random bytes: a change of the program that needs more or fewer of them makes no picture old. */
function withoutIds(line) {
  return line
    .replace(/\b([a-z]{3}_)[0-9A-Z]{26}\b/gu, '$1…')
    .replace(/\b0x[0-9a-fA-F]{40,64}\b/gu, '0x…')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gu, '…')
    .replace(/^(To confirm, type) [0-9A-Z]{6}$/u, '$1 …');
}

/** A lossy picture in WebP without the color profile that the browser adds, which is the usual one. */
function bare(webp) {
  const head = 12;
  for (let at = head; at < webp.length; at += 8 + webp.readUInt32LE(at + 4) + (webp.readUInt32LE(at + 4) % 2)) {
    if (webp.toString('latin1', at, at + 4) !== 'VP8 ') continue;
    const chunk = webp.subarray(at, at + 8 + webp.readUInt32LE(at + 4) + (webp.readUInt32LE(at + 4) % 2));
    const riff = Buffer.from('RIFF    WEBP');
    riff.writeUInt32LE(4 + chunk.length, 4);
    return Buffer.concat([riff, chunk]);
  }
  throw new Error('the browser gave no lossy picture');
}

function file(name, colorScheme) {
  return colorScheme === SCHEMES[0] ? `${name}.webp` : `${name}-${colorScheme}.webp`;
}

/** The first line in which two texts differ, as both have it. */
function difference(taken, now) {
  const [old, present] = [taken, now].map((text) => text.split('\n'));
  const at = present.findIndex((line, index) => line !== old[index]);
  const line = (lines) => JSON.stringify(lines[at === -1 ? present.length : at] ?? 'nothing');
  return `the picture has ${line(old)}, the page ${line(present)}`;
}

await run(async () => {
  const { values, positionals: [file_] } = readArguments(USAGE, { pictures: { type: 'string' }, anew: { type: 'boolean' } }, { required: ['pictures'] });
  const plan = JSON.parse(readFileSync(file_, 'utf8'));
  const folder = values.pictures;
  const checks = new Checks();
  const names = Object.keys(CUTS);
  const files = names.flatMap((name) => [...SCHEMES.map((scheme) => file(name, scheme)), `${name}.txt`]);
  checks.equal('each picture has its page', [...names].sort(), Object.keys(plan.pages).sort());
  mkdirSync(folder, { recursive: true });
  if (values.anew) for (const other of readdirSync(folder).filter((one) => !files.includes(one))) rmSync(path.join(folder, other));
  await withBrowser(async (browser) => {
    for (const name of names) {
      const page = await open(browser, plan, plan.pages[name], CUTS[name]);
      const record = path.join(folder, `${name}.txt`);
      const now = await take(page, name, values.anew && folder);
      if (values.anew) writeFileSync(record, now);
      const taken = existsSync(record) ? readFileSync(record, 'utf8') : '';
      checks.that(`${name}: the picture shows the page`, taken === now, `${difference(taken, now)}: take the pictures anew with ${COMMAND}`);
      await page.context().close();
    }
  });
  for (const one of files) checks.that(`${one} is there`, existsSync(path.join(folder, one)), `take the pictures anew with ${COMMAND}`);
  return checks.close();
});
