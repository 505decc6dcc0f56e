#!/usr/bin/env node
// Holds credentials against the published JSON schemas of the three specifications that they follow.
import { Checks, readArguments, run, UsageError } from './lib/command.mjs';
import { readCredentials } from './lib/credentials.mjs';
import { publishedSchemas } from './lib/published-schemas.mjs';

const USAGE = `usage: node schemas.mjs FILE...|-

  FILE  one credential; or the body of GET /v1/credentials/{id}; or an array of {"name", "credential"}

A credential in the default layout must meet W3C VC 2.0 and Blockcerts 3.0, 3.1 and 3.2; its Open Badges layout (made
here, or the FILE itself when its proof is an array) must meet Open Badges 3.0 and W3C VC 2.0.
Exit status: 0 all conform, 1 not so, 2 wrong arguments or unreadable input.`;

const DEFAULT_LAYOUT = ['W3C VC 2.0', 'Blockcerts 3.0', 'Blockcerts 3.1', 'Blockcerts 3.2'];
const OPEN_BADGES_LAYOUT = ['Open Badges 3.0', 'W3C VC 2.0'];

await run(async () => {
  const { positionals } = readArguments(USAGE, {});
  if (positionals.length === 0) throw new UsageError(`no FILE given\n\n${USAGE}`);
  const schemas = publishedSchemas();
  const checks = new Checks();
  const conforms = (name, credential, wanted) => {
    for (const schema of wanted) checks.that(`${name}: ${schema}`, schemas[schema](credential), faults(schemas[schema]));
  };
  for (const { name, credential } of positionals.flatMap(readCredentials)) {
    const isOpenBadgesLayout = Array.isArray(credential.proof);
    if (!isOpenBadgesLayout) conforms(name, credential, DEFAULT_LAYOUT);
    conforms(isOpenBadgesLayout ? name : `${name}, Open Badges layout`, isOpenBadgesLayout ? credential : openBadgesLayout(credential), OPEN_BADGES_LAYOUT);
  }
  return checks.close();
});

/** The same credential as the credential format's section 9 lays it out for Open Badges: no Blockcerts context, proof in an array. */
function openBadgesLayout(credential) {
  const [credentials, , ...rest] = credential['@context'];
  return { ...credential, '@context': [credentials, ...rest], proof: [credential.proof] };
}

function faults({ errors }) {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`).slice(0, 5).join('; ');
}
