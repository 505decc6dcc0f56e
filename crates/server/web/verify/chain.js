// The block of a transaction, asked of a node over JSON-RPC. The node is believed about the block and its time, and about
// nothing that can be checked: the transaction's bytes are rebuilt from the fields it gives, hashed, and its sender is
// recovered from its signature.
//
// Invariant: a receipt alone is no inclusion. It counts only when its block is the one that the node's chain has at that
// height, and when the chain's head has reached it.
import { fromHex, hex, isEqual } from './bytes.js';
import { FetchError, ask } from './lookup.js';
import { TransactionError, decodeTransaction, encodeTransaction } from './transaction.js';
import { keccak256 } from '../vendor/noble.js';

/** The node gave no usable answer; why, in words for people. */
class NodeError extends Error {}

/** @param {string} hash 64 characters of hex @returns a lookup of the transaction in its block */
export async function lookUpTransaction(url, chain, hash) {
  const node = (method, ...params) => call(url, method, params);
  try {
    const chainId = quantity(await node('eth_chainId'), 64);
    if (chainId === null) throw new NodeError('the answer to eth_chainId is not a quantity');
    if (chainId !== chain.chainId) throw new NodeError(`the node is on chain ${chainId}, the credential on chain ${chain.chainId}`);
    return await inclusion(node, hash);
  } catch (error) {
    if (error instanceof NodeError || error instanceof FetchError) return { unreachable: error.message };
    throw error;
  }
}

/** The block is asked for last, so that a reorganization in between is seen. */
async function inclusion(node, hash) {
  const transaction = Fields.of('transaction', await node('eth_getTransactionByHash', `0x${hash}`));
  if (transaction === null) return { absent: true };
  const raw = rebuilt(transaction, hash);

  const receipt = Fields.of('receipt', await node('eth_getTransactionReceipt', `0x${hash}`));
  if (receipt === null) return { absent: true };
  if (hex(receipt.data('transactionHash', 32)) !== hash) throw new NodeError('the receipt is of another transaction');
  if (!receipt.has('blockHash') || !receipt.has('blockNumber')) return { absent: true };
  const blockHash = receipt.data('blockHash', 32);
  const blockNumber = receipt.quantity('blockNumber', 64);
  const status = receipt.quantity('status', 64);
  if (status > 1n) throw receipt.wrong('status', '0x0 or 0x1');

  const head = quantity(await node('eth_blockNumber'), 64);
  if (head === null) throw new NodeError('the answer to eth_blockNumber is not a quantity');
  if (head < blockNumber) return { absent: true };
  const block = Fields.of('block', await node('eth_getBlockByNumber', `0x${blockNumber.toString(16)}`, false));
  if (block === null) return { absent: true };
  if (block.quantity('number', 64) !== blockNumber) throw new NodeError('the block is of another height');
  if (!isEqual(block.data('hash', 32), blockHash)) return { absent: true };
  const listed = block.members.transactions;
  if (!Array.isArray(listed)) throw block.wrong('transactions', 'a list');
  if (!listed.some((one) => typeof one === 'string' && one.toLowerCase() === `0x${hash}`)) {
    throw new NodeError('the block does not list the transaction');
  }
  const blockTime = block.quantity('timestamp', 64);
  return { found: { raw, blockNumber, blockTime, succeeded: status === 1n, confirmations: head - blockNumber + 1n } };
}

/** The bytes of the transaction, whose hash must be the one that was asked for. */
function rebuilt(fields, hash) {
  const type = fields.quantity('type', 64);
  if (type !== 2n) throw new NodeError(`the transaction has type ${type}, an anchor has type 2`);
  const parityName = fields.has('yParity') ? 'yParity' : 'v';
  const parity = fields.quantity(parityName, 256);
  if (parity > 1n) throw fields.wrong(parityName, '0x0 or 0x1');
  const raw = encodeTransaction({
    chainId: fields.quantity('chainId', 64),
    nonce: fields.quantity('nonce', 64),
    gas: fields.quantity('gas', 64),
    maxFeePerGas: fields.quantity('maxFeePerGas', 128),
    maxPriorityFeePerGas: fields.quantity('maxPriorityFeePerGas', 128),
    to: fields.has('to') ? fields.data('to', 20) : new Uint8Array(),
    value: fields.quantity('value', 256),
    accessList: accessList(fields),
    data: fields.data('input'),
    signature: { parity, r: fields.quantity('r', 256), s: fields.quantity('s', 256) },
  });
  if (hex(keccak256(raw)) !== hash) throw new NodeError("the transaction's fields do not have the hash that was asked for");
  if (fields.has('from') && isAnotherSender(raw, hex(fields.data('from', 20)))) {
    throw new NodeError('the node names another sender than the one who signed');
  }
  return raw;
}

/** Nothing rests on the sender that a node names, but a node that names the wrong one is not to be believed elsewhere. */
function isAnotherSender(raw, named) {
  try {
    return decodeTransaction(raw).sender.toLowerCase() !== `0x${named}`;
  } catch (error) {
    // The check of the anchor reports what can't be read.
    if (error instanceof TransactionError) return false;
    throw error;
  }
}

function accessList(fields) {
  if (!fields.has('accessList')) return [];
  const wrong = () => fields.wrong('accessList', 'an access list');
  const list = fields.members.accessList;
  if (!Array.isArray(list)) throw wrong();
  return list.map((value) => {
    const entry = Fields.of('access list entry', value);
    const keys = entry?.members.storageKeys;
    if (!Array.isArray(keys)) throw wrong();
    const storageKeys = keys.map((key) => data(key, 32));
    if (storageKeys.includes(null)) throw wrong();
    return { address: entry.data('address', 20), storageKeys };
  });
}

/** The members of an object in a node's answer; `what` names it in errors. */
class Fields {
  /** `null` stands for "there is none". */
  static of(what, value) {
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value)) throw new NodeError(`${what} is neither an object nor null`);
    return new Fields(what, value);
  }

  constructor(what, members) {
    this.what = what;
    this.members = members;
  }

  has(name) {
    return Object.hasOwn(this.members, name) && this.members[name] !== null;
  }

  quantity(name, bits) {
    return quantity(this.members[name], bits) ?? this.fail(name, `a quantity of at most ${bits} bits`);
  }

  data(name, length) {
    return data(this.members[name], length) ?? this.fail(name, length === undefined ? 'data' : `data of ${length} bytes`);
  }

  fail(name, expected) {
    throw this.wrong(name, expected);
  }

  wrong(name, expected) {
    return new NodeError(`${this.what}.${name} is not ${expected}`);
  }
}

/** A number of at most so many bits; some nodes pad it with zeros. */
function quantity(value, bits) {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) return null;
  const number = BigInt(value);
  return number < 1n << BigInt(bits) ? number : null;
}

/** Bytes, exactly so many where it says so. */
function data(value, length) {
  const bytes = typeof value === 'string' && value.startsWith('0x') ? fromHex(value.slice(2)) : null;
  return bytes !== null && (length === undefined || bytes.length === length) ? bytes : null;
}

async function call(url, method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const answer = await ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  let message;
  try {
    message = JSON.parse(new TextDecoder().decode(answer.body));
  } catch {
    throw new NodeError(`the node answered ${answer.status} and no JSON`);
  }
  if (message === null || typeof message !== 'object' || !('result' in message) || message.error) {
    throw new NodeError(`the node refused ${method}`);
  }
  return message.result;
}
