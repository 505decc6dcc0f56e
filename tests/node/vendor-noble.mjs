#!/usr/bin/env node
// Makes crates/server/web/vendor/noble.js: @noble/hashes and @noble/curves, as locked here, in one module that browsers load.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readArguments, run } from './lib/command.mjs';

const USAGE = `usage: node vendor-noble.mjs [--check]

  --check  change nothing: tell whether the committed module is what would be made, byte for byte`;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const MODULE = here('../../crates/server/web/vendor/noble.js');

const nameAndLicense = (name) => {
  const folder = here(`node_modules/${name}/`);
  const { version } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));
  return { title: `${name} ${version}`, license: readFileSync(`${folder}LICENSE`, 'utf8').trim() };
};

async function made() {
  const packages = ['@noble/hashes', '@noble/curves'].map(nameAndLicense);
  const licenses = packages.map(({ title, license }) => `${title}\n\n${license}`).join('\n\n');
  const { outputFiles } = await build({
    entryPoints: [here('lib/noble-entry.mjs')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: `/*! Made by tests/node/vendor-noble.mjs from\n\n${licenses}\n*/` },
    write: false,
  });
  return outputFiles[0].text;
}

await run(async () => {
  const { values } = readArguments(USAGE, { check: { type: 'boolean', default: false } });
  const text = await made();
  if (!values.check) {
    writeFileSync(MODULE, text);
    console.log(`${MODULE}: ${text.length} bytes`);
    return true;
  }
  const isSame = readFileSync(MODULE, 'utf8') === text;
  console.log(isSame ? 'the committed module is the one that would be made' : 'the committed module differs from the one that would be made');
  return isSame;
});
