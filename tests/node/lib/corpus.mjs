// The documents that a benchmark goes through: those that the Rust benchmark wrote, so that all do the same work.
import { readFileSync } from 'node:fs';
import { UsageError } from './command.mjs';
import { PinnedContexts } from './contexts.mjs';

/** Reads a JSON array of unsigned documents, and the pinned contexts, in which their host's own is one. */
export function readCorpus(file, contextDirectory) {
  const documents = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(documents) || documents.length === 0) throw new UsageError(`${file}: not an array of documents`);
  const contexts = new PinnedContexts(contextDirectory);
  for (const document of documents) contexts.adoptHostContext(document['@context'].at(-1));
  return { documents, contexts };
}
