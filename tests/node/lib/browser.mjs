// A browser that opens pages and keeps account of all that they do: requests, errors, breaches of their own policy.
import { existsSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { UsageError } from './command.mjs';

/** What a page is not needed for, and what would ask other hosts by itself. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** `LEARNCOIN_CHROMIUM`, else Debian's. */
export function chromiumPath() {
  const path = process.env.LEARNCOIN_CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(path)) throw new UsageError(`${path} is not there: \`./test --setup\` installs it, or LEARNCOIN_CHROMIUM names another`);
  return path;
}

/** Opens a browser, hands it to `use`, and closes it however that ends. */
export async function withBrowser(use) {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** A page of a browser, and what it did that no page of ours may do. */
export class WatchedPage {
  /** What was seen, in words; empty where nothing was. */
  faults = [];
  /** The addresses of all requests. */
  requests = [];
  /** The policy of the page that was gone to last. */
  policy = '';
  #isScripted;
  #session;

  /** @param {import('playwright-core').Browser} browser @param {object} options of the context, such as `locale` */
  static async open(browser, options = {}) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    const watched = new WatchedPage(page, options.javaScriptEnabled ?? true);
    await watched.#watch(context);
    return watched;
  }

  constructor(page, isScripted) {
    this.page = page;
    this.#isScripted = isScripted;
  }

  async #watch(context) {
    // What an injected script would call. The page's policy does not bind what the test itself brings in.
    await context.addInitScript(() => {
      window.ran = [];
      window.pwned = (...args) => window.ran.push(args.join(' ') || 'something');
    });
    const { page } = this;
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('requestfailed', (request) => {
      // A script that has read what it wanted lets go of the rest.
      const isLetGo = request.resourceType() === 'fetch' && request.failure()?.errorText === 'net::ERR_ABORTED';
      if (!isLetGo) this.#fault(`request failed: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on('console', (message) => {
      // The browser's own remark on the status of the page, which is compared with the expected one elsewhere.
      const isStatus = message.location().url === page.url() && /^Failed to load resource: the server responded with a status of 404/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !isStatus) this.#fault(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.#fault(`script error: ${error.message}`));
    page.on('popup', (popup) => this.#fault(`opened a window: ${popup.url()}`));
    page.on('dialog', async (dialog) => {
      this.#fault(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    const session = await context.newCDPSession(page);
    this.#session = session;
    session.on('Audits.issueAdded', ({ issue }) => this.#fault(`${issue.code}: ${JSON.stringify(issue.details)}`));
    await session.send('Audits.enable');
  }

  #fault(words) {
    this.faults.push(words);
  }

  /**
   * Goes to an address as a reader of this language, waits until all of it is there and has checked what it checks by itself, and
   * answers the HTTP response.
   */
  async goto(url, language = 'en') {
    // What the page before still loads, its icon for one, is aborted here, and is no fault of this page.
    await this.page.goto('about:blank');
    this.origin = new URL(url).origin;
    this.faults = [];
    this.requests = [];
    await this.page.setExtraHTTPHeaders({ 'Accept-Language': language });
    const response = await this.page.goto(url, { waitUntil: 'load' });
    this.policy = response.headers()['content-security-policy'] ?? '';
    if (this.#isScripted) {
      await this.page.waitForFunction(() => {
        const place = document.querySelector('#browser-check .browser-result');
        return !place || (place.dataset.verdict !== undefined && place.ariaBusy === 'false');
      });
    }
    return response;
  }

  /** The origins that the policy of the page names for its script. */
  get #connectable() {
    return /connect-src ([^;]*)/.exec(this.policy)?.[1].split(' ') ?? [];
  }

  /** Keeps a picture of the whole page, however long it is. It is packed for speed, not for size. */
  async picture(file, scale = 1) {
    const { width, height } = await this.page.evaluate(() => ({ width: document.documentElement.clientWidth, height: document.documentElement.scrollHeight }));
    const { data } = await this.#session.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true, captureBeyondViewport: true, clip: { x: 0, y: 0, width, height, scale } });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }

  /** What the page did since {@link goto} that no page of ours may do. */
  async misdeeds() {
    const isOwn = (url) => url.startsWith('data:') || new URL(url).origin === this.origin;
    const elsewhere = this.requests.filter((url) => !isOwn(url) && !this.#connectable.includes(new URL(url).origin));
    const ran = await this.page.evaluate(() => window.ran);
    return [...this.faults, ...elsewhere.map((url) => `asked another host: ${url}`), ...ran.map((what) => `ran a script: ${what}`)];
  }

  async close() {
    await this.page.context().close();
  }
}

/** Does `work` for each item, so many at a time; each lane works with what `open` gave it. */
export async function inLanes(items, lanes, open, work) {
  const waiting = [...items];
  const lane = async () => {
    const held = await open();
    for (let item = waiting.shift(); item; item = waiting.shift()) await work(held, item);
    await held.close();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
