#!/usr/bin/env node
// Signs in to the console at an identity provider as people do, in Chromium without scripts: there, over its redirections, and back.
import { withBrowser } from './lib/browser.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';

const USAGE = `usage: node browser-oidc.mjs --origin URL --issuer URL --email ADDRESS

  --origin URL      the deployment, which has the provider in its settings under the name "Example ID"
  --issuer URL      the provider: identity-provider.mjs
  --email ADDRESS   the address of an operator who has not signed in there yet
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const CALLBACK = '/console/oidc/callback';

await run(async () => {
  const options = { origin: { type: 'string' }, issuer: { type: 'string' }, email: { type: 'string' } };
  const { values } = readArguments(USAGE, options, { required: ['origin', 'issuer', 'email'] });
  const { origin, issuer, email } = values;
  const checks = new Checks();
  const set = (state) => fetch(`${issuer}/test`, { method: 'POST', body: JSON.stringify(state) });
  await set({ redirectUri: `${origin}${CALLBACK}`, account: { sub: 'ada-1', email, email_verified: true } });
  await withBrowser(async (browser) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const faults = [];
    const visited = [];
    page.on('console', (message) => faults.push(message.text()));
    page.on('response', (response) => visited.push(new URL(response.url())));
    const press = async () => {
      await page.goto(`${origin}/console/sign-in`);
      await page.getByRole('button', { name: 'Sign in with Example ID' }).click();
    };
    await press();
    await page.waitForURL(`${origin}/console`);
    checks.that('the member is signed in', (await page.locator('body').innerText()).includes(email));
    checks.that('the browser was at the provider', visited.some((url) => url.origin === issuer && url.pathname === '/auth'));
    checks.that('the pages caused no error', faults.length === 0, faults.join('\n'));
    const cookies = await context.cookies(origin);
    checks.that('there is a session, which scripts can not read', cookies.some(({ name, httpOnly, sameSite }) => name.endsWith('learncoin-session') && httpOnly && sameSite === 'Lax'));

    // The answer once more, by the browser's history or by anyone who saw it.
    const answer = visited.find((url) => url.pathname === CALLBACK);
    const replay = await page.goto(answer.href);
    checks.equal('a replay is refused', replay.status(), 403);
    await page.goto(`${origin}/console`);
    checks.that('and ends no session', (await page.locator('body').innerText()).includes(email));

    await page.getByRole('button', { name: 'Sign out' }).click();
    // The provider forgets the browser, and asks anew.
    await context.clearCookies({ domain: new URL(issuer).hostname });
    await set({ account: null });
    await press();
    await page.waitForURL(`${origin}${CALLBACK}**`);
    checks.that('a refusal is a page in words', (await page.locator('main').innerText()).includes('Example ID did not sign you in'));
    await page.getByRole('link', { name: 'Back to signing in' }).click();
    await page.waitForURL(`${origin}/console/sign-in`);
    await set({ away: true });
    await page.goto(`${origin}/console/sign-in`);
    checks.that('links by mail are still there', await page.getByRole('button', { name: 'Mail me a link' }).isVisible());
  });
  return checks.close();
});
