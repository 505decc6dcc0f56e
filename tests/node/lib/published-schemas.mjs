// The published JSON schemas that a LearnCoin credential is held against.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import Ajv2019 from 'ajv/dist/2019.js';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { sha256Hex } from './contexts.mjs';

const FOLDER = fileURLToPath(new URL('../schemas/', import.meta.url));
const BLOCKCERTS = path.join(path.dirname(createRequire(import.meta.url).resolve('@blockcerts/schemas/package.json')), 'schemas');

/** The schemas use keywords of their own, so unknown ones are let pass; everything else is enforced. */
function validator(AjvClass) {
  const ajv = new AjvClass({ strict: false, allErrors: true });
  addFormats(ajv);
  return ajv;
}

function pinned(file) {
  const bytes = readFileSync(path.join(FOLDER, file));
  if (!readFileSync(path.join(FOLDER, 'README.md'), 'utf8').includes(sha256Hex(bytes))) throw new Error(`${file} is not the document that schemas/README.md pins`);
  return JSON.parse(bytes);
}

/** One Blockcerts schema and, from the same package, every schema it refers to. */
function blockcerts(version) {
  const ajv = validator(Ajv);
  const address = (name) => `https://w3id.org/blockcerts/schema/${name}`;
  const pending = [`${version}/schema.json`];
  for (const name of pending) {
    const { id: _, ...schema } = JSON.parse(readFileSync(path.join(BLOCKCERTS, name), 'utf8'));
    ajv.addSchema({ ...schema, $id: address(name) });
    for (const [, other] of JSON.stringify(schema).matchAll(/"\$ref":"https:\/\/w3id\.org\/blockcerts\/schema\/([^"#]+)"/g)) {
      if (!pending.includes(other)) pending.push(other);
    }
  }
  return ajv.getSchema(address(pending[0]));
}

/** The schemas of this folder by the addresses at which their publishers serve them. */
export function schemaDocuments() {
  return [
    ['https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json', pinned('ob_v3p0_achievementcredential_schema.json')],
  ];
}

/** Compiled validators by name: `true`, or `false` with `errors`. */
export function publishedSchemas() {
  return {
    'W3C VC 2.0': validator(Ajv2020).compile(pinned('w3c-verifiable-credential-schema.json')),
    'Blockcerts 3.0': blockcerts('3.0'),
    'Blockcerts 3.1': blockcerts('3.1'),
    'Blockcerts 3.2': blockcerts('3.2'),
    'Open Badges 3.0': validator(Ajv2019).compile(pinned('ob_v3p0_achievementcredential_schema.json')),
  };
}
