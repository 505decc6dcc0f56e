// Why no credential comes out of a file: the same reasons as `learncoin verify` has (`crates/badge/src/bake.rs`).
export const MAX_DOCUMENT_BYTES = 1_048_576;

/** A file without one credential. `code` is the reason in one word, the message the reason for people, in English. */
export class UnreadableFile extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export const damaged = (kind, what) => new UnreadableFile('damaged', `the ${kind} file is damaged: ${what}`);
export const empty = (kind) => new UnreadableFile('empty', `the ${kind} file carries no credential`);
export const several = (kind) => new UnreadableFile('several', `the ${kind} file carries more than one credential`);
export const tooLarge = () => new UnreadableFile('too_large', `the credential inside is larger than ${MAX_DOCUMENT_BYTES} bytes`);

/** Takes the white space of ASCII away at both ends, and no other. A pattern would take quadratic time over a long run within the text. */
export function trimmed(text) {
  const isSpace = (at) => ' \t\n\f\r'.includes(text[at]);
  let [start, end] = [0, text.length];
  while (start < end && isSpace(start)) start += 1;
  while (end > start && isSpace(end - 1)) end -= 1;
  return text.slice(start, end);
}
