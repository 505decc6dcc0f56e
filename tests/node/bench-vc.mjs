#!/usr/bin/env node
// Times @digitalbazaar/vc, the reference library of W3C credentials: one signature (eddsa-rdfc-2022) for each document, and its
// verification. Generous: contexts and key in memory, nothing stored, nothing anchored, several rounds, the best counts.
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import { readArguments, run } from './lib/command.mjs';
import { CONTEXT_DIRECTORY } from './lib/contexts.mjs';
import { readCorpus } from './lib/corpus.mjs';

const USAGE = `usage: node bench-vc.mjs --corpus FILE [--rounds N] [--contexts DIR]

  --corpus FILE  a JSON array of unsigned full documents
                 (cargo run --profile dist -p learncoin-credential --example bench -- --write-corpus FILE)
  --rounds N     how often the whole corpus is gone through (default 3); the best round counts
  --contexts DIR the pinned JSON-LD contexts (default: those of crates/credential)

Prints one JSON object: credentials, rounds, issued_per_second, verified_per_second.`;

/** The issuer, whose key is in memory. The library takes no issuer with a fragment. */
const ISSUER = 'did:web:learncoin.example';

await run(async () => {
  const { values } = readArguments(USAGE, {
    corpus: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    contexts: { type: 'string', default: CONTEXT_DIRECTORY },
  }, { required: ['corpus'] });
  const { documents, contexts } = readCorpus(values.corpus, values.contexts);
  const key = await Ed25519Multikey.generate({ id: `${ISSUER}#key`, controller: ISSUER });
  const documentLoader = await withIssuer(key, contexts.documentLoader);
  const rounds = Number(values.rounds);
  const issued = await best(rounds, documents, (document) => issue(document, key, documentLoader));
  const verified = await best(rounds, issued.results, async (credential) => {
    const report = await vc.verifyCredential({ credential, suite: new DataIntegrityProof({ cryptosuite }), documentLoader });
    if (!report.verified) throw report.error;
  });
  console.log(JSON.stringify({
    credentials: documents.length, rounds, issued_per_second: documents.length / issued.seconds, verified_per_second: documents.length / verified.seconds,
  }));
  return true;
});

async function issue(document, key, documentLoader) {
  const credential = { ...structuredClone(document), issuer: { ...document.issuer, id: ISSUER } };
  return vc.issue({ credential, suite: new DataIntegrityProof({ signer: key.signer(), cryptosuite }), documentLoader });
}

/** Goes through all items several times, one after the other. */
async function best(rounds, items, work) {
  let seconds = Infinity;
  let results;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    results = [];
    for (const item of items) results.push(await work(item));
    seconds = Math.min(seconds, (performance.now() - started) / 1000);
  }
  return { seconds, results };
}

/** A loader that knows the issuer's DID document too. */
async function withIssuer(key, loader) {
  const method = await key.export({ publicKey: true, includeContext: true });
  const controller = { '@context': ['https://www.w3.org/ns/did/v1', method['@context']], id: ISSUER, verificationMethod: [method], assertionMethod: [method.id] };
  const own = new Map([[ISSUER, controller], [method.id, method]]);
  return async (url) => (own.has(url) ? { contextUrl: null, documentUrl: url, document: own.get(url) } : loader(url));
}
