// base58btc, as Bitcoin writes it: one character for each leading zero byte.
import { concat, fromNumber } from './bytes.js';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** @returns {Uint8Array | null} `null` where a character is none of the alphabet */
export function decode(text) {
  let number = 0n;
  // Nine digits at a time fit a double exactly, and keep the long numbers few.
  for (let at = 0; at < text.length; at += 9) {
    const group = text.slice(at, at + 9);
    let value = 0;
    for (const character of group) {
      const digit = ALPHABET.indexOf(character);
      if (digit < 0) return null;
      value = value * 58 + digit;
    }
    number = number * 58n ** BigInt(group.length) + BigInt(value);
  }
  const zeros = /^1*/.exec(text)[0].length;
  return concat(new Uint8Array(zeros), fromNumber(number));
}
