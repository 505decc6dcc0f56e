#!/usr/bin/env node
// Writes the test vectors of the wallet form, or compares those that are kept with what comes out today.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Checks, readArguments, run } from './lib/command.mjs';
import { PinnedContexts } from './lib/contexts.mjs';
import { listVectors, signatureVectors } from './lib/wallet/vectors.mjs';

const FOLDER = fileURLToPath(new URL('../vectors/wallet/', import.meta.url));
const USAGE = `usage: node wallet-vectors.mjs [--check]

  --check  changes nothing; fails where a kept vector is not what is computed

Writes eddsa-rdfc-2022.json and status-lists.json into tests/vectors/wallet. A published value that is not reproduced is an error.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

await run(async () => {
  const { values } = readArguments(USAGE, { check: { type: 'boolean', default: false } });
  const files = { 'eddsa-rdfc-2022.json': await signatureVectors(new PinnedContexts()), 'status-lists.json': await listVectors() };
  const checks = new Checks();
  for (const [file, vectors] of Object.entries(files)) {
    if (values.check) checks.equal(`${file}: ${vectors.length} vectors as kept`, comparable(JSON.parse(readFileSync(FOLDER + file, 'utf8'))), comparable(vectors));
    else writeFileSync(FOLDER + file, `${JSON.stringify(vectors, null, 1)}\n`);
  }
  return values.check ? checks.close() : true;
});

/** Vectors without the compressed lists, whose bytes another release of the compressor may choose differently. */
function comparable(vectors) {
  return JSON.parse(JSON.stringify(vectors, (name, value) => (name === 'encodedList' ? undefined : value)));
}
