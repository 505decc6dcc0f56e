#!/usr/bin/env node
// Visits /verify as people do: with links, ids, files and badges of this site and of another, and with what is none of these.
import { AxeBuilder } from '@axe-core/playwright';
import { pdf, png, svg } from './lib/bake.mjs';
import { withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';
import { vector } from './lib/vector-cases.mjs';
import { Visitor } from './lib/visitor.mjs';
import { walletFormOf, walletHost } from './lib/wallet-cases.mjs';

const USAGE = `usage: node browser-form.mjs --origin URL --valid ID --revoked ID --name TEXT --node URL

  --origin URL   the deployment, on its embedded chain
  --valid ID     an anchored credential that holds
  --revoked ID   one that was revoked
  --name TEXT    the recipient's name in the first: no server may receive it unasked
  --node URL     the node of Base Sepolia that the deployment names for browsers; this program answers for it`;

const PASSED = ['passed', 'passed', 'passed', 'passed', 'passed'];
const CORS = { 'access-control-allow-origin': '*' };

/** Plays another deployment, the test vectors' host, and the public node that knows its transaction. */
async function playElsewhere(page, node) {
  const batch = vector('batch-1');
  const [{ credential_full: credential }] = batch.signed;
  const json = (value) => ({ json: value, headers: CORS });
  const answers = {
    [new URL(credential.id).pathname]: json(credential),
    '/.well-known/did.json': json(batch.did_document),
    '/revocations': json({ revokedAssertions: [] }),
  };
  await page.route('https://learncoin.me/**', (route) => {
    const { pathname } = new URL(route.request().url());
    const known = pathname.endsWith('/issuer.json') ? json(batch.issuer_profile) : answers[pathname];
    return route.fulfill(known ?? { status: 404, headers: CORS });
  });
  const { transaction } = batch;
  const hexadecimal = (number) => `0x${BigInt(number).toString(16)}`;
  const [r, s] = transaction.raw.match(/a0([0-9a-f]{64})/g).slice(-2).map((found) => `0x${found.slice(2)}`);
  const place = { blockHash: `0x${'07'.repeat(32)}`, blockNumber: '0x7' };
  const results = {
    eth_chainId: hexadecimal(transaction.chain_id),
    eth_blockNumber: '0x64',
    eth_getTransactionByHash: {
      type: '0x2', chainId: hexadecimal(transaction.chain_id), nonce: hexadecimal(transaction.nonce), gas: hexadecimal(transaction.gas_limit),
      maxFeePerGas: hexadecimal(transaction.max_fee_per_gas), maxPriorityFeePerGas: hexadecimal(transaction.max_priority_fee_per_gas), from: transaction.from,
      to: transaction.to, value: '0x0', accessList: [], input: transaction.data, yParity: '0x0', r, s, hash: transaction.hash, ...place,
    },
    eth_getTransactionReceipt: { transactionHash: transaction.hash, status: '0x1', ...place },
    eth_getBlockByNumber: { number: '0x7', hash: place.blockHash, timestamp: '0x69ea0b3a', transactions: [transaction.hash] },
  };
  await page.route(`${node}**`, (route) => {
    const { id, method } = route.request().postDataJSON();
    return route.fulfill(json({ jsonrpc: '2.0', id, result: results[method] ?? null }));
  });
  return credential;
}

async function visit(browser, { origin }, options) {
  const visitor = await Visitor.open(browser, options);
  await visitor.page.goto(`${origin}/verify`);
  return visitor;
}

/** What comes of a text in the field. */
async function ofLink(visitor, text) {
  const { page } = visitor;
  await forget(page);
  await page.locator('#verify-link').fill(text);
  await page.locator('#verify-link').press('Enter');
  return visitor.result();
}

/** What comes of a file that is chosen. */
async function ofFile(visitor, name, buffer, mimeType = 'application/octet-stream') {
  await forget(visitor.page);
  await visitor.page.locator('#verify-file').setInputFiles({ name, mimeType, buffer: Buffer.from(buffer) });
  return visitor.result();
}

const forget = (page) => page.locator('.browser-result').evaluate((place) => { delete place.dataset.verdict; });

async function links(browser, given, checks) {
  const visitor = await visit(browser, given);
  const link = `${given.origin}/c/${given.valid}`;
  for (const text of [given.valid, link, `  ${link}?redacted=true#x `, `${link}/credential.json`]) {
    const { verdict, steps } = await ofLink(visitor, text);
    checks.equal(`checked: ${text.replace(given.valid, 'crd_…')}`, [verdict, steps], ['valid_development', PASSED]);
  }
  for (const text of [`<${link}>.`, `${link}/`, given.valid.toLowerCase(), `${link}/certificate.pdf`, `“${link}”`, `${link}%3E`, link.replace(/^https?:\/\//, '')]) {
    checks.equal(`checked: ${text.replace(given.valid, 'crd_…')}`, (await ofLink(visitor, text)).verdict, 'valid_development');
  }
  const first = (await ofLink(visitor, link)).lines;
  checks.equal('the person and the achievement come first', first.slice(0, 3), [given.name, 'Introduction to Machine Learning', 'Valid, DEVELOPMENT']);
  checks.that('then who issued it, and when, as people write it', /^Issued by .+ on \d+ \w+ \d{4}, on a development chain\./.test(first[3]), first);
  const revoked = await ofLink(visitor, given.revoked);
  checks.equal('revoked: red', [revoked.verdict, revoked.lines[2]], ['not_valid', 'Revoked']);
  const unknown = await ofLink(visitor, `crd_${'0'.repeat(26)}`);
  checks.that('an unknown id is told', unknown.verdict === 'could_not_check' && unknown.text.includes('404'), unknown);
  for (const text of ['crd_1', 'hello', 'javascript:alert(1)', `${given.origin}/docs`, 'ftp://learncoin.me/c/x']) {
    const { verdict, text: said } = await ofLink(visitor, text);
    checks.that(`no link: ${text}`, verdict === 'could_not_check' && said.includes('neither a link'), said);
  }
  checks.equal('only the deployment is asked', visitor.origins, [given.origin]);
  checks.equal('and it is sent nothing', visitor.leaks(given.name), []);
  checks.equal('the page has not moved', new URL(visitor.page.url()).pathname, '/verify');
  checks.equal('nothing breaks the policy', visitor.faults, []);
  await visitor.close();
}

async function elsewhere(browser, given, checks) {
  const visitor = await visit(browser, given);
  const credential = await playElsewhere(visitor.page, given.node);
  const { verdict, steps, text } = await ofLink(visitor, credential.id);
  checks.equal('a credential of another deployment', [verdict, steps], ['valid_test', PASSED]);
  checks.that('is quoted', text.includes(credential.credentialSubject.name), text);
  checks.equal('its host and the public node are asked', visitor.origins, [given.origin, 'https://learncoin.me', new URL(given.node).origin].sort());
  checks.equal('and sent nothing', visitor.leaks(credential.credentialSubject.name), []);
  const file = await ofFile(visitor, 'foreign.json', JSON.stringify(credential));
  checks.equal('the same as a file', file.verdict, 'valid_test');
  const forged = structuredClone(credential);
  forged.credentialSubject.name = 'Charles Babbage';
  checks.equal('with another name: red', (await ofFile(visitor, 'forged.json', JSON.stringify(forged))).verdict, 'not_valid');
  await visitor.page.unroute(`${given.node}**`);
  await visitor.page.route(`${given.node}**`, (route) => route.abort());
  const away = await ofLink(visitor, credential.id);
  checks.equal('without its node: could not check', [away.verdict, away.steps[3]], ['could_not_check', 'could_not_check']);
  checks.equal('within the policy', visitor.faults, []);
  await visitor.close();
}

/** The wallet form by link and as a file, of this deployment and of another one. No node of a chain is asked. */
async function walletForms(browser, given, checks) {
  const due = ['passed', 'passed', 'passed', 'not_applicable', 'passed'];
  const visitor = await visit(browser, given);
  const link = `${given.origin}/c/${given.valid}?form=wallet`;
  const own = await ofLink(visitor, link);
  checks.equal('a wallet form by its link', [own.verdict, own.steps], ['valid_development', due]);
  checks.equal('no node is asked', visitor.requests.filter(({ url }) => url.endsWith('/dev/chain/rpc')), []);
  const text = await (await fetch(link)).text();
  checks.equal('as a file', (await ofFile(visitor, 'wallet.json', text)).verdict, 'valid_development');
  checks.equal('in a PNG', (await ofFile(visitor, 'wallet.png', png(text))).verdict, 'valid_development');
  const forged = await ofFile(visitor, 'forged.json', text.replaceAll(given.name, given.name.replace('a', 'e')));
  checks.equal('with another name: red', [forged.verdict, forged.lines[2]], ['not_valid', 'Forged or changed']);
  const revoked = await ofLink(visitor, `${given.origin}/c/${given.revoked}?form=wallet`);
  checks.equal('revoked: red', [revoked.verdict, revoked.lines[2]], ['not_valid', 'Revoked']);
  checks.equal('nothing is sent', visitor.leaks(given.name), []);

  const form = walletFormOf(vector('batch-1').signed[0].credential_full);
  const play = async (answers) => {
    await visitor.page.unroute('https://learncoin.me/**');
    await visitor.page.route('https://learncoin.me/**', (route) => {
      const json = answers[new URL(route.request().url()).pathname];
      return route.fulfill(json === undefined ? { status: 404, headers: CORS } : { json, headers: CORS });
    });
    const { verdict, steps } = await ofFile(visitor, 'elsewhere.json', JSON.stringify(form));
    return [verdict, ...steps.slice(2)];
  };
  checks.equal('of another deployment', await play(walletHost()), ['valid_test', ...due.slice(2)]);
  checks.equal('revoked there', await play(walletHost({ isRevoked: true })), ['not_valid', 'passed', 'not_applicable', 'failed']);
  const [[path, didDocument]] = Object.entries(walletHost());
  checks.equal('without its list', await play({ [path]: didDocument }), ['could_not_check', 'passed', 'not_applicable', 'could_not_check']);
  checks.equal('only its host is asked', visitor.origins, [given.origin, 'https://learncoin.me'].sort());
  checks.equal('nothing breaks the policy', visitor.faults, []);
  await visitor.close();
}

async function files(browser, given, checks) {
  const visitor = await visit(browser, given);
  const text = await (await fetch(`${given.origin}/c/${given.valid}`, { headers: { accept: 'application/vc' } })).text();
  const redacted = await (await fetch(`${given.origin}/c/${given.valid}/credential.json?redacted=true`)).text();
  const document = JSON.parse(text);
  const own = async (path) => Buffer.from(await (await fetch(`${given.origin}/c/${given.valid}/${path}`)).arrayBuffer());
  const whole = [
    ['a signed document', text], ['laid out', JSON.stringify(document, null, 2)], ['without the name', redacted],
    ['the API\'s answer', JSON.stringify({ id: given.valid, signed_credential: document })],
    ['a baked PNG', png(text)], ['a compressed PNG', png(text, { compressed: true })],
    ['a baked SVG', svg(text)], ['an escaped SVG', svg(text, { escaped: true })],
    ['a certificate', pdf(text)], ['a compressed certificate', pdf(text, { compressed: true })],
    ['our PNG', await own('badge.png')], ['our SVG', await own('badge.svg')], ['our certificate', await own('certificate.pdf')],
  ];
  for (const [what, content] of whole) {
    const { verdict, steps } = await ofFile(visitor, 'file', content);
    checks.equal(`checked: ${what}`, [verdict, steps], ['valid_development', PASSED]);
  }
  const changed = text.replace(given.name, given.name.replace('a', 'e'));
  for (const [what, content] of [['a document', changed], ['a PNG', png(changed)], ['an SVG', svg(changed)], ['a certificate', pdf(changed)]]) {
    const { verdict, lines } = await ofFile(visitor, 'file', content);
    checks.equal(`red with one character changed: ${what}`, [verdict, lines[2]], ['not_valid', 'Forged or changed']);
  }
  const ofPdf = await ofFile(visitor, 'file', pdf(text));
  checks.that('of a PDF only the attachment was checked', ofPdf.text.includes('attached to this PDF was checked'), ofPdf.text);
  const none = [
    ['an empty file', ''], ['a text', 'hello'], ['a plain PNG', png('hello')], ['broken JSON', text.slice(0, -1)],
    ['a broken PNG', png(text).subarray(0, 60)], ['a plain SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'], ['a certificate of something else', pdf('hello')],
  ];
  for (const [what, content] of none) {
    const { verdict, text: said } = await ofFile(visitor, 'file', content);
    checks.that(`no credential: ${what}`, verdict === 'could_not_check' && said.includes('no credential'), said);
  }
  const several = await ofFile(visitor, 'file', png(text, { times: 2 }));
  checks.that('two credentials in one PNG', several.verdict === 'could_not_check' && several.text.includes('more than one credential'), several.text);
  const foreign = await ofFile(visitor, 'file', JSON.stringify({ '@context': ['https://w3id.org/blockcerts/v3'], type: ['VerifiableCredential'], issuer: { name: 'Another <b>School</b>' } }));
  checks.that('and what was not checked is told', ['It names Another <b>School</b> as its issuer', 'Not checked: its signature'].every((part) => foreign.text.includes(part)), foreign.text);
  checks.that('a credential of another system is not judged', foreign.verdict === 'not_learncoin' && foreign.text.includes('This is a Blockcerts credential'), foreign.text);
  checks.equal('nothing is uploaded', visitor.requests.filter(({ method, url }) => method !== 'GET' && !url.endsWith('/dev/chain/rpc')), []);
  checks.equal('no name leaves the browser', visitor.leaks(given.name), []);
  checks.equal('only the deployment is asked', visitor.origins, [given.origin]);
  await dropped(visitor, text, checks);
  await uploaded(visitor, given, checks);
  checks.equal('nothing breaks the policy', visitor.faults, []);
  await visitor.close();
}

async function dropped(visitor, text, checks) {
  await forget(visitor.page);
  await visitor.page.evaluate((content) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([content], 'credential.json', { type: 'application/json' }));
    document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
  }, text);
  const { verdict, steps } = await visitor.result();
  checks.equal('a file that is dropped', [verdict, steps], ['valid_development', PASSED]);
}

/** The one thing that is sent, and only when the visitor presses the button that says so. */
async function uploaded(visitor, given, checks) {
  const { page } = visitor;
  await page.locator('.browser-upload summary').click();
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.waitForURL(`${given.origin}/verify`);
  await page.locator('.browser-verdict').waitFor();
  checks.that('the site\'s own report', (await page.locator('body').innerText()).includes('Valid, DEVELOPMENT'));
  checks.equal('was asked for by one upload', visitor.leaks(given.name.replace(' ', '+')).map(({ method, url }) => `${method} ${url}`), [`POST ${given.origin}/verify`]);
}

async function withoutScript(browser, given, checks) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${given.origin}/verify`);
  await page.locator('#verify-link').fill(given.valid);
  await page.locator('#verify-link').press('Enter');
  await page.waitForURL(`${given.origin}/c/${given.valid}`);
  checks.that('without JavaScript an id leads to its page', true);
  await page.goto(`${given.origin}/verify?q=${encodeURIComponent('https://learncoin.me/c/x')}`);
  checks.that('a link elsewhere is given back', (await page.locator('.browser-trouble a').getAttribute('href')) === 'https://learncoin.me/c/x');
  await page.goto(`${given.origin}/verify?q=%3Cscript%3E`);
  checks.that('and nonsense is called so', (await page.locator('.browser-trouble').innerText()).includes('neither a link'));
  checks.that('nothing is offered that needs a script', !await page.locator('#verify-file').isVisible());
  await context.close();
}

/** Nothing that is there moves: neither while the page loads nor when a result comes in. On a phone the result is in view. */
async function still(browser, given, checks) {
  const visitor = await Visitor.open(browser, { viewport: { width: 390, height: 700 } });
  const { page } = visitor;
  await page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(`${given.origin}/verify`, { waitUntil: 'networkidle' });
  checks.equal('nothing moves while the page loads', await page.evaluate(() => window.shifts), 0);
  await ofLink(visitor, given.valid);
  const { top, height } = await page.locator('.browser-person').evaluate((element) => ({ top: element.getBoundingClientRect().top, height: window.innerHeight }));
  checks.that('on a phone the result is in view', top >= 0 && top < height / 2, { top, height });
  checks.that('hardly anything moves when the result comes in', await page.evaluate(() => window.shifts) < 0.1, await page.evaluate(() => window.shifts));
  await visitor.close();
}

async function everyLook(browser, given, checks) {
  for (const [locale, colorScheme, width] of [['en', 'light', 320], ['ar', 'dark', 320], ['de', 'dark', 1280], ['ar', 'light', 768]]) {
    const name = `${locale}, ${colorScheme}, ${width}`;
    const visitor = await visit(browser, given, { locale, colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
    const { page } = visitor;
    // A wallet form has a check that does not apply.
    await ofLink(visitor, locale === 'ar' ? `${given.origin}/c/${given.valid}?form=wallet` : given.valid);
    await page.locator('.browser-upload summary').click();
    const needed = await page.evaluate(() => document.documentElement.scrollWidth);
    checks.that(`nothing runs over the edge (${name})`, needed <= width, needed);
    const { violations } = await new AxeBuilder({ page }).analyze();
    checks.equal(`axe finds nothing (${name})`, violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    if (process.env.LEARNCOIN_SCREENSHOTS) await page.screenshot({ path: `${process.env.LEARNCOIN_SCREENSHOTS}/verify-${locale}-${colorScheme}-${width}.png`, fullPage: true });
    await visitor.close();
  }
}

await run(async () => {
  const text = { type: 'string' };
  const { values: given } = readArguments(USAGE, { origin: text, valid: text, revoked: text, name: text, node: text }, { required: ['origin', 'valid', 'revoked', 'name', 'node'] });
  const checks = new Checks();
  await withBrowser(async (browser) => {
    await links(browser, given, checks);
    await elsewhere(browser, given, checks);
    await walletForms(browser, given, checks);
    await files(browser, given, checks);
    await withoutScript(browser, given, checks);
    await still(browser, given, checks);
    await everyLook(browser, given, checks);
  });
  return checks.close();
});
