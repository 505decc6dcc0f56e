#!/usr/bin/env node
// Lets Lighthouse judge pages as they are on a phone.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { chromiumPath } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';

const USAGE = `usage: node lighthouse.mjs URL... [--runs N] [--performance SCORE] [--bytes MAXIMUM] [--cookie PAIR] [--quick]

  --runs N             how often (1)
  --performance SCORE  the least median of the performance score, up to 100; not judged without it, since a busy machine
                       makes it unsteady
  --bytes MAXIMUM      the most bytes that may be transferred for the page and all that it loads, without scripts and what those ask for
                       when the page is there (60000)
  --cookie PAIR        a cookie to send, NAME=VALUE
  --quick              without performance, shifts and bytes, which take most of the time

Accessibility and best practices must be 100 in each run, and nothing may shift. Search engines are not judged: personal pages are not for them.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
// The codes of Lighthouse for a recording of the browser's that lacks what it must have.
const NOT_RECORDED = ['NO_NAVSTART', 'NO_TRACING_STARTED', 'NO_SCREENSHOTS', 'NO_SPEEDLINE_FRAMES', 'PROTOCOL_TIMEOUT'];
const ATTEMPTS = 3;
const PERFECT = ['accessibility', 'best-practices'];
/** What comes after the page itself. */
const OF_SCRIPTS = ['Script', 'Fetch', 'XHR', 'Preflight'];

await run(async () => {
  const { values, positionals: urls } = readArguments(USAGE, { runs: { type: 'string', default: '1' }, performance: { type: 'string' }, bytes: { type: 'string', default: '60000' }, cookie: { type: 'string' }, quick: { type: 'boolean', default: false } });
  const checks = new Checks();
  for (const url of urls) {
    // A browser of its own: Lighthouse keeps the cookie for the path of a page alone, and on the next one it would be there twice.
    const chrome = await launch({ chromePath: chromiumPath(), chromeFlags: FLAGS, ignoreDefaultFlags: false });
    try {
      await judge(checks, chrome, url, values);
    } finally {
      await chrome.kill();
    }
  }
  return checks.close();
});

/** Judges a page, as often as wanted. */
async function judge(checks, chrome, url, values) {
  const { pathname } = new URL(url);
  const performances = [];
  for (let number = 1; number <= Number(values.runs); number += 1) {
    const name = `${pathname}, run ${number}`;
    const lhr = await judged(url, chrome.port, values);
    checks.equal(`${name}: is the page that was asked for`, new URL(lhr.finalDisplayedUrl).pathname, pathname);
    for (const category of PERFECT) checks.equal(`${name}: ${category}${faults(lhr, category)}`, score(lhr, category), 100);
    if (values.quick) continue;
    performances.push(score(lhr, 'performance'));
    console.log(`     ${name}: performance ${performances.at(-1)}${faults(lhr, 'performance')}`);
    checks.equal(`${name}: layout shift`, lhr.audits['cumulative-layout-shift'].numericValue, 0);
    const loaded = lhr.audits['network-requests'].details.items.filter(({ resourceType }) => !OF_SCRIPTS.includes(resourceType));
    const bytes = loaded.reduce((sum, { transferSize }) => sum + transferSize, 0);
    checks.that(`${name}: ${bytes} bytes in ${loaded.length} requests, at most ${values.bytes}`, bytes > 0 && bytes <= Number(values.bytes), loaded.map(({ url: file, transferSize }) => `${transferSize} ${file}`).join(', '));
  }
  if (values.performance === undefined) return;
  const median = performances.sort((one, other) => one - other)[Math.floor(performances.length / 2)];
  checks.that(`${pathname}: performance: median ${median} of ${performances.join(', ')}, at least ${values.performance}`, median >= Number(values.performance));
}

/** The findings of Lighthouse. A recording that the browser did not finish, as on a busy machine, says nothing about the page, and is made again. */
async function judged(url, port, { cookie, quick }) {
  for (let attempt = 1; ; attempt += 1) {
    const { lhr } = await lighthouse(url, { port, output: 'json', logLevel: 'error', onlyCategories: quick ? PERFECT : [...PERFECT, 'performance'], extraHeaders: cookie ? { Cookie: cookie } : {} });
    if (!lhr.runtimeError) return lhr;
    const { code, message } = lhr.runtimeError;
    if (!NOT_RECORDED.includes(code) || attempt === ATTEMPTS) throw new Error(`${code}: ${message}`);
    console.log(`     ${code}: recorded again`);
  }
}

function score(lhr, category) {
  return Math.round(lhr.categories[category].score * 100);
}

/** The audits of a category that count and are not perfect. */
function faults(lhr, category) {
  const imperfect = lhr.categories[category].auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1);
  return imperfect.length === 0 ? '' : ` (${imperfect.map(({ id }) => `${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`).join('; ')})`;
}
