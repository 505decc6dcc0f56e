#!/usr/bin/env node
// Prints tampered variants of a valid credential, as a list that verify.mjs takes.
import { readArguments, run, UsageError } from './lib/command.mjs';
import { CONTEXT_DIRECTORY, PinnedContexts } from './lib/contexts.mjs';
import { readCredentials } from './lib/credentials.mjs';
import { announcedSeed, seededRandom } from './lib/random.mjs';
import { tamper } from './lib/tamper.mjs';

const USAGE = `usage: node tamper.mjs FILE [--other FILE]... [--bits N] [--contexts DIR]

  FILE           a valid credential in the default layout, full or redacted (or the body of GET /v1/credentials/{id})
  --other FILE   a valid credential whose proof does not belong to FILE's: its redacted twin, its neighbor in the batch
  --bits N       how many random single bits of the proofValue to flip (default 32)
  --contexts DIR the pinned JSON-LD contexts (default: those of crates/credential)

Prints a JSON array of {"name", "credential", "expect", "strict"}: "expect" is the verdict due from the stock verifier,
"strict" the one due from LearnCoin's own, which also refuses what the stock verifier overlooks.
The seed of the random bits goes to standard error and is taken from LEARNCOIN_SEED.`;

await run(async () => {
  const { values, positionals } = readArguments(USAGE, {
    other: { type: 'string', multiple: true, default: [] },
    bits: { type: 'string', default: '32' },
    contexts: { type: 'string', default: CONTEXT_DIRECTORY },
  });
  if (positionals.length !== 1) throw new UsageError(`one FILE, please\n\n${USAGE}`);
  const [{ credential }] = readCredentials(positionals[0]);
  const variants = await tamper(credential, {
    others: values.other.flatMap(readCredentials).map((other) => other.credential),
    contexts: new PinnedContexts(values.contexts),
    random: seededRandom(announcedSeed()),
    bitFlips: Number(values.bits),
  });
  console.log(JSON.stringify(variants));
  return true;
});
