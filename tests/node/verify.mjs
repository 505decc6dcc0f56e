#!/usr/bin/env node
// Lets the stock third-party verifier, @blockcerts/cert-verifier-js, judge credentials that a LearnCoin host issued.
import { readArguments, run, UsageError } from './lib/command.mjs';
import { CONTEXT_DIRECTORY, PinnedContexts } from './lib/contexts.mjs';
import { readCredentials } from './lib/credentials.mjs';
import { Lookups, parseMaps } from './lib/lookups.mjs';
import { COULD_NOT_CHECK, StockVerifier } from './lib/stock-verifier.mjs';

const USAGE = `usage: node verify.mjs --rpc URL [--chain-id N] [--map ORIGIN=BASE]... [--contexts DIR] FILE...|-

  FILE              one credential; or the body of GET /v1/credentials/{id};
                    or an array of {"name", "credential", "expect": "valid"|"invalid"}; "-" is standard input
  --rpc URL         JSON-RPC address of the EVM node that has the anchoring transactions
  --chain-id N      refuse a node of another chain
  --map ORIGIN=BASE where the host ORIGIN (https://learncoin.me) is really served (http://127.0.0.1:8080);
                    holds for the http and the https spelling, and for the host's did:web
  --contexts DIR    the pinned JSON-LD contexts with their manifest.json (default: those of crates/credential)

One JSON line per credential: {"name", "valid", "message", "failed_step"}, and "surprise": true where "expect" said
otherwise, or where "failed_step" is "lookup": the host or the node did not answer. The count and the time go to standard error.
Exit status: 0 all as expected (without "expect": all valid), 1 not so, 2 wrong arguments or unreadable input.`;

await run(async () => {
  const { values, positionals } = readArguments(USAGE, {
    rpc: { type: 'string' },
    'chain-id': { type: 'string' },
    map: { type: 'string', multiple: true, default: [] },
    contexts: { type: 'string', default: CONTEXT_DIRECTORY },
  }, { required: ['rpc'] });
  if (positionals.length === 0) throw new UsageError(`no FILE given\n\n${USAGE}`);
  const chainId = values['chain-id'] === undefined ? undefined : Number(values['chain-id']);
  if (chainId !== undefined && !Number.isSafeInteger(chainId)) throw new UsageError('--chain-id wants a number');

  const credentials = positionals.flatMap(readCredentials);
  const verifier = StockVerifier.overRpc({ lookups: lookups(values), rpcUrl: values.rpc, chainId });
  const started = performance.now();
  let surprises = 0;
  for (const { name, credential, expect } of credentials) {
    const verdict = await verifier.judge(credential);
    const surprise = verdict.failed_step === COULD_NOT_CHECK || verdict.valid !== (expect !== 'invalid');
    if (surprise) surprises += 1;
    console.log(JSON.stringify({ name, ...verdict, ...(surprise && { surprise }) }));
  }
  console.error(`${credentials.length} judged in ${((performance.now() - started) / 1000).toFixed(1)} s, ${surprises} not as expected`);
  return surprises === 0 && credentials.length > 0;
});

function lookups({ map, contexts }) {
  try {
    return new Lookups({ maps: parseMaps(map), contexts: new PinnedContexts(contexts) });
  } catch (error) {
    throw new UsageError(error.message);
  }
}
