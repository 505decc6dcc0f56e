// Reloads the page of a credential that waits for its anchor, as soon as there is a signed document.

const FIRST_PAUSE_MS = 4_000;
const LONGEST_PAUSE_MS = 60_000;

/** @param {string} path of the credential */
export async function reloadWhenAnchored(path) {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.2, LONGEST_PAUSE_MS)) {
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    if (!document.hidden && await isDecided(path)) return location.reload();
  }
}

/** Whether the credential has a document, or will never have one. While it waits the host asks programs to come back later. */
async function isDecided(path) {
  try {
    const response = await fetch(path, { headers: { accept: 'application/vc' }, cache: 'no-store', credentials: 'omit' });
    return response.ok || (response.status === 404 && !response.headers.has('retry-after'));
  } catch {
    return false;
  }
}
