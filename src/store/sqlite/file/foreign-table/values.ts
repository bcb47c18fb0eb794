import type { Database } from 'better-sqlite3';

/** From here on a number is no Unix time in seconds that anybody means: it would be after the year 5000. */
const FIRST_FINER_THAN_SECONDS = 100_000_000_000;

/** The Julian days of the years 2000 to 2100: as seconds they would all be of January 1970, and expire at once. */
const JULIAN_DAYS = '2451544 AND 2488434';

/** Ids that no text finds. The index of the key answers: numbers sort before all texts, blobs after them. */
export function idProblems(db: Database): string[] {
  const example = (condition: string): string | undefined =>
    db.prepare<[], string>(`SELECT quote(id) FROM seen WHERE ${condition} LIMIT 1`).pluck().get();
  const number = example("id < ''");
  const blob = example("id >= x''");
  return [
    ...(number === undefined ? [] : [`has ids that are stored as numbers, such as ${number}`]),
    ...(blob === undefined ? [] : [`has ids that are stored as blobs, such as ${blob}`]),
  ];
}

/** Times that are no Unix seconds. The whole table is read for this, once. Text and blobs sort after all numbers. */
export function timeProblems(db: Database): string[] {
  const found = db
    .prepare<[], { type: string; value: string }>(
      `SELECT typeof(ts) AS type, quote(ts) AS value FROM seen
       WHERE ts >= ${FIRST_FINER_THAN_SECONDS} OR ts BETWEEN ${JULIAN_DAYS} LIMIT 1`,
    )
    .get();
  return found === undefined ? [] : [`has a ts that is no Unix time in seconds: ${describe(found)}`];
}

function describe({ type, value }: { type: string; value: string }): string {
  if (type === 'text' || type === 'blob') return `${value} is stored as ${type}`;
  return Number(value) < FIRST_FINER_THAN_SECONDS
    ? `${value} looks like a Julian day`
    : `${value} looks like milliseconds, or a finer unit`;
}

/** The SQL of the present in Unix seconds, which older versions of SQLite have too. */
export const present = "CAST(strftime('%s', 'now') AS INTEGER)";

/** The SQL of a row's time in Unix seconds, whatever it is stored as. One that cannot be read becomes the present. */
export const secondsOfTs = `coalesce(CAST(CASE
  WHEN typeof(ts) = 'blob' OR ts + 0 >= 1e20 THEN NULL
  WHEN typeof(ts) = 'text' AND (ts GLOB '*[^0-9.]*' OR ts NOT GLOB '*[0-9]*') THEN strftime('%s', ts)
  WHEN ts + 0 >= 1e17 THEN ts / 1e9
  WHEN ts + 0 >= 1e14 THEN ts / 1e6
  WHEN ts + 0 >= 1e11 THEN ts / 1e3
  WHEN ts + 0 BETWEEN ${JULIAN_DAYS} THEN round((ts - 2440587.5) * 86400)
  ELSE ts END AS INTEGER), ${present})`;
