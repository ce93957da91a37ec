const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A length of time in one unit, rounded down: `45 s`, `3 min`, `5 h`, `2 d`. */
export function span(ms: number): string {
  const length = Math.abs(ms);
  if (length < minuteMs) return `${Math.floor(length / 1_000)} s`;
  if (length < hourMs) return `${Math.floor(length / minuteMs)} min`;
  if (length < 2 * dayMs) return `${Math.floor(length / hourMs)} h`;
  return `${Math.floor(length / dayMs)} d`;
}

/** How long ago: `3 min`. */
export function since(iso: string, now: number): string {
  return span(now - Date.parse(iso));
}

/** A moment to come, both ways people ask for it: `25 Nov 10:00 (in 2 d)`. */
export function until(iso: string, now: number): string {
  const left = Date.parse(iso) - now;
  return `${clock(iso, now)} (${left >= 0 ? `in ${span(left)}` : `${span(left)} ago`})`;
}

/** A moment in the reader's own time zone: the time alone today, the year only when it is another one. */
export function clock(iso: string, now: number): string {
  const at = new Date(iso);
  const today = new Date(now);
  const time = `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
  if (at.toDateString() === today.toDateString()) return time;
  const day = `${at.getDate()} ${months[at.getMonth()] ?? ''}`;
  return at.getFullYear() === today.getFullYear() ? `${day} ${time}` : `${day} ${at.getFullYear()} ${time}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
