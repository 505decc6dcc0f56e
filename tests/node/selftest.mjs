#!/usr/bin/env node
// Tests the judges themselves, without LearnCoin's server: the test vectors on a real EVM node and a small host.
// A verifier harness that calls everything valid, or everything invalid, fails here.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAnvil } from './lib/anvil.mjs';
import { Checks, readArguments, run } from './lib/command.mjs';
import { CONTEXT_DIRECTORY, PinnedContexts } from './lib/contexts.mjs';
import { Lookups, didWebAddress, parseMaps } from './lib/lookups.mjs';
import { announcedSeed, seededRandom } from './lib/random.mjs';
import { StockVerifier } from './lib/stock-verifier.mjs';
import { tamper } from './lib/tamper.mjs';
import { startVectorHost } from './lib/vector-host.mjs';

const VECTORS = fileURLToPath(new URL('../../crates/credential/tests/data/vectors/', import.meta.url));
const USAGE = `usage: node selftest.mjs [--vectors DIR] [--contexts DIR] [--bits N]

  --vectors DIR  the test vectors (default: those of crates/credential)
  --contexts DIR the pinned JSON-LD contexts (default: those of crates/credential)
  --bits N       random bits to flip in each tampered proofValue (default 32)`;
const CHAIN_ID = 84532;
const realFetch = globalThis.fetch; // the library runs under another one

await run(async () => {
  const { values } = readArguments(USAGE, {
    vectors: { type: 'string', default: VECTORS },
    contexts: { type: 'string', default: CONTEXT_DIRECTORY },
    bits: { type: 'string', default: '32' },
  });
  const contexts = new PinnedContexts(values.contexts);
  const vectors = readdirSync(values.vectors)
    .filter((file) => file.startsWith('batch-'))
    .map((file) => ({ file, ...JSON.parse(readFileSync(path.join(values.vectors, file), 'utf8')) }))
    .filter(({ transaction }) => transaction.chain_id === CHAIN_ID);
  const chain = await startAnvil({ chainId: CHAIN_ID });
  const host = await startVectorHost({ vectors, contexts });
  const folder = mkdtempSync(path.join(tmpdir(), 'learncoin-selftest-'));
  const world = { checks: new Checks(), contexts, vectors, chain, host, folder, maps: [`https://learncoin.me=${host.url}`], contextFolder: values.contexts, bits: Number(values.bits) };
  try {
    addresses(world);
    await anchorVectors(world);
    await judgeVectors(world);
    await judgeTampered(world);
    await judgeCircumstances(world);
    await judgeByCommand(world);
    await judgeSchemas(world);
    return world.checks.close();
  } finally {
    rmSync(folder, { recursive: true });
    host.stop();
    chain.stop();
  }
});

function verifier({ maps, contexts, chain }, chainId = CHAIN_ID) {
  return StockVerifier.overRpc({ lookups: new Lookups({ maps: parseMaps(maps), contexts }), rpcUrl: chain.url, chainId });
}

/** Both spellings of a host that is served over http, and its did:web. */
function addresses({ checks }) {
  checks.equal('did:web of a host with a port', didWebAddress('did:web:localhost%3A8080#tenant-1'), 'localhost:8080/.well-known/did.json');
  checks.equal('did:web with a path', didWebAddress('did:web:learncoin.me:tenants:A'), 'learncoin.me/tenants/A/did.json');
  checks.equal('a map holds without its scheme', parseMaps(['http://localhost:8080=http://127.0.0.1:9/']), [{ from: 'localhost:8080', to: 'http://127.0.0.1:9' }]);
}

async function anchorVectors({ checks, vectors, chain }) {
  for (const { file, key, transaction } of vectors) {
    await chain.rpc('anvil_setBalance', key.address, '0xde0b6b3a7640000');
    checks.equal(`${file}: the node computes the vector's transaction hash`, await chain.rpc('eth_sendRawTransaction', transaction.raw), transaction.hash);
  }
}

async function judgeVectors({ checks, vectors, ...world }) {
  const judge = verifier(world);
  for (const { file, signed } of vectors) {
    for (const [i, { credential_full: full, credential_redacted: redacted }] of signed.entries()) {
      if (full) checks.that(`${file} ${i + 1}, full: valid`, ...seen(await judge.judge(full), true));
      checks.that(`${file} ${i + 1}, redacted: valid`, ...seen(await judge.judge(redacted), true));
    }
  }
}

function seen(verdict, wanted) {
  return [verdict.valid === wanted, verdict];
}

async function judgeTampered({ checks, vectors, bits, ...world }) {
  const judge = verifier(world);
  const random = seededRandom(announcedSeed());
  for (const { file, signed } of vectors) {
    const { credential_full: full, credential_redacted: redacted } = signed.at(-1);
    for (const [kind, credential, twin] of [['full', full, redacted], ['redacted', redacted, full]]) {
      const variants = await tamper(credential, { others: [twin], contexts: world.contexts, random, bitFlips: bits });
      const surprises = [];
      for (const { name, credential: variant, expect } of variants) {
        const verdict = await judge.judge(variant);
        if (verdict.valid !== (expect === 'valid')) surprises.push(`${name} (${verdict.valid ? 'called valid' : `${verdict.failed_step}: ${verdict.message}`})`);
      }
      checks.that(`${file}, ${kind}: ${variants.length} variants judged as expected`, surprises.length === 0 && variants.length > 60, surprises.join('\n       '));
    }
  }
}

/** What the harness itself must notice, beyond the document. */
async function judgeCircumstances({ checks, vectors, ...world }) {
  const { host } = world;
  const { credential_full: full, credential_redacted: redacted } = vectors[0].signed[0];
  checks.that('a node of another chain: invalid', ...seen(await verifier(world, 8453).judge(full), false));
  checks.that('no host is mapped: invalid', ...seen(await verifier({ ...world, maps: [] }).judge(full), false));
  host.revoked.set(full.id, 'Superseded.');
  checks.that('revoked, full: invalid', ...seen(await verifier(world).judge(full), false));
  checks.that('revoked, redacted: invalid', ...seen(await verifier(world).judge(redacted), false));
  host.revoked.clear();
  checks.that('no longer on the list: valid', ...seen(await verifier(world).judge(full), true));

  const withoutRevocations = new Lookups({
    maps: parseMaps(world.maps),
    contexts: world.contexts,
    fetch: (url) => (String(url).includes('/revocations') ? Promise.resolve(new Response('', { status: 503 })) : realFetch(url)),
  });
  const verdict = await StockVerifier.overRpc({ lookups: withoutRevocations, rpcUrl: world.chain.url }).judge(full);
  checks.equal('a revocation list that does not answer: not believed', [verdict.valid, verdict.failed_step], [false, 'lookup']);
  const otherContext = new Lookups({
    maps: parseMaps(world.maps),
    contexts: world.contexts,
    fetch: (url) => (String(url).includes('/contexts/v1') ? Promise.resolve(new Response('{"@context":{}}')) : realFetch(url)),
  });
  checks.that('a host with another context document: invalid', ...seen(await StockVerifier.overRpc({ lookups: otherContext, rpcUrl: world.chain.url }).judge(full), false));
}

/** verify.mjs and tamper.mjs as commands: what they read, print, and exit with. */
async function judgeByCommand({ checks, vectors, ...world }) {
  const file = (name, value) => {
    const place = path.join(world.folder, name);
    writeFileSync(place, JSON.stringify(value));
    return place;
  };
  const common = ['--rpc', world.chain.url, '--chain-id', String(CHAIN_ID), '--contexts', world.contextFolder, ...world.maps.flatMap((map) => ['--map', map])];
  const verify = (...files) => command('verify.mjs', [...files, ...common]);
  const { credential_full: full, credential_redacted: redacted } = vectors[0].signed[0];
  const forged = structuredClone(full);
  forged.credentialSubject.name = 'Mallory';

  const good = await verify(file('good.json', full), file('body.json', { id: 'crd_1', signed_credential: redacted }));
  checks.equal('two valid credentials: 0', [good.status, good.lines.map(({ valid }) => valid)], [0, [true, true]]);
  const bad = await verify(file('forged.json', forged));
  checks.equal('a forged one: 1', [bad.status, bad.lines], [1, [{ name: 'forged.json', valid: false, message: 'Computed hash does not match remote hash', failed_step: 'compareHashes', surprise: true }]]);
  const expected = await verify(file('list.json', [{ name: 'forged', credential: forged, expect: 'invalid' }, { name: 'full', credential: full, expect: 'valid' }]));
  checks.equal('a list as expected: 0', [expected.status, expected.lines.map(({ name, valid }) => [name, valid])], [0, [['forged', false], ['full', true]]]);
  const surprised = await verify(file('surprise.json', [{ name: 'full', credential: full, expect: 'invalid' }]));
  checks.equal('a valid one that was to be invalid: 1', [surprised.status, surprised.lines[0].surprise], [1, true]);
  const tampered = await command('tamper.mjs', [file('good.json', full), '--other', file('redacted.json', redacted), '--contexts', world.contextFolder, '--bits', '2']);
  const judged = await verify(file('tampered.json', tampered.lines[0]));
  checks.equal('the list of tamper.mjs goes into verify.mjs: 0', [judged.status, judged.lines.length], [0, tampered.lines[0].length]);
  const silent = await command('verify.mjs', [file('list.json', [{ name: 'forged', credential: forged, expect: 'invalid' }]), '--rpc', 'http://127.0.0.1:1', ...common.slice(2)]);
  checks.equal('invalid as expected, but only because the node is away: 1', [silent.status, silent.lines[0].failed_step], [1, 'lookup']);
  checks.equal('not anchored yet: 2', (await verify(file('pending.json', { signed_credential: null }))).status, 2);
  checks.equal('no file: 2', (await verify(path.join(world.folder, 'absent.json'))).status, 2);
  checks.equal('no node: 2', (await command('verify.mjs', ['good.json'])).status, 2);
}

/** schemas.mjs: every vector conforms, in both layouts; a document that lacks what one schema wants does not. */
async function judgeSchemas({ checks, vectors, folder }) {
  const conforms = async (name, list) => {
    const place = path.join(folder, name);
    writeFileSync(place, JSON.stringify(list));
    return (await execute('schemas.mjs', [place])).status;
  };
  const all = vectors.flatMap(({ signed }) => signed.flatMap((one) => [one.credential_full, one.credential_redacted])).filter(Boolean);
  checks.equal(`${all.length} credentials conform to the published schemas: 0`, await conforms('conforming.json', all.map((credential, i) => ({ name: `${i}`, credential }))), 0);
  for (const member of ['validFrom', 'nonce', 'credentialSubject']) {
    const { [member]: _, ...lacking } = all[0];
    checks.equal(`one without ${member} does not: 1`, await conforms('lacking.json', lacking), 1);
  }
}

/** Runs a program of this folder that prints JSON lines. */
async function command(program, args) {
  const { status, printed } = await execute(program, args);
  return { status, lines: printed.split('\n').filter(Boolean).map((line) => JSON.parse(line)) };
}

function execute(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    let printed = '';
    child.stdout.on('data', (chunk) => { printed += chunk; });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, printed }));
  });
}
