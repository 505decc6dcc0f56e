#!/usr/bin/env node
// Visits a credential's page as people do, whose browser checks the credential by itself: as it is, with every kind of false
// answer from a node, and without a node.
import { AxeBuilder } from '@axe-core/playwright';
import { withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';
import { Visitor } from './lib/visitor.mjs';

const USAGE = `usage: node browser-page.mjs --origin URL --valid ID --name TEXT --node URL
       node browser-page.mjs --origin URL --valid ID --name TEXT --other ID --revoked ID [--own-did ID --own-host URL]

  --origin URL     the deployment
  --valid ID       an anchored credential that holds
  --other ID       another one
  --revoked ID     one that was revoked
  --name TEXT      the recipient's name in the first: no server may receive it
  --node URL       the public node that browsers are told of; without it the deployment stands on its embedded chain
  --own-did ID     one whose issuer has a DID of its own
  --own-host URL   the host of that DID`;

const PASSED = ['passed', 'passed', 'passed', 'passed', 'passed'];

const pageOf = ({ origin }, id) => `${origin}/c/${id}`;

/**
 * Lets `prepare` tell the browser lies, presses the button, and answers what was found. The page stays open: nothing of a
 * check outlives it.
 */
async function found(visitor, prepare = async () => {}) {
  const { page } = visitor;
  await page.unrouteAll({ behavior: 'wait' });
  await prepare(page);
  await page.locator('.browser-result').evaluate((place) => { delete place.dataset.verdict; });
  await page.locator('.browser-button').click();
  return visitor.result();
}

/** A visitor on the page of a credential, which has been checked once. */
async function visiting(browser, url, use) {
  const visitor = await Visitor.open(browser);
  try {
    await visitor.page.goto(url);
    await visitor.result();
    return await use(visitor);
  } finally {
    await visitor.close();
  }
}

async function asItIs(browser, given, checks) {
  const visitor = await Visitor.open(browser);
  const { page } = visitor;
  await page.goto(pageOf(given, given.valid));
  const scripts = await page.evaluate(() => {
    const [{ loadEventEnd }] = performance.getEntriesByType('navigation');
    const early = performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('.js') && entry.startTime < loadEventEnd);
    return early.map(({ name }) => new URL(name).pathname);
  });
  checks.equal('before the page is there, one small script is loaded', scripts, ['/assets/verify/begin.js']);
  const wanted = given.node ? 'valid_test' : 'valid_development';
  const { verdict, steps, text } = await visitor.result();
  checks.equal('a credential that holds passes in the browser, unasked', [verdict, steps], [wanted, PASSED]);
  checks.equal('with a tick for each check', await ticks(page), Array(5).fill('made'));
  checks.equal('and a sentence about it', await page.locator('#live .shown').innerText(), 'Your browser has just made all five checks itself, with the same result.');
  const button = page.getByRole('button', { name: 'Verify again' });
  await button.press('Enter');
  checks.equal('it can be done again', (await visitor.result()).verdict, wanted);
  checks.that('the signed document is quoted', text.includes(given.name), text);
  checks.that('the button has kept the focus', await button.evaluate((element) => element === document.activeElement));
  const evidence = await page.locator('.browser-detail').evaluate((element) => element.textContent);
  for (const words of ['transaction0x', 'block time', 'sender0x', 'confirmations', 'address0x', '/.well-known/did.json', new URL(given.node ?? `${given.origin}/dev/chain/rpc`).href, '/revocations?assertionId=']) {
    checks.that(`the evidence shows ${words}`, evidence.includes(words), evidence);
  }
  checks.equal('only the deployment and its node are asked', visitor.origins, [...new Set([given.origin, new URL(given.node ?? given.origin).origin])].sort());
  checks.equal('the document is sent to no server', visitor.leaks(given.name), []);
  checks.equal('nothing breaks the policy', visitor.faults, []);
  await visitor.close();
}

/** How far the checks beside the status are. */
const ticks = (page) => page.locator('#ticks [data-check]').evaluateAll((all) => all.map(({ dataset }) => dataset.live));

/** Each tick appears when its check is made, and nothing moves meanwhile. */
async function oneByOne(browser, given, checks) {
  const visitor = await Visitor.open(browser);
  const { page } = visitor;
  await page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => { window.shifts += value; })).observe({ type: 'layout-shift', buffered: true });
  });
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route((url) => url.pathname === '/dev/chain/rpc', async (route) => {
    await released;
    return route.continue();
  });
  await page.goto(pageOf(given, given.valid));
  await page.locator('#ticks [data-check="issuer"][data-live="made"]').waitFor();
  checks.equal('the anchor is awaited, and what comes after it', await ticks(page), ['made', 'made', 'made', 'running', 'running']);
  checks.equal('its tick is away', await page.locator('#ticks [data-check="anchor"] path').evaluate((path) => getComputedStyle(path).visibility), 'hidden');
  checks.equal('a line tells so', await page.locator('#live .shown').innerText(), 'Your browser is making the same checks…');
  release();
  await page.locator('#live .shown[data-live="same"]').waitFor();
  checks.equal('then all are made', await ticks(page), Array(5).fill('made'));
  checks.equal('nothing has moved', await page.evaluate(() => window.shifts), 0);
  await page.unrouteAll({ behavior: 'wait' });
  await page.locator('#proof').evaluate((details) => { details.open = false; });
  await page.getByRole('link', { name: 'Verify here' }).click();
  checks.that('"Verify here" leads to the checks, which it unfolds', await page.locator('#checks').isVisible());
  await visitor.result();
  await visitor.close();
}

/** Copying the address, and handing it to another program. */
async function buttons(browser, given, checks) {
  const visitor = await Visitor.open(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = visitor;
  await page.addInitScript(() => { navigator.share = async (what) => { window.shared = what; }; });
  await page.goto(pageOf(given, given.valid));
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByRole('button', { name: 'Link copied' }).waitFor();
  checks.equal('the address is copied', await page.evaluate(() => navigator.clipboard.readText()), pageOf(given, given.valid));
  await page.getByRole('link', { name: 'Share' }).click();
  checks.equal('the address is handed on', await page.evaluate(() => window.shared), { title: 'Introduction to Machine Learning', url: pageOf(given, given.valid) });
  checks.equal('without breaking the policy', visitor.faults, []);
  await visitor.close();
}

/** A page that waits for the anchor reloads when there is a document. That of an anchored credential is made to wait here. */
async function waiting(browser, given, checks) {
  const visitor = await Visitor.open(browser);
  const { page } = visitor;
  let asked = 0;
  await page.route((url) => url.pathname === `/c/${given.valid}`, async (route) => {
    if (route.request().resourceType() !== 'document') {
      asked += 1;
      return asked === 1 ? route.fulfill({ status: 404, headers: { 'retry-after': '5' }, json: {} }) : route.continue();
    }
    const response = await route.fetch();
    const pending = (await response.text()).replace('<main ', `<main data-waits="/c/${given.valid}" `).replace('id="browser-check"', 'id="none"');
    return asked === 0 ? route.fulfill({ response, body: pending }) : route.fulfill({ response });
  });
  await page.goto(pageOf(given, given.valid));
  checks.that('it waits', await page.locator('[data-waits]').count() === 1);
  await page.locator('main:not([data-waits])').waitFor();
  checks.that('it has asked until there was a document', asked >= 2, asked);
  checks.equal('without breaking the policy', visitor.faults, []);
  await visitor.close();
}

/** A result that differs from the server's is not passed over. */
async function another(browser, given, checks) {
  const visitor = await Visitor.open(browser);
  const { page } = visitor;
  await page.route((url) => url.pathname === '/revocations', (route) => route.fulfill({ json: { revokedAssertions: [{ id: pageOf(given, given.valid), revocationReason: 'Stolen' }] } }));
  await page.goto(pageOf(given, given.valid));
  const { verdict } = await visitor.result();
  checks.equal('what the browser found', [verdict, (await ticks(page))[4]], ['not_valid', 'differs']);
  checks.that('is told beside the status', (await page.locator('#live .shown').innerText()).startsWith('Your browser came to another result'));
  await visitor.close();
}

/** What the browser is told in place of what the deployment answers. */
const instead = (path, change) => (page) => page.route((url) => url.pathname === path, async (route) => {
  if (route.request().resourceType() === 'document') return route.continue();
  const response = await route.fetch();
  return route.fulfill({ response, body: change(await response.text(), route.request().postData()) });
});

async function oneCharacter(visitor, given, checks) {
  const url = pageOf(given, given.valid);
  const document = await (await fetch(url, { headers: { accept: 'application/vc' } })).json();
  const { achievement } = document.credentialSubject;
  const places = [
    document.credentialSubject.name, achievement.name, achievement.description, achievement.criteria.narrative, document.nonce, document.issuanceDate,
    document.issuer.name, document.issuer.id, document.id, document.credentialSubject.id, document.proof.proofValue, document.proof.verificationMethod,
    'OpenBadgeCredential', 'assertionMethod', 'https://www.w3.org/ns/credentials/v2',
  ];
  for (const place of places) {
    const at = Math.floor(place.length / 2);
    const other = /[0-9]/.test(place[at]) ? String((Number(place[at]) + 1) % 10) : place[at] === 'e' ? 'a' : 'e';
    const changed = place.slice(0, at) + other + place.slice(at + 1);
    const lie = instead(`/c/${given.valid}`, (text) => text.replaceAll(JSON.stringify(place), JSON.stringify(changed)));
    const { verdict, steps } = await found(visitor, lie);
    checks.that(`red: ${place.slice(0, 40)} became ${changed.slice(0, 40)}`, verdict === 'not_valid' && steps.includes('failed'), { verdict, steps });
  }
  const letter = await found(visitor, instead(`/c/${given.valid}`, (text) => text.replace('"id":', '"iD":')));
  checks.equal('red: a member with another name', [letter.verdict, letter.steps[0]], ['not_valid', 'failed']);
  const twice = await found(visitor, instead(`/c/${given.valid}`, (text) => text.replace('{', '{"nonce":"0",')));
  checks.equal('red: a member twice', [twice.verdict, twice.steps[0]], ['not_valid', 'failed']);
  const swapped = await (await fetch(pageOf(given, given.other), { headers: { accept: 'application/vc' } })).text();
  const other = await found(visitor, instead(`/c/${given.valid}`, () => swapped));
  checks.equal('red: the document of another credential', [other.verdict, other.steps[0]], ['not_valid', 'failed']);
}

/** A node whose answer to one method is changed. */
const node = (method, change) => instead('/dev/chain/rpc', (text, asked) => {
  if (JSON.parse(asked).method !== method) return text;
  const answer = JSON.parse(text);
  return JSON.stringify({ ...answer, result: change(answer.result) });
});

async function lies(visitor, checks) {
  const otherDigit = (text) => `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
  const edited = (name, change) => (answer) => ({ ...answer, [name]: change(answer[name]) });
  const transaction = (name, change) => node('eth_getTransactionByHash', edited(name, change));
  const unbelieved = [
    ['names another chain', node('eth_chainId', () => '0x14a34')],
    ['names another calldata', transaction('input', otherDigit)],
    ['names another sender', transaction('from', otherDigit)],
    ['names another signature', transaction('s', otherDigit)],
    ['names another recipient', transaction('to', otherDigit)],
    ['names another receipt', node('eth_getTransactionReceipt', edited('transactionHash', otherDigit))],
    ['has a block without the transaction', node('eth_getBlockByNumber', edited('transactions', () => []))],
    ['answers with an error', instead('/dev/chain/rpc', () => '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}')],
    ['answers with no JSON', instead('/dev/chain/rpc', () => '<html>')],
  ];
  for (const [lie, prepare] of unbelieved) {
    const { verdict, steps } = await found(visitor, prepare);
    checks.equal(`could not check: the node ${lie}`, [verdict, steps[3]], ['could_not_check', 'could_not_check']);
  }
  const refused = [
    ['the node does not know the transaction', node('eth_getTransactionByHash', () => null), 3],
    ['the transaction is in no block', node('eth_getTransactionReceipt', () => null), 3],
    ['the transaction is in a block that was replaced', node('eth_getBlockByNumber', edited('hash', otherDigit)), 3],
    ['the transaction failed', node('eth_getTransactionReceipt', edited('status', () => '0x0')), 3],
    ['the DID document names another key', instead('/.well-known/did.json', (text) => text.replace(/"x":"./g, '"x":"_')), 2],
    ['the DID document lacks the key', instead('/.well-known/did.json', (text) => JSON.stringify({ ...JSON.parse(text), assertionMethod: [] })), 2],
    ['the DID document is another host\'s', instead('/.well-known/did.json', (text) => text.replace('"id":"did:web:', '"id":"did:web:x')), 2],
    ['the key signs for another chain', instead('/.well-known/did.json', (text) => text.replaceAll('eip155:31337:', 'eip155:8453:')), 2],
  ];
  for (const [lie, prepare, at] of refused) {
    const { verdict, steps } = await found(visitor, prepare);
    checks.equal(`not valid: ${lie}`, [verdict, steps[at]], ['not_valid', 'failed']);
  }
  const profile = (change) => (page) => page.route((address) => address.pathname.endsWith('/issuer.json'), async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, body: JSON.stringify(change(await response.json())) });
  });
  const retired = await found(visitor, profile((answer) => ({ ...answer, publicKey: answer.publicKey.map((key) => ({ ...key, revoked: key.created })) })));
  checks.equal('not valid: the key was revoked before the block', [retired.verdict, retired.steps[3]], ['not_valid', 'failed']);
}

async function withoutNode(visitor, given, checks) {
  for (const [what, path, at] of [['the node', '/dev/chain/rpc', 3], ['the DID document', '/.well-known/did.json', 2], ['the revocation list', '/revocations', 4]]) {
    const { verdict, steps, text } = await found(visitor, (page) => page.route((address) => address.pathname === path, (route) => route.abort()));
    checks.equal(`could not check: ${what} can't be reached`, [verdict, steps[at]], ['could_not_check', 'could_not_check']);
    checks.that('and it says so', text.includes("can't be reached"), text);
  }
  const document = await found(visitor, (page) => page.route((address) => address.pathname === `/c/${given.valid}`, (route) => route.abort()));
  checks.equal('could not check: the document itself', [document.verdict, document.steps], ['could_not_check', []]);
}

async function withoutTheRest(browser, given, checks) {
  const visitor = await Visitor.open(browser);
  await visitor.page.route('**/assets/verify/run.js', (route) => route.abort());
  await visitor.page.goto(pageOf(given, given.valid));
  const { verdict, text } = await visitor.result();
  checks.equal('a script that does not load says so', [verdict, text.includes('could not be run')], ['could_not_check', true]);
  checks.equal('and leaves the ticks of the server', await ticks(visitor.page), Array(5).fill(undefined));
  await visitor.close();
}

async function revoked(browser, given, checks) {
  await visiting(browser, pageOf(given, given.revoked), async (visitor) => {
    const { verdict, steps, text } = await visitor.result();
    checks.equal('a revoked credential is red', [verdict, steps[4]], ['not_valid', 'failed']);
    checks.that('with the reason', text.includes('revoked:'), text);
    checks.equal('which is the result of the server', await visitor.page.locator('#live .shown').getAttribute('data-live'), 'same');
  });
}

async function ownDid(browser, given, checks) {
  await visiting(browser, pageOf(given, given['own-did']), async (visitor) => {
    const { verdict, steps } = await found(visitor);
    checks.equal('a DID of the issuer\'s own passes', [verdict, steps], ['valid_development', PASSED]);
    checks.equal('and its host is asked', visitor.origins, [given.origin, given['own-host']].sort());
    const asked = visitor.requests.filter(({ url }) => url.startsWith(given['own-host']));
    checks.equal('for nothing but its document', [...new Set(asked.map(({ url, method }) => `${method} ${new URL(url).pathname}`))], ['GET /.well-known/did.json']);
    checks.equal('within the policy', visitor.faults, []);
    const closed = await found(visitor, (page) => page.route(`${given['own-host']}/**`, (route) => route.fulfill({ body: '{}' })));
    checks.equal('a host that lets no page read it can\'t be checked', [closed.verdict, closed.steps[2]], ['could_not_check', 'could_not_check']);
  });
}

async function withoutScript(browser, given, checks) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pageOf(given, given.valid));
  await page.locator('#proof > summary').click();
  checks.that('without JavaScript no button is shown', await page.locator('#checks').isVisible() && !await page.locator('.browser-button').isVisible() && !await page.locator('#copy').isVisible());
  checks.that('and the server\'s result stands', (await page.locator('body').innerText()).includes('DEVELOPMENT'));
  await context.close();
}

/** Every width, direction and scheme: nothing runs over the edge, and a screen reader finds its way. */
async function everyLook(browser, given, checks) {
  for (const locale of ['en', 'ar']) {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [320, 768]) {
        const name = `${locale}, ${colorScheme}, ${width}`;
        const visitor = await Visitor.open(browser, { locale, colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
        const { page } = visitor;
        await page.goto(pageOf(given, given.valid));
        await visitor.result();
        for (const details of await page.locator('.browser-step details').all()) await details.evaluate((element) => { element.open = true; });
        const needed = await page.evaluate(() => document.documentElement.scrollWidth);
        checks.that(`nothing runs over the edge (${name})`, needed <= width, needed);
        const { violations } = await new AxeBuilder({ page }).include('#browser-check').analyze();
        checks.equal(`axe finds nothing (${name})`, violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
        if (process.env.LEARNCOIN_SCREENSHOTS) {
          await page.locator('#browser-check').screenshot({ path: `${process.env.LEARNCOIN_SCREENSHOTS}/browser-check-${locale}-${colorScheme}-${width}.png` });
        }
        await visitor.close();
      }
    }
  }
}

await run(async () => {
  const text = { type: 'string' };
  const { values: given } = readArguments(USAGE, {
    origin: text, valid: text, other: text, revoked: text, name: text, 'own-did': text, 'own-host': text, node: text,
  }, { required: ['origin', 'valid', 'name'] });
  const checks = new Checks();
  await withBrowser(async (browser) => {
    await asItIs(browser, given, checks);
    if (given.node) return;
    await visiting(browser, pageOf(given, given.valid), async (visitor) => {
      await oneCharacter(visitor, given, checks);
      await lies(visitor, checks);
      await withoutNode(visitor, given, checks);
      checks.equal('and no lie makes the page break its policy', visitor.faults, []);
    });
    await oneByOne(browser, given, checks);
    await another(browser, given, checks);
    await waiting(browser, given, checks);
    await buttons(browser, given, checks);
    await withoutTheRest(browser, given, checks);
    await revoked(browser, given, checks);
    if (given['own-did']) await ownDid(browser, given, checks);
    await withoutScript(browser, given, checks);
    await everyLook(browser, given, checks);
  });
  return checks.close();
});
