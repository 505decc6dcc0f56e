// Cuts code out of the seeds, which are plain text: prose and code follow each other without fences, often on one line.
// A block is found by how it begins and by the prose right behind it; a seed that changed is a loud error, not a guess.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export class Seed {
  /** @param {string} folder the seeds' folder  @param {string} number the seed's three digits */
  constructor(folder, number) {
    const files = readdirSync(folder).filter((file) => file.startsWith(`${number}_`));
    if (files.length !== 1) throw new Error(`${files.length} seeds are numbered ${number}, expected one`);
    [this.name] = files;
    this.text = readFileSync(path.join(folder, this.name), 'utf8');
  }

  /** The code that begins with `first` (which stands once in the seed) and ends before `next`, the prose behind it. */
  cut(first, next) {
    const start = this.text.indexOf(first);
    if (start < 0) throw new Error(`${this.name}: no code begins with ${JSON.stringify(first)}`);
    if (this.text.indexOf(first, start + 1) >= 0) throw new Error(`${this.name}: ${JSON.stringify(first)} stands there twice`);
    const end = this.text.indexOf(next, start + first.length);
    if (end < 0) throw new Error(`${this.name}: the code that begins with ${JSON.stringify(first)} does not end before ${JSON.stringify(next)}`);
    return `${this.text.slice(start, end).trimEnd()}\n`;
  }
}

/** Each part of the seeds' types by how it begins, with the heading that follows it. */
const TYPES = [
  ['// learncoin-types.ts', 'Primitives'],
  ['/** API key. Prefix determines environment. */', 'Request shapes'],
  ['/** POST /v1/batches request body. */', 'Response shapes'],
  ['/** POST /v1/batches response (202)', 'Webhook events'],
  ['export type WebhookEventType =', 'Errors'],
  ['export interface ApiError {', 'Minimal typed client'],
];
/** The seeds' own TypeScript types, as one file. */
export function seedTypes(folder) {
  const seed = new Seed(folder, '001');
  return TYPES.map(([first, next]) => seed.cut(first, next)).join('\n');
}

/** Replaces the seeds' base URL, the one thing that a snippet is allowed to differ in. */
export function withBaseUrl(code, baseUrl) {
  const parts = code.split('https://api.learncoin.me/v1');
  if (parts.length !== 2) throw new Error(`the snippet names its base URL ${parts.length - 1} times, expected once`);
  return parts.join(baseUrl);
}
