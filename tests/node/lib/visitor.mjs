// A visitor's browser that keeps account of whom it asks and what it sends.
export class Visitor {
  /** @type {{url: string, method: string, type: string, body: string}[]} */
  requests = [];
  /** Breaches of the page's own policy, errors of its script. */
  faults = [];

  static async open(browser, options = {}) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    const visitor = new Visitor();
    visitor.context = context;
    visitor.page = await context.newPage();
    const { page } = visitor;
    context.on('request', (request) => visitor.requests.push({
      url: request.url(), method: request.method(), type: request.resourceType(), body: request.postData() ?? '',
    }));
    page.on('pageerror', (error) => visitor.faults.push(`script error: ${error.message}`));
    page.on('console', (message) => {
      // Requests that a test makes fail are reported here too; which servers the page asks is judged by `requests`.
      const isBlocked = /Content Security Policy|TrustedHTML|TrustedScript/.test(message.text());
      if (isBlocked || (message.type() === 'error' && !/Failed to load resource|blocked by CORS/.test(message.text()))) {
        visitor.faults.push(`console: ${message.text()}`);
      }
    });
    await page.exposeFunction('tellOfViolation', (words) => visitor.faults.push(`policy: ${words}`));
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => {
      window.tellOfViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
    }));
    return visitor;
  }

  /** The origins that were asked. */
  get origins() {
    return [...new Set(this.requests.map(({ url }) => new URL(url).origin))].sort();
  }

  /** Requests that carry any of these texts in their address or body. */
  leaks(...texts) {
    return this.requests.filter(({ url, body }) => texts.some((text) => decodeURIComponent(`${url} ${body}`).includes(text)));
  }

  /** What the browser found, once it is done. On a credential's page that is folded away, so it is unfolded. */
  async result() {
    const place = this.page.locator('.browser-result');
    await this.page.evaluate(() => document.getElementById('proof')?.setAttribute('open', ''));
    await this.page.waitForFunction(() => {
      const found = document.querySelector('.browser-result');
      return found.ariaBusy !== 'true' && found.dataset.verdict !== undefined;
    });
    return {
      verdict: await place.getAttribute('data-verdict'),
      steps: await place.locator('.browser-step').evaluateAll((steps) => steps.map((step) => step.className.replace('browser-step ', ''))),
      text: await place.innerText(),
      lines: (await place.locator('.browser-summary').innerText()).split('\n').filter((line) => line.trim() !== ''),
    };
  }

  close() {
    return this.context.close();
  }
}
