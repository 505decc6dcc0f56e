#!/usr/bin/env node
// Lets the public Standard Webhooks library, and the scheme of LearnCoin's own page, judge signed deliveries.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { Checks, readArguments, run } from './lib/command.mjs';

const USAGE = `usage: node webhooks.mjs --deliveries FILE

  --deliveries FILE  one JSON object per line: secret, id, timestamp, learncoin, standard, body; flip: the byte of the
                     body to change

Each delivery must be genuine, and none may be once one byte of it was changed.
Exit status: 0 so, 1 not so, 2 wrong arguments.`;

await run(async () => {
  const { values } = readArguments(USAGE, { deliveries: { type: 'string' } }, { required: ['deliveries'] });
  const deliveries = readFileSync(values.deliveries, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const checks = new Checks();
  for (const [name, isGenuine] of [['the library', byLibrary], ['X-LearnCoin-Signature', byOwnScheme]]) {
    const bodies = deliveries.map((one) => [one, Buffer.from(one.body)]);
    const genuine = bodies.filter(([one, body]) => isGenuine(one, body)).length;
    const fooled = bodies.filter(([one, body]) => isGenuine(one, flipped(body, one.flip))).length;
    checks.equal(`${name} takes each of ${deliveries.length}`, genuine, deliveries.length);
    checks.equal(`${name} takes none with a byte changed`, fooled, 0);
  }
  return checks.close();
});

function flipped(body, index) {
  const changed = Buffer.from(body);
  changed[index] ^= 1;
  return changed;
}

function byLibrary({ secret, id, timestamp, standard }, body) {
  const headers = { 'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': standard };
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function byOwnScheme({ secret, learncoin }, body) {
  const [t, ...signatures] = learncoin.split(',');
  const hex = createHmac('sha256', secret).update(`${t.replace('t=', '')}.`).update(body).digest('hex');
  const expected = Buffer.from(`v1=${hex}`);
  return signatures.some((one) => one.length === expected.length && timingSafeEqual(Buffer.from(one), expected));
}
