// `/c/{id}`: fetches this page's own credential as anybody would, and checks it.
import { MEDIA, check, tell } from './check.js';
import { FetchError, ask } from './lookup.js';

/** @param {import('./live.js').LiveCheck} live the ticks beside the status */
export async function start(settings, place, live) {
  try {
    await checkAnswer(settings, place, live);
  } finally {
    live.end();
  }
}

async function checkAnswer(settings, place, live) {
  const { url, id } = settings.credential;
  let answer;
  try {
    answer = await ask(url, { headers: { accept: MEDIA } });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    return tell(place, settings.words.no_document, error.message);
  }
  if (answer.status !== 200) return tell(place, settings.words.no_document, `${url} answered ${answer.status}`);
  return check(settings, place, answer.body, id, { on: (made) => live.put(made) });
}
