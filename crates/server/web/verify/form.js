// `/verify`: a link, an id or a file becomes a signed document here in the browser, and is checked here. The document goes
// nowhere, unless the visitor sends the form that is made for that.
import { MEDIA, check, tell } from './check.js';
import { FetchError, ask } from './lookup.js';
import { MAX_FILE_BYTES, credentialIn, unwrapped } from './files.js';

const page = document.getElementById('verify');
const settings = JSON.parse(page.dataset.settings);
const { form: words } = settings;
const place = page.querySelector('.browser-result');
const link = page.querySelector('#verify-link');
const file = page.querySelector('#verify-file');
const upload = page.querySelector('#verify-document');

for (const part of page.querySelectorAll('[data-script]')) part.hidden = false;
page.querySelector('#verify-look-up').addEventListener('submit', (event) => {
  event.preventDefault();
  alone(() => lookUp(link.value.trim()));
});
file.addEventListener('change', () => file.files[0] && alone(() => read(file.files[0])));
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  page.classList.add('dropping');
});
document.addEventListener('dragleave', () => page.classList.remove('dropping'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  page.classList.remove('dropping');
  const [dropped] = event.dataTransfer.files;
  if (dropped) alone(() => read(dropped));
});

/** One check at a time: what is asked for meanwhile is left out. */
async function alone(work) {
  if (place.ariaBusy === 'true') return;
  place.ariaBusy = 'true';
  place.hidden = false;
  place.scrollIntoView({ block: 'nearest' });
  try {
    await work();
  } catch (error) {
    tell(place, settings.words.broken);
    console.error(error);
  } finally {
    place.ariaBusy = 'false';
  }
}

/** @param {string} given an id, or a link to a credential of this site or of another */
async function lookUp(given) {
  const target = linkOf(given);
  if (target === null) return tell(place, words.unclear);
  let answer;
  try {
    answer = await ask(target.fetched, { headers: { accept: MEDIA } });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    return tell(place, settings.words.no_document, error.message);
  }
  if (answer.status !== 200) return tell(place, settings.words.no_document, `${target.id} answered ${answer.status}`);
  return verify(answer.body, target.id);
}

/** Where the document is asked for, and the id that it must have; `null` for what is no link to a credential. */
function linkOf(given) {
  const id = /^crd_[0-9A-HJKMNP-TV-Z]{26}$/.exec(given)?.[0];
  const text = id ? `${settings.origin}/c/${id}` : given;
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
  const path = url && /^(\/c\/crd_[0-9A-HJKMNP-TV-Z]{26})(?:\/credential\.json)?$/.exec(url.pathname)?.[1];
  if (!path) return null;
  // This site is asked at the address at which it was reached, which need not be its public one.
  const isOwn = url.origin === settings.origin || url.origin === location.origin;
  return { fetched: isOwn ? path : `${url.origin}${path}`, id: `${isOwn ? settings.origin : url.origin}${path}` };
}

async function read(chosen) {
  if (chosen.size > MAX_FILE_BYTES) return tell(place, words.too_large);
  const bytes = await credentialIn(new Uint8Array(await chosen.arrayBuffer()));
  return bytes === null ? tell(place, words.unknown_file) : verify(bytes, null);
}

async function verify(bytes, expectedId) {
  const document = unwrapped(bytes);
  upload.value = new TextDecoder().decode(document);
  await check(settings, place, document, expectedId);
}
