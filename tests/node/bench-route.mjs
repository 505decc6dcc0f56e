#!/usr/bin/env node
// Times the route that a Node issuer takes today: jsonld.js canonicalises, SHA-256 hashes, a Merkle tree is closed, and
// @blockcerts/lds-merkle-proof-2019 encodes the proofs. Generous: contexts in memory, several rounds, the best counts.
import { createHash } from 'node:crypto';
import { Encoder } from '@blockcerts/lds-merkle-proof-2019';
import jsonld from 'jsonld';
import { readArguments, run } from './lib/command.mjs';
import { CONTEXT_DIRECTORY } from './lib/contexts.mjs';
import { readCorpus } from './lib/corpus.mjs';

const USAGE = `usage: node bench-route.mjs --corpus FILE [--rounds N] [--contexts DIR]

  --corpus FILE  a JSON array of unsigned full documents
                 (cargo run --profile dist -p learncoin-credential --example bench -- --write-corpus FILE)
  --rounds N     how often the whole corpus is gone through (default 3); the best round counts
  --contexts DIR the pinned JSON-LD contexts (default: those of crates/credential)

Prints one JSON object: credentials, canonical_bytes (of all canonical forms together, so that it can be seen that another
program did the same work), rounds, best_seconds, credentials_per_second.`;

await run(async () => {
  const { values } = readArguments(USAGE, {
    corpus: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    contexts: { type: 'string', default: CONTEXT_DIRECTORY },
  }, { required: ['corpus'] });
  const { documents, contexts } = readCorpus(values.corpus, values.contexts);
  const blinds = documents.map((_, i) => sha256(`blind ${i}`));
  const rounds = Number(values.rounds);
  let best = Infinity;
  let bytes;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    const { canonical, proofValues } = await issue(documents, blinds, contexts.documentLoader);
    best = Math.min(best, (performance.now() - started) / 1000);
    if (proofValues.length !== 2 * documents.length) throw new Error('a proof is missing');
    bytes = canonical.reduce((sum, quads) => sum + Buffer.byteLength(quads), 0);
  }
  console.log(JSON.stringify({ credentials: documents.length, canonical_bytes: bytes, rounds, best_seconds: best, credentials_per_second: documents.length / best }));
  return true;
});

function sha256(...parts) {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
}

/** One batch, from documents to encoded proofs (credential format, sections 5 to 8). */
async function issue(documents, blinds, documentLoader) {
  const canonical = [];
  const leaves = [];
  for (const full of documents) {
    const pair = [];
    for (const document of [full, redacted(full)]) {
      const quads = await jsonld.canonize(document, { algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader, safe: true });
      canonical.push(quads);
      pair.push(sha256(quads));
    }
    leaves.push(pair);
  }
  const nodes = leaves.map(([full, red], i) => {
    const nodeFull = sha256(full, blinds[i]);
    return { i, nodeFull, node: sha256(nodeFull, red) };
  });
  nodes.sort((a, b) => Buffer.compare(a.node, b.node));
  const { root, paths } = tree(nodes.map(({ node }) => node));
  const merkleRoot = root.toString('hex');
  const proofValues = nodes.flatMap(({ i, nodeFull }, position) => {
    const [full, red] = leaves[i].map((leaf) => leaf.toString('hex'));
    return [
      encode([{ right: blinds[i].toString('hex') }, { right: red }, ...paths[position]], merkleRoot, full),
      encode([{ left: nodeFull.toString('hex') }, ...paths[position]], merkleRoot, red),
    ];
  });
  return { canonical, proofValues };
}

function redacted({ evidence: _, ...full }) {
  const { name: __, ...credentialSubject } = full.credentialSubject;
  return { ...full, credentialSubject };
}

/** The tree over nodes in the order given; the last of an odd level moves up. */
function tree(nodes) {
  const paths = nodes.map(() => []);
  let level = nodes.map((hash, i) => ({ hash, below: [i] }));
  while (level.length > 1) {
    const next = [];
    for (let i = 0; i + 1 < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]];
      for (const leaf of left.below) paths[leaf].push({ right: right.hash.toString('hex') });
      for (const leaf of right.below) paths[leaf].push({ left: left.hash.toString('hex') });
      next.push({ hash: sha256(left.hash, right.hash), below: [...left.below, ...right.below] });
    }
    if (level.length % 2 === 1) next.push(level.at(-1));
    level = next;
  }
  return { root: level[0].hash, paths };
}

/** The package knows no second anchor for Base, so it encodes one anchor where LearnCoin writes two. */
function encode(path, merkleRoot, targetHash) {
  return new Encoder({ path, merkleRoot, targetHash, anchors: [`blink:eth:sepolia:${'ab'.repeat(32)}`] }).encode();
}
