// The unmodified @blockcerts/cert-verifier-js, judging one credential at a time.
// Two of its own options are used: `didResolverUrl` and `explorerAPIs`. It has no option for the rest of its
// questions, so the global `fetch` is exchanged while it runs; `console` too, because it prints as it goes.
import { createRequire } from 'node:module';
import { DID_RESOLVER } from './lookups.mjs';
import { Outage } from './outage.mjs';
import { rpcClient } from './rpc.mjs';

const LIBRARY = '@blockcerts/cert-verifier-js/dist/verifier-node/index.js';

/** The `failed_step` of a verdict that says nothing about the credential. */
export const COULD_NOT_CHECK = 'lookup';

const CONSOLE = ['log', 'info', 'warn', 'error'];

/**
 * How the library is told of a chain it has no name for: one entry that reads the transaction from an EVM node.
 * Answers about mined transactions are kept for the process; a batch of 500 has one transaction.
 */
export function evmExplorer({ rpc, chainId, noteFailure }) {
  const mined = new Map();
  const read = async (hash) => {
    const nodeChainId = Number(await rpc('eth_chainId'));
    if (chainId !== undefined && nodeChainId !== chainId) throw new Outage(`the node serves chain ${nodeChainId}, not ${chainId}`);
    const [transaction, receipt] = await Promise.all([rpc('eth_getTransactionByHash', hash), rpc('eth_getTransactionReceipt', hash)]);
    if (!transaction || !receipt) throw new Error(`no mined transaction ${hash}`);
    if (receipt.status !== '0x1') throw new Error(`transaction ${hash} failed`);
    const block = await rpc('eth_getBlockByNumber', receipt.blockNumber, false);
    if (block.hash !== receipt.blockHash) throw new Error(`transaction ${hash} is in no canonical block`);
    return {
      remoteHash: transaction.input.slice(2),
      issuingAddress: transaction.from,
      time: new Date(Number(block.timestamp) * 1000),
      revokedAddresses: [],
    };
  };
  return {
    serviceURL: 'https://explorer.invalid',
    apiType: 'rpc',
    chainType: 'evm',
    priority: 0,
    parsingFunction: async ({ transactionId }) => {
      const hash = transactionId.startsWith('0x') ? transactionId : `0x${transactionId}`;
      try {
        if (!mined.has(hash)) mined.set(hash, await read(hash));
        return mined.get(hash);
      } catch (error) {
        noteFailure(error);
        throw error;
      }
    },
  };
}

export class StockVerifier {
  #Certificate = createRequire(import.meta.url)(LIBRARY).Certificate;

  /** @param {{lookups: import('./lookups.mjs').Lookups, explorer: object}} parts */
  constructor({ lookups, explorer }) {
    this.lookups = lookups;
    this.explorer = explorer;
  }

  /** With an RPC address in place of an explorer entry. */
  static overRpc({ lookups, rpcUrl, chainId }) {
    return new StockVerifier({ lookups, explorer: evmExplorer({ rpc: rpcClient(rpcUrl), chainId, noteFailure: (error) => lookups.noteFailure(error) }) });
  }

  /** @returns {Promise<{valid: boolean, message: string, failed_step: string|null}>} */
  async judge(credential) {
    this.lookups.takeFailures();
    const restore = this.#takeOver();
    try {
      return this.#believable(await this.#verify(credential));
    } finally {
      restore();
    }
  }

  async #verify(credential) {
    let failed;
    let end;
    try {
      const certificate = new this.#Certificate(structuredClone(credential), {
        locale: 'en-US',
        didResolverUrl: DID_RESOLVER,
        explorerAPIs: [this.explorer],
      });
      await certificate.init();
      end = await certificate.verify((step) => {
        if (step.status === 'failure') failed ??= step;
      });
    } catch (error) {
      return { valid: false, message: `${error.name}: ${error.message}`, failed_step: 'init' };
    }
    const { status, message } = end;
    if (status === 'success') return { valid: true, message: message?.label ?? String(message), failed_step: null };
    return { valid: false, message: failed?.errorMessage ?? String(message), failed_step: failed?.code ?? 'unknown' };
  }

  /**
   * The library takes a revocation list that it cannot read for an empty one, and does not say what it missed. So a
   * "valid" with an open question is not believed, and neither is any verdict after an outage.
   */
  #believable(verdict) {
    const failures = this.lookups.takeFailures();
    if (failures.length === 0) return verdict;
    const reasons = failures.map(({ message }) => message).join('; ');
    if (verdict.valid || failures.some((failure) => failure instanceof Outage)) {
      return { valid: false, message: `could not be checked: ${reasons}`, failed_step: COULD_NOT_CHECK };
    }
    return { ...verdict, message: `${verdict.message} (${reasons})` };
  }

  #takeOver() {
    const before = { fetch: globalThis.fetch, console: CONSOLE.map((name) => console[name]) };
    globalThis.fetch = this.lookups.fetch;
    for (const name of CONSOLE) console[name] = () => {};
    return () => {
      globalThis.fetch = before.fetch;
      CONSOLE.forEach((name, i) => { console[name] = before.console[i]; });
    };
  }
}
