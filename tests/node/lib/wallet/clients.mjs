// Two wallets of strangers, each doing the pre-authorized code flow of OpenID4VCI from an offer to the credential: the
// library of the OpenWallet Foundation and the one of LearnCard. Both are the released packages, unmodified.
import { createHash, randomBytes } from 'node:crypto';
import { clientAuthenticationAnonymous } from '@openid4vc/oauth2';
import { Openid4vciClient, setGlobalConfig } from '@openid4vc/openid4vci';

// The one way in which the library takes http, which the server under test is served over.
setGlobalConfig({ allowInsecureUrls: true });

/** The configurations of an offer that give a format, in the words of the issuer's metadata. */
function configurationsOf(format, offer, metadata) {
  const ids = offer.credential_configuration_ids.filter((id) => metadata.credential_configurations_supported?.[id]?.format === format);
  if (ids.length === 0) throw new Error(`the offer has no configuration of the format ${format}: ${offer.credential_configuration_ids.join(', ')}`);
  return ids;
}

/** `@openid4vc/openid4vci`: its parts are called one after the other, as its documentation shows. */
async function openWalletFoundation({ offerUri, txCode, format, holder, withProof, fetch }) {
  const client = new Openid4vciClient({
    callbacks: {
      fetch,
      hash: (data, algorithm) => new Uint8Array(createHash(algorithm.replace('-', '')).update(data).digest()),
      generateRandom: (length) => new Uint8Array(randomBytes(length)),
      clientAuthentication: clientAuthenticationAnonymous(),
      signJwt: (_, { header, payload }) => ({ jwt: holder.signJwt(header, payload), signerJwk: holder.publicJwk }),
    },
  });
  const offer = await client.resolveCredentialOffer(offerUri);
  const issuerMetadata = await client.resolveIssuerMetadata(offer.credential_issuer);
  const [credentialConfigurationId] = configurationsOf(format, offer, issuerMetadata.credentialIssuer);
  const { accessTokenResponse: token } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer: offer, issuerMetadata, txCode });
  const jwts = [];
  if (withProof) {
    const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
    const signer = { method: 'did', didUrl: holder.kid, alg: 'EdDSA' };
    jwts.push((await client.createCredentialRequestJwtProof({ issuerMetadata, credentialConfigurationId, signer, nonce })).jwt);
  }
  const { credentialResponse } = await client.retrieveCredentials({
    issuerMetadata, credentialConfigurationId, accessToken: token.access_token, ...(withProof && { proofs: { jwt: jwts } }),
  });
  const version = issuerMetadata.originalDraftVersion;
  return { version, offer, credentials: (credentialResponse.credentials ?? [credentialResponse]).map(({ credential }) => credential) };
}

/** `@learncard/openid4vc-plugin`: one call does it all, and another makes of each answer what its wallet stores. */
async function learnCard({ offerUri, txCode, format, holder, withProof, fetch }) {
  if (!withProof) throw new Error('this wallet always sends a proof');
  // Some megabytes, which who asks for the other wallet need not load.
  const learncard = await import('@learncard/openid4vc-plugin');
  let parsed = learncard.parseCredentialOfferUri(offerUri);
  if (parsed.kind === 'by_reference') parsed = await learncard.resolveCredentialOfferByReference(parsed.uri, fetch);
  const { offer } = parsed;
  const { metadata, specVersion: version } = await learncard.fetchCredentialIssuerMetadata(offer.credential_issuer, fetch);
  const signer = await learncard.createJoseEd25519Signer({ keypair: holder.privateJwk, kid: holder.kid });
  const { credentials } = await learncard.acceptCredentialOffer({
    offer, signer, options: { txCode, configurationIds: configurationsOf(format, offer, metadata) }, fetchImpl: fetch,
  });
  const stored = credentials.map((entry) => learncard.normalizeIssuedCredential(structuredClone(entry.credential), entry.format).vc);
  return { version, offer, credentials: credentials.map(({ credential }) => credential), stored };
}

export const CLIENTS = { openid4vci: openWalletFoundation, learncard: learnCard };
