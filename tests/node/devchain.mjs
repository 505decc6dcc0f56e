#!/usr/bin/env node
// A wallet library that knows nothing of LearnCoin (ethers v6) and bare JSON-RPC against one EVM node.
// The same text passes on the embedded development chain and on a real node, which is the proof that they behave alike.
import { setTimeout as delay } from 'node:timers/promises';
import { JsonRpcProvider, Transaction, Wallet, getAddress, hexlify, keccak256, parseEther, parseUnits, randomBytes } from 'ethers';
import { Checks, readArguments, run, UsageError } from './lib/command.mjs';
import { post, rpcClient, RpcError } from './lib/rpc.mjs';

const USAGE = `usage: node devchain.mjs --rpc URL [--chain-id N]

  --rpc URL      the node: http://…/dev/chain/rpc of a LearnCoin server that takes transactions from callers
                 (LEARNCOIN_CHAIN_DEVELOPMENT_CHAIN_TRANSACTIONS=10), or an anvil
  --chain-id N   the chain id that it must have (default 31337)

A fresh wallet sends anchoring transactions and reads everything back. On a development chain every address starts with
1,000 ether; on anvil the wallet is given as much first.
Exit status: 0 all as it should be, 1 not so, 2 wrong arguments.`;

const QUANTITY = /^0x(0|[1-9a-f][0-9a-f]*)$/;
const HASH = /^0x[0-9a-f]{64}$/;
const STARTING_BALANCE = parseEther('1000');
const WAIT_MS = 30_000;

await run(async () => {
  const { values } = readArguments(USAGE, { rpc: { type: 'string' }, 'chain-id': { type: 'string', default: '31337' } }, { required: ['rpc'] });
  const chainId = Number(values['chain-id']);
  if (!Number.isSafeInteger(chainId)) throw new UsageError('--chain-id wants a number');
  const provider = new JsonRpcProvider(values.rpc, undefined, { cacheTimeout: -1 });
  provider.pollingInterval = 100;
  const rpc = rpcClient(values.rpc);
  const isAnvil = /^anvil/i.test(await rpc('web3_clientVersion'));
  const world = { checks: new Checks(), url: values.rpc, chainId, provider, rpc, isAnvil, wallet: new Wallet(hexlify(randomBytes(32)), provider) };
  try {
    await identity(world);
    await balances(world);
    await fees(world);
    const sent = await sendAndRead(world);
    await blocks(world, sent);
    await sendAgain(world, sent);
    await queuedBehindAGap(world);
    await refusals(world);
    await absentThings(world);
    await batches(world);
    await protocolErrors(world);
    return world.checks.close();
  } finally {
    provider.destroy();
  }
});

async function identity({ checks, provider, rpc, chainId }) {
  checks.equal('eth_chainId', await rpc('eth_chainId'), `0x${chainId.toString(16)}`);
  checks.equal('net_version is the same in decimals', await rpc('net_version'), String(chainId));
  checks.that('web3_clientVersion names the software', (await rpc('web3_clientVersion')).length > 0);
  checks.equal('ethers: getNetwork', Number((await provider.getNetwork()).chainId), chainId);
  checks.that('eth_blockNumber is a quantity', QUANTITY.test(await rpc('eth_blockNumber')));
}

async function balances({ checks, provider, rpc, wallet, isAnvil }) {
  if (isAnvil) await rpc('anvil_setBalance', wallet.address, `0x${STARTING_BALANCE.toString(16)}`);
  checks.equal('a fresh address owns 1,000 ether', String(await provider.getBalance(wallet.address)), String(STARTING_BALANCE));
  checks.equal('and has sent nothing', await provider.getTransactionCount(wallet.address), 0);
  checks.equal('pending included', await provider.getTransactionCount(wallet.address, 'pending'), 0);
  checks.that('eth_getBalance is a quantity', QUANTITY.test(await rpc('eth_getBalance', wallet.address, 'latest')));
}

async function fees({ checks, provider, rpc, wallet }) {
  const data = await provider.getFeeData();
  checks.that('ethers: getFeeData has EIP-1559 fees', data.maxFeePerGas > 0n && data.maxPriorityFeePerGas !== null && data.gasPrice > 0n, String(data.maxFeePerGas));
  checks.that('eth_gasPrice is a quantity', QUANTITY.test(await rpc('eth_gasPrice')));
  checks.that('eth_maxPriorityFeePerGas is a quantity', QUANTITY.test(await rpc('eth_maxPriorityFeePerGas')));
  const history = await rpc('eth_feeHistory', '0x1', 'latest', [25, 75]);
  checks.equal('eth_feeHistory: one block and the next one\'s base fee', [history.baseFeePerGas.length, history.gasUsedRatio.length, history.reward.length], [2, 1, 1]);
  checks.that('eth_feeHistory: base fees are quantities', history.baseFeePerGas.every((fee) => QUANTITY.test(fee)), history.baseFeePerGas);
  checks.that('eth_feeHistory: oldestBlock is a quantity', QUANTITY.test(history.oldestBlock), history.oldestBlock);
  const gas = await provider.estimateGas({ from: wallet.address, to: wallet.address, data: hexlify(randomBytes(32)) });
  checks.that('eth_estimateGas of an anchoring transaction is between 21,000 and 30,000', gas > 21_000n && gas <= 30_000n, String(gas));
}

/** What an anchoring transaction is: type 2, to the sender itself, nothing but 32 bytes (credential format, section 7). */
async function anchoring({ wallet, provider, chainId }, overrides = {}) {
  return {
    type: 2,
    chainId,
    nonce: await provider.getTransactionCount(wallet.address, 'pending'),
    to: wallet.address,
    value: 0n,
    data: hexlify(randomBytes(32)),
    gasLimit: 30_000n,
    maxFeePerGas: parseUnits('100', 'gwei'),
    maxPriorityFeePerGas: parseUnits('1', 'gwei'),
    ...overrides,
  };
}

/**
 * The receipt, once there is one. The library's own wait needs a block after the one that it hears of first, and the embedded chain
 * makes none when there is nothing to put into it.
 */
async function mined(provider, hash) {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt) return receipt;
    if (Date.now() > until) throw new Error(`${hash} was not mined within ${WAIT_MS} ms`);
    await delay(100);
  }
}

async function sendAndRead(world) {
  const { checks, provider, rpc, wallet, chainId } = world;
  const root = hexlify(randomBytes(32));
  const response = await wallet.sendTransaction({ to: wallet.address, data: root, gasLimit: 30_000n });
  checks.that('ethers: sendTransaction of a transaction that the wallet filled in itself', HASH.test(response.hash), response.hash);
  const receipt = await mined(provider, response.hash);
  checks.equal('mined, and it succeeded', [receipt.status, receipt.hash], [1, response.hash]);
  checks.equal('receipt: from and to', [getAddress(receipt.from), getAddress(receipt.to)], [wallet.address, wallet.address]);
  checks.equal('receipt: no contract and no logs', [receipt.contractAddress, receipt.logs.length], [null, 0]);
  checks.that('receipt: gas used was paid for', receipt.gasUsed > 21_000n && receipt.gasUsed <= 30_000n && receipt.gasPrice > 0n, `${receipt.gasUsed} gas at ${receipt.gasPrice}`);
  const paid = STARTING_BALANCE - await provider.getBalance(wallet.address);
  checks.equal('the sender paid exactly gas used times the effective price', String(paid), String(receipt.gasUsed * receipt.gasPrice));
  checks.equal('and its count went up', await provider.getTransactionCount(wallet.address), 1);

  const found = await provider.getTransaction(response.hash);
  checks.equal('read back by hash', [found.data, found.from, Number(found.chainId), found.type, found.nonce], [root, wallet.address, chainId, 2, 0]);
  const rebuilt = Transaction.from({ type: 2, chainId: found.chainId, nonce: found.nonce, to: found.to, value: found.value, data: found.data, gasLimit: found.gasLimit, maxFeePerGas: found.maxFeePerGas, maxPriorityFeePerGas: found.maxPriorityFeePerGas, accessList: found.accessList, signature: found.signature });
  checks.equal('its fields, serialized anew, hash to its hash', keccak256(rebuilt.serialized), response.hash);
  checks.equal('and the sender is recovered from the signature', rebuilt.from, wallet.address);
  const [transaction, bare] = await Promise.all([rpc('eth_getTransactionByHash', response.hash), rpc('eth_getTransactionReceipt', response.hash)]);
  checks.equal('transaction and receipt name the same block and place', [transaction.blockHash, transaction.blockNumber, transaction.transactionIndex], [bare.blockHash, bare.blockNumber, bare.transactionIndex]);
  checks.that('receipt: numbers are quantities', ['blockNumber', 'cumulativeGasUsed', 'effectiveGasPrice', 'gasUsed', 'status', 'transactionIndex', 'type'].every((field) => QUANTITY.test(bare[field])), bare);
  checks.that('receipt: an empty bloom of 256 bytes', /^0x0{512}$/.test(bare.logsBloom));
  return { receipt, hash: response.hash, raw: rebuilt.serialized };
}

async function blocks({ checks, provider, rpc }, { receipt, hash }) {
  const byNumber = await provider.getBlock(receipt.blockNumber);
  const byHash = await provider.getBlock(receipt.blockHash);
  checks.equal('the block by number and by hash are one', [byNumber.hash, byNumber.number], [byHash.hash, receipt.blockNumber]);
  checks.that('it lists the transaction', byNumber.transactions.includes(hash), byNumber.transactions);
  checks.that('its time is near now', Math.abs(byNumber.timestamp - Date.now() / 1000) < 3600, String(byNumber.timestamp));
  checks.that('it has a base fee', byNumber.baseFeePerGas > 0n);
  checks.that('the price paid covers it', receipt.gasPrice >= byNumber.baseFeePerGas);
  const full = await provider.getBlock(receipt.blockNumber, true);
  checks.that('with whole transactions', full.prefetchedTransactions.some((transaction) => transaction.hash === hash));
  const parent = await provider.getBlock(receipt.blockNumber - 1);
  checks.equal('its parent is the block before', byNumber.parentHash, parent.hash);
  checks.that('which is older', parent.timestamp <= byNumber.timestamp);
  const genesis = await provider.getBlock(0);
  checks.equal('block 0 is there', [genesis.number, Number(genesis.parentHash)], [0, 0]);
  checks.equal('and is what "earliest" means', (await rpc('eth_getBlockByNumber', 'earliest', false)).hash, genesis.hash);
  const head = await rpc('eth_getBlockByNumber', 'latest', false);
  checks.that('"latest" is a block with hashes', HASH.test(head.hash) && HASH.test(head.transactionsRoot) && HASH.test(head.receiptsRoot) && HASH.test(head.stateRoot), head);
  checks.that('and not behind the receipt', Number(head.number) >= receipt.blockNumber, head.number);
}

/** Sending the same bytes twice must be harmless: that is what a sender does who did not hear the answer. */
async function sendAgain({ checks, provider, rpc, wallet }, { raw, hash, receipt }) {
  const again = await rpc('eth_sendRawTransaction', raw).catch((error) => error);
  checks.that('the same bytes again: their hash, or a JSON-RPC error', again === hash || again instanceof RpcError, String(again));
  checks.equal('nothing was mined twice', await provider.getTransactionCount(wallet.address, 'pending'), 1);
  checks.equal('and the receipt is the same', (await provider.getTransactionReceipt(hash)).blockHash, receipt.blockHash);
}

/** A transaction with a later nonce waits until the one before it arrives. */
async function queuedBehindAGap(world) {
  const { checks, provider, rpc, wallet } = world;
  const first = await anchoring(world);
  const second = await anchoring(world, { nonce: first.nonce + 1 });
  const secondHash = await rpc('eth_sendRawTransaction', await wallet.signTransaction(second));
  checks.equal('behind a gap: known, but in no block', (await rpc('eth_getTransactionByHash', secondHash))?.blockNumber, null);
  checks.equal('and without a receipt', await rpc('eth_getTransactionReceipt', secondHash), null);
  const firstHash = await rpc('eth_sendRawTransaction', await wallet.signTransaction(first));
  const receipts = await Promise.all([firstHash, secondHash].map((hash) => mined(provider, hash)));
  checks.equal('the gap closed, both are mined', receipts.map(({ status }) => status), [1, 1]);
}

async function refusals(world) {
  const { checks, provider, rpc, wallet } = world;
  const count = await provider.getTransactionCount(wallet.address);
  const refused = async (what, raw) => {
    const answer = await rpc('eth_sendRawTransaction', raw).catch((error) => error);
    checks.that(`refused: ${what}`, answer instanceof RpcError, String(answer));
  };
  const signed = async (overrides) => wallet.signTransaction(await anchoring(world, overrides));
  await refused('a nonce that was used', await signed({ nonce: 0 }));
  await refused('another chain', await signed({ chainId: world.chainId + 1 }));
  await refused('more than the sender owns', await signed({ value: STARTING_BALANCE * 2n }));
  if (world.isAnvil) {
    console.log('     left out on anvil, which takes them: too little gas, a high s');
  } else {
    await refused('less gas than the calldata costs', await signed({ gasLimit: 21_000n }));
    await refused('a high s, which would be a second spelling of one signature', await withHighS(signed));
  }
  await refused('bytes that are no transaction', '0x02c0ffee');
  await refused('bytes cut short', (await signed()).slice(0, -8));
  checks.equal('none of them counts', await provider.getTransactionCount(wallet.address, 'pending'), count);
}

/** A transaction with the other of the two signatures that the curve allows (EIP-2 forbids it). */
async function withHighS(sign) {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const tail = (yParity, r, s) => `${yParity === 1 ? '01' : '80'}a0${r.slice(2)}a0${s.slice(2)}`;
  for (;;) {
    const raw = await sign();
    const { r, s, yParity } = Transaction.from(raw).signature;
    const low = tail(yParity, r, s);
    if (!raw.endsWith(low)) continue; // a number with a leading zero byte is written shorter: take the next
    const other = `0x${(order - BigInt(s)).toString(16).padStart(64, '0')}`;
    return raw.slice(0, -low.length) + tail(1 - yParity, r, other);
  }
}

async function absentThings({ checks, rpc }) {
  const nothing = hexlify(randomBytes(32));
  checks.equal('an unknown transaction is null', await rpc('eth_getTransactionByHash', nothing), null);
  checks.equal('so is its receipt', await rpc('eth_getTransactionReceipt', nothing), null);
  checks.equal('and an unknown block by hash', await rpc('eth_getBlockByHash', nothing, false), null);
  checks.equal('and a block of the future', await rpc('eth_getBlockByNumber', '0xfffffff', false), null);
}

async function batches({ checks, url, chainId }) {
  const request = (id, method, params = []) => ({ jsonrpc: '2.0', id, method, params });
  const answers = await post(fetch, url, [request(7, 'eth_chainId'), request('eight', 'eth_noSuchMethod'), request(9, 'eth_blockNumber')]);
  const of = (id) => answers.find((answer) => answer.id === id);
  checks.equal('a batch: one answer for each request', answers.length, 3);
  checks.equal('answers carry their request\'s id, numbers and texts', of(7)?.result, `0x${chainId.toString(16)}`);
  checks.equal('one request\'s error is its own', of('eight')?.error?.code, -32601);
  checks.that('and the others are answered', QUANTITY.test(of(9)?.result));
}

/** JSON-RPC 2.0, section 5.1: the codes that a client library tells apart. */
async function protocolErrors({ checks, url, rpc }) {
  const codeOf = async (method, ...params) => rpc(method, ...params).then(() => null, (error) => error.code);
  checks.equal('an unknown method is -32601', await codeOf('eth_noSuchMethod'), -32601);
  checks.equal('wrong parameters are -32602', await codeOf('eth_getTransactionByHash', 'not a hash'), -32602);
  checks.equal('missing parameters are -32602', await codeOf('eth_getBalance'), -32602);
  const parse = await post(fetch, url, '{"jsonrpc":"2.0","id":1,"method":').catch((error) => error);
  checks.that('a body that is no JSON gets an error, not silence', parse?.error?.code < 0, String(parse?.message ?? JSON.stringify(parse)));
  const invalid = await post(fetch, url, { id: 1, hello: 'there' }).catch((error) => error);
  checks.that('nor does one that is no request', invalid?.error?.code < 0, String(invalid?.message ?? JSON.stringify(invalid)));
}
