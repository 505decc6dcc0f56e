// Makes all 13 calls of the API through the client that openapi-generator wrote for TypeScript (typescript-fetch). It is
// compiled beside that client. Arguments: the deployment's URL, a test key, a URL that the deployment may send events to.
import * as api from './index.js';

declare const process: { argv: string[]; exitCode: number };

const [url = '', key = '', hook = ''] = process.argv.slice(2);
const configuration = new api.Configuration({ basePath: url, accessToken: key });
const batches = new api.BatchesApi(configuration);
const credentials = new api.CredentialsApi(configuration);
const tenants = new api.TenantsApi(configuration);
const webhooks = new api.WebhooksApi(configuration);
const calls = new Set<string>();

function call<T>(name: string, answer: Promise<T>): Promise<T> {
  calls.add(name);
  return answer;
}

function holds(fact: boolean, what: string): void {
  if (!fact) throw new Error(`not so: ${what}`);
}

const one: api.CredentialInput = {
  recipient: { id: `urn:uuid:${crypto.randomUUID()}`, name: 'Ada Lovelace', type: ['AchievementSubject'] },
  achievement: { name: 'Introduction to Machine Learning', description: 'Completed.' },
  issuanceDate: new Date('2026-04-23T12:00:00Z'),
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
};
const accepted = await call('createBatch', batches.createBatch({
  idempotencyKey: crypto.randomUUID(),
  createBatchRequest: { credentials: [one] },
}));
holds(accepted.status === 'pending' && accepted.credentialsCount === 1, 'the batch is accepted');
let batch = await call('getBatch', batches.getBatch({ id: accepted.id }));
for (let tries = 0; batch.status !== 'anchored'; tries += 1) {
  holds(tries < 600, 'the batch is anchored');
  await new Promise((resolve) => setTimeout(resolve, 200));
  batch = await batches.getBatch({ id: accepted.id });
}
holds((batch.anchorTransaction?.blockNumber ?? 0) > 0, 'its anchor is in a block');
const page = await call('listBatches', batches.listBatches({ limit: 5, status: 'anchored' }));
holds(page.data.some((listed) => listed.id === batch.id), 'the batch is listed');
const id = batch.credentials[0]?.id ?? '';
const credential = await call('getCredential', credentials.getCredential({ id }));
holds(credential.status === 'anchored' && !credential.revoked, 'the credential is anchored');
holds(credential.signedCredential?.proof.type === 'MerkleProof2019', 'it is signed');
const revoked = await call('revokeCredential', credentials.revokeCredential({
  id,
  revocationRequest: { reason: 'Superseded.', reasonCode: 'reissued' },
}));
holds(revoked.revoked, 'it is revoked');
const erased = await call('eraseCredential', credentials.eraseCredential({
  id,
  erasureRequest: { requester: 'recipient', verifiedAt: new Date() },
}));
holds(erased.erased && erased.verificationStatusAfterErasure === 'verifiable', 'it is erased');
const own = await call('getOwnTenant', tenants.getOwnTenant());
const same = await call('getTenant', tenants.getTenant({ id: own.id }));
holds(same.id === own.id, 'a tenant is read by its id');
const updated = await call('updateOwnTenant', tenants.updateOwnTenant({
  updateTenantRequest: { displayName: 'Example University', verifyPageBranding: { accentColor: '#1f4e8c' } },
}));
holds(updated.id === own.id, 'the tenant is updated');
const endpoint = await call('createWebhook', webhooks.createWebhook({
  createWebhookRequest: { url: hook, events: new Set(['batch.anchored']) },
}));
holds(endpoint.signingSecret?.startsWith('whsec_') === true, 'the endpoint has a secret');
const tested = await call('testWebhook', webhooks.testWebhook({ id: endpoint.id }));
holds(typeof tested.delivered === 'boolean', 'the endpoint is tested');
const listed = await call('listWebhooks', webhooks.listWebhooks());
holds(listed.data.some((entry) => entry.id === endpoint.id), 'the endpoint is listed');
const deleted = await call('deleteWebhook', webhooks.deleteWebhook({ id: endpoint.id }));
holds(deleted.deleted, 'the endpoint is deleted');
const refusal = await batches.getBatch({ id: 'bat_01KPX4MRGJ2N7RBX4K9Y1ESMWF' }).then(
  () => undefined,
  (error: unknown) => error,
);
holds(refusal instanceof api.ResponseError && refusal.response.status === 404, 'an error is thrown');
holds(calls.size === 13, 'all calls are made');
console.log(`${calls.size} calls: ${[...calls].join(', ')}`);
