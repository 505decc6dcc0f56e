// MD5 and RC4, which browsers no longer have: old PDFs are encrypted with them. They protect nothing here.
const SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
const SINES = Uint32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));

/** The MD5 of bytes (RFC 1321). */
export function md5(bytes) {
  const padded = new Uint8Array((Math.floor((bytes.length + 8) / 64) + 1) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n, true);
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < padded.length; block += 64) {
    let [a, b, c, d] = state;
    for (let step = 0; step < 64; step += 1) {
      const round = step >> 4;
      const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
      const word = [step, 5 * step + 1, 3 * step + 5, 7 * step][round] % 16;
      const sum = (a + mixed + SINES[step] + view.getUint32(block + 4 * word, true)) >>> 0;
      const shift = SHIFTS[round][step % 4];
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) >>> 0];
    }
    [a, b, c, d].forEach((value, index) => { state[index] += value; });
  }
  return new Uint8Array(state.buffer);
}

/** RC4 encrypts and decrypts alike. */
export function rc4(key, bytes) {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const swap = (one, other) => { [state[one], state[other]] = [state[other], state[one]]; };
  for (let index = 0, other = 0; index < 256; index += 1) {
    other = (other + state[index] + key[index % key.length]) & 255;
    swap(index, other);
  }
  let [at, other] = [0, 0];
  return bytes.map((byte) => {
    at = (at + 1) & 255;
    other = (other + state[at]) & 255;
    swap(at, other);
    return byte ^ state[(state[at] + state[other]) & 255];
  });
}
