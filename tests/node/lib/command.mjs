// What the programs of this folder share as commands: arguments, exit statuses, and being skipped.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** Wrong arguments or unreadable input, as opposed to a check that failed. */
export class UsageError extends Error {}

/** `parseArgs` plus `--help` and required options; `usage` is printed where they are not met. */
export function readArguments(usage, options, { required = [] } = {}) {
  let parsed;
  try {
    parsed = parseArgs({ allowPositionals: true, options: { ...options, help: { type: 'boolean', short: 'h' } } });
    for (const name of required) if (parsed.values[name] === undefined) throw new Error(`--${name} is missing`);
  } catch (error) {
    if (process.argv.includes('--help') || process.argv.includes('-h')) parsed = { values: { help: true } };
    else exitWith(2, `${error.message}\n\n${usage}`);
  }
  if (parsed.values.help) {
    console.log(usage);
    process.exit(0);
  }
  return parsed;
}

/** Runs a program and turns its end into 0 (as it should be), 1 (not so) or 2 (wrong arguments, unreadable input). */
export async function run(main) {
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    exitWith(error instanceof UsageError ? 2 : 1, error instanceof UsageError ? error.message : error.stack);
  }
}

/** The seeds' folder under the shared material, or the end of the program where that is not there. */
export function seedsFolder(shared) {
  const seeds = path.join(shared, 'seeds');
  if (existsSync(seeds)) return seeds;
  console.log('skipped: ../shared is not there');
  process.exit(0);
}

function exitWith(status, message) {
  console.error(message);
  process.exit(status);
}

const SHOWN_FAULTS = 8;

/** Counts checks and prints one line for each: `ok` or `FAIL` and what was seen. */
export class Checks {
  passed = 0;
  failed = 0;

  /** @returns whether `condition` held, so that later checks can depend on it */
  that(what, condition, seen) {
    this[condition ? 'passed' : 'failed'] += 1;
    const shown = condition || seen === undefined ? '' : `: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`;
    console.log(`${condition ? 'ok  ' : 'FAIL'} ${what}${shown}`);
    return Boolean(condition);
  }

  /** @param {string[]} faults of which the first few are shown */
  none(what, faults) {
    const more = faults.length > SHOWN_FAULTS ? `\n       and ${faults.length - SHOWN_FAULTS} more` : '';
    return this.that(what, faults.length === 0, `${faults.slice(0, SHOWN_FAULTS).join('\n       ')}${more}`);
  }

  equal(what, seen, wanted) {
    return this.that(what, JSON.stringify(seen) === JSON.stringify(wanted), `got ${JSON.stringify(seen)}, wanted ${JSON.stringify(wanted)}`);
  }

  /** Prints the closing line; true where nothing failed and something was checked. */
  close() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0;
  }
}
