#!/usr/bin/env node
// The seeds' TypeScript types and minimal typed client, unchanged, type-checked and run against a server.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Checks, readArguments, run, seedsFolder } from './lib/command.mjs';
import { Seed, seedTypes } from './lib/seeds.mjs';
import { importTypeScript, inTemporaryFolder, strictFaults } from './lib/typescript.mjs';

const USAGE = `usage: node typed-client.mjs --shared DIR --base-url URL --key KEY

  --shared DIR    the shared material, with seeds/ in it; where it is not there the client is skipped
  --base-url URL  the API: http://localhost:8080/v1; given to the client's constructor
  --key KEY       a test key of a tenant

Exit status: 0 the client type-checks and works (or skipped), 1 not so, 2 wrong arguments.`;

const CLIENT = ['import type {', 'See also'];
const PATIENCE_MS = 60_000;

await run(async () => {
  const { values } = readArguments(USAGE, {
    shared: { type: 'string' },
    'base-url': { type: 'string' },
    key: { type: 'string' },
  }, { required: ['shared', 'base-url', 'key'] });
  const folderOfSeeds = seedsFolder(values.shared);
  const seed = new Seed(folderOfSeeds, '001');
  const checks = new Checks();
  await inTemporaryFolder(async (folder) => {
    const types = seedTypes(folderOfSeeds);
    const client = seed.cut(...CLIENT);
    checks.equal('tsc --strict is content with both files as they are', typeFaults(folder, types, client), '');
    const { LearnCoinClient } = await importTypeScript(folder, 'learncoin-client', client);
    await use(checks, (key) => new LearnCoinClient(key, values['base-url']), values.key);
  });
  return checks.close();
});

function typeFaults(folder, types, client) {
  const files = [['learncoin-types.ts', types], ['learncoin-client.ts', client]].map(([name, code]) => {
    writeFileSync(path.join(folder, name), code);
    return path.join(folder, name);
  });
  return strictFaults(files);
}

async function use(checks, clientFor, key) {
  const client = clientFor(key);
  const request = {
    credentials: [{
      recipient: { id: `urn:uuid:${randomUUID()}`, name: 'Ada Lovelace' },
      achievement: { name: 'Introduction to Machine Learning', description: 'Completed the course.', alignment: [{ targetFramework: 'O*NET', targetCode: '15-2051.00', targetName: 'Data Scientists' }] },
      issuanceDate: new Date().toISOString(),
    }],
  };
  const idempotencyKey = randomUUID();
  const batch = await client.createBatch(request, idempotencyKey);
  checks.equal('createBatch: one pending credential', [batch.status, batch.credentials_count], ['pending', 1]);
  checks.equal('the same key again: the same batch', await client.createBatch(request, idempotencyKey), batch);
  const other = structuredClone(request);
  other.credentials[0].recipient.name = 'Grace Hopper';
  checks.equal('the same key for another body', await errorOf(client.createBatch(other, idempotencyKey)), 'LearnCoin: idempotency_key_reused');

  const anchored = await untilAnchored(client, batch.id);
  checks.equal('getBatch: anchored', [anchored.status, anchored.credentials?.length, anchored.error ?? null], ['anchored', 1, null]);
  const credential = await client.getCredential(anchored.credentials[0].id);
  checks.equal('getCredential: the flags', [credential.status, credential.revoked, credential.erased], ['anchored', false, false]);
  checks.equal('getCredential: the document', [credential.signed_credential?.id, credential.signed_credential?.credentialSubject.name], [credential.verify_url, 'Ada Lovelace']);

  checks.equal('a batch that is not there', await errorOf(client.getBatch('bat_01HXYZ00000000000000000000')), 'LearnCoin: batch_not_found');
  checks.equal('a request without credentials', await errorOf(client.createBatch({ credentials: [] })), 'LearnCoin: missing_required_field');
  checks.equal('an unknown key', await errorOf(clientFor('lrn_test_unknown').getBatch(batch.id)), 'LearnCoin: api_key_invalid');
}

async function untilAnchored(client, id) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const batch = await client.getBatch(id);
    if (batch.status === 'anchored' || batch.status === 'failed' || Date.now() > deadline) return batch;
    await sleep(200);
  }
}

function errorOf(call) {
  return call.then((answer) => `no error but ${JSON.stringify(answer)}`, (error) => error.message);
}
