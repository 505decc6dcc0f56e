#!/usr/bin/env node
// Holds canonical forms against jsonld.js, in the release that most verifiers have and in the newest.
import { readFileSync } from 'node:fs';
import jsonld8 from 'jsonld8';
import jsonld9 from 'jsonld';
import { readArguments, run, UsageError } from './lib/command.mjs';
import { CONTEXT_DIRECTORY, PinnedContexts, sha256Hex } from './lib/contexts.mjs';

const USAGE = `usage: node canonical-forms.mjs [--contexts DIR] FILE|-

  FILE            JSON lines: {"document": without its proof, "canonical_sha256": hex, "canonical"?: N-Quads to show a difference by}
  --contexts DIR  the pinned JSON-LD contexts (default: those of crates/credential)

Each document is made canonical by jsonld.js 8 and 9 in safe mode, which refuses what would be dropped. The closing lines count.
Exit status: 0 all equal, 1 not so, 2 wrong arguments or unreadable input.`;

const RELEASES = [['jsonld.js 8', jsonld8, 'URDNA2015'], ['jsonld.js 9', jsonld9, 'RDFC-1.0']];
const SHOWN = 5;

await run(async () => {
  const { values, positionals } = readArguments(USAGE, { contexts: { type: 'string', default: CONTEXT_DIRECTORY } });
  if (positionals.length !== 1) throw new UsageError(`one FILE is wanted\n\n${USAGE}`);
  const rows = read(positionals[0]);
  const contexts = new PinnedContexts(values.contexts);
  for (const { document } of rows) adoptHost(contexts, document);
  let isAllEqual = true;
  for (const [name, jsonld, algorithm] of RELEASES) {
    const started = performance.now();
    let equal = 0;
    for (const [at, row] of rows.entries()) {
      const fault = await differs(row, jsonld, { algorithm, documentLoader: contexts.documentLoader });
      if (fault === null) equal += 1;
      else if (at - equal < SHOWN) console.log(`${name}: line ${at + 1}: ${fault}`);
    }
    console.log(`${name}: ${equal} of ${rows.length} equal (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    isAllEqual &&= equal === rows.length;
  }
  return isAllEqual;
});

function read(file) {
  try {
    const rows = readFileSync(file === '-' ? 0 : file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
    if (rows.length === 0 || rows.some(({ document, canonical_sha256: hash }) => !document || !/^[0-9a-f]{64}$/.test(hash))) throw new Error('each line is {document, canonical_sha256}');
    return rows;
  } catch (error) {
    throw new UsageError(`${file}: ${error.message}`);
  }
}

/** A host's own context, which every host serves the same, stands last in an anchored document. */
function adoptHost(contexts, document) {
  const last = document['@context'].at(-1);
  if (last.endsWith('/contexts/v1')) contexts.adoptHostContext(last);
}

/** What is different, in words; null where nothing is. */
async function differs({ document, canonical_sha256: wanted, canonical }, jsonld, { algorithm, documentLoader }) {
  let nquads;
  try {
    nquads = await jsonld.canonize(document, { algorithm, format: 'application/n-quads', documentLoader, safe: true });
  } catch (error) {
    return `refused: ${error.message} ${JSON.stringify(error.details ?? {}).slice(0, 300)}`;
  }
  if (sha256Hex(nquads) === wanted) return null;
  const [ours, theirs] = [canonical ?? '', nquads].map((text) => text.split('\n'));
  const at = theirs.findIndex((line, i) => line !== ours[i]);
  return `hash ${sha256Hex(nquads)}, not ${wanted}; line ${at + 1}: ${theirs[at]}`;
}
