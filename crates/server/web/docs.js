// What the documentation's pages do with a script: copy code, keep the chosen language of samples, and search while one types.
// Without it nothing is missing but that.

const COPIED_MS = 2_000;
const PAUSE_MS = 150;
const LANGUAGE = 'learncoin-samples';

addCopyButtons();
shareLanguage();
searchWhileTyping();

/** Puts a button on each block of code, where the browser lets a page write to the clipboard. */
function addCopyButtons() {
  if (!navigator.clipboard) return;
  for (const figure of document.querySelectorAll('figure.code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', () => copy(figure, button));
    figure.prepend(button);
  }
}

async function copy(figure, button) {
  try {
    await navigator.clipboard.writeText(figure.querySelector('code').textContent);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not copied';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, COPIED_MS);
}

/** Lets a choice of a language hold for all samples, on later pages too. */
function shareLanguage() {
  choose(remembered());
  document.addEventListener('change', ({ target }) => {
    if (!target.matches('.samples > input')) return;
    const before = target.getBoundingClientRect().top;
    choose(target.value);
    // Samples above have other heights now; what the reader looks at stays where it is.
    scrollBy(0, target.getBoundingClientRect().top - before);
    try { localStorage.setItem(LANGUAGE, target.value); } catch { /* It holds for this page. */ }
  });
}

function choose(language) {
  for (const input of document.querySelectorAll('.samples > input')) {
    if (input.value === language) input.checked = true;
  }
}

function remembered() {
  try { return localStorage.getItem(LANGUAGE); } catch { return null; }
}

/** Shows results below the field while one types; `/` leads to the field, and Escape away from it. */
function searchWhileTyping() {
  const form = document.querySelector('.docs-search');
  const field = form.querySelector('input');
  const place = resultsOf(document) ?? panel(form);
  const isPanel = place.classList.contains('docs-panel');
  let timer, latest = 0;
  // What was asked for before is shown no more, though its answer may still come.
  const forget = () => {
    clearTimeout(timer);
    latest += 1;
  };
  field.addEventListener('input', () => {
    forget();
    const number = latest;
    if (isPanel && field.value.trim() === '') {
      place.hidden = true;
      return;
    }
    timer = setTimeout(async () => {
      const found = await results(form.action, field.value.trim());
      if (number !== latest || !found) return;
      place.replaceChildren(...found.childNodes);
      place.hidden = false;
    }, PAUSE_MS);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') forget();
    const isTyping = event.target.closest('input, textarea, select, [contenteditable]');
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === 'Escape' && form.contains(event.target) && isPanel && !place.hidden) {
      // The browser would empty the field.
      event.preventDefault();
      place.hidden = true;
      field.focus();
    }
  });
  document.addEventListener('click', ({ target }) => {
    if (isPanel && !form.contains(target)) place.hidden = true;
  });
}

function panel(form) {
  const place = document.createElement('div');
  place.className = 'docs-panel';
  place.setAttribute('aria-live', 'polite');
  place.hidden = true;
  form.append(place);
  return place;
}

/** The results that the site's own search page shows; none if it can't be reached. */
async function results(action, words) {
  try {
    const response = await fetch(`${action}?${new URLSearchParams({ q: words })}`);
    return response.ok ? resultsOf(new DOMParser().parseFromString(await response.text(), 'text/html')) : null;
  } catch {
    return null;
  }
}

function resultsOf(page) {
  return page.querySelector('#results');
}
