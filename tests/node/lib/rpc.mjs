// A JSON-RPC client that says what the node said, and no more.
import { Outage } from './outage.mjs';

export class RpcError extends Error {
  constructor(method, { code, message }) {
    super(`${method}: ${message} (${code})`);
    this.code = code;
  }
}

/** Sends any body and returns the parsed answer, whatever it is: batches and malformed requests go through here. */
export async function post(fetch, url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }).catch((error) => { throw new Outage(`${url}: ${error.cause?.message ?? error.message}`); });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Outage(`${url} answered ${response.status} with a body that is not JSON: ${text.slice(0, 100)}`);
  }
}

/** `call(method, ...params)` on one node; an error object becomes an `RpcError`. */
export function rpcClient(url, fetch = globalThis.fetch) {
  let calls = 0;
  return async (method, ...params) => {
    calls += 1;
    const id = calls;
    const answer = await post(fetch, url, { jsonrpc: '2.0', id, method, params });
    if (answer.error) throw new RpcError(method, answer.error);
    if (answer.id !== id) throw new Error(`${method}: the answer carries id ${answer.id}, asked with ${id}`);
    return answer.result;
  };
}
