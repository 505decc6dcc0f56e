// The judges that look at the shape of a document and check no signature: published JSON schemas and the parsers of wallets.
import { AchievementCredentialValidator, VCValidator } from '@learncard/types';
import { normalizeIssuedCredential } from '@learncard/openid4vc-plugin';
import { publishedSchemas } from '../published-schemas.mjs';
import { verdict } from './verdict.mjs';

const SHOWN = 3;

/** A published JSON schema. */
class Schema {
  claims = ['shape'];
  #validate;

  constructor(name, validate) {
    this.name = name;
    this.#validate = validate;
  }

  async judge({ document }) {
    const accepted = this.#validate(document);
    const faults = (this.#validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
    return verdict(accepted, faults.slice(0, SHOWN).join('; '));
  }
}

/** The schemas of 1EdTech and of W3C. */
export function schemaJudges() {
  const schemas = publishedSchemas();
  return [new Schema('openbadges-schema', schemas['Open Badges 3.0']), new Schema('w3c-schema', schemas['W3C VC 2.0'])];
}

/** LearnCard: how its wallet takes a credential in from an issuer, and the validators that it holds each stored one against. */
export class LearnCard {
  name = 'learncard';
  claims = ['shape'];

  async judge({ document, form }) {
    let taken;
    try {
      taken = normalizeIssuedCredential(structuredClone(document), form === 'jwt' ? 'jwt_vc_json' : 'ldp_vc').vc;
    } catch (error) {
      return verdict(false, error.message);
    }
    for (const validator of [VCValidator, AchievementCredentialValidator]) {
      const { success, error } = validator.safeParse(taken);
      if (!success) return verdict(false, error.issues.slice(0, SHOWN).map(({ path, message }) => `/${path.join('/')} ${message}`).join('; '));
    }
    return verdict(true, '');
  }
}

const VC_2 = ['https://www.w3.org/ns/credentials/v2'];

/**
 * The rule by which walt.id's wallet reads a credential. Its packages are for the JVM alone, so the rule is written again here after
 * `CredentialParser.kt` of github walt-id/waltid-identity, waltid-libraries/credentials/waltid-digital-credentials (commit 9dd9cb9):
 * a JSON object with `proof` wants that to be one object with `type` DataIntegrityProof and a `cryptosuite`, and its signature is not
 * checked; a JWT holds the credential in `vc`, without a proof, with `@context` an array of strings alone.
 */
export class WaltId {
  name = 'waltid';
  claims = ['shape'];

  async judge({ document, form }) {
    const fault = form === 'jwt' ? WaltId.#jwtFault(document) : WaltId.#objectFault(document);
    return verdict(fault === null, fault);
  }

  static #objectFault(document) {
    if ('proof' in document) {
      const { proof } = document;
      if (proof === null || typeof proof !== 'object' || Array.isArray(proof)) return 'proof is no object';
      if (typeof proof.type !== 'string') return 'proof has no type';
      if (typeof proof.cryptosuite !== 'string') return 'proof has no cryptosuite';
      return proof.type === 'DataIntegrityProof' ? null : `unknown proof type ${proof.type}`;
    }
    if (!('@context' in document && 'type' in document)) return 'neither @context nor type';
    const contexts = document['@context'];
    if (!Array.isArray(contexts) || contexts.some((context) => typeof context !== 'string')) return '@context is no array of strings';
    return contexts.some((context) => VC_2.includes(context)) ? null : 'no known context';
  }

  static #jwtFault(jwt) {
    const parts = typeof jwt === 'string' ? jwt.split('.') : [];
    if (parts.length !== 3) return 'not a JWT';
    try {
      const payload = JSON.parse(Buffer.from(parts[1], 'base64url'));
      return WaltId.#objectFault(payload.vc ?? payload);
    } catch {
      return 'the claims are no JSON';
    }
  }
}
