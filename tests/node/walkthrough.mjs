#!/usr/bin/env node
// Walks the seeds' first-credential walkthrough with the seeds' own TypeScript, cut out when the test runs.
import { writeFileSync } from 'node:fs';
import { Checks, readArguments, run, seedsFolder } from './lib/command.mjs';
import { Seed, withBaseUrl } from './lib/seeds.mjs';
import { importTypeScript, inTemporaryFolder } from './lib/typescript.mjs';

const USAGE = `usage: node walkthrough.mjs --shared DIR --base-url URL --key KEY [--out FILE]

  --shared DIR    the shared material, with seeds/ in it; where it is not there the walkthrough is skipped
  --base-url URL  the API: http://localhost:8080/v1
  --key KEY       a test key of a tenant
  --out FILE      where to write the signed credential that the last step downloads

The snippets of steps 2 to 6 run unchanged: they take the base URL and the key from the environment, as step 1 sets it.
The authentication page's snippet has its base URL written in; that alone is replaced. Two names in the snippets are the
integrator's own, so the test supplies them: "db", the integrator's database, and "payload", a request.
Exit status: 0 all as promised (or skipped), 1 not so, 2 wrong arguments.`;

const FIVE_FIELDS = ['id', 'status', 'credentials_count', 'created_at', 'environment'];

await run(async () => {
  const { values } = readArguments(USAGE, {
    shared: { type: 'string' },
    'base-url': { type: 'string' },
    key: { type: 'string' },
    out: { type: 'string' },
  }, { required: ['shared', 'base-url', 'key'] });
  const seeds = seedsFolder(values.shared);
  const checks = new Checks();
  Object.assign(process.env, { LEARNCOIN_API_KEY: values.key, LEARNCOIN_BASE_URL: values['base-url'] });
  await inTemporaryFolder(async (folder) => {
    const signed = await firstCredential(checks, new Seed(seeds, '004'), folder);
    await authentication(checks, new Seed(seeds, '003'), folder, values['base-url']);
    if (values.out) writeFileSync(values.out, JSON.stringify(signed));
  });
  return checks.close();
});

/** Steps 2 to 6 of the walkthrough, one module as a reader would paste it. */
async function firstCredential(checks, seed, folder) {
  const recipients = [];
  globalThis.db = { recipients: { insert: async (row) => { recipients.push(row); } } };
  const snippets = [
    seed.cut('import { randomUUID } from "node:crypto";', 'This mapping row is'),
    seed.cut('const achievement = {', 'Field notes:'),
    seed.cut('const response = await fetch(', 'Why Idempotency-Key?'),
    seed.cut('async function waitForAnchor(', 'Testnet anchoring typically'),
    seed.cut('const res = await fetch(\n`${process.env.LEARNCOIN_BASE_URL}/credentials/${credentialId}`', 'They can then verify offline'),
  ];
  const names = ['recipientId', 'achievement', 'response', 'batch', 'anchored', 'credentialId', 'verifyUrl', 'res', 'signed_credential'];
  const { result, printed } = await recordingConsole(() => importTypeScript(folder, 'walkthrough', `${snippets.join('\n')}\nexport { ${names.join(', ')} };\n`));
  const { recipientId, response, batch, anchored, credentialId, verifyUrl, res, signed_credential: signed } = result;

  checks.equal('step 2: the integrator\'s row has the pseudonym', recipients.map(({ id }) => id), [recipientId]);
  checks.equal('step 4: 202', response.status, 202);
  checks.equal('step 4: the body has exactly its five fields', Object.keys(batch).sort(), [...FIVE_FIELDS].sort());
  checks.that('step 4: a batch id', /^bat_[0-9A-HJKMNP-TV-Z]{26}$/.test(batch.id), batch.id);
  checks.equal('step 4: one pending credential in the test environment', [batch.status, batch.credentials_count, batch.environment], ['pending', 1, 'test']);
  checks.that('step 4: created_at has milliseconds and Z', isTime(batch.created_at), batch.created_at);
  checks.equal('step 4: the snippet prints the batch', printed[0], [batch]);

  checks.equal('step 5: anchored', [anchored.id, anchored.status, anchored.credentials_count, anchored.environment], [batch.id, 'anchored', 1, 'test']);
  checks.that('step 5: anchored_at', isTime(anchored.anchored_at), anchored.anchored_at);
  checks.that('step 5: a Merkle root with 0x', /^0x[0-9a-f]{64}$/.test(anchored.merkle_root), anchored.merkle_root);
  checks.that('step 5: the transaction', anchored.anchor_transaction?.chain === 'base-sepolia' && /^0x[0-9a-f]{64}$/.test(anchored.anchor_transaction.hash), anchored.anchor_transaction);
  checks.equal('step 5: the credential belongs to the recipient', anchored.credentials.map((one) => one.recipient_id), [recipientId]);
  checks.that('step 5: its id', /^crd_[0-9A-HJKMNP-TV-Z]{26}$/.test(credentialId), credentialId);
  checks.that('step 5: the verify link ends in it', verifyUrl.endsWith(`/c/${credentialId}`), verifyUrl);
  checks.equal('step 5: the snippet prints both', printed[1], [`Credential ${credentialId} is verifiable at:\n ${verifyUrl}`]);

  checks.equal('step 6: 200', res.status, 200);
  checks.equal('step 6: the document is the credential', [signed.id, signed.credentialSubject.id, signed.credentialSubject.name], [verifyUrl, recipientId, 'Ada Lovelace']);
  checks.equal('step 6: the achievement is the request\'s', [signed.credentialSubject.achievement.name, signed.credentialSubject.achievement.alignment.length], [result.achievement.name, 1]);
  checks.equal('step 6: its proof', [signed.proof.type, signed.proof.proofPurpose], ['MerkleProof2019', 'assertionMethod']);
  return signed;
}

/** The TypeScript snippet of the page on authentication. */
async function authentication(checks, seed, folder, baseUrl) {
  const { randomUUID } = await import('node:crypto');
  globalThis.payload = {
    credentials: [{
      recipient: { id: `urn:uuid:${randomUUID()}`, name: 'Ada Lovelace' },
      achievement: { name: 'Introduction to Machine Learning', description: 'Completed the course.' },
      issuanceDate: new Date().toISOString(),
    }],
  };
  const snippet = withBaseUrl(seed.cut('const res = await fetch(', '# Python'), baseUrl);
  const { res } = await importTypeScript(folder, 'authentication', `${snippet}\nexport { res };\n`);
  const batch = await res.json();
  checks.equal('authentication: 202 with exactly its five fields', [res.status, Object.keys(batch).sort()], [202, [...FIVE_FIELDS].sort()]);
}

function isTime(text) {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}

/** Runs `use` with what it prints passed on and kept: one list of arguments for each call of `console.log`. */
async function recordingConsole(use) {
  const printed = [];
  const { log } = console;
  console.log = (...values) => {
    printed.push(values);
    log(...values);
  };
  try {
    return { result: await use(), printed };
  } finally {
    console.log = log;
  }
}
