#!/usr/bin/env node
// Works in the console as an operator and an owner do, in Chromium, by clicks and keys alone, and looks at each page on the way.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WatchedPage, withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';
import { AXE, AXE_ON_COLORS, axeViolations, SCHEMES, WIDTHS } from './lib/judges.mjs';
import { layoutFaults } from './lib/layout.mjs';
import { PAPER, printFaults } from './lib/print.mjs';

const USAGE = `usage: node console.mjs ORIGIN --operator LINK --screenshots FOLDER

  ORIGIN                the public URL of a development server
  --operator LINK       a link that signs an operator in
  --screenshots FOLDER  where the pictures go, as console-NAME-WIDTH-SCHEME.png

An operator makes an organization and adds its owner; the owner signs in by a mailed link, sets the branding, keeps a template,
issues one credential by hand and 300 from a spreadsheet with planted faults, mends it, and sees it anchored; corrects, revokes and
erases credentials; sees a delivery fail and sends it once more; makes, restricts and revokes an API key; and finds all of it in the
audit log.
Of each page on the way: nothing cut off or overlapping at three widths, folded and unfolded, and in print; no violation that axe-core
finds; and beside each time in UTC the reader's own, who is in another time zone.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const OWNER = 'owner@example.edu';
/** A port on which nothing listens: deliveries to it fail. */
const NOWHERE = 'http://127.0.0.1:9/hook';
const ROWS = 300;
/** The longest time that a busy machine needs to anchor them, in milliseconds. */
const PATIENCE = 120_000;
/** A time zone whose clock shows other hours and other minutes than UTC. */
const ZONE = 'America/St_Johns';
const HEADERS = 'name,email,issued,skill_framework,skill_code,skill_name,house';

class Story {
  constructor(origin, { operator, screenshots }, checks) {
    Object.assign(this, { origin, link: operator, folder: screenshots, checks, looked: new Set() });
  }

  async visitor(browser) {
    const watched = await WatchedPage.open(browser, { acceptDownloads: true, locale: 'en', timezoneId: ZONE });
    await watched.page.setViewportSize({ width: 1280, height: 800 });
    watched.origin = this.origin;
    return watched;
  }

  /** Looks at the page that is open, once for each name. */
  async look({ page }, name) {
    const { checks, folder } = this;
    if (this.looked.has(name)) throw new Error(`two pages are called ${name}`);
    this.looked.add(name);
    // Whether the reader's day is another one, which takes more room, follows from the hour; the layout must hold at any.
    await page.evaluate(() => document.querySelectorAll('.console-local').forEach((local) => { local.textContent = '(Sep 30, 20:58 GMT-3:30)'; }));
    const faults = [];
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        // The browser lays the page out anew by itself.
        await page.waitForFunction((wide) => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => done(innerWidth === wide))); }), width);
        if (colorScheme === SCHEMES[0]) faults.push(...(await page.evaluate(layoutFaults)).map((fault) => `${fault} (${width})`));
        await page.screenshot({ path: path.join(folder, `console-${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      checks.none(`${name}: axe-core, ${colorScheme}`, await axeViolations(page, colorScheme === SCHEMES[0] ? AXE : AXE_ON_COLORS));
    }
    checks.none(`${name}: layout`, faults);
    checks.none(`${name}: times without the reader's own`, await page.evaluate(() => [...document.querySelectorAll('.console-main time:not(.console-day)')].filter((time) => !/UTC \(.+\)$/u.test(time.textContent)).map((time) => time.outerHTML)));
    await this.print(page, name);
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  /** Looks at the page as it is printed. */
  async print(page, name) {
    await page.emulateMedia({ media: 'print', colorScheme: SCHEMES[0] });
    await page.setViewportSize(PAPER);
    await page.waitForFunction((wide) => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => done(innerWidth === wide))); }), PAPER.width);
    this.checks.none(`${name}: in print`, [...await page.evaluate(printFaults), ...await page.evaluate(layoutFaults)]);
    await page.screenshot({ path: path.join(this.folder, `console-${name}-print.png`), fullPage: true });
    await page.emulateMedia({ media: 'screen', colorScheme: SCHEMES[0] });
  }

  /** The newest time on the page is there in UTC, and as the reader's clock shows it. */
  async readsOwnTime({ page }) {
    const time = page.locator('.console-main time:not(.console-day)').first();
    const moment = new Date(await time.getAttribute('datetime'));
    const clock = (timeZone) => new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment);
    const shown = await time.innerText();
    this.checks.that(`time: ${clock('UTC')} UTC and ${clock(ZONE)}`, shown.includes(`${clock('UTC')}:`) && shown.includes(`${clock(ZONE)} `) && clock('UTC') !== clock(ZONE), shown);
  }

  async contains({ page }, text) {
    const shown = (await page.locator('body').innerText()).replace(/\s+/gu, ' ');
    this.checks.that(`${new URL(page.url()).pathname.split('/').slice(-2).join('/')}: contains "${text}"`, shown.includes(text), shown);
  }

  async makeOrganization(operator) {
    const { page } = operator;
    await page.goto(this.link);
    await this.look(operator, 'link');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'All organizations' }).first().click();
    await this.look(operator, 'organizations-empty');
    await page.getByLabel('Name').fill('Example University');
    await page.getByLabel('Plan').selectOption('institution');
    await page.getByRole('button', { name: 'Create' }).click();
    await this.contains(operator, 'The organization was created.');
    await page.getByLabel('E-mail address').fill(OWNER);
    await page.getByRole('button', { name: 'Add the owner' }).click();
    await this.contains(operator, 'The person was added, and a mail invites them.');
    await this.look(operator, 'organization');
  }

  async signInByMail(owner) {
    const { page } = owner;
    await page.goto(`${this.origin}/dev/mail`);
    await page.getByRole('link', { name: /You are invited to the console/u }).first().click();
    const invitation = await page.locator('body').innerText();
    this.checks.that('invitation: says who invites', invitation.includes('Example University added you to its console'), invitation);
    await page.goto(/http\S+\/console\/sign-in/u.exec(invitation)[0]);
    await this.look(owner, 'sign-in');
    await page.getByLabel('E-mail address').fill(OWNER);
    await page.getByLabel('E-mail address').press('Enter');
    await this.look(owner, 'sign-in-sent');
    // The mail is sent after the response.
    let link = null;
    while (!link) {
      await page.goto(`${this.origin}/dev/mail`);
      const mail = page.getByRole('link', { name: /Sign in to the console/u }).first();
      if (await mail.count() === 0) continue;
      await mail.click();
      link = /http\S+\/console\/link\/[0-9a-f]{64}/u.exec(await page.locator('body').innerText())?.[0];
    }
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign in' }).click();
    this.base = new URL(page.url()).pathname.startsWith('/console/t/') ? page.url() : null;
    if (!this.base) {
      await page.getByRole('link', { name: 'Test', exact: true }).first().click();
      this.base = page.url();
    }
    await this.look(owner, 'overview-empty');
  }

  async open({ page }, name) {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  }

  async addEndpoint(owner) {
    const { page } = owner;
    await this.open(owner, 'Webhooks');
    await this.look(owner, 'webhooks-empty');
    await page.getByLabel('URL').fill(NOWHERE);
    await page.getByLabel('batch.anchored').check();
    await page.getByRole('button', { name: 'Add the endpoint' }).click();
    await this.look(owner, 'webhook-secret');
  }

  async setBranding(owner) {
    const { page } = owner;
    await this.open(owner, 'Branding');
    await this.look(owner, 'branding');
    await page.locator('#color').fill('#8B2635');
    await page.locator('#signer1').fill('Ada Lovelace');
    await page.locator('#title1').fill('Dean');
    await page.getByRole('button', { name: 'Preview' }).click();
    await this.contains(owner, 'Nothing is saved yet.');
    await this.look(owner, 'branding-preview');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await this.contains(owner, 'The branding was saved.');
    await this.contains(owner, 'It is off: what wallets fetch carries no address.');
    await page.getByRole('button', { name: 'Add the hashed address' }).click();
    await this.contains(owner, 'It is on: what wallets fetch carries the hashed address.');
    await this.look(owner, 'branding-with-address');
    await page.getByRole('button', { name: 'Leave the address out' }).click();
    await this.contains(owner, 'It is off:');
  }

  async keepTemplate(owner) {
    const { page } = owner;
    await this.open(owner, 'Templates');
    await this.look(owner, 'templates-empty');
    await page.getByRole('link', { name: 'New template' }).click();
    await this.look(owner, 'template-new');
    await page.getByLabel('Name', { exact: true }).first().fill('Botany');
    await page.getByLabel('Description').fill('A course of ten weeks.');
    await page.getByRole('button', { name: 'Save the template' }).click();
    await this.contains(owner, 'The template was saved.');
    await this.look(owner, 'templates');
  }

  async issueByHand(owner) {
    const { page } = owner;
    await this.open(owner, 'Issue');
    await page.locator('select[name=template]').selectOption({ label: 'Botany' });
    await page.getByRole('button', { name: 'Fill in' }).click();
    await page.locator('#name').fill('Ada Lovelace');
    await this.look(owner, 'issue');
    await page.getByRole('button', { name: 'Preview' }).click();
    await this.contains(owner, 'Nothing is issued yet.');
    await this.look(owner, 'issue-preview');
    await page.locator('main').getByRole('button', { name: 'Issue', exact: true }).click();
    await this.contains(owner, 'The credential is on its way');
  }

  async issueSpreadsheet(owner) {
    const { page } = owner;
    await this.open(owner, 'Spreadsheets');
    await this.look(owner, 'spreadsheets-empty');
    await page.locator('#file').setInputFiles({ name: 'graduates.csv', mimeType: 'text/csv', buffer: Buffer.from(spreadsheet(true)) });
    await page.locator('#template').selectOption({ label: 'Botany' });
    await page.getByRole('button', { name: 'Check the file' }).click();
    await this.contains(owner, 'house');
    await this.look(owner, 'spreadsheet-columns');
    await this.skipHouse(owner);
    for (const fault of [
      '31.5.2017 is not a date we accept; write 2017-05-31.',
      'This is needed, and the cell is empty.',
      'ESKO is not a framework that is known.',
      'This is a formula, not its value.',
      'ada at example.org is no e-mail address',
      'Row 11 has the same name, address and achievement.',
      'The name is in capitals',
    ]) await this.contains(owner, fault);
    this.checks.equal('spreadsheet: rows with faults', await page.locator('.console-sheet tbody tr').count(), 5);
    this.checks.equal('spreadsheet: no way to issue it', await page.getByRole('button', { name: /Issue all/u }).count(), 0);
    await this.look(owner, 'spreadsheet-faults');
    await page.locator('#file').setInputFiles({ name: 'graduates.csv', mimeType: 'text/csv', buffer: Buffer.from(spreadsheet(false)) });
    await page.locator('#again-template').selectOption({ label: 'Botany' });
    await page.getByRole('button', { name: 'Check the file' }).click();
    await this.skipHouse(owner);
    await this.look(owner, 'spreadsheet-right');
    await page.getByRole('button', { name: `Issue all (${ROWS})` }).click();
    await page.getByText(`Anchored: ${ROWS} / ${ROWS}`).waitFor({ timeout: PATIENCE });
    await page.locator('h1 .console-tag', { hasText: 'Done' }).waitFor({ timeout: PATIENCE });
    await this.look(owner, 'spreadsheet-done');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download the result' }).click()]);
    const result = await text(download);
    this.checks.equal('spreadsheet: lines of the result', result.trim().split('\r\n').length, ROWS + 1);
    this.checks.equal('spreadsheet: each row has its credential', result.match(/\bcrd_/gu).length >= ROWS, true);
    await this.open(owner, 'Spreadsheets');
    await this.look(owner, 'spreadsheets');
    await this.open(owner, 'Overview');
    await this.look(owner, 'overview');
    await this.open(owner, 'Batches');
    await this.look(owner, 'batches');
    await this.open(owner, 'Mails');
    await this.look(owner, 'mails');
  }

  async skipHouse({ page }) {
    await page.getByLabel(/house/u).selectOption({ label: 'Skip it' });
    await page.getByRole('button', { name: 'Check with these columns' }).click();
  }

  /** Opens the credential of a place in the list. */
  async openCredential(owner, place) {
    await this.open(owner, 'Credentials');
    await owner.page.locator('main a[href*="/credentials/crd_"]').nth(place).click();
  }

  async changeCredentials(owner) {
    const { page } = owner;
    await this.open(owner, 'Credentials');
    await this.look(owner, 'credentials');
    await page.locator('#achievement').fill('geology');
    await page.locator('#achievement').press('Enter');
    await page.waitForURL(/achievement=geology/u);
    await this.contains(owner, 'Nothing was found.');
    await page.locator('#achievement').fill('bota');
    await page.locator('#achievement').press('Enter');
    await page.waitForURL(/achievement=bota/u);
    this.checks.equal('credentials: found by the achievement', await page.locator('.console-table tbody tr').count(), 50);
    await this.openCredential(owner, 0);
    this.credential = new URL(page.url()).pathname.split('/').pop();
    await this.readsOwnTime(owner);
    await this.look(owner, 'credential');
    const shown = await (await fetch(await page.locator('dl a[href*="/c/"]').first().getAttribute('href'), { headers: { accept: 'text/html' } })).text();
    this.checks.that('credential: its public page is there', shown.includes('Botany'), shown.slice(0, 300));
    await page.getByRole('link', { name: 'Correct it' }).click();
    await page.locator('#name').fill('Ada Byron');
    await this.look(owner, 'correct');
    await page.getByRole('button', { name: 'Preview' }).click();
    await this.look(owner, 'correct-preview');
    await page.getByRole('button', { name: 'Issue the new one and revoke the old one' }).click();
    await this.contains(owner, 'The corrected credential is on its way');
    await this.contains(owner, 'Takes the place of');
    await this.look(owner, 'corrected');

    await this.openCredential(owner, 2);
    await page.locator('#reason_code').selectOption('issuer_error');
    await page.locator('#reason').fill('Wrong course');
    await page.getByRole('button', { name: 'Revoke for good' }).click();
    await this.contains(owner, 'The credential was revoked.');
    await this.look(owner, 'credential-revoked');

    await this.openCredential(owner, 3);
    await page.locator('#confirmation').fill(await page.locator('label[for=confirmation] code').innerText());
    await page.getByRole('button', { name: 'Erase for good' }).click();
    await this.contains(owner, 'The person was erased from the credential.');
    await this.look(owner, 'credential-erased');
  }

  async replayDelivery(owner) {
    const { page } = owner;
    await this.open(owner, 'Webhooks');
    await page.getByRole('link', { name: NOWHERE }).click();
    await this.look(owner, 'webhook');
    this.webhook = new URL(page.url()).pathname;
    await page.getByRole('button', { name: 'Deliver again what failed' }).or(page.getByRole('button', { name: 'Deliver everything again' })).first().click();
    await this.contains(owner, 'What was asked for is delivered again.');
  }

  async useKey(owner) {
    const { page } = owner;
    await this.open(owner, 'API keys');
    await this.look(owner, 'keys');
    await page.locator('#label').fill('Student records');
    await page.getByRole('button', { name: 'Create the key' }).click();
    await this.look(owner, 'key-secret');
    const secret = await page.locator('.console-secret').inputValue();
    const call = () => fetch(`${this.origin}/v1/tenants/me`, { headers: { authorization: `Bearer ${secret}` } });
    this.checks.equal('key: works', (await call()).status, 200);
    await page.getByRole('link', { name: 'I have stored it' }).click();
    await page.locator('#networks').fill('203.0.113.0/24');
    await page.getByRole('button', { name: 'Set the networks' }).click();
    await this.contains(owner, 'The networks were set.');
    this.checks.equal('key: restricted', (await call()).status, 401);
    await this.look(owner, 'key');
    await page.getByRole('button', { name: 'Revoke the key' }).click();
    await this.contains(owner, 'The key was revoked.');
    this.checks.equal('key: revoked', (await call()).status, 401);
  }

  async readAuditLog(owner) {
    const { page } = owner;
    await this.open(owner, 'Members');
    await this.look(owner, 'members');
    await this.open(owner, 'Audit log');
    await this.look(owner, 'audit');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).click()]);
    const rows = (await text(download)).split('\r\n').filter((row) => row.includes('mbr_'));
    for (const action of ['/branding', '/wallet-email', '/templates', '/issue', '/uploads', '/columns', '/confirm', '/correct', '/revoke', '/erase', '/replay', '/keys', '/networks', '/webhooks']) {
      this.checks.that(`audit log: ${action} under the member's id`, rows.some((row) => row.includes(action)), rows.slice(0, 3).join(' '));
    }
    await page.getByRole('link', { name: OWNER }).click();
    await this.look(owner, 'account');
  }

  /** Lets Lighthouse judge pages. Performance is shown, and of some kinds alone: it takes long, and a busy machine makes it unsteady. */
  async judge({ page }, paths, isQuick) {
    const session = (await page.context().cookies()).find(({ name }) => name.endsWith('session'));
    const judge = fileURLToPath(new URL('lighthouse.mjs', import.meta.url));
    const urls = paths.map((kind) => (kind.startsWith('/console') ? `${this.origin}${kind}` : `${this.base}${kind}`));
    const { status, stdout, stderr } = spawnSync(process.execPath, [judge, ...urls, '--cookie', `${session.name}=${session.value}`, ...(isQuick ? ['--quick'] : [])], { encoding: 'utf8' });
    console.log(stdout);
    this.checks.that(`lighthouse: ${paths.map((kind) => kind || 'overview').join(', ')}`, status === 0, stdout + stderr);
  }

  async judgeKinds(owner) {
    const credential = `/credentials/${this.credential}`;
    await this.judge(owner, this.kinds ?? ['', '/credentials', credential, '/uploads'], false);
    // One that is neither revoked nor erased.
    await owner.page.goto(this.base);
    await this.openCredential(owner, 9);
    await this.judge(owner, ['/issue', `${new URL(owner.page.url()).pathname}/correct`, '/templates', '/branding', '/mails', '/audit', '/keys', this.webhook, '/members', '/console/account'], true);
  }

  async watchHealth(operator) {
    const { page } = operator;
    await page.goto(`${this.origin}/console/operator/health`);
    await this.look(operator, 'health');
    await this.judge(operator, ['/console/operator/health', '/console/operator'], true);
    await page.goto(`${this.origin}/console/operator`);
    await this.look(operator, 'organizations');
  }
}

async function text(download) {
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** 300 graduates, with a byte order mark; some with faults, one name in capitals, one person twice. */
function spreadsheet(isFaulty) {
  const rows = Array.from({ length: ROWS }, (_, row) => [`Ada Lovelace ${row}`, `ada${row}@example.org`, '2026-05-31', 'ESCO', `S${row}`, 'Plants', 'north']);
  rows[10] = [...rows[9]];
  rows[20][0] = 'GRACE HOPPER';
  if (isFaulty) {
    rows[2][2] = '31.5.2017';
    rows[3][0] = '';
    rows[4][3] = 'ESKO';
    rows[5][0] = '=1+1';
    rows[6][1] = 'ada at example.org';
  }
  return `\ufeff${HEADERS}\n${rows.map((row) => row.join(',')).join('\n')}\n`;
}

await run(async () => {
  const { values, positionals: [origin] } = readArguments(USAGE, { operator: { type: 'string' }, screenshots: { type: 'string' } }, { required: ['operator', 'screenshots'] });
  mkdirSync(values.screenshots, { recursive: true });
  const checks = new Checks();
  await withBrowser(async (browser) => {
    const story = new Story(origin, values, checks);
    const operator = await story.visitor(browser);
    await story.makeOrganization(operator);
    const owner = await story.visitor(browser);
    await story.signInByMail(owner);
    await story.addEndpoint(owner);
    await story.setBranding(owner);
    await story.keepTemplate(owner);
    await story.issueByHand(owner);
    await story.issueSpreadsheet(owner);
    await story.changeCredentials(owner);
    await story.replayDelivery(owner);
    await story.useKey(owner);
    await story.readAuditLog(owner);
    await story.judgeKinds(owner);
    await owner.close();
    await story.watchHealth(operator);
    await operator.close();
  });
  return checks.close();
});
