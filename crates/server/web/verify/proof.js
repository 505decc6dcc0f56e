// `proofValue`: z, base58btc, and inside it the CBOR of section 8 of the format, read strictly.
import { decode as decodeBase58 } from './base58.js';
import { concat, fromHex, fromNumber, isEqual, isHash, utf8 } from './bytes.js';
import { CborError, CborReader } from './cbor.js';

export const MAX_STEPS = 64;
/** The longest text that can be a proof of that many steps, with room to spare. */
const MAX_TEXT = 8_192;

/** The chains that an anchor may stand on; `compatible` is the network that released Blockcerts software knows. */
export const CHAINS = [
  { chainId: 8_453n, name: 'base-mainnet', compatible: 1n, verdict: 'valid' },
  { chainId: 84_532n, name: 'base-sepolia', compatible: 11_155_111n, verdict: 'valid_test' },
  { chainId: 31_337n, name: 'development', compatible: 11_155_111n, verdict: 'valid_development' },
];

/** Why a text is not a `proofValue` of ours. */
export class ProofError extends Error {}
/** What is wrong with the anchors of a proof that can be read otherwise. */
export class AnchorError extends Error {}

const structure = () => new ProofError('proofValue does not have the structure of a MerkleProof2019 in deterministic CBOR');

/**
 * @returns {{path: {side: string, hash: string}[], merkleRoot: string, targetHash: string,
 *   anchor: {chain: typeof CHAINS[0], transactionHash: string} | AnchorError}}
 *   the anchors may be wrong where the rest is right: another check tells of them
 */
export function decodeProof(text) {
  if (utf8(text).length > MAX_TEXT) throw new ProofError(`proofValue is longer than a proof of ${MAX_STEPS} steps`);
  const bytes = text.startsWith('z') ? decodeBase58(text.slice(1)) : null;
  if (bytes === null) throw new ProofError('proofValue is not z and base58btc');
  let proof;
  try {
    proof = readProof(new CborReader(bytes));
  } catch (error) {
    throw error instanceof CborError ? structure() : error;
  }
  // Whatever the reader let pass, bytes after the end among it, is not what would have been written. Where the anchors
  // are refused anyway there is nothing to write again.
  if (!(proof.anchor instanceof AnchorError) && !isEqual(encodeProof(proof), bytes)) throw structure();
  return proof;
}

function readProof(cbor) {
  arrayOf(cbor, 4n);
  key(cbor, 3n);
  const count = cbor.array();
  if (count > BigInt(MAX_STEPS)) throw new ProofError(`proofValue has more than ${MAX_STEPS} steps`);
  const path = Array.from({ length: Number(count) }, () => step(cbor));
  key(cbor, 0n);
  const merkleRoot = hash(cbor, '');
  key(cbor, 1n);
  const targetHash = hash(cbor, '');
  key(cbor, 2n);
  const anchors = cbor.array();
  if (anchors === 2n) return { path, merkleRoot, targetHash, anchor: join(anchor(cbor), anchor(cbor)) };
  for (let left = anchors; left > 0n; left -= 1n) cbor.skip();
  return { path, merkleRoot, targetHash, anchor: new AnchorError(`a proof has exactly two anchors, this one has ${anchors}`) };
}

function step(cbor) {
  arrayOf(cbor, 2n);
  const side = cbor.unsigned();
  if (side > 1n) throw structure();
  return { side: side === 0n ? 'left' : 'right', hash: hash(cbor, '') };
}

/** `[[0, blockchain], [1, network], [2, transaction]]`; `null` for a blockchain that is not the format's. */
function anchor(cbor) {
  arrayOf(cbor, 3n);
  key(cbor, 0n);
  if (cbor.integer() !== 1n) {
    cbor.skip();
    cbor.skip();
    return null;
  }
  key(cbor, 1n);
  const network = cbor.unsigned();
  key(cbor, 2n);
  return { network, transactionHash: hash(cbor, '0x') };
}

/** The compatible anchor and the exact one: one transaction, one chain. */
function join(first, second) {
  if (first === null || second === null) return new AnchorError("an anchor names a blockchain other than the format's");
  const chain = CHAINS.find(({ chainId }) => chainId === second.network);
  if (!chain) return new AnchorError(`the anchor's chain id ${second.network} is not one of 8453, 84532 and 31337`);
  if (first.network !== chain.compatible) {
    return new AnchorError(`the first anchor's network ${first.network} is not the one that goes with chain id ${second.network}`);
  }
  if (first.transactionHash !== second.transactionHash) return new AnchorError('the two anchors name different transactions');
  return { chain, transactionHash: second.transactionHash };
}

function arrayOf(cbor, length) {
  if (cbor.array() !== length) throw structure();
}

/** The head of a pair and its key. */
function key(cbor, wanted) {
  arrayOf(cbor, 2n);
  if (cbor.unsigned() !== wanted) throw structure();
}

/** A text of hex, wrapped in a byte string of its own. */
function hash(cbor, prefix) {
  const inner = new CborReader(cbor.byteString());
  const text = inner.text();
  if (!inner.isAtEnd || !text.startsWith(prefix) || !isHash(text.slice(prefix.length))) throw structure();
  return text.slice(prefix.length);
}

/** The one CBOR of a proof. */
export function encodeProof({ path, merkleRoot, targetHash, anchor: { chain, transactionHash } }) {
  const wrapped = (number, text) => concat(fromHex(number), utf8(text));
  const left = (text) => wrapped('820058427840', text);
  const right = (text) => wrapped('820158427840', text);
  const anchors = [chain.compatible, chain.chainId].map((network) => concat(
    fromHex('838200018201'), head(0, network), wrapped('820258447842', `0x${transactionHash}`),
  ));
  return concat(
    fromHex('848203'), head(4, BigInt(path.length)),
    ...path.map((one) => (one.side === 'left' ? left(one.hash) : right(one.hash))),
    left(merkleRoot), right(targetHash), fromHex('820282'), ...anchors,
  );
}

/** A head with the shortest argument. Nothing here is longer than four bytes. */
function head(major, value) {
  if (value < 24n) return Uint8Array.of((major << 5) | Number(value));
  const length = value < 1n << 8n ? 1 : value < 1n << 16n ? 2 : 4;
  const argument = fromNumber(value);
  return concat(Uint8Array.of((major << 5) | (23 + [0, 1, 2, 0, 3][length])), new Uint8Array(length - argument.length), argument);
}
