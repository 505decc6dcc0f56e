#!/usr/bin/env node
// Writes documents in the wallet form that were made without LearnCoin's code, with all that a judge looks up and the verdicts that
// are due: what judges.mjs reads.
import { writeFileSync } from 'node:fs';
import { readArguments, run } from './lib/command.mjs';
import { CONTEXT_DIRECTORY, PinnedContexts } from './lib/contexts.mjs';
import { sampleCases } from './lib/wallet/sample-cases.mjs';

const USAGE = `usage: node wallet-sample.mjs [--out FILE] [--contexts DIR]

  --out FILE      where they go (default: standard output)
  --contexts DIR  the pinned JSON-LD contexts (default: those of crates/credential)

Signed by @digitalbazaar/vc with a fixed key; judge them with: node wallet-sample.mjs | node judges.mjs -`;

await run(async () => {
  const { values } = readArguments(USAGE, { out: { type: 'string' }, contexts: { type: 'string', default: CONTEXT_DIRECTORY } });
  const text = `${JSON.stringify(await sampleCases(new PinnedContexts(values.contexts)), null, 1)}\n`;
  if (values.out) writeFileSync(values.out, text);
  else process.stdout.write(text);
  return true;
});
