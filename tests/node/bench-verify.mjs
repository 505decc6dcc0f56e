#!/usr/bin/env node
// Times the stock verifier on one valid credential with every lookup answered from memory: its own work, no network.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments, run } from './lib/command.mjs';
import { CONTEXT_DIRECTORY, PinnedContexts } from './lib/contexts.mjs';
import { Lookups, parseMaps } from './lib/lookups.mjs';
import { StockVerifier } from './lib/stock-verifier.mjs';

const USAGE = `usage: node bench-verify.mjs [--vector FILE] [--rounds N] [--contexts DIR]

  --vector FILE  a test vector with credential, DID document, issuer profile and transaction
                 (default: batch-1.json of crates/credential)
  --rounds N     how often the credential is verified (default 200), after a tenth of that as warm-up
  --contexts DIR the pinned JSON-LD contexts (default: those of crates/credential)

Prints one JSON object: rounds, median_seconds, best_seconds, verifications_per_second (of the best).`;

await run(async () => {
  const { values } = readArguments(USAGE, {
    vector: { type: 'string', default: fileURLToPath(new URL('../../crates/credential/tests/data/vectors/batch-1.json', import.meta.url)) },
    rounds: { type: 'string', default: '200' },
    contexts: { type: 'string', default: CONTEXT_DIRECTORY },
  });
  const vector = JSON.parse(readFileSync(values.vector, 'utf8'));
  const verifier = fromMemory(vector, new PinnedContexts(values.contexts));
  const rounds = Number(values.rounds);
  const seconds = [];
  for (let round = -Math.ceil(rounds / 10); round < rounds; round += 1) {
    const started = performance.now();
    const verdict = await verifier.judge(vector.signed[0].credential_full);
    if (round >= 0) seconds.push((performance.now() - started) / 1000);
    if (!verdict.valid) throw new Error(`not valid: ${verdict.failed_step}: ${verdict.message}`);
  }
  seconds.sort((a, b) => a - b);
  console.log(JSON.stringify({ rounds, median_seconds: seconds[Math.floor(rounds / 2)], best_seconds: seconds[0], verifications_per_second: 1 / seconds[0] }));
  return true;
});

/** The stock verifier in a world that consists of one vector. */
function fromMemory({ host, did_document: didDocument, issuer_profile: issuerProfile, transaction }, contexts) {
  const documents = {
    '/.well-known/did.json': didDocument,
    '/issuer.json': issuerProfile,
    '/revocations': { ...issuerProfile, id: issuerProfile.revocationList, type: 'RevocationList', revokedAssertions: [] },
  };
  const answers = new Map(Object.entries(documents).map(([path, document]) => [path, JSON.stringify(document)]));
  answers.set('/contexts/v1', contexts.hostContext.bytes);
  const fetch = async (url) => new Response(answers.get(new URL(url).pathname));
  return new StockVerifier({
    lookups: new Lookups({ maps: parseMaps([`https://${host}=http://memory.invalid`]), contexts, fetch }),
    explorer: {
      serviceURL: 'https://explorer.invalid',
      apiType: 'rpc',
      chainType: 'evm',
      priority: 0,
      parsingFunction: async () => ({
        remoteHash: transaction.data.slice(2),
        issuingAddress: transaction.from,
        time: new Date(),
        revokedAddresses: [],
      }),
    },
  });
}
