#!/usr/bin/env node
// Runs the Rust benchmark and the Node benchmarks one after the other on the same documents, and then the benchmark of revocation
// lists, and compares.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, run } from './lib/command.mjs';

const USAGE = `usage: node bench.mjs --rust FILE --revocations FILE

  --rust FILE         the benchmark program of crates/credential
                      (cargo build --profile dist -p learncoin-credential --example bench)
  --revocations FILE  that of crates/learncoin (cargo build --profile dist -p learncoin --example bench_revocations)

Prints one table. Exit status: 0 every promised ratio is kept, 1 not so, 2 wrong arguments.`;

await run(async () => {
  const { values } = readArguments(USAGE, { rust: { type: 'string' }, revocations: { type: 'string' } }, { required: ['rust', 'revocations'] });
  const folder = mkdtempSync(path.join(tmpdir(), 'learncoin-bench-'));
  try {
    const corpus = path.join(folder, 'corpus.json');
    const rust = outputOf(values.rust, ['--write-corpus', corpus]);
    const route = outputOf(process.execPath, [program('bench-route.mjs'), '--corpus', corpus]);
    const library = outputOf(process.execPath, [program('bench-vc.mjs'), '--corpus', corpus]);
    const verifier = outputOf(process.execPath, [program('bench-verify.mjs')]);
    return compare({ rust, route, library, verifier, revocations: outputOf(values.revocations, []) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function program(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The one JSON object that a benchmark prints. */
function outputOf(file, args) {
  console.error(`running ${path.basename(args[0]?.endsWith('.mjs') ? args[0] : file)} …`);
  return JSON.parse(execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
}

function compare({ rust, route, library, verifier, revocations }) {
  if (rust.canonical_bytes !== route.canonical_bytes) throw new Error(`not the same work: ${rust.canonical_bytes} canonical bytes here, ${route.canonical_bytes} there`);
  const rows = [
    {
      what: `issue ${route.credentials} credentials, against the Node route`,
      ours: rust.issue.credentials_per_second,
      theirs: route.credentials_per_second,
      promised: 50,
    },
    {
      what: 'the same, against SHA-256 alone over the same bytes',
      ours: rust.issue.credentials_per_second,
      theirs: rust.sha256.credentials_per_second,
      promised: 1 / 5,
    },
    {
      what: 'the same, against @digitalbazaar/vc, which signs each',
      ours: rust.issue.credentials_per_second,
      theirs: library.issued_per_second,
      promised: 100,
    },
    {
      what: 'make one wallet form, against its signature and hashes alone',
      ours: rust.wallet.credentials_per_second,
      theirs: rust.key.credentials_per_second,
      promised: 1 / 3,
    },
    {
      what: 'verify one document, against @digitalbazaar/vc',
      ours: rust.verify.credentials_per_second,
      theirs: library.verified_per_second,
      promised: 30,
    },
    {
      what: 'verify one document, against the stock verifier',
      ours: rust.verify.credentials_per_second,
      theirs: verifier.verifications_per_second,
      promised: 30,
    },
    {
      what: 'verify the next of its batch, with the look-ups kept',
      ours: rust.verify_next.credentials_per_second,
      theirs: verifier.verifications_per_second,
      promised: 60,
    },
    {
      what: `read one of ${revocations.many.revoked} revocations, against one of ${revocations.few.revoked}`,
      ours: revocations.many.readings_per_second,
      theirs: revocations.few.readings_per_second,
      promised: 1 / 2,
    },
  ];
  const line = (cells) => console.log(`| ${cells[0].padEnd(55)} | ${cells.slice(1).map((cell) => cell.padStart(12)).join(' | ')} |`);
  line(['', 'ours /s', 'theirs /s', 'ratio', 'promised', '']);
  const kept = rows.map(({ what, ours, theirs, promised }) => {
    const isKept = ours / theirs >= promised;
    line([what, ours.toFixed(0), theirs.toFixed(0), (ours / theirs).toPrecision(3), `>= ${promised}`, isKept ? 'kept' : 'MISSED']);
    return isKept;
  });
  return kept.every(Boolean);
}
