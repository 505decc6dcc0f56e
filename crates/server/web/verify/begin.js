// The only script that a credential's page loads unasked: it shows the button, and loads the verifier when it is pressed.
const part = document.getElementById('browser-check');
const button = part.querySelector('button');
const place = part.querySelector('.browser-result');
const settings = JSON.parse(part.dataset.settings);

part.hidden = false;
button.addEventListener('click', async () => {
  // A disabled button would lose the focus that it has after a key press.
  if (place.ariaBusy === 'true') return;
  place.ariaBusy = 'true';
  try {
    const { start } = await import('./credential.js');
    await start(settings, place);
    button.textContent = settings.words.again;
  } catch (error) {
    place.querySelector('.browser-summary').textContent = settings.words.broken;
    place.dataset.verdict = 'could_not_check';
    console.error(error);
  } finally {
    place.ariaBusy = 'false';
  }
});
