// A real OpenID Connect provider (`oidc-provider`) on a port of its own, for the tests of the console's sign-in.
//
//   node tests/node/identity-provider.mjs REDIRECT_URI [NOW_MS]
//
// Prints its issuer, and ends when its standard input does. It signs in the person whom `account` names, without asking. `POST /test` with a JSON
// object changes its state, and returns how often each document was asked for:
//
//   now      the time, in milliseconds since 1970: a clock that was set, also by NOW_MS, does not move by itself
//   account  { sub, email, email_verified, groups }, or null to refuse
//   rotate   true: new keys sign from now on, and the old ones are gone
//   stale    true: `/jwks` goes on to list the keys that it listed before
//   away     true: everything is answered with 503
//   inIdToken  true: the claims are in the ID token too, as many providers have them
//   redirectUri  the address to which browsers are sent back

import { createServer } from 'node:http';
import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import Provider from 'oidc-provider';

const [redirectUri, nowMs] = process.argv.slice(2);
const state = { now: nowMs ? Number(nowMs) : null, account: null, stale: false, away: false, inIdToken: false, redirectUri };
const asked = { discovery: 0, jwks: 0, token: 0, userinfo: 0 };
const systemNow = Date.now;
Date.now = () => state.now ?? systemNow();

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

/**
 * Returns a new private key for an algorithm, as a JSON Web Key. The key is written and read in between: Node 20 holds a lock while it
 * exports a JSON Web Key, and takes the same one again, for ever, when the job that made the key is collected as garbage meanwhile.
 */
function key(alg) {
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' };
  const { privateKey } = {
    RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding }),
    ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding }),
    EdDSA: () => generateKeyPairSync('ed25519', { privateKeyEncoding }),
  }[alg]();
  return { ...createPrivateKey(privateKey).export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() };
}

/** Returns a client whose tokens have an algorithm. */
function client(client_id, alg) {
  return {
    client_id,
    client_secret: 'a secret of the registration',
    redirect_uris: [state.redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    id_token_signed_response_alg: alg,
  };
}

const clients = () => [
  client('learncoin', 'RS256'),
  client('learncoin-es256', 'ES256'),
  client('learncoin-eddsa', 'EdDSA'),
  client('learncoin-hs256', 'HS256'),
];

/** Creates a provider with new keys. */
function provider() {
  const made = new Provider(issuer, {
    jwks: { keys: [key('RS256'), key('ES256'), key('EdDSA')] },
    clients: clients(),
    conformIdTokenClaims: !state.inIdToken,
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA', 'HS256'] },
    claims: { email: ['email', 'email_verified'], groups: ['groups'], openid: ['sub'] },
    scopes: ['openid', 'email', 'groups'],
    cookies: { keys: ['a key of the tests'] },
    features: { devInteractions: { enabled: false }, userinfo: { enabled: true } },
    interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (context, accountId) => ({ accountId, claims: () => ({ ...state.account, sub: accountId }) }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        accountId: context.oidc.session.accountId,
        clientId: context.oidc.client.clientId,
      });
      grant.addOIDCScope('openid email groups');
      await grant.save();
      return grant;
    },
  });
  made.on('server_error', (context, error) => console.error(error));
  return made;
}

let current = provider();
let listed = null;

/** Signs in the account, or refuses. */
async function interaction(request, response) {
  const result = state.account
    ? { login: { accountId: state.account.sub } }
    : { error: 'access_denied', error_description: 'no <b>account</b>' };
  await current.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function change(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { rotate, ...changes } = JSON.parse(body || '{}');
  if (changes.stale) listed = await (await fetch(`${issuer}/jwks`)).text();
  if (changes.stale) asked.jwks -= 1;
  const rebuilds = rotate || 'inIdToken' in changes || 'redirectUri' in changes;
  Object.assign(state, changes);
  if (rebuilds) current = provider();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(asked));
}

server.on('request', (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  if (pathname === '/test') return change(request, response);
  if (state.away) return response.writeHead(503).end();
  if (pathname === '/.well-known/openid-configuration') asked.discovery += 1;
  if (pathname === '/jwks') asked.jwks += 1;
  if (pathname === '/token') asked.token += 1;
  if (pathname === '/me') asked.userinfo += 1;
  if (pathname === '/jwks' && state.stale) {
    return response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(listed);
  }
  if (pathname.startsWith('/interaction/')) {
    return interaction(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  }
  return current.callback()(request, response);
});

console.log(issuer);
process.stdin.on('end', () => process.exit(0)).resume();
