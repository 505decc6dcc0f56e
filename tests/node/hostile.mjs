#!/usr/bin/env node
// Opens pages on which every text of a tenant is hostile, and looks whether each is a text and nothing more.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inLanes, WatchedPage, withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';
import { layoutFaults } from './lib/layout.mjs';

const USAGE = `usage: node hostile.mjs PLAN --screenshots FOLDER

  PLAN                  a JSON file: {"harmless": [PAGE], "pages": [PAGE]}, a PAGE {name, url, achievement, texts, links, picture}
  --screenshots FOLDER  where pictures go: of each page that wants one, at 360 pixels

Of each page: no script runs, no dialog opens, no breach of its policy, no request to another host; every text stands
there as it was given, each by itself; no element or attribute that the harmless pages lack; links lead to http and https
alone, with rel="noopener nofollow"; nothing scrolls sideways, is cut off or overlaps.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const WIDTHS = [360, 1280];
const LANES = 2;

await run(async () => {
  const { values, positionals: [plan] } = readArguments(USAGE, { screenshots: { type: 'string' } }, { required: ['screenshots'] });
  const { harmless, pages } = JSON.parse(readFileSync(plan, 'utf8'));
  rmSync(values.screenshots, { recursive: true, force: true });
  mkdirSync(values.screenshots, { recursive: true });
  const checks = new Checks();
  await withBrowser(async (browser) => {
    const open = () => WatchedPage.open(browser);
    const kinds = [];
    await inLanes(harmless, 1, open, async (watched, wanted) => {
      kinds.push(...(await look(watched, wanted, values.screenshots)).kinds);
    });
    await inLanes(pages, LANES, open, async (watched, wanted) => {
      const seen = await look(watched, wanted, values.screenshots);
      const strange = seen.kinds.filter((kind) => !kinds.includes(kind));
      if (strange.length > 0) seen.faults.push(`elements that the harmless pages lack: ${strange.join(' ')}`);
      checks.none(wanted.name, seen.faults);
    });
  });
  return checks.close();
});

async function look(watched, wanted, folder) {
  const { page } = watched;
  const response = await watched.goto(wanted.url);
  const faults = response.status() === 200 ? [] : [`status ${response.status()}`];
  const seen = await page.evaluate(contents);
  for (const text of wanted.texts.map(asParsed)) if (!seen.texts.includes(text)) faults.push(`not there as it was given: ${JSON.stringify(text.slice(0, 80))}`);
  const title = `${asTitle(wanted.achievement)} · `;
  if (!seen.title.startsWith(title)) faults.push(`the title is ${JSON.stringify(seen.title)}`);
  faults.push(...seen.links.filter(({ href }) => !/^https?:\/\//.test(href)).map(({ href }) => `a link to ${href}`));
  const outward = seen.links.filter(({ href }) => new URL(href).origin !== watched.origin);
  faults.push(...outward.filter(({ rel }) => !['noopener', 'nofollow'].every((word) => rel.includes(word))).map(({ href, rel }) => `rel="${rel.join(' ')}" on ${href}`));
  for (const link of wanted.links) if (/^https?:/.test(link) && !outward.some(({ given }) => given === link)) faults.push(`no link to ${link}`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    faults.push(...(await page.evaluate(layoutFaults)).map((fault) => `${fault} (${width})`));
  }
  await page.setViewportSize({ width: WIDTHS[0], height: 800 });
  if (wanted.picture) await watched.picture(path.join(folder, `${wanted.name.replaceAll(' ', '-').replaceAll(/[^\w-]/g, '')}.png`));
  faults.push(...await watched.misdeeds());
  return { faults, kinds: seen.kinds };
}

/** What the page holds; runs within it. */
function contents() {
  return {
    title: document.title,
    texts: [...document.querySelectorAll('bdi')].map((element) => element.textContent),
    links: [...document.querySelectorAll('a[href]')].map((link) => ({ href: link.href, given: link.getAttribute('href'), rel: [...link.relList] })),
    // A class, an id or an address may differ; which elements there are, and with which attributes, may not.
    kinds: [...new Set([...document.querySelectorAll('*')].flatMap((element) => [element.localName, ...[...element.attributes].map(({ name }) => `${element.localName}[${name}]`)]))],
  };
}

/** A text as a parser of HTML hands it on: carriage returns are line feeds. */
function asParsed(text) {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** A text as `document.title` gives it. */
function asTitle(text) {
  return asParsed(text).replaceAll(/[\t\n\f\r ]+/g, ' ').trim();
}
