#!/usr/bin/env node
// Lets strangers' software judge credentials in both signed forms, in a closed world: what a judge may look up is handed in beside
// them. Nothing touches the network.
import { readFileSync, writeFileSync } from 'node:fs';
import { readArguments, run, UsageError } from './lib/command.mjs';
import { CONTEXT_DIRECTORY, PinnedContexts } from './lib/contexts.mjs';
import { table } from './lib/wallet/table.mjs';
import { ClosedWorld } from './lib/wallet/world.mjs';

const USAGE = `usage: node judges.mjs [--out FILE] [--contexts DIR] FILE|-

  FILE            a JSON object; "-" is standard input:
    now           the time for all judges (default: the real one)
    documents     what they may look up: JSON by the URL that serves it: DID documents, status lists, profiles, contexts
    transactions  for anchored documents: {"0xHASH": {"data", "from", "time"}}
    cases         [{name, form, document, expect?, credential?, tamper?}]
                  form: "wallet" or "anchored" with a JSON document, "jwt" with a token; credential: what a token must carry
                  expect: {JUDGE: true|false}, whether that judge is to accept
                  tamper: true judges it also spoiled in some fifty places, each with the verdicts that are due
  --out FILE      where the table goes (default: standard output)
  --contexts DIR  the pinned JSON-LD contexts (default: those of crates/credential)

The table: {judges: {JUDGE: [what it claims to check]}, cases: [{name, verdicts: {JUDGE: {accepted, reason, signature, revoked,
expired}}, tampering?}], surprises: [words]}. null: the judge did not look, or did not say; tampering: "forged", or "rewritten" with
the same meaning, which a strict verifier refuses too.
Exit status: 0 all as expected, 1 not so, 2 wrong arguments or unreadable input.`;

await run(async () => {
  const { values, positionals } = readArguments(USAGE, {
    out: { type: 'string' },
    contexts: { type: 'string', default: CONTEXT_DIRECTORY },
  });
  if (positionals.length !== 1) throw new UsageError(`one FILE is wanted\n\n${USAGE}`);
  const input = read(positionals[0]);
  const world = open(input, values.contexts);
  const started = performance.now();
  const result = await table(world, input);
  const text = `${JSON.stringify(result, null, 1)}\n`;
  if (values.out) writeFileSync(values.out, text);
  else process.stdout.write(text);
  console.error(`${result.cases.length} documents judged in ${((performance.now() - started) / 1000).toFixed(1)} s, ${result.surprises.length} surprises`);
  for (const words of result.surprises) console.error(`  ${words}`);
  return result.surprises.length === 0;
});

function read(file) {
  let input;
  try {
    input = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${error.message}`);
  }
  if (!Array.isArray(input?.cases) || input.cases.length === 0) throw new UsageError(`${file}: no cases in it`);
  return input;
}

function open({ documents = {}, now = new Date().toISOString() }, contexts) {
  try {
    return new ClosedWorld({ documents, now, contexts: new PinnedContexts(contexts) });
  } catch (error) {
    throw new UsageError(error.message);
  }
}
