/** A question to a host or node that should have answered and did not: whatever verdict follows, it says nothing. */
export class Outage extends Error {}
