/** Zones by name, in minutes east of Greenwich: those of RFC 2822, whose meaning does not depend on the date. */
const ZONES: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const CLOCK = String.raw`(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?`;
const ZONE = String.raw`\s*(?<zone>[A-Z]{1,3}|(?:UTC|GMT)?(?<sign>[+-])(?<east>\d{2}):?(?<eastMinutes>\d{2})?)`;

/** `2026-01-05T16:00:00-05:00`, with a space for the T, without seconds, or with a zone that has a name. */
const ISO = new RegExp(String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[T\s]\s*${CLOCK}${ZONE}$`, 'i');

/** `Mon, 05 Jan 2026 16:00:00 EST` */
const RFC_2822 = new RegExp(
  String.raw`^(?:[a-z]{3,9},?\s+)?(?<day>\d{1,2})\s+(?<monthName>[a-z]{3})[a-z]*\.?\s+(?<year>\d{4}),?\s+` +
    `${CLOCK}${ZONE}$`,
  'i',
);

/** Seconds or milliseconds since 1970, which are the same in every zone. */
const EPOCH = /^(?<seconds>\d{10})(?<milliseconds>\d{3})?$/;

/** EDGAR has taken filings since 1993. A time before that, or centuries ahead, is a default that nobody filled in. */
const YEARS = { first: 1993, last: 2200 } as const;

/**
 * Reads a time.
 *
 * @returns Null for what is none, and for a time that does not say its zone: it would be read as this machine's.
 */
export function readTime(text: string): Date | null {
  const trimmed = text.trim().slice(0, 100);
  const epoch = EPOCH.exec(trimmed)?.groups;
  if (epoch !== undefined) return plausible(Number(epoch['seconds']) * 1000 + Number(epoch['milliseconds'] ?? 0));
  const groups = (ISO.exec(trimmed) ?? RFC_2822.exec(trimmed))?.groups;
  if (groups === undefined) return null;
  const offset = offsetOf(groups);
  const local = localTime(groups);
  return offset === null || local === null ? null : plausible(local - offset * 60_000);
}

type Groups = Readonly<Record<string, string | undefined>>;

/** The time as if its zone were Greenwich's. Null for a date that the calendar does not have. */
function localTime({ year, month, monthName, day, hour, minute, second = '0', fraction = '0' }: Groups): number | null {
  const monthIndex = monthName === undefined ? Number(month) - 1 : MONTHS.indexOf(monthName.toLowerCase());
  const date = new Date(Date.UTC(Number(year), monthIndex, Number(day)));
  if (monthIndex < 0 || date.getUTCMonth() !== monthIndex || date.getUTCDate() !== Number(day)) return null;
  // A leap second is the 60th.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const milliseconds = Math.floor(Number(`0.${fraction}`) * 1000);
  return date.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + milliseconds;
}

function offsetOf({ zone = '', sign, east, eastMinutes = '0' }: Groups): number | null {
  if (east === undefined) return ZONES[zone.toUpperCase()] ?? null;
  const minutes = Number(east) * 60 + Number(eastMinutes);
  return Number(east) > 14 || Number(eastMinutes) > 59 ? null : minutes * (sign === '-' ? -1 : 1);
}

function plausible(time: number): Date | null {
  const date = new Date(time);
  const year = date.getUTCFullYear();
  return year >= YEARS.first && year <= YEARS.last ? date : null;
}
