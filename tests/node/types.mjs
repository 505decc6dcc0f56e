#!/usr/bin/env node
// learncoin-types.ts held against the seeds' own types: their requests fit ours, our answers fit theirs, and what differs
// is exactly what section 0 of the contract names.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Checks, readArguments, run, seedsFolder } from './lib/command.mjs';
import { seedTypes } from './lib/seeds.mjs';
import { inTemporaryFolder, strictFaults } from './lib/typescript.mjs';

const USAGE = `usage: node types.mjs --shared DIR --types FILE

  --shared DIR  the shared material, with seeds/ in it; where it is not there nothing is compared
  --types FILE  what a deployment serves at /learncoin-types.ts

Exit status: 0 the types are as they should be (or skipped), 1 not so, 2 wrong arguments.`;

/** Closed sets of words: the same on both sides. */
const SAME = ['Environment', 'Chain', 'WebhookEventType', 'BatchId', 'CredentialId', 'TenantId', 'WebhookId', 'EventId', 'RecipientId', 'ApiKey', 'IsoDateTime'];
/** What the seeds send, and the members that ours take beside theirs (the endpoint's reference names evidence; Open Badges' type may be repeated; section 12: additions). */
const REQUESTS = {
  CreateBatchRequest: [],
  CredentialInput: ['evidence', 'type'],
  RecipientInput: ['type'],
  AchievementInput: ['type', 'image'],
  AlignmentInput: ['type'],
  RevocationRequest: ['replaced_by'],
  ErasureRequest: [],
  CreateWebhookRequest: [],
};
/** What we answer, and the members that ours have beside theirs. Section 0: the signed document has validFrom and nonce. Section 12: additions. */
const ANSWERS = {
  Batch: ['waiting_for', 'waiting_for_message'],
  AnchorTransaction: [],
  SignedCredentialJsonLd: ['validFrom', 'validUntil', 'nonce', 'evidence'],
  CredentialSubject: [],
  Achievement: [],
  Alignment: [],
  MerkleProof2019: [],
  Tenant: [],
  WebhookEndpoint: [],
};
/** Section 0: "three more" codes. */
const MORE_CODES = ['endpoint_not_found', 'method_not_allowed', 'payload_too_large'];

await run(async () => {
  const { values } = readArguments(USAGE, { shared: { type: 'string' }, types: { type: 'string' } }, { required: ['shared', 'types'] });
  const theirs = seedTypes(seedsFolder(values.shared));
  const ours = readFileSync(values.types, 'utf8');
  const checks = new Checks();
  const missing = names(theirs).filter((name) => !names(ours).includes(name));
  checks.equal('every name that the seeds export is exported', missing, []);
  await inTemporaryFolder((folder) => {
    checks.equal('the comparison holds', faults(folder, theirs, ours), '');
    const planted = ours.replace('  merkle_root: string | null;', '  merkle_root: number | null;');
    checks.that('a planted difference is seen', planted !== ours && faults(folder, theirs, planted) !== '');
    const added = ours.replace('  has_more: boolean;', '  has_more: boolean;\n}\nexport interface Unused {').replace('export interface Tenant {', 'export interface Tenant {\n  extra: string;');
    checks.that('a planted member is seen', faults(folder, theirs, added) !== '');
  });
  return checks.close();
});

function names(code) {
  return [...code.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name]) => name);
}

function faults(folder, theirs, ours) {
  const files = Object.entries({ 'theirs.ts': theirs, 'ours.ts': ours, 'compare.ts': comparison() });
  for (const [name, code] of files) writeFileSync(path.join(folder, name), code);
  return strictFaults(files.map(([name]) => path.join(folder, name)));
}

function comparison() {
  const union = (words) => words.map((word) => JSON.stringify(word)).join(' | ') || 'never';
  const lines = [
    'import type * as Theirs from "./theirs";',
    'import type * as Ours from "./ours";',
    'type Fits<A, B> = [A] extends [B] ? true : false;',
    'type Same<A, B> = [Fits<A, B>, Fits<B, A>] extends [true, true] ? true : false;',
    'type More<A, B> = Exclude<keyof A, keyof B>;',
    'declare function holds<T extends true>(): void;',
    'declare function fails<T extends false>(): void;',
    ...SAME.map((name) => `holds<Same<Ours.${name}, Theirs.${name}>>();`),
  ];
  for (const [name, more] of Object.entries(REQUESTS)) {
    lines.push(`holds<Fits<Theirs.${name}, Ours.${name}>>();`);
    lines.push(`holds<Same<More<Ours.${name}, Theirs.${name}>, ${union(more)}>>();`);
    lines.push(`holds<Same<More<Theirs.${name}, Ours.${name}>, never>>();`);
  }
  for (const [name, more] of Object.entries(ANSWERS)) {
    lines.push(`holds<Fits<Ours.${name}, Theirs.${name}>>();`);
    lines.push(`holds<Same<More<Ours.${name}, Theirs.${name}>, ${union(more)}>>();`);
  }
  lines.push(
    'holds<Fits<Ours.AcceptedBatch, Theirs.Batch>>();',
    'holds<Fits<Ours.UpdatedTenant, Theirs.Tenant>>();',
    'holds<Fits<Ours.WebhookEvent, Theirs.WebhookEvent>>();',
    'holds<Same<Ours.WebhookEvent["type"], Theirs.WebhookEvent["type"]>>();',
    // Section 0: signed_credential is null until anchored, and that is all that differs.
    'fails<Fits<Ours.Credential, Theirs.Credential>>();',
    'type Anchored = Omit<Ours.Credential, "signed_credential"> & { signed_credential: NonNullable<Ours.Credential["signed_credential"]> };',
    'holds<Fits<Anchored, Theirs.Credential>>();',
    'holds<Same<More<Ours.Credential, Theirs.Credential>, "replaced_by" | "replaced_by_url">>();',
    'holds<Same<More<Theirs.Credential, Ours.Credential>, never>>();',
    'holds<Same<null, Exclude<Ours.Credential["signed_credential"], Theirs.Credential["signed_credential"]>>>();',
    // Section 0: three more codes.
    `holds<Same<Exclude<Ours.ApiErrorCode, Theirs.ApiErrorCode>, ${union(MORE_CODES)}>>();`,
    'holds<Same<Exclude<Theirs.ApiErrorCode, Ours.ApiErrorCode>, never>>();',
    'holds<Fits<Omit<Ours.ApiError["error"], "code">, Omit<Theirs.ApiError["error"], "code">>>();',
    'holds<Same<keyof Ours.ApiError["error"], keyof Theirs.ApiError["error"]>>();',
  );
  return `${lines.join('\n')}\n`;
}
