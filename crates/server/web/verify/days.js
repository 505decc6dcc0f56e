// Dates of a document as people write them, always in UTC. The rules are those of `crates/language/src/written_dates.rs`.

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?Z$/;
/** Beyond this year a date means "never", and is shown as it is written. */
const LAST_YEAR = 9999;

/** `23 April 2026`; the text itself if it is no date. */
export function dayOf(words, date) {
  const [, year, month, day] = FORM.exec(date) ?? [];
  return year === undefined ? date : written(words, Number(year), Number(month), Number(day));
}

/**
 * The last day that a credential covers: of a date at midnight the day before, and the time where a day is not covered whole.
 * `null` for a credential without an end.
 */
export function lastDayOf(words, date) {
  if (date === null) return null;
  const [, year, month, day, hour, minute, second, fraction = ''] = FORM.exec(date) ?? [];
  if (year === undefined) return date;
  const time = [hour, minute, second].join(':');
  const isMidnight = time === '00:00:00' && /^0*$/.test(fraction);
  if (isMidnight && Number(year) < LAST_YEAR) {
    const before = new Date(0);
    before.setUTCFullYear(Number(year), Number(month) - 1, Number(day) - 1);
    return written(words, before.getUTCFullYear(), before.getUTCMonth() + 1, before.getUTCDate());
  }
  const whole = written(words, Number(year), Number(month), Number(day));
  if (isMidnight || time >= '23:59:00') return whole;
  return fill(words.second, { day: whole, time: second === '00' ? `${hour}:${minute}` : time });
}

const written = (words, year, month, day) => fill(words.day, { day, month: words.months[month - 1], year });

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
