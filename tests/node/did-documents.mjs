#!/usr/bin/env node
// Lets a general JSON-LD processor read DID documents: it must find each term defined, and lose nothing of what they say.
import { readFileSync } from 'node:fs';
import jsonld from 'jsonld';
import { Checks, readArguments, run } from './lib/command.mjs';
import { PinnedContexts } from './lib/contexts.mjs';

const USAGE = `usage: node did-documents.mjs FILE...

  FILE  a DID document

Each document is expanded in the safe mode of jsonld.js, with the pinned contexts alone, and must still hold every key with its chain,
every service with its type, and every other name. Without one of its own terms the safe mode must refuse it.
Exit status: 0 as it should be, 1 not so, 2 wrong arguments.`;

const SECURITY = 'https://w3id.org/security#';
const SERVICE = 'https://www.w3.org/ns/did#service';
const ALSO_KNOWN_AS = 'https://www.w3.org/ns/activitystreams#alsoKnownAs';
// The members of an entry, and the names that they expand to.
const EXPANDED = { publicKeyMultibase: 'publicKeyMultibase', publicKeyJwk: 'publicKeyJwk', blockchainAccountId: 'blockchainAccountId', revoked: 'revoked' };

await run(async () => {
  const { positionals } = readArguments(USAGE, {});
  const checks = new Checks();
  const documentLoader = new PinnedContexts().documentLoader;
  const expand = (document) => jsonld.expand(document, { documentLoader, safe: true });
  for (const file of positionals) {
    const document = JSON.parse(readFileSync(file, 'utf8'));
    const [expanded] = await expand(document);
    judge(checks, file, document, expanded);
    for (const term of ownTerms(document)) {
      const refusal = await expand(without(document, term)).catch((error) => error);
      checks.equal(`${file}: without ${term} it is refused`, refusal?.name, 'jsonld.ValidationError');
    }
  }
  return checks.close() && positionals.length > 0;
});

function judge(checks, file, document, expanded) {
  const ids = (name) => (expanded[name] ?? []).map((node) => node['@id']);
  checks.equal(`${file}: id`, expanded['@id'], document.id);
  checks.equal(`${file}: other names`, ids(ALSO_KNOWN_AS), document.alsoKnownAs ?? []);
  checks.equal(`${file}: keys that assert`, ids(`${SECURITY}assertionMethod`), document.assertionMethod);
  const methods = expanded[`${SECURITY}verificationMethod`];
  document.verificationMethod.forEach((method, index) => {
    const node = methods[index];
    checks.equal(`${file}: ${method.id}`, node['@id'], method.id);
    checks.equal('  its type', node['@type'], [SECURITY + method.type]);
    checks.equal('  its controller', node[`${SECURITY}controller`][0]['@id'], method.controller);
    for (const [member, term] of Object.entries(EXPANDED)) {
      if (member in method) checks.equal(`  its ${member}`, node[SECURITY + term]?.[0]['@value'], method[member]);
    }
  });
  const services = expanded[SERVICE] ?? [];
  (document.service ?? []).forEach((service, index) => {
    checks.equal(`${file}: ${service.id}`, services[index]['@id'], service.id);
    checks.that('  its type is defined', services[index]['@type'].every((type) => /^https?:\/\/[^#]+#./.test(type)), services[index]['@type']);
  });
}

/** The terms that the document defines itself. */
function ownTerms(document) {
  return document['@context'].filter((context) => typeof context === 'object').flatMap(Object.keys);
}

function without(document, term) {
  const context = document['@context'].map((one) => (typeof one === 'object' ? Object.fromEntries(Object.entries(one).filter(([name]) => name !== term)) : one));
  return { ...document, '@context': context };
}
