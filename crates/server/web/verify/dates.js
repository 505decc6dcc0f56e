// Dates, exactly: nanoseconds since 1970 as a BigInt, because a document may say nine digits of a second.
const NANOSECONDS = 1_000_000_000n;
const DAY_SECONDS = 86_400n;
/** The last instant that the server's calendar knows, 9999-12-30T22:00:00.999999999Z: both must judge alike to the end. */
const LAST = 253_402_207_200n * NANOSECONDS + 999_999_999n;

/** What a date of a document must be. */
export const DATE_FORM = 'must be a real UTC date and time such as 2026-04-23T12:00:00Z, with at most 9 digits of fractional seconds';

/** The instant of a date as a document writes it (`2026-04-23T12:00:00Z`, real, without a leap second), or `null`. */
export function instantOf(date) {
  const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/.exec(date);
  return shape && instant(shape.slice(1));
}

/** The same as a moment to be held against others: what lies beyond the calendar's end is its end. */
export function momentOf(date) {
  const moment = instantOf(date);
  return moment !== null && moment > LAST ? LAST : moment;
}

/** The instant of a date as DID documents and profiles may write it: RFC 3339 with any offset; or `null`.
 * Beyond the calendar's end it is that end. */
export function timestampOf(date) {
  if (typeof date !== 'string') return null;
  const shape = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(date);
  if (!shape) return null;
  const [sign, hours, minutes] = shape.slice(8).map((part) => part ?? '0');
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const local = instant(shape.slice(1, 8));
  const offset = (BigInt(hours) * 3_600n + BigInt(minutes) * 60n) * NANOSECONDS;
  if (local === null) return null;
  const moment = sign === '-' ? local + offset : local - offset;
  return moment > LAST ? LAST : moment;
}

function instant([year, month, day, hour, minute, second, fraction = '']) {
  const [y, m, d] = [year, month, day].map(Number);
  const isReal = m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (!isReal) return null;
  const seconds = daysBefore(y, m, d) * DAY_SECONDS + BigInt(hour) * 3_600n + BigInt(minute) * 60n + BigInt(second);
  return seconds * NANOSECONDS + BigInt(fraction.padEnd(9, '0'));
}

function daysIn(year, month) {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days from 1970-01-01. `Date` counts them by the same calendar; years below 100 must be set apart. */
function daysBefore(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return BigInt(Math.round(date.getTime() / 86_400_000));
}

export const fromSeconds = (seconds) => BigInt(seconds) * NANOSECONDS;
export const fromMilliseconds = (milliseconds) => BigInt(milliseconds) * 1_000_000n;
/** Whole seconds, towards the past. */
export const toSeconds = (nanoseconds) => (nanoseconds - (((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS)) / NANOSECONDS;

/** `2026-04-23T12:00:58.101Z`: as many digits of a second as there are. */
export function written(nanoseconds) {
  const seconds = toSeconds(nanoseconds);
  const date = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  const fraction = String(nanoseconds - seconds * NANOSECONDS).padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? `${date}Z` : `${date}.${fraction}Z`;
}
