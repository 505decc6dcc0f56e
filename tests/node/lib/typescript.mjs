// Runs and checks TypeScript with the stock compiler.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

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
  const { outputText, diagnostics } = ts.transpileModule(code, {
    fileName: `${name}.ts`,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  if (diagnostics.length > 0) throw new Error(`${name}.ts does not parse: ${said(diagnostics)}`);
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(file, outputText);
  return import(pathToFileURL(file));
}

/** What `tsc --strict --noEmit` says about files, as text; empty where it is content. */
export function strictFaults(files) {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
  });
  return said(ts.getPreEmitDiagnostics(program));
}

function said(diagnostics) {
  return diagnostics.map(({ file, start, messageText }) => {
    const place = file && start !== undefined ? `${path.basename(file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : '';
    return place + ts.flattenDiagnosticMessageText(messageText, ' ');
  }).join('\n');
}
