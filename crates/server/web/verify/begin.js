// The only script that a credential's page loads unasked: its buttons, and, once the page is there, the start of the browser's own
// checks. The verifier itself is loaded by then.
const part = document.getElementById('browser-check');
const waiting = document.querySelector('[data-waits]');
const copy = document.getElementById('copy');
const share = document.getElementById('share-it');
const link = document.getElementById('link');

copy?.addEventListener('click', async () => {
  const label = copy.textContent;
  if (!await isCopied()) return;
  copy.textContent = copy.dataset.done;
  setTimeout(() => { copy.textContent = label; }, 3000);
});

/** Copies the page's address. Where a browser does not allow that, the address is selected and in sight, to be copied by hand. */
async function isCopied() {
  try {
    await navigator.clipboard.writeText(link.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(link);
    link.scrollIntoView({ block: 'center' });
    return false;
  }
}

share?.addEventListener('click', (event) => {
  // Without a menu of its own the browser follows the link, which leads to the ways to share.
  if (!navigator.share) return;
  event.preventDefault();
  const { content: title } = document.querySelector('meta[property="og:title"]');
  navigator.share({ title, url: link.textContent }).catch(() => {});
});

if (waiting) import('./pending.js').then(({ reloadWhenAnchored }) => reloadWhenAnchored(waiting.dataset.waits));

if (part) {
  const settings = JSON.parse(part.dataset.settings);
  const button = part.querySelector('button');
  const place = part.querySelector('.browser-result');
  const verify = async () => {
    // A disabled button would lose the focus that it has after a key press.
    if (place.ariaBusy === 'true') return;
    place.ariaBusy = 'true';
    try {
      const [{ start }, { LiveCheck }] = await Promise.all([import('./credential.js'), import('./live.js')]);
      await start(settings, place, new LiveCheck(document));
      button.textContent = settings.words.again;
    } catch (error) {
      place.querySelector('.browser-summary').textContent = settings.words.broken;
      place.dataset.verdict = 'could_not_check';
      console.error(error);
    } finally {
      place.ariaBusy = 'false';
    }
  };
  button.addEventListener('click', verify);
  document.getElementById('verify-here')?.addEventListener('click', verify);
  // What the reader came for is shown first.
  const later = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 200));
  const begin = () => later(verify, { timeout: 2000 });
  if (document.readyState === 'complete') begin(); else addEventListener('load', begin, { once: true });
}
