#!/usr/bin/env node
// Runs the browser's verifier in Node: over every test vector, every tampered variant, and random changes of both.
import { hex, fromHex, utf8 } from '../../crates/server/web/verify/bytes.js';
import { timestampOf } from '../../crates/server/web/verify/dates.js';
import { DidDocument, ReadError } from '../../crates/server/web/verify/did.js';
import { readDocument } from '../../crates/server/web/verify/document.js';
import { canonical } from '../../crates/server/web/verify/canonical.js';
import { JsonError, parse } from '../../crates/server/web/verify/json.js';
import { IssuerProfile, RevocationList } from '../../crates/server/web/verify/profile.js';
import { decodeProof } from '../../crates/server/web/verify/proof.js';
import { StatusList } from '../../crates/server/web/verify/status-list.js';
import { judge } from '../../crates/server/web/verify/verify.js';
import { judgeWalletForm } from '../../crates/server/web/verify/wallet-verify.js';
import { Checks, readArguments, run } from './lib/command.mjs';
import { mutated } from './lib/mutate.mjs';
import { announcedSeed, seededRandom } from './lib/random.mjs';
import { readForm } from './lib/read-form.mjs';
import { asTheyStand, refused, tampered, vector } from './lib/vector-cases.mjs';
import { mutatedWalletCases, walletCases } from './lib/wallet-cases.mjs';
import { mutatedTokenCases, tokenCases } from './lib/wallet-token-cases.mjs';

const USAGE = `usage: node browser-verifier.mjs [--random N] [--cases]

  --random N  how many random changes to try (default 2000)
  --cases     print each case with the report on it, one JSON line each, for another verifier to judge

Holds the verifier of crates/server/web/verify against the vectors, and each verdict against the one that is due.
The seed of the random changes goes to standard error and is taken from LEARNCOIN_SEED.`;

/** What a reader makes of an answer. */
function lookup(answer, reader) {
  if (answer.found === undefined) return answer;
  try {
    return { found: reader.read(utf8(answer.found)) };
  } catch (error) {
    if (!(error instanceof JsonError || error instanceof ReadError)) throw error;
    return { unreachable: error.message };
  }
}

/** Of each form by its own rules, as the page does. */
function verify(one) {
  const read = readForm(one.credential);
  if (read.ended) return read.ended;
  return read.isWalletForm ? judgeWallet(one, read.parsed) : judgeAnchored(one, read.parsed);
}

function judgeWallet(one, parsed) {
  const evidence = { didDocument: lookup(one.did_document, DidDocument), statusList: lookup(one.status_list, StatusList) };
  return judgeWalletForm(parsed, evidence, { now: timestampOf(one.now), allowDevelopment: one.allow_development });
}

function judgeAnchored(one, parsed) {
  const { transaction: mined } = one;
  const transaction = mined.raw === undefined ? mined : {
    found: {
      raw: fromHex(mined.raw), blockNumber: BigInt(mined.block_number), blockTime: BigInt(mined.block_time), succeeded: mined.succeeded,
      confirmations: BigInt(mined.confirmations),
    },
  };
  const evidence = {
    didDocument: lookup(one.did_document, DidDocument),
    issuerProfile: lookup(one.issuer_profile, IssuerProfile),
    revocation: lookup(one.revocation, RevocationList),
    transaction,
  };
  const policy = { now: timestampOf(one.now), allowDevelopment: one.allow_development, minConfirmations: BigInt(one.min_confirmations) };
  return judge(parsed, evidence, policy);
}

function holdAgainstVectors(checks) {
  for (const { description, document, ...wanted } of vector('canonicalization').cases) {
    const [quads] = Object.values(wanted).filter((value) => typeof value === 'string' && value.endsWith(' .\n'));
    checks.that(`canonical form: ${description}`, canonical(readDocument(parse(utf8(JSON.stringify(document))))) === quads);
  }
  for (const [at, { proofValue, merkleRoot, targetHash, txHash, chain_id_in_second_anchor: chainId }] of vector('proofvalue').cases.entries()) {
    const proof = decodeProof(proofValue);
    checks.equal(`proofValue ${at}`, [proof.merkleRoot, proof.targetHash, proof.anchor.transactionHash, Number(proof.anchor.chain.chainId)],
      [merkleRoot, targetHash, txHash.slice(2), chainId]);
  }
}

await run(async () => {
  const { values } = readArguments(USAGE, { random: { type: 'string', default: '2000' }, cases: { type: 'boolean', default: false } });
  const random = seededRandom(announcedSeed());
  const count = Number(values.random);
  const cases = [
    ...asTheyStand(), ...refused(), ...await tampered(random), ...mutated(count, random), ...walletCases(), ...mutatedWalletCases(count, random),
    ...tokenCases(), ...mutatedTokenCases(Math.ceil(count / 2), random),
  ];
  if (values.cases) {
    for (const one of cases) console.log(JSON.stringify({ ...one, credential: hex(one.credential), report: verify(one) }));
    return true;
  }
  const checks = new Checks();
  holdAgainstVectors(checks);
  for (const one of cases) {
    const { verdict } = verify(one);
    const said = verdict.startsWith('valid') ? 'valid' : verdict === 'could_not_check' && one.due === 'unknown' ? 'unknown' : 'invalid';
    if (one.due) checks.equal(one.name, said, one.due);
  }
  return checks.close();
});
