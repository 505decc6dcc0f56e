// The five ticks beside the status while the browser makes the checks itself: each disappears, and appears again when its check is
// made. What the browser can't check keeps the tick of the server, and the line below names the two.

/** The outcomes of the server, by the classes that the page gives them. */
const OF_SERVER = { passed: 'passed', failed: 'failed', unchecked: 'could_not_check', idle: 'not_reached' };

/** What the symbol of an outcome shows in its circle. */
const DRAWN = { passed: 'm7.5 12.5 3 3 6-6.5', failed: 'm8.5 8.5 7 7m0-7-7 7' };

export class LiveCheck {
  #ticks;
  #line;
  #made = 0;
  #failed = false;
  #differs = false;

  /** @param {ParentNode} page */
  constructor(page) {
    this.#ticks = new Map([...page.querySelectorAll('#ticks [data-check]')].map((tick) => [tick.dataset.check, tick]));
    this.#line = page.querySelector('#live');
    for (const tick of this.#ticks.values()) tick.dataset.live = 'running';
    this.#show('running');
  }

  /** Puts the outcome of a check beside the status. */
  put({ name, outcome }) {
    const tick = this.#ticks.get(name);
    if (!tick) return;
    const server = OF_SERVER[[...tick.classList].find((name) => name in OF_SERVER)];
    const isMade = outcome === 'passed' || outcome === 'failed';
    const differs = isMade && (server === 'passed' || server === 'failed') && outcome !== server;
    if (isMade) this.#made += 1;
    if (outcome === 'failed') this.#failed = true;
    if (differs) this.#differs = true;
    // Of two outcomes the worse one is shown.
    const isShown = isMade && (!differs || outcome === 'failed');
    if (isShown) tick.querySelector('path')?.setAttribute('d', DRAWN[outcome]);
    tick.dataset.live = !isShown ? 'server' : differs ? 'differs' : 'made';
  }

  /** Shows what the checks came to, once all are made that can be made. */
  end() {
    for (const tick of this.#ticks.values()) if (tick.dataset.live === 'running') tick.dataset.live = 'server';
    const isAny = (outcome) => [...this.#ticks.values()].some((tick) => tick.classList.contains(outcome));
    // Two that reject a credential agree, though for different reasons.
    if (this.#differs && this.#failed !== isAny('failed')) {
      this.#show('differs');
      document.getElementById('proof').open = true;
    } else if (this.#made === 0 || isAny('unchecked')) {
      // What the server could not check can't be compared. The browser's own result is below.
      this.#show(null);
    } else {
      this.#show(this.#made === this.#ticks.size ? 'same' : 'partly');
    }
  }

  #show(which) {
    for (const text of this.#line?.children ?? []) text.classList.toggle('shown', text.dataset.live === which);
  }
}
