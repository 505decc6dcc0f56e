// Repeatable randomness: the seed is printed, and LEARNCOIN_SEED brings it back.

/** mulberry32: small, repeatable, and good enough to pick bits with. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of LEARNCOIN_SEED or a fresh one, told on standard error so that a failure can be repeated. */
export function announcedSeed() {
  const seed = process.env.LEARNCOIN_SEED === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(process.env.LEARNCOIN_SEED);
  if (!Number.isSafeInteger(seed)) throw new Error('LEARNCOIN_SEED wants a number');
  console.error(`LEARNCOIN_SEED=${seed}`);
  return seed;
}
