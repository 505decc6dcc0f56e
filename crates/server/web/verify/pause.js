// Lets the browser draw and answer its reader between two steps of a check. A phone needs tens of milliseconds for one step, and a
// page that computes for longer than fifty at a time does not react to a finger.

/** Resolves once the browser has done what waits. */
export function pause() {
  return globalThis.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}
