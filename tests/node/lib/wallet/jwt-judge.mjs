// The judge of the JWT twin: `jose` checks the signature and the dates against the issuer's DID document, then each claim is held
// against the credential that the token carries.
import { importJWK, jwtVerify } from 'jose';
import { verdict } from './verdict.mjs';

const TYPES = ['JWT', 'vc+jwt'];

export class Jose {
  name = 'jose';
  claims = ['signature', 'dates', 'claims'];
  #world;

  constructor(world) {
    this.#world = world;
  }

  async judge({ document: jwt, credential }) {
    let token;
    try {
      token = await jwtVerify(jwt, (header) => this.#key(header), { algorithms: ['EdDSA'], currentDate: this.#world.now });
    } catch (error) {
      const isExpired = error.code === 'ERR_JWT_EXPIRED';
      return verdict(false, `${error.code ?? error.name}: ${error.message}`, { signature: isExpired ? true : error.code?.startsWith('ERR_JWT_CLAIM') ? true : false, expired: isExpired || null });
    }
    const faults = claimFaults(token, credential);
    return verdict(faults.length === 0, faults.join('; '), { signature: true, expired: false });
  }

  /** The key of the method that the header names: it must be listed for assertions by the DID that the method is of. */
  async #key({ kid }) {
    if (typeof kid !== 'string' || !kid.startsWith('did:web:')) throw new Error(`no DID URL in kid: ${kid}`);
    const did = this.#world.read(kid);
    const method = did.verificationMethod.find(({ id }) => id === kid);
    if (did.id !== kid.split('#')[0] || !method || !did.assertionMethod.includes(kid)) throw new Error(`${did.id} lists no ${kid} for assertions`);
    return importJWK(method.publicKeyJwk, 'EdDSA');
  }
}

/** Where the claims say another thing than the credential, or are missing. */
function claimFaults({ payload, protectedHeader }, stored) {
  const { vc } = payload;
  if (vc === null || typeof vc !== 'object') return ['no vc claim'];
  const seconds = (date) => (date === undefined ? undefined : Math.floor(Date.parse(date) / 1000));
  const faults = [
    ['typ', protectedHeader.typ, TYPES.find((type) => type === protectedHeader.typ) ?? TYPES[0]],
    ['kid', protectedHeader.kid.split('#')[0], vc.issuer?.id],
    ['iss', payload.iss, vc.issuer?.id],
    ['sub', payload.sub, vc.credentialSubject?.id],
    ['jti', payload.jti, vc.id],
    ['nbf', payload.nbf, seconds(vc.validFrom)],
    ['exp', payload.exp, seconds(vc.validUntil)],
  ].filter(([, claimed, wanted]) => claimed !== wanted).map(([name, claimed, wanted]) => `${name} is ${claimed}, not ${wanted}`);
  if ('proof' in vc) faults.push('vc has a proof');
  if (stored) {
    const { proof: _, ...bare } = stored;
    if (!isSame(vc, bare)) faults.push('vc is not the credential');
  }
  return faults;
}

/** Whether two JSON values are the same, whatever the order of members. */
function isSame(left, right) {
  const sorted = (_, value) => (value === null || typeof value !== 'object' || Array.isArray(value) ? value
    : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
  return JSON.stringify(left, sorted) === JSON.stringify(right, sorted);
}
