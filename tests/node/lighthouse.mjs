#!/usr/bin/env node
// Lets Lighthouse judge a page as it is on a phone.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { chromiumPath } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';

const USAGE = `usage: node lighthouse.mjs URL [--runs N] [--performance SCORE] [--bytes MAXIMUM] [--cookie PAIR]

  --runs N             how often (1)
  --performance SCORE  the least median of the performance score, up to 100; not judged without it, since a busy machine
                       makes it unsteady
  --bytes MAXIMUM      the most bytes that may be transferred for the page and all that it loads, without scripts and what those ask for
                       when the page is there (60000)
  --cookie PAIR        a cookie to send, NAME=VALUE

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
  const { values, positionals: [url] } = readArguments(USAGE, { runs: { type: 'string', default: '1' }, performance: { type: 'string' }, bytes: { type: 'string', default: '60000' }, cookie: { type: 'string' } });
  const checks = new Checks();
  const performances = [];
  const chrome = await launch({ chromePath: chromiumPath(), chromeFlags: FLAGS, ignoreDefaultFlags: false });
  try {
    for (let number = 1; number <= Number(values.runs); number += 1) {
      const lhr = await judged(url, chrome.port, values.cookie);
      for (const category of PERFECT) checks.equal(`run ${number}: ${category}${faults(lhr, category)}`, score(lhr, category), 100);
      performances.push(score(lhr, 'performance'));
      console.log(`     run ${number}: performance ${performances.at(-1)}${faults(lhr, 'performance')}`);
      checks.equal(`run ${number}: layout shift`, lhr.audits['cumulative-layout-shift'].numericValue, 0);
      const loaded = lhr.audits['network-requests'].details.items.filter(({ resourceType }) => !OF_SCRIPTS.includes(resourceType));
      const bytes = loaded.reduce((sum, { transferSize }) => sum + transferSize, 0);
      checks.that(`run ${number}: ${bytes} bytes in ${loaded.length} requests, at most ${values.bytes}`, bytes > 0 && bytes <= Number(values.bytes), loaded.map(({ url: file, transferSize }) => `${transferSize} ${file}`).join(', '));
    }
  } finally {
    await chrome.kill();
  }
  if (values.performance !== undefined) {
    const median = performances.sort((one, other) => one - other)[Math.floor(performances.length / 2)];
    checks.that(`performance: median ${median} of ${performances.join(', ')}, at least ${values.performance}`, median >= Number(values.performance));
  }
  return checks.close();
});

/** The findings of Lighthouse. A recording that the browser did not finish, as on a busy machine, says nothing about the page, and is made again. */
async function judged(url, port, cookie) {
  for (let attempt = 1; ; attempt += 1) {
    const { lhr } = await lighthouse(url, { port, output: 'json', logLevel: 'error', onlyCategories: [...PERFECT, 'performance'], extraHeaders: cookie ? { Cookie: cookie } : {} });
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
