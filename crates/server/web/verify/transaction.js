// The anchoring transaction, read from its raw bytes: section 7 of the format. A node is believed only for its place in
// the chain; what it says, and who signed it, is read here (EIP-1559: `0x02 ‖ rlp([chain_id, nonce,
// max_priority_fee_per_gas, max_fee_per_gas, gas_limit, to, value, data, access_list, y_parity, r, s])`).
import { ORDER, addressOf, addressOfBytes, recover } from './address.js';
import { concat, hex } from './bytes.js';
import { RlpError, RlpReader, encodeBytes, encodeList, encodeNumber } from './rlp.js';
import { keccak256 } from '../vendor/noble.js';

/** Why bytes are not a signed type 2 transaction. */
export class TransactionError extends Error {}

/** @returns {{hash: string, chainId: bigint, sender: string, to: string | null, value: bigint, data: Uint8Array}} */
export function decodeTransaction(raw) {
  if (raw[0] !== 2) throw new TransactionError('not a type 2 (EIP-1559) transaction');
  const fields = read(raw);
  const { r, s, parity } = fields;
  if (r === 0n || r >= ORDER || s === 0n || s >= ORDER || s > ORDER / 2n) {
    throw new TransactionError('the signature is not a canonical one (r and s in range, low s)');
  }
  const signer = recover(keccak256(concat(Uint8Array.of(2), encodeList(fields.unsigned))), r, s, parity);
  if (signer === null) throw new TransactionError('the sender cannot be recovered from the signature');
  return { ...fields, hash: hex(keccak256(raw)), sender: addressOf(signer) };
}

function read(raw) {
  try {
    const whole = new RlpReader(raw.subarray(1));
    const list = whole.list();
    if (!whole.isAtEnd) throw new RlpError();
    const all = list.rest;
    const chainId = list.number(64);
    list.number(64);
    list.number(128);
    list.number(128);
    list.number(64);
    const to = list.bytes();
    if (to.length !== 0 && to.length !== 20) throw new RlpError();
    const value = list.number(128);
    const data = list.bytes();
    passOverAccessList(list.list());
    // What was signed is the list without its last three fields, under a head of its own.
    const unsigned = all.subarray(0, all.length - list.rest.length);
    const parity = Number(list.number(8));
    const [r, s] = [list.number(256), list.number(256)];
    if (parity > 1 || !list.isAtEnd) throw new RlpError();
    return { chainId, to: to.length === 0 ? null : addressOfBytes(to), value, data, unsigned, parity, r, s };
  } catch (error) {
    throw error instanceof RlpError ? new TransactionError('not the RLP of a type 2 transaction') : error;
  }
}

/** `[[address, [key, …]], …]`: well-formed, and of no further interest. */
function passOverAccessList(entries) {
  while (!entries.isAtEnd) {
    const entry = entries.list();
    const address = entry.bytes();
    const keys = entry.list();
    while (!keys.isAtEnd) if (keys.bytes().length !== 32) throw new RlpError();
    if (address.length !== 20 || !entry.isAtEnd) throw new RlpError();
  }
}

/** The bytes of a type 2 transaction from its fields; without a signature, the bytes that are signed. */
export function encodeTransaction(fields) {
  const accessList = fields.accessList.map(({ address, storageKeys }) => encodeList(
    encodeBytes(address), encodeList(...storageKeys.map(encodeBytes)),
  ));
  const signature = fields.signature ? [fields.signature.parity, fields.signature.r, fields.signature.s] : [];
  return concat(Uint8Array.of(2), encodeList(
    ...[fields.chainId, fields.nonce, fields.maxPriorityFeePerGas, fields.maxFeePerGas, fields.gas].map(encodeNumber),
    encodeBytes(fields.to), encodeNumber(fields.value), encodeBytes(fields.data), encodeList(...accessList),
    ...signature.map(encodeNumber),
  ));
}
