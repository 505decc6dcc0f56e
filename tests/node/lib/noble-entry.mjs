// The cryptography that the browser's verifier takes from a library: what vendor-noble.mjs puts into one module.
export { ed25519 } from '@noble/curves/ed25519.js';
export { secp256k1 } from '@noble/curves/secp256k1.js';
export { sha256, sha512 } from '@noble/hashes/sha2.js';
export { keccak_256 as keccak256 } from '@noble/hashes/sha3.js';
