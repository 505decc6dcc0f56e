// Edits a MerkleProof2019 `proofValue` in place: its bytes keep their structure, one fact in them changes.
import * as base58 from 'base58-universal';

const HASH = /x@([0-9a-f]{64})|xB(0x[0-9a-f]{64})/g; // CBOR text heads of 64 and of 66 characters
const BYTES_FROM_KEY_TO_TEXT = 5; // the key, then a head of two bytes for the byte string and one for the text in it

export class ProofValue {
  constructor(text) {
    if (!text.startsWith('z')) throw new Error('a proofValue starts with z');
    this.bytes = Buffer.from(base58.decode(text.slice(1)));
    const found = [...this.bytes.toString('latin1').matchAll(HASH)].map((match) => ({ at: match.index + 2, length: match[0].length - 2 }));
    this.hashes = found.filter(({ length }) => length === 64);
    this.steps = this.hashes.slice(0, -2);
    [this.merkleRoot, this.targetHash] = this.hashes.slice(-2);
    this.transactions = found.filter(({ length }) => length === 66);
    if (this.steps.length === 0 || this.transactions.length !== 2) throw new Error('not a proofValue of section 8 of the credential format');
  }

  /** Up to here every byte is read by every verifier; behind it stands the second anchor, which some ignore. */
  get endOfFirstAnchor() {
    return this.transactions[0].at + this.transactions[0].length;
  }

  /** Where the key (a step's side, say) of the wrapped text at a place stands. */
  keyOf({ at }) {
    return at - BYTES_FROM_KEY_TO_TEXT;
  }

  /** The text of a copy with `edit` applied to its bytes. */
  edited(edit) {
    const bytes = Buffer.from(this.bytes);
    edit(bytes);
    return `z${base58.encode(bytes)}`;
  }

  /** A copy with the last digit of the hash at `place` replaced by another. */
  withOtherDigit({ at, length }) {
    return this.edited((bytes) => { bytes[at + length - 1] = bytes[at + length - 1] === 0x30 ? 0x31 : 0x30; });
  }

  /** A copy in which step `index` goes to the other side. */
  withOtherSide(index) {
    return this.edited((bytes) => { bytes[this.keyOf(this.steps[index])] ^= 1; });
  }
}
