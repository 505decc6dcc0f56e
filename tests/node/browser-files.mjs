#!/usr/bin/env node
// Runs the browser's reader of files in Node: over a table of files, each with the outcome that is due, and over random
// changes of them.
import { isDeepStrictEqual } from 'node:util';
import { dayOf, lastDayOf } from '../../crates/server/web/verify/days.js';
import { readFile } from '../../crates/server/web/verify/files.js';
import { linkOf } from '../../crates/server/web/verify/link.js';
import { UnreadableFile } from '../../crates/server/web/verify/reading.js';
import { Checks, readArguments, run } from './lib/command.mjs';
import { CREDENTIAL, TWIN, WALLET_FORM, fileTable } from './lib/file-table.mjs';
import { announcedSeed, seededRandom } from './lib/random.mjs';
import { readForm } from './lib/read-form.mjs';

const USAGE = `usage: node browser-files.mjs [--random N] [--cases]

  --random N  how many random changes to try (default 2000)
  --cases     print each file with what was found in it, one JSON line each, for another reader to judge

Holds the reader of crates/server/web/verify against the table of tests/node/lib/file-table.mjs.
The seed of the random changes goes to standard error and is taken from LEARNCOIN_SEED.`;

/** What is found in a file: one outcome, and the credential's text. */
async function found(bytes) {
  try {
    const { credential, foreign } = await readFile(new Uint8Array(bytes));
    if (foreign !== undefined) return { outcome: `foreign: ${foreign.kind}, ${foreign.issuer ?? 'no issuer'}` };
    const { ended } = readForm(credential);
    const failed = ended?.checks.find((check) => check.outcome === 'failed');
    return { outcome: failed ? `credential: ${failed.name} failed` : 'credential', text: new TextDecoder().decode(credential) };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { outcome: `none: ${error.code}` };
  }
}

/** Whether a credential is the one that was put into the file. */
function isWanted(name, text) {
  if (/a twin/.test(name)) return text === TWIN;
  return isDeepStrictEqual(JSON.parse(text), /wallet form/.test(name) ? WALLET_FORM : CREDENTIAL);
}

/** A file with a few bytes changed, taken away, repeated, or cut off. */
function changed(bytes, random) {
  const below = (limit) => Math.floor(random() * limit);
  let copy = Buffer.from(bytes);
  for (let times = 1 + below(3); times > 0 && copy.length > 0; times -= 1) {
    const at = below(copy.length);
    const end = Math.min(copy.length, at + below(64));
    const kind = below(5);
    if (kind === 0) copy[at] ^= 1 << below(8);
    if (kind === 1) copy[at] = below(256);
    if (kind === 2) copy = copy.subarray(0, at);
    if (kind === 3) copy = Buffer.concat([copy.subarray(0, at), copy.subarray(end)]);
    if (kind === 4) copy = Buffer.concat([copy.subarray(0, end), copy.subarray(at)]);
  }
  return copy;
}

/** Links and dates by the rules that the server has too. */
function holdAgainstRules(checks) {
  const words = { day: '{day} {month} {year}', second: '{day}, {time} UTC', months: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] };
  const days = [
    ['2031-07-01T00:00:00Z', '30 June 2031'], ['2028-03-01T00:00:00.000Z', '29 February 2028'], ['2031-06-30T23:59:59Z', '30 June 2031'], ['2031-06-30T12:00:00Z', '30 June 2031, 12:00 UTC'],
    ['2031-06-30T12:00:07Z', '30 June 2031, 12:00:07 UTC'], ['2031-07-01T00:00:00.5Z', '1 July 2031, 00:00 UTC'], ['9999-12-31T00:00:00Z', '31 December 9999'],
    ['9999-12-31T23:59:59Z', '31 December 9999'], ['never', 'never'],
  ];
  for (const [date, due] of days) checks.equal(`the last day of ${date}`, lastDayOf(words, date), due);
  checks.equal('the day of a date', dayOf(words, '2026-04-03T12:00:58.1Z'), '3 April 2026');
  const [id, own] = ['crd_01KPX4MQ00REJFE5FBD8QX9Y5A', ['https://learncoin.example', 'http://localhost:7']];
  const [page, elsewhere] = [{ fetched: `/c/${id}`, id: `${own[0]}/c/${id}` }, { fetched: `https://other.example/c/${id}`, id: `https://other.example/c/${id}` }];
  const links = [
    [id, page], [` <${id.toLowerCase()}>. `, page], [id.replaceAll('0', 'O'), page], [`${own[0]}/c/${id}/`, page], [`“${own[0]}/c/${id}”.`, page], [`learncoin.example/c/${id}`, page],
    [`http://learncoin.example/c/${id}?redacted=true#x`, page], [`${own[0]}//c/${id}/certificate.pdf`, page], [`${own[0]}/c/${id}%3E`, page], [`localhost:7/c/${id}`, page],
    [`http://other.example/c/${id.toLowerCase()}`, elsewhere], [`${own[0]}/c/${id}?form=wallet`, { ...page, fetched: `/c/${id}?form=wallet` }],
    [`other.example/c/${id}?form=wallet&x=1`, { ...elsewhere, fetched: `${elsewhere.fetched}?form=wallet` }], ['hello', null], ['javascript:alert(1)', null], [`ftp://other.example/c/${id}`, null], [`${own[0]}/docs`, null], [id.replace('K', 'U'), null],
  ];
  for (const [given, due] of links) checks.equal(`the link ${given}`, linkOf(given, own), due);
}

await run(async () => {
  const { values } = readArguments(USAGE, { random: { type: 'string', default: '2000' }, cases: { type: 'boolean', default: false } });
  const random = seededRandom(announcedSeed());
  const table = fileTable();
  const checks = new Checks();
  if (!values.cases) holdAgainstRules(checks);
  for (const [name, due, bytes] of table) {
    const result = await found(bytes);
    if (values.cases) console.log(JSON.stringify({ name, due, bytes: bytes.toString('hex'), ...result }));
    else checks.equal(name, result.outcome, due);
    if (due === 'credential' && !values.cases && !/without the name|another signature/.test(name)) checks.that(`${name}: the credential`, isWanted(name, result.text));
  }
  for (let number = 0; number < Number(values.random); number += 1) {
    const [name, , whole] = table[Math.floor(random() * table.length)];
    const bytes = changed(whole, random);
    const result = await found(bytes);
    if (values.cases) console.log(JSON.stringify({ name: `${name}, changed`, bytes: bytes.toString('hex'), ...result }));
  }
  return values.cases || checks.close();
});
