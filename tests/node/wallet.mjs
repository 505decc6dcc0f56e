#!/usr/bin/env node
// Takes a credential offer into a stranger's wallet: the whole pre-authorized code flow of OpenID4VCI, against a server on this machine.
import { readFileSync } from 'node:fs';
import { readArguments, run, UsageError } from './lib/command.mjs';
import { parseMaps } from './lib/lookups.mjs';
import { CLIENTS } from './lib/wallet/clients.mjs';
import { DID_METHODS, newHolder } from './lib/wallet/holder.mjs';
import { recordedFetch } from './lib/wallet/recorded-fetch.mjs';

const USAGE = `usage: node wallet.mjs [--client NAME] [--format FORMAT] [--tx-code CODE] [--holder METHOD] [--no-proof] [--times N] [--map ORIGIN=BASE]... OFFER|-

  OFFER             openid-credential-offer://?credential_offer=... or ?credential_offer_uri=...; "-" is standard input
  --client NAME     ${Object.keys(CLIENTS).join(' (npm @openid4vc/openid4vci, the default) or ')} (npm @learncard/openid4vc-plugin)
  --format FORMAT   ldp_vc (default) or jwt_vc_json
  --tx-code CODE    the transaction code, where the offer wants one
  --holder METHOD   ${DID_METHODS.join(' (default) or ')}
  --no-proof        asks for the credential without proving a key
  --times N         takes the same offer N times at once, with a new key each time (default 1)
  --map ORIGIN=BASE where the host ORIGIN (https://learncoin.me) is really served (http://127.0.0.1:8080)

Nothing but this machine is asked. One JSON line per taking: {client, format, holder, version, offer, credentials, stored?, error?,
exchanges: [{request: {method, url, headers, body?}, response: {status, headers, body}}]}.
Exit status: 0 each got its credential, 1 not so, 2 wrong arguments.`;

await run(async () => {
  const { values, positionals } = readArguments(USAGE, {
    client: { type: 'string', default: 'openid4vci' },
    format: { type: 'string', default: 'ldp_vc' },
    'tx-code': { type: 'string' },
    holder: { type: 'string', default: DID_METHODS[0] },
    'no-proof': { type: 'boolean', default: false },
    times: { type: 'string', default: '1' },
    map: { type: 'string', multiple: true, default: [] },
  });
  if (positionals.length !== 1) throw new UsageError(`one OFFER is wanted\n\n${USAGE}`);
  if (!CLIENTS[values.client]) throw new UsageError(`--client is one of ${Object.keys(CLIENTS).join(', ')}`);
  if (!['ldp_vc', 'jwt_vc_json'].includes(values.format)) throw new UsageError('--format is ldp_vc or jwt_vc_json');
  if (!DID_METHODS.includes(values.holder)) throw new UsageError(`--holder is one of ${DID_METHODS.join(', ')}`);
  const times = Number(values.times);
  if (!Number.isSafeInteger(times) || times < 1) throw new UsageError('--times wants a number');
  const offerUri = (positionals[0] === '-' ? readFileSync(0, 'utf8') : positionals[0]).trim();
  const maps = mapsOf(values.map);
  const takings = await Promise.all(Array.from({ length: times }, () => take(values, offerUri, maps)));
  for (const taking of takings) console.log(JSON.stringify(taking));
  return takings.every(({ credentials }) => credentials.length > 0);
});

function mapsOf(entries) {
  try {
    return parseMaps(entries);
  } catch (error) {
    throw new UsageError(error.message);
  }
}

async function take({ client, format, holder: method, 'tx-code': txCode, 'no-proof': withoutProof }, offerUri, maps) {
  const holder = newHolder(method);
  const { fetch, exchanges } = recordedFetch(maps);
  const taking = { client, format, holder: holder.did, credentials: [], exchanges };
  try {
    return { ...taking, ...await CLIENTS[client]({ offerUri, txCode, format, holder, withProof: !withoutProof, fetch }), exchanges };
  } catch (error) {
    return { ...taking, error: { name: error.name, message: error.message, ...(error.code && { code: error.code }) } };
  }
}
