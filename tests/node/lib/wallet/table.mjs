// The table of verdicts: each document before each judge of its form.
import { UsageError } from '../command.mjs';
import { Blockcerts, DigitalBazaar, VerifierCore } from './json-ld-judges.mjs';
import { Jose } from './jwt-judge.mjs';
import { LearnCard, schemaJudges, WaltId } from './shape-judges.mjs';
import { tamperings } from './tamper.mjs';
import { verdict } from './verdict.mjs';

const FORMS = ['wallet', 'anchored', 'jwt'];

/** The judges of a world, by the forms that they are asked about. */
export function judgesOf(world, transactions = {}) {
  const readers = [new LearnCard(), new WaltId()];
  return {
    documents: [new Blockcerts(world, transactions), new DigitalBazaar(world), new VerifierCore(world), ...schemaJudges(), ...readers],
    tokens: [new Jose(world), ...readers],
  };
}

/** A case, and where it asks so, the same document spoiled in one place each. */
function withTamperings(given) {
  if (!given.tamper) return [given];
  if (given.form !== 'wallet') throw new UsageError(`${given.name}: only the wallet form is tampered with here`);
  return [given, ...tamperings(given.name, given.document)];
}

/** @returns {Promise<{judges: object, cases: object[], surprises: string[]}>} */
export async function table(world, { cases, transactions }) {
  const { documents, tokens } = judgesOf(world, transactions);
  const surprises = [];
  const rows = [];
  for (const given of cases.flatMap(withTamperings)) {
    if (!FORMS.includes(given.form)) throw new UsageError(`${given.name}: "form" is one of ${FORMS.join(', ')}`);
    const verdicts = {};
    for (const judge of given.form === 'jwt' ? tokens : documents) {
      world.takeRefused();
      verdicts[judge.name] = await judge.judge(given).catch((error) => verdict(false, `${error.name}: ${error.message}`));
      const refused = world.takeRefused();
      if (refused.length > 0) verdicts[judge.name].not_found = [...new Set(refused)];
    }
    for (const [name, wanted] of Object.entries(given.expect ?? {})) {
      if (!verdicts[name]) throw new UsageError(`${given.name}: no judge ${name} for this form`);
      if (verdicts[name].accepted !== wanted) surprises.push(`${given.name}: ${name} ${wanted ? 'refuses' : 'accepts'} it. ${verdicts[name].reason}`);
    }
    rows.push({ name: given.name, form: given.form, ...(given.tampering && { tampering: given.tampering }), verdicts });
  }
  const judges = Object.fromEntries([...documents, ...tokens].map(({ name, claims }) => [name, claims]));
  return { judges, cases: rows, surprises };
}
