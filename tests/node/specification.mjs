#!/usr/bin/env node
// The API's description judged by the tools that integrators feed it to: a linter, and two generators of clients.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Checks, readArguments, run } from './lib/command.mjs';
import { inTemporaryFolder, strictFaults } from './lib/typescript.mjs';

const USAGE = `usage: node specification.mjs --json FILE --yaml FILE

  --json FILE  what the deployment serves at /openapi.json; its server must not be on localhost, which the linter minds
  --yaml FILE  what it serves at /openapi.yaml

Exit status: 0 every tool is content, 1 not so, 2 wrong arguments.`;

const tool = (name) => path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules', '.bin', name);

await run(async () => {
  const { values } = readArguments(USAGE, { json: { type: 'string' }, yaml: { type: 'string' } }, { required: ['json', 'yaml'] });
  const checks = new Checks();
  const [json, yaml] = [values.json, values.yaml].map((file) => readFileSync(file, 'utf8'));
  checks.equal('the YAML says what the JSON says', parse(yaml, { version: '1.2' }), JSON.parse(json));
  for (const file of [values.json, values.yaml]) checks.equal(`redocly lint ${path.extname(file)}`, lint(file), []);
  await inTemporaryFolder((folder) => {
    const types = path.join(folder, 'types.ts');
    execFileSync(tool('openapi-typescript'), [values.yaml, '-o', types], { stdio: 'pipe' });
    checks.that('openapi-typescript writes every operation', says(types, ['createBatch', 'testWebhook', 'onBatchAnchored']));
    const client = path.join(folder, 'client.ts');
    execFileSync(tool('orval'), ['--input', values.yaml, '--output', client, '--client', 'fetch'], { stdio: 'pipe', cwd: folder });
    checks.that('orval writes every operation', says(client, ['createBatch', 'testWebhook', 'getCredential']));
    checks.equal('tsc --strict is content with what both wrote', strictFaults([types, client]), '');
  });
  return checks.close();
});

/** What the linter's recommended rules find, warnings included. */
function lint(file) {
  const { stdout, stderr } = spawnSync(tool('redocly'), ['lint', '--format=json', file], {
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  const start = stdout.indexOf('{');
  if (start < 0) throw new Error(`redocly said no JSON: ${stdout}${stderr}`);
  return JSON.parse(stdout.slice(start)).problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location?.[0]?.pointer ?? ''}`);
}

function says(file, words) {
  const text = readFileSync(file, 'utf8');
  return words.every((word) => text.includes(word));
}
