// Adds the reader's own time to the times of a page, which are in UTC. The page is complete without it.

/** Returns the reader's time of a moment, with its day if that is another one than in UTC; nothing if their clock shows UTC. */
function localTime(moment, language) {
  const isSameDay = moment.getDate() === moment.getUTCDate();
  if (moment.getTimezoneOffset() === 0) return '';
  const day = isSameDay ? {} : { day: 'numeric', month: 'short' };
  const format = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' });
  return format.format(moment);
}

for (const time of document.querySelectorAll('.console-main time[datetime]:not(.console-day)')) {
  const moment = new Date(time.dateTime);
  const text = Number.isNaN(moment.getTime()) ? '' : localTime(moment, document.documentElement.lang);
  if (text === '') continue;
  const local = document.createElement('span');
  local.className = 'console-local';
  local.textContent = `(${text})`;
  time.append(' ', local);
}
