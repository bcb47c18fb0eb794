/**
 * Reads the header `Retry-After`: a number of seconds, or a date.
 *
 * A date is compared with the date of the answer, since this machine's clock may be wrong; with `now` where that leads
 * into the past.
 *
 * @param now The present time, in milliseconds since the epoch.
 * @returns The time to wait, in milliseconds, at least 0; `undefined` without the header, or for one that says nothing.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const until = timeOf(text);
  if (until === undefined) return undefined;
  const waits = [timeOf(headers.get('date') ?? '') ?? now, now].map((from) => until - from);
  return waits.find((ms) => ms > 0) ?? 0;
}

/** Reads a date that has a time in it: `Date.parse` alone makes something of nearly every text. */
function timeOf(text: string): number | undefined {
  const time = /\d{2}:\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
