// Runs and checks TypeScript with the stock compiler.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const TYPE_ROOT = fileURLToPath(new URL('../node_modules/@types', import.meta.url));

/** A folder that is gone when `use` has ended. */
export async function inTemporaryFolder(use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'learncoin-typescript-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Transpiles `code` as it stands to an ECMAScript module in `folder` and imports it. */
export async function importTypeScript(folder, name, code) {
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(file, toModule(name, code));
  return import(pathToFileURL(file));
}

/** Transpiles `code` as it stands to an ECMAScript module. */
export function toModule(name, code) {
  const { outputText, diagnostics } = ts.transpileModule(code, {
    fileName: `${name}.ts`,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  if (diagnostics.length > 0) throw new Error(`${name}.ts does not parse: ${said(diagnostics)}`);
  return outputText;
}

// The rules of a Node that runs TypeScript by removing the types.
const AS_NODE_RUNS_IT = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Auto,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
};

/**
 * What `tsc --strict --noEmit` says about files, as text; empty where it is content. `types` names what Node provides;
 * `asNodeRunsIt` asks that Node can run them without a compiler.
 */
export function strictFaults(files, { types = [], asNodeRunsIt = false } = {}) {
  const program = ts.createProgram(files, {
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    moduleDetection: ts.ModuleDetectionKind.Force,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types,
    typeRoots: [TYPE_ROOT],
    ...(asNodeRunsIt ? AS_NODE_RUNS_IT : {}),
  });
  return said(ts.getPreEmitDiagnostics(program));
}

function said(diagnostics) {
  return diagnostics.map(({ file, start, messageText }) => {
    const place = file && start !== undefined ? `${path.basename(file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : '';
    return place + ts.flattenDiagnosticMessageText(messageText, ' ');
  }).join('\n');
}
