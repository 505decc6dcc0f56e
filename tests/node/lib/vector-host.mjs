// Plays the host of the test vectors: their DID documents, issuer profiles and contexts behind one address.
import http from 'node:http';

/** One DID document and one issuer profile for several vectors of one host. */
function merged(vectors) {
  const [first] = vectors;
  const methods = vectors.flatMap(({ did_document: did }) => did.verificationMethod);
  const services = vectors.flatMap(({ did_document: did }) => did.service);
  return {
    didDocument: {
      ...first.did_document,
      verificationMethod: methods,
      assertionMethod: methods.map(({ id }) => id),
      service: services.filter(({ id }, i) => services.findIndex((other) => other.id === id) === i),
    },
    issuerProfile: { ...first.issuer_profile, publicKey: vectors.flatMap(({ issuer_profile: profile }) => profile.publicKey) },
  };
}

/**
 * @returns {Promise<{url: string, revoked: Map<string, string>, stop: () => void}>} `revoked`: credential id to reason;
 *   ids that no vector issued are answered as the credential format's section 10 demands
 */
export async function startVectorHost({ vectors, contexts }) {
  const revoked = new Map();
  const issued = new Set(vectors.flatMap(({ signed }) => signed.map(({ credential_redacted: { id } }) => id)));
  const { didDocument, issuerProfile } = merged(vectors);
  const revocations = (id) => ({
    '@context': 'https://w3id.org/openbadges/v2',
    id: issuerProfile.revocationList,
    type: 'RevocationList',
    issuer: didDocument.id,
    revokedAssertions: issued.has(id)
      ? [...revoked].filter(([other]) => other === id).map(([, revocationReason]) => ({ id, revocationReason }))
      : [{ id, revocationReason: 'not issued by this host' }],
  });
  const routes = {
    '/.well-known/did.json': () => JSON.stringify(didDocument),
    '/issuer.json': () => JSON.stringify(issuerProfile),
    '/revocations': (query) => JSON.stringify(revocations(query.get('assertionId'))),
    '/contexts/v1': () => contexts.hostContext.bytes,
  };
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://host');
    const route = routes[pathname];
    response.writeHead(route ? 200 : 404, { 'content-type': 'application/json' }).end(route?.(searchParams));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    revoked,
    stop: () => { server.close(); server.closeAllConnections(); },
  };
}
