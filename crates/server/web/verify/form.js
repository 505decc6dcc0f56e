// `/verify`: a link, an id or a file becomes a signed document here in the browser, and is checked here. The document goes
// nowhere, unless the visitor sends the form that is made for that.
//
// What reads and checks is loaded when it is needed, so that the page is there at once.
const page = document.getElementById('verify');
const settings = JSON.parse(page.dataset.settings);
const { form: words } = settings;
const place = page.querySelector('.browser-result');
const link = page.querySelector('#verify-link');
const file = page.querySelector('#verify-file');
const upload = page.querySelector('#verify-document');

page.querySelector('#verify-look-up').addEventListener('submit', (event) => {
  event.preventDefault();
  alone((tools) => lookUp(tools, link.value));
});
file.addEventListener('change', () => file.files[0] && alone((tools) => read(tools, file.files[0])));
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  page.classList.add('dropping');
});
document.addEventListener('dragleave', () => page.classList.remove('dropping'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  page.classList.remove('dropping');
  const [dropped] = event.dataTransfer.files;
  if (dropped) alone((tools) => read(tools, dropped));
});

/** One check at a time: what is asked for meanwhile is left out. */
async function alone(work) {
  if (place.ariaBusy === 'true') return;
  place.ariaBusy = 'true';
  place.hidden = false;
  try {
    await work(await tools());
  } catch (error) {
    place.querySelector('.browser-summary').textContent = words.broken;
    place.querySelector('.browser-detail').textContent = '';
    place.dataset.verdict = 'could_not_check';
    console.error(error);
  } finally {
    place.ariaBusy = 'false';
    bringIntoView();
  }
}

/** The rest of the program. */
async function tools() {
  const modules = ['./check.js', './files.js', './lookup.js', './reading.js', './link.js'];
  return Object.assign({}, ...await Promise.all(modules.map((name) => import(name))));
}

/** On a phone the result is below what the visitor sees. */
function bringIntoView() {
  const { top } = place.getBoundingClientRect();
  if (top >= 0 && top < window.innerHeight / 2) return;
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  place.scrollIntoView({ block: 'start', behavior: isStill ? 'auto' : 'smooth' });
}

/** @param {string} given an id, or a link to a credential of this site or of another, as people copy them */
async function lookUp(tools, given) {
  const { MEDIA, FetchError, ask, linkOf, tell } = tools;
  const target = linkOf(given, [settings.origin, location.origin]);
  if (target === null) return tell(place, words.unclear);
  let answer;
  try {
    answer = await ask(target.fetched, { headers: { accept: MEDIA } });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    return tell(place, settings.words.no_document, error.message);
  }
  if (answer.status !== 200) return tell(place, settings.words.no_document, `${target.id} answered ${answer.status}`);
  return verify(tools, answer.body, target.id, words.unknown_text);
}

async function read(tools, chosen) {
  if (chosen.size > tools.MAX_FILE_BYTES) return tools.tell(place, words.too_large);
  return verify(tools, new Uint8Array(await chosen.arrayBuffer()), null, words.unknown_file);
}

async function verify({ readFile, UnreadableFile, check, tell, tellOfForeign }, bytes, expectedId, unknown) {
  let found;
  try {
    found = await readFile(bytes);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return tell(place, words[error.code] ?? unknown, words[error.code] === undefined ? error.message : undefined);
  }
  if (found.foreign !== undefined) return tellOfForeign(place, words, found.foreign);
  upload.value = new TextDecoder().decode(found.credential);
  return check(settings, place, found.credential, expectedId, { format: found.format, hasPerson: true });
}
