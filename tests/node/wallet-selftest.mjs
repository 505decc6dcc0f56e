#!/usr/bin/env node
// Tests the judges and the wallets of the wallet form themselves, without LearnCoin's server: documents that @digitalbazaar/vc signed,
// and a small issuer. A judge that accepts everything, or nothing, fails here; so does a wallet that hands out what it was not given.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Checks, readArguments, run } from './lib/command.mjs';
import { PinnedContexts } from './lib/contexts.mjs';
import { anchoredCases } from './lib/wallet/anchored-cases.mjs';
import { sampleCases } from './lib/wallet/sample-cases.mjs';
import { StandInIssuer } from './lib/wallet/stand-in-issuer.mjs';
import { table } from './lib/wallet/table.mjs';
import { ClosedWorld } from './lib/wallet/world.mjs';

const PATH = '/t/01KPX4MQ005TCNKPH5QY15PQWV';
const TX_CODE = '493536';

await run(async () => {
  readArguments('usage: node wallet-selftest.mjs', {});
  const checks = new Checks();
  const contexts = new PinnedContexts();
  const wallet = await sampleCases(contexts);
  const anchored = anchoredCases();
  const sample = { now: wallet.now, documents: { ...wallet.documents, ...anchored.documents }, transactions: anchored.transactions, cases: [...wallet.cases, ...anchored.cases] };
  const realFetch = globalThis.fetch;
  await judge(checks, sample, contexts);
  checks.that('fetch, Date and console are the real ones again', globalThis.fetch === realFetch && Math.abs(Date.now() - performance.timeOrigin) < 3_600_000);
  await redeem(checks, sample);
  await redeemAtItsName(checks, sample);
  return checks.close();
});

async function judge(checks, sample, contexts) {
  const world = new ClosedWorld({ ...sample, contexts });
  const { judges, cases, surprises } = await table(world, sample);
  checks.none(`${cases.length} documents before ${Object.keys(judges).length} judges: every verdict as expected`, surprises);
  const accepts = (name) => cases.filter(({ verdicts }) => verdicts[name]?.accepted).length;
  const asked = (name) => cases.filter(({ verdicts }) => verdicts[name]).length;
  for (const name of Object.keys(judges)) {
    checks.that(`${name} accepts some and refuses some`, accepts(name) > 0 && accepts(name) < asked(name), `${accepts(name)} of ${asked(name)}`);
  }
  const of = (name) => cases.find((row) => row.name === name).verdicts;
  for (const name of ['digitalbazaar', 'verifier-core']) {
    checks.equal(`${name} says of a good one that it looked at everything`, seen(of('full')[name]), [true, false, false]);
    checks.equal(`${name} says of a revoked one that its signature is good`, seen(of('revoked')[name]).slice(0, 2), [true, true]);
    checks.equal(`${name} says that an expired one is that`, of('expired')[name].expired, true);
    checks.equal(`${name} says of a list that is not there that it does not know`, of('its list is not there')[name].revoked, null);
  }
  checks.equal('blockcerts says of a good anchored one that it looked at everything', seen(of('anchored: full').blockcerts), [true, false, false]);
  checks.equal('blockcerts says of a revoked anchored one that it is that', of('anchored: revoked').blockcerts.revoked, true);
  checks.equal('blockcerts says of a changed one that the signature is not good', of('anchored: the learner is renamed').blockcerts.signature, false);
  checks.that('a question about another host is refused', await world.fetch('https://example.com/').then(() => false, () => true));
}

function seen({ signature, revoked, expired }) {
  return [signature, revoked, expired];
}

async function redeem(checks, { cases }) {
  const credentials = { ldp_vc: cases[0].document, jwt_vc_json: cases.find(({ form }) => form === 'jwt').document };
  const issuer = await StandInIssuer.start({ path: PATH, credentials });
  try {
    for (const client of ['openid4vci', 'learncard']) {
      for (const [format, holder, txCode] of [['ldp_vc', 'did:key'], ['jwt_vc_json', 'did:jwk', TX_CODE]]) {
        const offer = issuer.offer({ format, txCode });
        const code = txCode ? ['--tx-code', txCode] : [];
        const [taken] = await wallet(['--client', client, '--format', format, '--holder', holder, ...code, offer]);
        const what = `${client}, ${format}, ${holder}`;
        checks.equal(`${what}: the credential as it was issued`, taken.credentials, [credentials[format]]);
        checks.equal(`${what}: the issuer knows the holder`, issuer.holders.at(-1), taken.holder);
        checks.that(`${what}: asked as OpenID4VCI 1.0`, ['V1', 'final'].includes(taken.version), taken.version);
        const [again] = await wallet(['--client', client, '--format', format, ...code, offer]);
        checks.equal(`${what}: a second time it gets nothing`, again.credentials, []);
        const wrong = issuer.offer({ format, txCode: TX_CODE });
        const [guessed] = await wallet(['--client', client, '--format', format, '--tx-code', '000000', wrong]);
        checks.equal(`${what}: with a wrong transaction code it gets nothing`, [guessed.credentials, guessed.exchanges.at(-1).response.body.error], [[], 'invalid_grant']);
      }
    }
    const before = issuer.issued;
    const many = await wallet(['--times', '16', issuer.offer({ format: 'ldp_vc' })]);
    checks.equal('16 takings of one offer at once give one credential', [many.filter((one) => one.credentials.length > 0).length, issuer.issued - before], [1, 1]);
    const [bare] = await wallet(['--no-proof', issuer.offer({ format: 'ldp_vc' })]);
    checks.equal('without a proof it gets nothing', [bare.credentials, bare.exchanges.at(-1).response.body.error], [[], 'invalid_proof']);
    const far = `openid-credential-offer://?credential_offer_uri=${encodeURIComponent('https://example.com/offer')}`;
    const [elsewhere] = await wallet([far]);
    checks.that('another machine is not asked', /refused, not on this machine/.test(JSON.stringify(elsewhere.error)) || elsewhere.exchanges.length === 0, elsewhere.error);
  } finally {
    issuer.stop();
  }
}

/** A host under its public name, which is served on this machine: the offer is a reference over https. */
async function redeemAtItsName(checks, { cases }) {
  const credentials = { ldp_vc: cases[0].document };
  const issuer = await StandInIssuer.start({ path: PATH, credentials, origin: 'https://issuer.example' });
  try {
    for (const client of ['openid4vci', 'learncard']) {
      const offer = issuer.offer({ format: 'ldp_vc', isByReference: true });
      const [taken] = await wallet(['--client', client, '--map', `https://issuer.example=${issuer.base}`, offer]);
      checks.equal(`${client}: an offer by reference at the host's own name`, taken.credentials, [credentials.ldp_vc]);
    }
  } finally {
    issuer.stop();
  }
}

/** Runs wallet.mjs and reads its lines. */
function wallet(given) {
  const program = fileURLToPath(new URL('./wallet.mjs', import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...given], { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      if (error && error.code !== 1) reject(new Error(`wallet.mjs ended with ${error.code}: ${err}`));
      else resolve(out.trim().split('\n').map((line) => JSON.parse(line)));
    });
  });
}
