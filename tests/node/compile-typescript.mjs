#!/usr/bin/env node
// Compiles TypeScript files with the locked compiler, once `tsc --strict` is content with all of them, as Node would run them:
// `.mts` is a module, `.ts` is none without a `package.json`, and nothing but types may have to be removed.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readArguments, run, UsageError } from './lib/command.mjs';
import { strictFaults, toModule } from './lib/typescript.mjs';

const USAGE = `usage: node compile-typescript.mjs --out DIR FILE.mts...

  FILE.mts   a program that may use what Node provides
  --out DIR  where FILE.mjs is written

Exit status: 0 compiled, 1 not type-correct, 2 wrong arguments.`;

await run(async () => {
  const { values, positionals } = readArguments(USAGE, { out: { type: 'string' } }, { required: ['out'] });
  if (positionals.length === 0) throw new UsageError(`no FILE given\n\n${USAGE}`);
  const faults = strictFaults(positionals, { types: ['node'], asNodeRunsIt: true });
  if (faults) {
    console.error(`not type-correct:\n${faults}`);
    return false;
  }
  for (const file of positionals) {
    const name = path.parse(file).name;
    writeFileSync(path.join(values.out, `${name}.mjs`), toModule(name, readFileSync(file, 'utf8')));
  }
  return true;
});
