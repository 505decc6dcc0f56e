// Zlib's format, as PNG and PDF compress with it.
import { concat } from './bytes.js';

const MAX_BYTES = 4 * 1024 * 1024;

/** @returns {Promise<Uint8Array | null>} `null` for what is not zlib's, breaks off, or grows too large */
export async function inflate(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const chunks = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return concat(...chunks);
      length += value.length;
      if (length > MAX_BYTES) {
        await reader.cancel();
        return null;
      }
      chunks.push(value);
    }
  } catch {
    // Whatever is wrong with the bytes, there is nothing to read.
    return null;
  }
}
