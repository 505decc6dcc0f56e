// A small issuer of one credential in two formats, on which the wallets themselves are tried without LearnCoin's server: what it is
// asked is read and judged by the issuer's side of `@openid4vc/openid4vci`.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { Openid4vciIssuer, setGlobalConfig } from '@openid4vc/openid4vci';
import { importJWK, jwtVerify } from 'jose';
import * as base58 from 'base58-universal';

const GRANT = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';
const TYPES = ['VerifiableCredential', 'OpenBadgeCredential'];
const CONTEXTS = ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'];
const CONFIGURATIONS = { OpenBadge_ldp_vc: 'ldp_vc', OpenBadge_jwt_vc_json: 'jwt_vc_json' };

// It is served over http, on this machine alone.
setGlobalConfig({ allowInsecureUrls: true });

/** An answer that is no success. */
class Refusal extends Error {
  constructor(error, status = 400) {
    super(error);
    this.status = status;
  }
}

export class StandInIssuer {
  /** How many credentials it gave. */
  issued = 0;
  /** The DIDs of those who proved a key. */
  holders = [];
  #codes = new Map();
  #offers = new Map();
  #tokens = new Set();
  #nonces = new Set();
  #library = new Openid4vciIssuer({ callbacks: { verifyJwt: verifyProof } });

  /** @param {{path: string, credentials: Record<string, unknown>, origin?: string}} parts `credentials` by format; `origin` where wallets know it */
  static async start({ path, credentials, origin }) {
    const issuer = new StandInIssuer();
    issuer.#credentials = credentials;
    issuer.#server = http.createServer((request, response) => issuer.#serve(request, response));
    await new Promise((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    issuer.base = `http://127.0.0.1:${issuer.#server.address().port}`;
    issuer.#origin = origin ?? issuer.base;
    issuer.#path = path;
    return issuer;
  }

  #credentials;
  #server;
  #origin;
  #path;

  /** A link for one credential, which holds the offer or, by reference, says where it is. */
  offer({ format, txCode, isByReference = false }) {
    const code = randomBytes(32).toString('base64url');
    this.#codes.set(code, { txCode });
    const ids = Object.keys(CONFIGURATIONS).filter((id) => CONFIGURATIONS[id] === format);
    const grant = { 'pre-authorized_code': code, ...(txCode && { tx_code: { input_mode: 'numeric', length: txCode.length, description: 'The code from the mail.' } }) };
    const offer = { credential_issuer: this.#issuer, credential_configuration_ids: ids, grants: { [GRANT]: grant } };
    this.#offers.set(code, offer);
    const [name, value] = isByReference ? ['credential_offer_uri', `${this.#issuer}/offers/${code}`] : ['credential_offer', JSON.stringify(offer)];
    return `openid-credential-offer://?${name}=${encodeURIComponent(value)}`;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get #issuer() {
    return `${this.#origin}${this.#path}`;
  }

  get #metadata() {
    return {
      credential_issuer: this.#issuer,
      credential_endpoint: `${this.#issuer}/credential`,
      nonce_endpoint: `${this.#issuer}/nonce`,
      display: [{ name: 'Example University', locale: 'en' }],
      credential_configurations_supported: Object.fromEntries(Object.entries(CONFIGURATIONS).map(([id, format]) => [id, {
        format,
        credential_definition: format === 'ldp_vc' ? { '@context': CONTEXTS, type: TYPES } : { type: TYPES },
        cryptographic_binding_methods_supported: ['did:key', 'did:jwk'],
        credential_signing_alg_values_supported: [format === 'ldp_vc' ? 'eddsa-rdfc-2022' : 'EdDSA'],
        proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['EdDSA'] } },
        credential_metadata: { display: [{ name: 'Open Badge', locale: 'en' }] },
      }])),
    };
  }

  async #serve(request, response) {
    const routes = {
      [`GET /.well-known/openid-credential-issuer${this.#path}`]: () => this.#metadata,
      [`GET /.well-known/oauth-authorization-server${this.#path}`]: () => ({
        issuer: this.#issuer, token_endpoint: `${this.#issuer}/token`, grant_types_supported: [GRANT], response_types_supported: [],
        token_endpoint_auth_methods_supported: ['none'], 'pre-authorized_grant_anonymous_access_supported': true,
      }),
      [`POST ${this.#path}/token`]: (body) => this.#token(new URLSearchParams(body)),
      [`POST ${this.#path}/nonce`]: () => ({ c_nonce: this.#remember(this.#nonces) }),
      [`POST ${this.#path}/credential`]: (body) => this.#credential(request.headers.authorization, body),
    };
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = (status, body) => response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
    try {
      const offer = this.#offers.get(request.url.split('/offers/')[1]);
      const route = offer ? () => offer : routes[`${request.method} ${request.url}`];
      if (!route) throw new Refusal('not_found', 404);
      answer(200, await route(Buffer.concat(chunks).toString()));
    } catch (error) {
      answer(error.status ?? 400, error.errorResponse ?? { error: error instanceof Refusal ? error.message : 'invalid_request', error_description: error.message });
    }
  }

  #remember(set) {
    const value = randomBytes(24).toString('base64url');
    set.add(value);
    return value;
  }

  #token(form) {
    if (form.get('grant_type') !== GRANT) throw new Refusal('unsupported_grant_type');
    const code = form.get('pre-authorized_code');
    const known = this.#codes.get(code);
    if (!known || (known.txCode ?? null) !== form.get('tx_code')) throw new Refusal('invalid_grant');
    this.#codes.delete(code);
    return { access_token: this.#remember(this.#tokens), token_type: 'Bearer', expires_in: 300 };
  }

  async #credential(authorization, body) {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    if (!this.#tokens.has(token)) throw new Refusal('invalid_token', 401);
    const issuerMetadata = { credentialIssuer: this.#metadata, knownCredentialConfigurations: this.#metadata.credential_configurations_supported, authorizationServers: [], originalDraftVersion: 'V1' };
    const { proofs, credentialConfiguration } = this.#library.parseCredentialRequest({ issuerMetadata, credentialRequest: JSON.parse(body) });
    const [jwt] = proofs?.jwt ?? [];
    if (!jwt) throw new Refusal('invalid_proof');
    const { nonce } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
    if (!this.#nonces.delete(nonce)) throw new Refusal('invalid_nonce');
    const { signer } = await this.#library.verifyCredentialRequestJwtProof({ issuerMetadata, jwt, expectedNonce: nonce });
    if (!this.#tokens.delete(token)) throw new Refusal('invalid_token', 401);
    this.issued += 1;
    this.holders.push(signer.didUrl.split('#')[0]);
    return { credentials: [{ credential: this.#credentials[credentialConfiguration.format] }] };
  }
}

/** Checks the signature of a proof by the key in the DID that signed it. */
async function verifyProof({ didUrl }, { compact }) {
  const did = didUrl.split('#')[0];
  const publicJwk = did.startsWith('did:jwk:') ? JSON.parse(Buffer.from(did.slice(8), 'base64url'))
    : { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(base58.decode(did.slice(9)).slice(2)).toString('base64url') };
  try {
    await jwtVerify(compact, await importJWK(publicJwk, 'EdDSA'), { algorithms: ['EdDSA'] });
    return { verified: true, signerJwk: publicJwk };
  } catch {
    return { verified: false };
  }
}
